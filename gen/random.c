// SPDX-License-Identifier: GPL-2.0
/*
 * Random programs, one per seed. They are valid by construction: shift counts are masked, accesses
 * are aligned and in their windows, jumps go forward, and loops count down from a constant.
 */
#include "gen/dims.h"
#include "gen/families.h"
#include "lib/rand.h"

#define SEEDS	    10000
#define WINDOW	    64
#define MAX_INSNS   200
#define MAX_PENDING 4 /* jumps whose targets are still to come */
#define MAX_JUMPS   6 /* the verifier may walk every path through them */

static const char *const ops[] = { "straight", "branch" };

enum { STRAIGHT, BRANCH };

GEN_DIM(seed, SEEDS, "s%u", i);

struct rnd {
	u64 state;
	struct gen *g;
	u8 base;    /* holds the address of the memory window throughout */
	u8 counter; /* of the open loop, or REG_NONE */
	bool all;   /* also insns that some kernels lack */
	u32 pending[MAX_PENDING];
	u32 npending;
	u32 jumps;
	bool looped;
};

#define REG_NONE 0xff

static u32 below(struct rnd *r, u32 n)
{
	return rand_next(&r->state) % n;
}

/* A scalar that may be read, and one that may be written. */
static u8 any_src(struct rnd *r)
{
	u8 reg;

	do
		reg = below(r, CASE_REGS);
	while (reg == r->base);
	return reg;
}

static u8 any_dst(struct rnd *r)
{
	u8 reg;

	do
		reg = any_src(r);
	while (reg == r->counter);
	return reg;
}

static s32 any_imm(struct rnd *r)
{
	return below(r, 4) ? imm_value(below(r, dim_imm.count(NULL, 0)))
			   : (s32)rand_next(&r->state);
}

static u32 here(const struct rnd *r)
{
	return r->g->c->progs[0].cnt;
}

static void put(struct rnd *r, u8 code, u8 dst, u8 src, s16 off, s32 imm)
{
	gen_insn(r->g,
		 (struct insn){ .code = code, .dst = dst, .src = src, .off = off, .imm = imm });
}

/* An aligned place in one of the windows. */
static u8 any_place(struct rnd *r, u32 size, s16 *off)
{
	bool stack = below(r, 2);

	*off = below(r, WINDOW / size) * size - (stack ? WINDOW : 0);
	return stack ? BPF_REG_FP : r->base;
}

/* ---- one row each ---- */

static bool put_row(struct rnd *r, const struct insn_desc *d)
{
	u8 dst = any_dst(r), src = any_src(r), op = BPF_OP(d->code);
	bool shift = op == BPF_LSH || op == BPF_RSH || op == BPF_ARSH, atomic64 = d->size == 8,
	     fetch = true;
	s32 imm = any_imm(r);
	s16 off;

	switch (d->syntax) {
	case SYNTAX_ALU_X:
		if (d->off && !r->all)
			return false;
		if (shift) {
			src = any_dst(r);
			put(r, BPF_ALU64 | BPF_AND | BPF_K, src, 0, 0, 8 * d->size - 1);
		}
		gen_row_insn(r->g, d, dst, src, 0, 0);
		return true;
	case SYNTAX_ALU_K:
		if (d->off && !r->all)
			return false;
		if (shift)
			imm &= 8 * d->size - 1;
		if ((op == BPF_DIV || op == BPF_MOD) && !imm)
			imm = 7;
		gen_row_insn(r->g, d, dst, 0, 0, imm);
		return true;
	case SYNTAX_MOVSX:
		if (!r->all)
			return false;
		gen_row_insn(r->g, d, dst, src, 0, 0);
		return true;
	case SYNTAX_END:
		if (BPF_CLASS(d->code) == BPF_ALU64 && !r->all)
			return false;
		gen_row_insn(r->g, d, dst, 0, 0, 0);
		return true;
	case SYNTAX_NEG:
		gen_row_insn(r->g, d, dst, 0, 0, 0);
		return true;
	case SYNTAX_LDX:
		if (BPF_MODE(d->code) == BPF_MEMSX && !r->all)
			return false;
		src = any_place(r, d->size, &off);
		gen_row_insn(r->g, d, dst, src, off, 0);
		return true;
	case SYNTAX_ST:
		dst = any_place(r, d->size, &off);
		gen_row_insn(r->g, d, dst, 0, off, imm);
		return true;
	case SYNTAX_STX:
		dst = any_place(r, d->size, &off);
		gen_row_insn(r->g, d, dst, src, off, 0);
		return true;
	case SYNTAX_ATOMIC:
		fetch = false;
		/* fallthrough */
	case SYNTAX_FETCH:
	case SYNTAX_XCHG:
		if (!r->all && (fetch || atomic64))
			return false;
		src = fetch ? any_dst(r) : src;
		dst = any_place(r, d->size, &off);
		gen_row_insn(r->g, d, dst, src, off, 0);
		return true;
	case SYNTAX_CMPXCHG:
		if (!r->all || r->counter == 0)
			return false;
		dst = any_place(r, d->size, &off);
		gen_row_insn(r->g, d, dst, src, off, 0);
		return true;
	case SYNTAX_LD_IMM64:
		if (d->src)
			return false;
		gen_imm64(r->g, dst, below(r, 2) ? rand_next(&r->state) : (u64)(s64)imm);
		return true;
	default:
		return false;
	}
}

