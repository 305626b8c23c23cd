// SPDX-License-Identifier: GPL-2.0
/*
 * Instructions that define 32 bits (Z). The frame spills low halves, so that the verifier inserts a
 * zero extension where the body itself uses all 64 bits, and nowhere else: there a JIT may leave
 * what it likes above, or, with BPF_F_TEST_RND_HI32, finds noise. A move to itself right behind the
 * instruction is what some JITs take for the extension, and drop.
 */
#include "gen/dims.h"
#include "gen/families.h"
#include "gen/zext.h"

#define WINDOW 64
#define MARK   0x5a5a5a5a

bool zext_row(const struct insn_desc *d)
{
	switch (d->syntax) {
	case SYNTAX_ALU_X:
	case SYNTAX_ALU_K:
	case SYNTAX_NEG:
	case SYNTAX_MOVSX:
		return BPF_CLASS(d->code) == BPF_ALU;
	case SYNTAX_LDX:
		return d->size < 8 && BPF_MODE(d->code) == BPF_MEM;
	case SYNTAX_END:
	case SYNTAX_FETCH:
	case SYNTAX_XCHG:
	case SYNTAX_CMPXCHG:
	case SYNTAX_LOAD_ACQUIRE:
		return d->size < 8;
	default:
		return false;
	}
}

/* What looks at the upper half: nothing, a shift, a comparison, a sum. */
enum { USE_LOW, USE_SHIFT, USE_COMPARE, USE_SUM };
static const char *const uses[] = { "low", "shift", "compare", "sum" };

GEN_DIM(use, ARRAY_SIZE(uses), "%s", uses[i]);
GEN_DIM(self, 2, "%s", i ? "self" : "bare");
GEN_DIM(noise, 2, "%s", i ? "rnd" : "plain");

bool zext_is_shift(const struct insn_desc *d)
{
	u8 op = BPF_OP(d->code);

	return op == BPF_LSH || op == BPF_RSH || op == BPF_ARSH;
}

s32 zext_imm(const struct insn_desc *d)
{
	if (zext_is_shift(d))
		return 4;
	return BPF_OP(d->code) == BPF_DIV || BPF_OP(d->code) == BPF_MOD ? 3 : -2;
}

/* The instruction on @reg; returns the register that it defines. *@base: the one that holds an
 * address, if any does. */
static u8 define(struct gen *g, const struct insn_desc *d, u8 reg, int *base)
{
	u8 other = (reg + 3) % CASE_REGS, defined = reg;

	*base = -1;
	switch (d->syntax) {
	case SYNTAX_LDX:
	case SYNTAX_LOAD_ACQUIRE:
		*base = other;
		gen_inputs(g, vecs_memory(WINDOW, 0));
		gen_row_insn(g, d, reg, other, 8, 0);
		break;
	case SYNTAX_FETCH:
	case SYNTAX_XCHG:
	case SYNTAX_CMPXCHG:
		/* r0 is compared, and can be no base */
		*base = other ? other : 1;
		gen_inputs(g, d->syntax == SYNTAX_CMPXCHG ? vecs_cmpxchg(d->size)
							  : vecs_memory(WINDOW, 0));
		gen_row_insn(g, d, *base, reg, 0, 0);
		defined = d->syntax == SYNTAX_CMPXCHG ? 0 : reg;
		break;
	case SYNTAX_ALU_X:
		gen_inputs(g, zext_is_shift(d) ? vecs_shift(d->size, reg, other)
					       : vecs_pairs(d->size, 0));
		gen_row_insn(g, d, reg, other, 0, 0);
		break;
	default:
		gen_inputs(g, vecs_single(8));
		gen_row_insn(g, d, reg, other, 0, zext_imm(d));
	}
	if (*base >= 0)
		gen_pointer(g, *base, REGION_MEM, 0);
	return defined;
}

static void build_zext(struct gen *g, u32 op, const u32 *at)
{
	int base;
	u8 reg = define(g, gen_row(g->family, op), at[3], &base), free = (reg + 5) % CASE_REGS;

	if (free == base)
		free = (reg + 6) % CASE_REGS;
	g->c->wrapper = CASE_WRAPPER_LOW;
	if (at[2])
		gen_need(g, "rnd_hi32");
	if (at[1])
		gen_insn(g, (struct insn){
				    .code = BPF_ALU | BPF_MOV | BPF_X, .dst = reg, .src = reg });
	switch (at[0]) {
	case USE_SHIFT:
		gen_alu64(g, BPF_RSH | BPF_K, reg, 0, 32);
		break;
	case USE_COMPARE:
		gen_insn(g, (struct insn){ .code = BPF_JMP | BPF_JGT | BPF_X,
					   .dst = reg,
					   .src = free,
					   .off = 1 });
		gen_alu64(g, BPF_XOR | BPF_K, free, 0, MARK);
		break;
	case USE_SUM:
		gen_alu64(g, BPF_ADD | BPF_X, free, reg, 0);
		gen_alu64(g, BPF_RSH | BPF_K, free, 0, 32);
		break;
	}
}

const struct gen_family family_zext = {
	.name = "zext",
	.doc = "every instruction that defines 32 bits, with and without a use of all 64, a move "
	       "to itself, and noise above",
	.row = zext_row,
	.dims = { &dim_use, &dim_self, &dim_noise, &dim_reg },
	.build = build_zext,
};
