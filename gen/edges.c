// SPDX-License-Identifier: GPL-2.0
/*
 * Immediates where a native encoding ends (I), with every operation that takes one. They are few
 * enough for the quick sweep to take them all; of alu_k and jmp_k it takes one in twenty.
 */
#include "gen/dims.h"
#include "gen/families.h"

/* clang-format off */
static const s32 edges[] = {
	0, 1, -1,
	127, 128, -128, -129,			/* x86: imm8 */
	255, 256,
	2047, 2048, -2048, -2049,		/* riscv: imm12 */
	4095, 4096, -4095, -4096, -4097,	/* arm64: imm12, plain, negated, shifted */
	0x7fff, 0x8000, -0x8000, -0x8001,	/* s390x: imm16 */
	0xffff, 0x10000, -0x10000, -0x10001,	/* arm64: movz, movn */
	0xffffff, 0x1000000,
	0x7fffffff, -0x7fffffff, -0x7fffffff - 1
};
/* clang-format on */

static bool divides(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_ALU_K &&
	       (BPF_OP(d->code) == BPF_DIV || BPF_OP(d->code) == BPF_MOD);
}

/* The verifier refuses a division by 0, the first of them. */
static s32 edge(const struct gen_family *f, u32 op, u32 i)
{
	return edges[i + divides(gen_row(f, op))];
}

GEN_DIM(edge, ARRAY_SIZE(edges) - divides(gen_row(f, op)), "%d", edge(f, op, i));

static bool row_edges(const struct insn_desc *d)
{
	u8 op = BPF_OP(d->code);

	return d->syntax == SYNTAX_JMP_K ||
	       (d->syntax == SYNTAX_ALU_K && op != BPF_LSH && op != BPF_RSH && op != BPF_ARSH);
}

static void build_edges(struct gen *g, u32 op, const u32 *at)
{
	const struct insn_desc *d = gen_row(g->family, op);
	s32 imm = edge(g->family, op, at[0]);
	u8 reg = (op + at[0]) % CASE_REGS;

	if (d->syntax == SYNTAX_JMP_K) {
		gen_inputs(g, vecs_around(imm_nr(imm)));
		gen_jump_over_mark(g, d, reg, 0, imm);
	} else {
		gen_inputs(g, vecs_single(d->size));
		gen_row_insn(g, d, reg, 0, 0, imm);
	}
}

const struct gen_family family_edges = {
	.name = "edges",
	.doc = "every operation on an immediate where native immediates end, and its neighbour; "
	       "one register each",
	.row = row_edges,
	.dims = { &dim_edge },
	.build = build_edges,
};
