// SPDX-License-Identifier: GPL-2.0
/* Conditional jumps, taken and not taken: the first operand is changed where the jump is not taken.
 */
#include "gen/build.h"
#include "gen/families.h"

#define MARK 0x5a5a5a5a

void gen_jump_over_mark(struct gen *g, const struct insn_desc *d, u8 dst, u8 src, s32 imm)
{
	gen_row_insn(g, d, dst, src, 1, imm);
	gen_insn(g, (struct insn){ .code = BPF_ALU64 | BPF_XOR | BPF_K, .dst = dst, .imm = MARK });
}

static bool row_jmp_x(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_JMP_X;
}

static void build_jmp_x(struct gen *g, u32 op, const u32 *at)
{
	const struct insn_desc *d = gen_row(g->family, op);

	gen_inputs(g, vecs_pairs(d->size, at[0]));
	gen_jump_over_mark(g, d, pair_first(at[1]), pair_second(at[1]), 0);
}

const struct gen_family family_jmp_x = {
	.name = "jmp_x",
	.doc = "conditional jumps on two registers: every pair of different ones, four tables of "
	       "values",
	.row = row_jmp_x,
	.dims = { &dim_values, &dim_pair },
	.build = build_jmp_x,
};

static void build_jmp_same(struct gen *g, u32 op, const u32 *at)
{
	const struct insn_desc *d = gen_row(g->family, op);

	gen_inputs(g, vecs_single(d->size));
	gen_jump_over_mark(g, d, at[0], at[0], 0);
}

const struct gen_family family_jmp_same = {
	.name = "jmp_same",
	.doc = "conditional jumps on a register and itself; most are decided by the verifier, so "
	       "that only the raw engines show them",
	.row = row_jmp_x,
	.dims = { &dim_reg },
	.build = build_jmp_same,
};

static bool row_jmp_k(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_JMP_K;
}

static void build_jmp_k(struct gen *g, u32 op, const u32 *at)
{
	const struct insn_desc *d = gen_row(g->family, op);

	gen_inputs(g, vecs_around(at[0]));
	gen_jump_over_mark(g, d, at[1], 0, imm_value(at[0]));
}

const struct gen_family family_jmp_k = {
	.name = "jmp_k",
	.doc = "conditional jumps on an immediate: every register, operands around the immediate",
	.row = row_jmp_k,
	.dims = { &dim_imm, &dim_reg },
	.build = build_jmp_k,
};
