// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include "bpf/pack.h"
#include "lib/util.h"

/* The verifier walks both ways out of each branch until the states meet again behind the spill. */
#define MAX_BRANCHES 3

static bool is_branch(const struct insn *insn)
{
	u8 class = insn_class(insn);

	return class == BPF_JMP || class == BPF_JMP32;
}

/* Registers that @insn names; both operands, whether read or written. */
static u16 regs_of(const struct insn *insn)
{
	u8 class = insn_class(insn);
	bool alu_end = (class == BPF_ALU || class == BPF_ALU64) && BPF_OP(insn->code) == BPF_END;	/* the bit is a byte order */
	bool has_src = class == BPF_LDX || (BPF_SRC(insn->code) == BPF_X && !alu_end);

	return 1 << insn->dst | (has_src ? 1 << insn->src : 0);
}

static bool insn_packs(const struct insn *insn)
{
	u8 op = BPF_OP(insn->code);

	switch (insn_class(insn)) {
	case BPF_ALU:
	case BPF_ALU64:
		return true;
	case BPF_LDX:
		return insn->src < BPF_REG_FP;
	case BPF_JMP:
	case BPF_JMP32:
		return op != BPF_CALL && op != BPF_EXIT && op != BPF_JA && op != BPF_JCOND;
	default:
		return false;
	}
}

/* Registers and branches of the body, or false where it cannot be a lane. */
static bool lane_uses(const struct bpf_case *c, u16 *regs, u32 *branches)
{
	const struct code *code = &c->progs[0];

	*regs = 0;
	*branches = 0;
	if (c->alone || c->raw || c->nprogs != 1 || code->nfuncs > 1 || c->outcome != OUTCOME_VALUE || !code->cnt)
		return false;
	for (u32 i = 0; i < code->cnt; i++) {
		if (!insn_packs(&code->insns[i]))
			return false;
		*regs |= regs_of(&code->insns[i]);
		*branches += is_branch(&code->insns[i]);
	}
	return !(*regs & 1 << BPF_REG_FP);
}

bool pack_fits(const struct bpf_case *const *lanes, u32 nlanes, const struct bpf_case *c)
{
	u32 branches, more;
	u16 regs, theirs;

	if (!lane_uses(c, &regs, &branches) || nlanes == PACK_MAX_LANES)
		return false;
	for (u32 i = 0; i < nlanes; i++) {
		const struct bpf_case *l = lanes[i];

		if (!lane_uses(l, &theirs, &more) || (theirs & regs))
			return false;
		branches += more;
		if (l->vecs->key != c->vecs->key || l->frame != c->frame || l->out_regs != c->out_regs || strcmp(l->group, c->group))
			return false;
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

struct bpf_case *pack_merge(const struct bpf_case *const *lanes, u32 nlanes)
{
	struct bpf_case *c = xmemdup(lanes[0], sizeof(*c));
	u32 branches;
	u16 regs;

	/* what the copy must not share with its model; literals stay with the lanes */
	c->progs = xcalloc(1, sizeof(*c->progs));
	c->prog_names = xcalloc(1, sizeof(*c->prog_names));
	c->prog_names[0] = xstrdup("main");
	c->maps = NULL;
	c->nmaps = 0;
	c->log = c->guards = c->doc = NULL;
	c->expects = NULL;
	c->nexpects = 0;
	c->vecs = vec_table_get(lanes[0]->vecs);
	c->needs = xcalloc(c->nneeds, sizeof(*c->needs));
	for (u32 i = 0; i < c->nneeds; i++)
		c->needs[i] = xstrdup(lanes[0]->needs[i]);

	code_copy(&c->progs[0], &lanes[0]->progs[0]);
	for (u32 i = 1; i < nlanes; i++) {
		append_body(&c->progs[0], &lanes[i]->progs[0]);
		lane_uses(lanes[i], &regs, &branches);
		for (int k = 0; k < CASE_REGS; k++)
			if (regs & (1 << k))
				c->regs[k] = lanes[i]->regs[k];
	}
	return c;
}
