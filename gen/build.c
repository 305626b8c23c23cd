// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include "gen/build.h"
#include "lib/util.h"

void gen_need(struct gen *g, const char *cap)
{
	struct bpf_case *c = g->c;

	if (case_needs(c, cap))
		return;
	c->needs = xrealloc(c->needs, (c->nneeds + 1) * sizeof(*c->needs));
	c->needs[c->nneeds++] = xstrdup(cap);
}

void gen_need_insn(struct gen *g, const struct insn *insn)
{
	const struct insn_desc *d = insn_lookup(insn);

	if (d && d->needs)
		gen_need(g, d->needs);
}

void gen_insn(struct gen *g, struct insn insn)
{
	struct code *code = &g->c->progs[0];

	if (code->cnt == g->cap) {
		g->cap = g->cap ? 2 * g->cap : 8;
		code->insns = xrealloc(code->insns, g->cap * sizeof(*code->insns));
		code->lines = xrealloc(code->lines, g->cap * sizeof(*code->lines));
	}
	code->insns[code->cnt] = insn;
	code->lines[code->cnt++] = 0;
	if (!code->classic)
		gen_need_insn(g, &insn);
}

void gen_row_insn(struct gen *g, const struct insn_desc *d, u8 dst, u8 src, s16 off, s32 imm)
{
	gen_insn(g, insn_of(d, dst, src, off, imm));
}

void gen_alu64(struct gen *g, u8 op, u8 dst, u8 src, s32 imm)
{
	gen_insn(g, (struct insn){ .code = BPF_ALU64 | op, .dst = dst, .src = src, .imm = imm });
}

void gen_imm64(struct gen *g, u8 dst, u64 value)
{
	gen_insn(g,
		 (struct insn){ .code = BPF_LD | BPF_IMM | BPF_DW, .dst = dst, .imm = (s32)value });
	gen_insn(g, (struct insn){ .imm = (s32)(value >> 32) });
}

void gen_inputs(struct gen *g, struct vectors *t)
{
	g->c->vecs = vectors_get(t);
}

void gen_pointer(struct gen *g, u8 reg, enum region region, s32 off)
{
	g->c->regs[reg] = (struct reg_in){ .region = region, .off = off };
}

void gen_classic(struct gen *g, struct vectors *t)
{
	g->c->type = CASE_TYPE_CLASSIC;
	g->c->raw = g->c->alone = g->c->progs[0].classic = true;
	g->c->out_regs = 0;
	gen_inputs(g, t);
}
