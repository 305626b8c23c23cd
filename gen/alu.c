// SPDX-License-Identifier: GPL-2.0
/* Arithmetic: every operation on every register pair and immediate. */
#include "gen/dims.h"
#include "gen/families.h"

static bool is_shift(const struct insn_desc *d)
{
	u8 op = BPF_OP(d->code);

	return op == BPF_LSH || op == BPF_RSH || op == BPF_ARSH;
}

/* ---- register operand ---- */

static bool row_alu_x(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_ALU_X && !is_shift(d);
}

static void build_alu_x(struct gen *g, u32 op, const u32 *at)
{
	const struct insn_desc *d = gen_row(g->family, op);

	gen_inputs(g, vecs_pairs(d->size, at[0]));
	gen_row_insn(g, d, at[1], at[2], 0, 0);
}

const struct gen_family family_alu_x = {
	.name = "alu_x",
	.doc = "arithmetic with a register operand: every operation, every pair of registers, four "
	       "tables of values",
	.row = row_alu_x,
	.dims = { &dim_values, &dim_reg, &dim_reg },
	.build = build_alu_x,
};

static bool row_shift_x(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_ALU_X && is_shift(d);
}

static void build_shift_x(struct gen *g, u32 op, const u32 *at)
{
	const struct insn_desc *d = gen_row(g->family, op);

	gen_inputs(g, vecs_shift(d->size, at[0], at[1]));
	gen_row_insn(g, d, at[0], at[1], 0, 0);
}

const struct gen_family family_shift_x = {
	.name = "shift_x",
	.doc = "shifts by a register: every pair of registers, counts below the width (too large "
	       "ones: cases/alu/shift_wide)",
	.row = row_shift_x,
	.dims = { &dim_reg, &dim_reg },
	.build = build_shift_x,
};

static bool row_movsx(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_MOVSX;
}

static void build_movsx(struct gen *g, u32 op, const u32 *at)
{
	gen_inputs(g, vecs_single(8));
	gen_row_insn(g, gen_row(g->family, op), at[0], at[1], 0, 0);
}

const struct gen_family family_movsx = {
	.name = "movsx",
	.doc = "sign-extending moves: every pair of registers",
	.row = row_movsx,
	.dims = { &dim_reg, &dim_reg },
	.build = build_movsx,
};

/* ---- immediate operand ---- */

static bool row_alu_k(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_ALU_K && !is_shift(d) && BPF_OP(d->code) != BPF_DIV &&
	       BPF_OP(d->code) != BPF_MOD;
}

static void build_alu_k(struct gen *g, u32 op, const u32 *at)
{
	const struct insn_desc *d = gen_row(g->family, op);

	gen_inputs(g, vecs_single(d->size));
	gen_row_insn(g, d, at[1], 0, 0, imm_value(at[0]));
}

const struct gen_family family_alu_k = {
	.name = "alu_k",
	.doc = "arithmetic with an immediate: every register, every power of two and its "
	       "neighbours, patterns of encodings",
	.row = row_alu_k,
	.dims = { &dim_imm, &dim_reg },
	.build = build_alu_k,
};

static bool row_div_k(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_ALU_K &&
	       (BPF_OP(d->code) == BPF_DIV || BPF_OP(d->code) == BPF_MOD);
}

/* imm32 begins with 0; the verifier refuses a division by it */
GEN_DIM(divisor, dim_imm.count(f, op) - 1, "%d", imm_value(i + 1));

static void build_div_k(struct gen *g, u32 op, const u32 *at)
{
	const struct insn_desc *d = gen_row(g->family, op);

	gen_inputs(g, vecs_single(d->size));
	gen_row_insn(g, d, at[1], 0, 0, imm_value(at[0] + 1));
}

const struct gen_family family_div_k = {
	.name = "div_k",
	.doc = "division and modulo by an immediate other than 0",
	.row = row_div_k,
	.dims = { &dim_divisor, &dim_reg },
	.build = build_div_k,
};

static bool row_shift_k(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_ALU_K && is_shift(d);
}

static void build_shift_k(struct gen *g, u32 op, const u32 *at)
{
	const struct insn_desc *d = gen_row(g->family, op);

	gen_inputs(g, vecs_single(d->size));
	gen_row_insn(g, d, at[1], 0, 0, at[0]);
}

const struct gen_family family_shift_k = {
	.name = "shift_k",
	.doc = "shifts by an immediate: every count, every register",
	.row = row_shift_k,
	.dims = { &dim_shift, &dim_reg },
	.build = build_shift_k,
};

/* ---- one operand ---- */

static bool row_unary(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_NEG || d->syntax == SYNTAX_END;
}

static void build_unary(struct gen *g, u32 op, const u32 *at)
{
	gen_inputs(g, vecs_single(8));
	gen_row_insn(g, gen_row(g->family, op), at[0], 0, 0, 0);
}

const struct gen_family family_unary = {
	.name = "unary",
	.doc = "negation and byte swaps of every register",
	.row = row_unary,
	.dims = { &dim_reg },
	.build = build_unary,
};

/* ---- 64-bit constants ---- */

/* L: constants for which machines that build them from 16-bit pieces have short forms */
static const u16 pieces[] = { 0, 0xffff, 0x98d7, 0x8001 };

static const char *const imm64_ops[] = { "pieces", "bits" };

/* Four pieces, or a run of bits as logical immediates encode it, and its complement. */
static u64 imm64_value(u32 op, u32 i)
{
	u64 v = 0;

	if (op)
		return i & 1 ? ~0ull << (i >> 1) : 1ull << (i >> 1);
	for (u32 k = 0; k < 4; k++)
		v |= (u64)pieces[i >> (2 * k) & 3] << (16 * k);
	return v;
}

/* bit 63 alone is its own run */
GEN_DIM(imm64, op ? 2 * 64 - 1 : 256, "0x%llx", (unsigned long long)imm64_value(op, i));

static void build_imm64(struct gen *g, u32 op, const u32 *at)
{
	gen_inputs(g, vecs_single(8));
	gen_imm64(g, at[1], imm64_value(op, at[0]));
}

const struct gen_family family_imm64 = { .name = "imm64",
					 .doc = "64-bit constants: each 16-bit piece 0, all ones "
						"or other; single bits and runs of them",
					 .ops = imm64_ops,
					 .nops = 2,
					 .dims = { &dim_imm64, &dim_reg },
					 .build = build_imm64 };
