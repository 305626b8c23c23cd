// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include "bpf/pack.h"
#include "lib/util.h"

/* The verifier explores both ways of each branch until the states are equal behind the spill. */
#define MAX_BRANCHES 3
#define MAX_ACCESSES 16

/* Bytes of a window that a lane accesses; offsets as in struct reg_in. */
struct window_access {
	u8 region;
	bool store;
	int first, end;
};

/* What a body reads before writing it, and what it writes. */
struct uses {
	u16 reads, writes;
	u32 branches;
	struct window_access access[MAX_ACCESSES];
	u32 naccesses;
};

static bool take_access(struct uses *u, const struct bpf_case *c, u8 base, const struct insn *insn,
			bool store)
{
	static const u8 bytes[] = {
		[BPF_W >> 3] = 4, [BPF_H >> 3] = 2, [BPF_B >> 3] = 1, [BPF_DW >> 3] = 8
	};
	struct window_access *a = &u->access[u->naccesses];
	int from = insn->off;

	if (u->naccesses == MAX_ACCESSES || base > BPF_REG_FP)
		return false;
	if (base == BPF_REG_FP) {
		a->region = REGION_STACK;
	} else {
		/* the target of a base that the body has changed is unknown */
		if (c->regs[base].region == REGION_NONE || u->writes & (1 << base))
			return false;
		a->region = c->regs[base].region;
		from += c->regs[base].off;
		u->reads |= 1 << base;
	}
	a->store = store;
	a->first = from;
	a->end = from + bytes[BPF_SIZE(insn->code) >> 3];
	u->naccesses++;
	return true;
}

static bool take_atomic(struct uses *u, const struct bpf_case *c, const struct insn *insn)
{
	switch (insn->imm) {
	case BPF_LOAD_ACQ:
		if (!take_access(u, c, insn->src, insn, false))
			return false;
		u->writes |= 1 << insn->dst;
		return true;
	case BPF_CMPXCHG:
		u->reads |= 1 << insn->src | 1;
		if (!take_access(u, c, insn->dst, insn, true))
			return false;
		u->writes |= 1;
		return true;
	default:
		u->reads |= 1 << insn->src;
		if (!take_access(u, c, insn->dst, insn, true))
			return false;
		if (insn->imm != BPF_STORE_REL && insn->imm & BPF_FETCH)
			u->writes |= 1 << insn->src;
		return true;
	}
}

static void take_alu(struct uses *u, const struct insn *insn)
{
	u8 op = BPF_OP(insn->code);

	if (op != BPF_MOV)
		u->reads |= 1 << insn->dst;
	/* in a byte swap this bit is the byte order */
	if (BPF_SRC(insn->code) == BPF_X && op != BPF_END)
		u->reads |= 1 << insn->src;
	u->writes |= 1 << insn->dst;
}

static bool take_jump(struct uses *u, const struct insn *insn)
{
	if (!insn_is_cond_jump(insn))
		return false;
	u->reads |= 1 << insn->dst;
	if (BPF_SRC(insn->code) == BPF_X)
		u->reads |= 1 << insn->src;
	u->branches++;
	return true;
}

static bool take_insn(struct uses *u, const struct bpf_case *c, const struct insn *insn)
{
	switch (insn_class(insn)) {
	case BPF_ALU:
	case BPF_ALU64:
		take_alu(u, insn);
		return true;
	case BPF_LDX:
		if (!take_access(u, c, insn->src, insn, false))
			return false;
		u->writes |= 1 << insn->dst;
		return true;
	case BPF_ST:
		return take_access(u, c, insn->dst, insn, true);
	case BPF_STX:
		if (BPF_MODE(insn->code) == BPF_ATOMIC)
			return take_atomic(u, c, insn);
		u->reads |= 1 << insn->src;
		return take_access(u, c, insn->dst, insn, true);
	case BPF_LD:
		/* constants only: addresses and fds belong to one program */
		u->writes |= 1 << insn->dst;
		return insn_is_wide(insn) && !insn->src;
	default:
		return take_jump(u, insn);
	}
}

/* False where @c's body cannot be a lane. */
static bool lane_uses(const struct bpf_case *c, struct uses *u)
{
	const struct code *code = &c->progs[0];

	u->reads = u->writes = 0;
	u->branches = u->naccesses = 0;
	if (c->alone || c->raw || c->nprogs != 1 || code->nfuncs > 1 ||
	    c->outcome != OUTCOME_VALUE || !code->cnt)
		return false;
	for (u32 i = 0; i < code->cnt; i++) {
		if (!take_insn(u, c, &code->insns[i]))
			return false;
		i += insn_is_wide(&code->insns[i]);
	}
	return !((u->reads | u->writes) & 1 << BPF_REG_FP);
}

static bool overlap(const struct uses *a, const struct uses *b)
{
	for (u32 i = 0; i < a->naccesses; i++) {
		for (u32 k = 0; k < b->naccesses; k++) {
			const struct window_access *x = &a->access[i], *y = &b->access[k];

			if (x->region == y->region && (x->store || y->store) && x->first < y->end &&
			    y->first < x->end)
				return true;
		}
	}
	return false;
}