static void put_any(struct rnd *r)
{
	while (!put_row(r, &insn_descs[below(r, nr_insn_descs)]))
		;
}

/* ---- branches ---- */

static void land(struct rnd *r, u32 at)
{
	r->g->c->progs[0].insns[at].off = here(r) - at - 1;
}

static void land_some(struct rnd *r, bool all)
{
	while (r->npending && (all || !below(r, 6)))
		land(r, r->pending[--r->npending]);
}

static void put_jump(struct rnd *r)
{
	const struct insn_desc *d;

	if (r->npending == MAX_PENDING || r->jumps == MAX_JUMPS)
		return;
	do
		d = &insn_descs[below(r, nr_insn_descs)];
	while (d->syntax != SYNTAX_JMP_X && d->syntax != SYNTAX_JMP_K);
	r->jumps++;
	r->pending[r->npending++] = here(r);
	gen_row_insn(r->g, d, any_dst(r), any_src(r), 0, any_imm(r));
	put_any(r);
}

/*
 * A few rounds over a few insns, with at most one jump, which stays inside. A program has one loop,
 * because the paths through loops multiply.
 */
static void put_loop(struct rnd *r)
{
	u8 counter = any_dst(r);
	u32 top, insns = 2 + below(r, 12), jumps = 0;

	land_some(r, true);
	put(r, BPF_ALU64 | BPF_MOV | BPF_K, counter, 0, 0, 1 + below(r, 3));
	r->counter = counter;
	r->looped = true;
	top = here(r);
	while (here(r) < top + insns) {
		if (!jumps++ && below(r, 2))
			put_jump(r);
		put_any(r);
		land_some(r, false);
	}
	land_some(r, true);
	put(r, BPF_ALU64 | BPF_SUB | BPF_K, counter, 0, 0, 1);
	put(r, BPF_JMP | BPF_JNE | BPF_K, counter, 0, (s16)(top - here(r) - 1), 0);
	r->counter = REG_NONE;
}

static void build(struct gen *g, u32 op, const u32 *at)
{
	struct rnd r = { .state = (u64)op << 32 | at[0], .g = g, .counter = REG_NONE };
	u32 insns = 10 + below(&r, MAX_INSNS - 10);

	/* one in four has insns that some kernels lack */
	r.all = !below(&r, 4);
	r.base = 6 + below(&r, 4);
	gen_inputs(g, vecs_memory(WINDOW, WINDOW));
	gen_pointer(g, r.base, REGION_MEM, 0);
	/*
	 * the verifier takes two paths at an AND or OR of -1 or 0 (maybe_fork_scalars()): with many
	 * cases in a program it would walk every combination
	 */
	g->c->alone = true;
	while (here(&r) < insns) {
		if (op == BRANCH && !below(&r, 12))
			put_jump(&r);
		else if (op == BRANCH && !r.looped && !below(&r, 30))
			put_loop(&r);
		else
			put_any(&r);
		land_some(&r, false);
	}
	land_some(&r, true);
}

const struct gen_family family_random = {
	.name = "random",
	.quick = 48,
	.doc = "programs by chance: arithmetic, memory and stack, atomics, branches forward, small "
	       "loops",
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.dims = { &dim_seed },
	.build = build,
};
