// SPDX-License-Identifier: GPL-2.0
/* Passes over operands: immediates, offsets, registers. */
#include <string.h>
#include "lib/util.h"
#include "reduce/shrink.h"

struct place {
	u32 prog, slot;
};

static const struct insn *insn_at(const struct shrink *s, const struct place *at)
{
	return &s->best->progs[at->prog].insns[at->slot];
}

/* ---- immediates ---- */

static struct bpf_case *with_imm(struct shrink *s, void *ctx, u64 v)
{
	struct place *at = ctx;
	struct bpf_case *c = case_dup(s->best);
	struct insn *insn = &c->progs[at->prog].insns[at->slot];

	insn->imm = (s32)(u32)v;
	if (insn_is_wide(insn))
		insn[1].imm = (s32)(u32)(v >> 32);
	return c;
}

/* A 64-bit constant that fits in 32 bits. */
static struct bpf_case *with_short_constant(struct shrink *s, const struct place *at)
{
	const struct insn *insn = insn_at(s, at);
	struct bpf_case *c = NULL;
	struct listing l;
	struct code code;
	struct unit *u;

	if (insn[1].imm != (insn->imm < 0 ? -1 : 0) || !listing_open(&l, &s->best->progs[at->prog]))
		return NULL;
	u = &l.units[listing_at(&l, at->slot)];
	u->insn[0].code = BPF_ALU64 | BPF_MOV | BPF_K;
	u->slots = 1;
	if (listing_build(&l, NULL, &code)) {
		c = case_dup(s->best);
		code_free(&c->progs[at->prog]);
		c->progs[at->prog] = code;
	}
	listing_free(&l);
	return c;
}

static bool shrink_imm(struct shrink *s, struct place *at)
{
	const struct insn *insn = insn_at(s, at);
	const struct insn_desc *desc = insn_lookup(insn);
	bool any;

	if (!desc || !(desc->fields & F_IMM) || desc->syntax == SYNTAX_CALL ||
	    desc->syntax == SYNTAX_CALL_SUBPROG || desc->syntax == SYNTAX_CALL_KFUNC ||
	    desc->syntax == SYNTAX_GOTOL)
		return false;
	if (!insn_is_wide(insn))
		return shrink_value(s, (u32)insn->imm, 32, with_imm, at);
	if (insn->src)
		return false;
	any = shrink_value(s, (u64)(u32)insn[1].imm << 32 | (u32)insn->imm, 64, with_imm, at);
	return any | shrink_try(s, with_short_constant(s, at));
}

bool pass_immediates(struct shrink *s)
{
	bool any = false;
	struct place at;

	for (at.prog = 0; at.prog < s->best->nprogs; at.prog++)
		for (at.slot = 0; at.slot < s->best->progs[at.prog].cnt && !s->stop; at.slot++) {
			any |= shrink_imm(s, &at);
			at.slot += insn_is_wide(insn_at(s, &at));
		}
	return any;
}

/* ---- offsets ---- */

static bool is_access(const struct insn *i)
{
	u8 class = insn_class(i);

	return class == BPF_LDX || class == BPF_ST || class == BPF_STX;
}

static struct bpf_case *with_off(struct shrink *s, void *ctx, u64 v)
{
	struct place *at = ctx;
	struct bpf_case *c = case_dup(s->best);

	c->progs[at->prog].insns[at->slot].off = (s16)(u16)v;
	return c;
}

bool pass_offsets(struct shrink *s)
{
	bool any = false;
	struct place at;

	for (at.prog = 0; at.prog < s->best->nprogs; at.prog++)
		for (at.slot = 0; at.slot < s->best->progs[at.prog].cnt && !s->stop; at.slot++) {
			const struct insn *insn = insn_at(s, &at);

			/*
			 * off r10 and r11 an offset names a slot, and smaller ones are no simpler
			 */
			if (is_access(insn) && insn->off && insn->dst < BPF_REG_FP &&
			    insn->src < BPF_REG_FP)
				any |= shrink_value(s, (u16)insn->off, 16, with_off, &at);
			at.slot += insn_is_wide(insn);
		}
	return any;
}

/* ---- registers ---- */

static u16 named(const struct bpf_case *c)
{
	u16 regs = 0;

	for (u32 p = 0; p < c->nprogs; p++)
		for (u32 i = 0; i < c->progs[p].cnt; i++) {
			const struct insn *insn = &c->progs[p].insns[i];
			const struct insn_desc *d = insn_lookup(insn);

			if (!d || d->fields & F_DST)
				regs |= 1 << insn->dst;
			if (!d || d->fields & F_SRC)
				regs |= 1 << insn->src;
			i += insn_is_wide(insn);
		}
	return regs;
}

static u8 swapped(u8 reg, u8 a, u8 b)
{
	return reg == a ? b : reg == b ? a : reg;
}

/* Swap @a and @b in all programs and inputs. */
static struct bpf_case *with_swapped(const struct shrink *s, u8 a, u8 b)
{
	struct bpf_case *c = case_dup(s->best);
	struct reg_in in = c->regs[a];

	for (u32 p = 0; p < c->nprogs; p++)
		for (u32 i = 0; i < c->progs[p].cnt; i++) {
			struct insn *insn = &c->progs[p].insns[i];
			const struct insn_desc *d = insn_lookup(insn);

			if (!d || d->fields & F_DST)
				insn->dst = swapped(insn->dst, a, b);
			if (!d || d->fields & F_SRC)
				insn->src = swapped(insn->src, a, b);
			i += insn_is_wide(insn);
		}
	if (!c->raw) {
		struct vectors *t = case_own_vecs(c);
		u64 v = t->cols[a];

		c->regs[a] = c->regs[b];
		c->regs[b] = in;
		c->regs[a].col = a;
		c->regs[b].col = b;
		t->cols[a] = t->cols[b];
		t->cols[b] = v;
		case_seal(c);
	}
	return c;
}

/* Rename registers to lower, unused ones. */
bool pass_registers(struct shrink *s)
{
	bool any = false;

	for (u8 reg = CASE_REGS - 1; reg > 0; reg--) {
		for (u8 to = 0; to < reg && !s->stop && named(s->best) >> reg & 1; to++)
			if (!(named(s->best) >> to & 1))
				any |= shrink_try(s, with_swapped(s, reg, to));
	}
	return any;
}