/* Do both have the same inputs in the registers that both use? */
static bool same_inputs(const struct bpf_case *a, const struct bpf_case *b, u16 regs)
{
	for (int k = 0; k < CASE_REGS; k++)
		if (regs & (1 << k) && memcmp(&a->regs[k], &b->regs[k], sizeof(a->regs[k])))
			return false;
	return true;
}

bool pack_fits(const struct bpf_case *const *lanes, u32 nlanes, const struct bpf_case *c)
{
	struct uses mine, theirs;
	u32 branches;

	if (nlanes == PACK_MAX_LANES || !lane_uses(c, &mine))
		return false;
	branches = mine.branches;
	for (u32 i = 0; i < nlanes; i++) {
		const struct bpf_case *l = lanes[i];
		u16 shared;

		if (l->vecs->key != c->vecs->key || l->wrapper != c->wrapper ||
		    l->type != c->type || l->out_regs != c->out_regs || l->folds != c->folds)
			return false;
		/*
		 * it may overwrite what an earlier lane has read, but its own inputs must be intact
		 */
		if (!lane_uses(l, &theirs) || (theirs.writes & (mine.reads | mine.writes)) ||
		    overlap(&theirs, &mine))
			return false;
		shared = (mine.reads | mine.writes) & (theirs.reads | theirs.writes);
		if (!same_inputs(l, c, shared))
			return false;
		branches += theirs.branches;
	}
	return branches <= MAX_BRANCHES;
}

static void append_body(struct code *to, const struct code *from)
{
	to->insns = xrealloc(to->insns, (to->cnt + from->cnt) * sizeof(*to->insns));
	to->lines = xrealloc(to->lines, (to->cnt + from->cnt) * sizeof(*to->lines));
	memcpy(to->insns + to->cnt, from->insns, from->cnt * sizeof(*to->insns));
	if (from->lines)
		memcpy(to->lines + to->cnt, from->lines, from->cnt * sizeof(*to->lines));
	else
		memset(to->lines + to->cnt, 0, from->cnt * sizeof(*to->lines));
	to->cnt += from->cnt;
}

/* Lanes that share registers. */
struct lane_group {
	u16 regs;
	bool fixed; /* accesses memory: windows do not turn */
};

/* Returns how many groups of @groups, of which there are at most @nlanes, @lanes make. */
static u32 group_lanes(const struct bpf_case *const *lanes, u32 nlanes, struct lane_group *groups)
{
	u32 cnt = 0;

	for (u32 i = 0; i < nlanes; i++) {
		struct lane_group g = {};
		struct uses u;

		lane_uses(lanes[i], &u);
		g.regs = u.reads | u.writes;
		g.fixed = u.naccesses > 0;
		for (u32 k = 0; k < cnt; k++) {
			if (!(groups[k].regs & g.regs))
				continue;
			g.regs |= groups[k].regs;
			g.fixed |= groups[k].fixed;
			groups[k--] = groups[--cnt];
		}
		groups[cnt++] = g;
	}
	return cnt;
}

/*
 * Give each group of lanes the values of another vector. If all lanes held the same values, an
 * instruction could take a register of another lane for its own, and nobody would see it.
 */
static void turn_lanes(struct bpf_case *c, const struct bpf_case *const *lanes, u32 nlanes)
{
	struct lane_group groups[PACK_MAX_LANES];
	u32 cnt = group_lanes(lanes, nlanes, groups), nvecs = c->vecs->nvecs;
	u32 step = (nvecs < UINT8_MAX ? nvecs : UINT8_MAX) / (cnt + 1);

	for (u32 i = 0; i < cnt; i++) {
		u8 turn = groups[i].fixed ? 0 : (i + 1) * (step ? step : 1) % nvecs;

		for (int k = 0; k < CASE_REGS; k++)
			if (groups[i].regs & (1 << k) && c->regs[k].region == REGION_NONE)
				c->regs[k].turn = turn;
	}
}

struct bpf_case *pack_merge(const struct bpf_case *const *lanes, u32 nlanes)
{
	struct bpf_case *c = xmemdup(lanes[0], sizeof(*c));
	struct uses u;

	/* the copy must not share these with the first lane; literals stay with the lanes */
	c->progs = xcalloc(1, sizeof(*c->progs));
	c->prog_names = xcalloc(1, sizeof(*c->prog_names));
	c->prog_names[0] = xstrdup("main");
	c->maps = NULL;
	c->nmaps = 0;
	c->refusals = NULL;
	c->nrefusals = 0;
	c->guards = c->doc = NULL;
	c->expects = NULL;
	c->nexpects = 0;
	c->vecs = vectors_get(lanes[0]->vecs);
	c->needs = xcalloc(c->nneeds, sizeof(*c->needs));
	for (u32 i = 0; i < c->nneeds; i++)
		c->needs[i] = xstrdup(lanes[0]->needs[i]);

	code_copy(&c->progs[0], &lanes[0]->progs[0]);
	for (u32 i = 1; i < nlanes; i++) {
		append_body(&c->progs[0], &lanes[i]->progs[0]);
		lane_uses(lanes[i], &u);
		for (int k = 0; k < CASE_REGS; k++)
			if ((u.reads | u.writes) & (1 << k))
				c->regs[k] = lanes[i]->regs[k];
	}
	turn_lanes(c, lanes, nlanes);
	return c;
}
