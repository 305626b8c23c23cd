// SPDX-License-Identifier: GPL-2.0
/* Loads, stores and atomics: every size, base, value register, and offsets around the edges of
 * displacement fields. */
#include "gen/dims.h"
#include "gen/families.h"
#include "lib/util.h"

/*
 * Base and value are different registers: a stored pointer would leave an address in memory.
 */

#define WINDOW 64 /* bytes of the memory and the stack window */

/*
 * M: the instruction's offset; the pointer in the base register is moved the other way, so that the
 * access stays in the window. Displacement fields of 7 to 20 bits end at these, plain or scaled by
 * the size; the offset field at the last ones.
 */
static const s16 offs[] = { 0, 8, -8, 56, 120, 128, -128, -136, 248, 256, -256, -264, 504, 512,
			    -512, -520, 1016, 1024, 2040, 2048, -2048, -2056,
			    /* odd offsets, too: the access itself stays aligned */
			    1, 2, 3, 4, 5, 7, -1, -2, 127, 129, 255, 257, 2047, 4094, 4095, -4095,
			    4088, 4096, -4096, -4104, 8184, 8192, 16376, 16384, 32752, 32760,
			    -32760, -32768 };

GEN_DIM(off, ARRAY_SIZE(offs), "%d", offs[i]);

/* Lanes that store go to different places of the window. */
static s16 place(u32 reg, u32 size)
{
	return reg * size % WINDOW;
}

/* The base lies as far the other way as the instruction's offset reaches. */
static void access_at(struct gen *g, u8 base, s16 off, s16 at)
{
	gen_inputs(g, vecs_memory(WINDOW, 0));
	gen_pointer(g, base, REGION_MEM, at - off);
}

/* ---- loads and stores ---- */

static bool row_ldx(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_LDX;
}

static void build_ldx(struct gen *g, u32 op, const u32 *at)
{
	const struct insn_desc *d = gen_row(g->family, op);

	access_at(g, at[1], offs[at[0]], 8);
	gen_row_insn(g, d, at[2], at[1], offs[at[0]], 0);
}

const struct gen_family family_ldx = {
	.name = "ldx",
	.doc = "loads: every offset where a displacement field ends, every base and destination",
	.row = row_ldx,
	.dims = { &dim_off, &dim_reg, &dim_reg },
	.build = build_ldx,
};

/* I: short and long immediates of stores; the last ones are what a size cuts off */
static const s32 st_imms[] = { 0,
			       1,
			       -1,
			       127,
			       128,
			       -128,
			       -129,
			       255,
			       256,
			       -256,
			       0x7ff,
			       0x800,
			       -0x800,
			       0xfff,
			       0x1000,
			       -0x1000,
			       0x7fff,
			       0x8000,
			       -0x8000,
			       0xffff,
			       -0x10000,
			       0x7ffff,
			       0x80000,
			       -0x80000,
			       -0x80001,
			       0xfffff,
			       -0x100000,
			       0x7fffff,
			       -0x800000,
			       0x12345678,
			       (s32)0x80000000,
			       0x7fffffff };

GEN_DIM(st_imm, ARRAY_SIZE(st_imms), "%d", st_imms[i]);

static bool row_st(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_ST;
}

static void build_st(struct gen *g, u32 op, const u32 *at)
{
	const struct insn_desc *d = gen_row(g->family, op);

	access_at(g, at[1], offs[at[0]], place(at[2], d->size));
	gen_row_insn(g, d, at[1], 0, offs[at[0]], st_imms[at[2]]);
}

const struct gen_family family_st = {
	.name = "st",
	.doc = "stores of immediates: every offset where a displacement field ends, every base",
	.row = row_st,
	.dims = { &dim_off, &dim_reg, &dim_st_imm },
	.build = build_st,
};

static bool row_stx(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_STX;
}

static void build_stx(struct gen *g, u32 op, const u32 *at)
{
	const struct insn_desc *d = gen_row(g->family, op);
	u8 src = pair_second(at[1]);

	access_at(g, pair_first(at[1]), offs[at[0]], place(src, d->size));
	gen_row_insn(g, d, pair_first(at[1]), src, offs[at[0]], 0);
}

const struct gen_family family_stx = {
	.name = "stx",
	.doc = "stores of registers: every offset where a displacement field ends, every base and "
	       "source",
	.row = row_stx,
	.dims = { &dim_off, &dim_pair },
	.build = build_stx,
};

/* ---- atomics ---- */

static bool row_atomic(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_ATOMIC || d->syntax == SYNTAX_FETCH ||
	       d->syntax == SYNTAX_XCHG || d->syntax == SYNTAX_STORE_RELEASE;
}

static void build_atomic(struct gen *g, u32 op, const u32 *at)
{
	const struct insn_desc *d = gen_row(g->family, op);
	u8 src = pair_second(at[1]);

	access_at(g, pair_first(at[1]), offs[at[0]], place(src, d->size));
	gen_row_insn(g, d, pair_first(at[1]), src, offs[at[0]], 0);
}

const struct gen_family family_atomic = {
	.name = "atomic",
	.doc = "atomic operations, with fetch and without, exchange, store-release: every base and "
	       "source, offsets as of stores",
	.row = row_atomic,
	.dims = { &dim_off, &dim_pair },
	.build = build_atomic,
};

static bool row_load_acquire(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_LOAD_ACQUIRE;
}

const struct gen_family family_load_acquire = {
	.name = "load_acquire",
	.doc = "load-acquire: every base and destination, offsets as of loads",
	.row = row_load_acquire,
	.dims = { &dim_off, &dim_reg, &dim_reg },
	.build = build_ldx,
};

static bool row_cmpxchg(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_CMPXCHG;
}

/* r0 is what memory is compared with, and can be no base. */
GEN_DIM(cmpxchg_pair, dim_pair.count(f, op) - (CASE_REGS - 1), "r%u-r%u",
	pair_first(i + CASE_REGS - 1), pair_second(i + CASE_REGS - 1));

static void build_cmpxchg(struct gen *g, u32 op, const u32 *at)
{
	const struct insn_desc *d = gen_row(g->family, op);
	u32 pair = at[1] + CASE_REGS - 1;

	gen_inputs(g, vecs_cmpxchg(d->size));
	gen_pointer(g, pair_first(pair), REGION_MEM, -offs[at[0]]);
	gen_row_insn(g, d, pair_first(pair), pair_second(pair), offs[at[0]], 0);
}

const struct gen_family family_cmpxchg = {
	.name = "cmpxchg",
	.doc = "compare and exchange: hits, misses, and operands that differ in the upper half "
	       "alone",
	.row = row_cmpxchg,
	.dims = { &dim_off, &dim_cmpxchg_pair },
	.build = build_cmpxchg,
};
