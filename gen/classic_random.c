// SPDX-License-Identifier: GPL-2.0
/*
 * Random classic filters, one per seed. Jumps go forward and M[0..7] are stored first. Most loads
 * hit the packet, because the first one outside it ends the filter.
 */
#include "bpf/classic.h"
#include "gen/dims.h"
#include "gen/families.h"
#include "lib/rand.h"

#define PACKET 128
#define STORED 8 /* words of M[] that may be loaded */

static const u32 lengths[] = { 16, 100, 600, 4000 };
static const char *const ops[] = { "n16", "n100", "n600", "n4000" };
/* the time that constant blinding takes grows with the square of the length, to seconds */
static const u32 seeds[] = { 2000, 1000, 300, 60 };

GEN_DIM(seed, seeds[op], "s%u", i);

struct rnd {
	u64 state;
	struct gen *g;
	u32 left; /* instructions before the tail */
};

static u32 below(struct rnd *r, u32 n)
{
	return rand_next(&r->state) % n;
}

static void put_op(struct rnd *r, const char *name, u32 k)
{
	gen_insn(r->g, classic_insn(classic_by_name(name)->code, 0, 0, k));
	r->left -= r->left > 0;
}

static u32 any_k(struct rnd *r)
{
	return below(r, 4) ? (u32)imm_value(below(r, dim_imm.count(NULL, 0)))
			   : (u32)rand_next(&r->state);
}

/* One in 64 leads out, but none to an extension: those have that bit. */
static u32 any_offset(struct rnd *r)
{
	if (!below(r, 64))
		return any_k(r) & ~(u32)-SKF_AD_OFF;
	return below(r, 16) ? below(r, PACKET) : 0xfff00000 + below(r, PACKET);
}

static u8 near(struct rnd *r, u32 max)
{
	u32 limit = below(r, 8) ? 6 : 256;

	return below(r, max < limit ? max + 1 : limit);
}

static void put_jump(struct rnd *r, const struct classic_desc *d)
{
	u32 max = r->left - 1, dist;

	if (d->mode == CLASSIC_JA) {
		dist = below(r, 16) ? below(r, 6) : below(r, max / 4 + 1);
		put_op(r, d->name, dist < max ? dist : max);
		return;
	}
	dist = near(r, max);
	gen_insn(r->g, classic_insn(d->code, dist, below(r, 3) ? near(r, max) : 0, any_k(r)));
	r->left--;
}

static void put_any(struct rnd *r)
{
	const struct classic_desc *d = &classic_descs[below(r, nr_classic_descs)];
	u8 op = BPF_OP(d->code);
	bool shift = op == BPF_LSH || op == BPF_RSH, divides = op == BPF_DIV || op == BPF_MOD;
	u32 k = any_k(r);

	switch (d->mode) {
	case CLASSIC_JA:
	case CLASSIC_JMP_K:
	case CLASSIC_JMP_X:
		put_jump(r, d);
		return;
	case CLASSIC_A:
		return;
	case CLASSIC_ABS:
	case CLASSIC_MSH:
		k = any_offset(r);
		break;
	case CLASSIC_IND:
		put_op(r, "and_k", PACKET / 2 - 1);
		put_op(r, "tax", 0);
		k = below(r, PACKET / 2);
		break;
	case CLASSIC_MEM:
		k = below(r, d->op[0] == 's' ? CLASSIC_MEMWORDS : STORED);
		break;
	case CLASSIC_K:
		if (d->code == (BPF_RET | BPF_K))
			return;
		if (BPF_CLASS(d->code) == BPF_ALU && shift)
			k %= 32;
		if (BPF_CLASS(d->code) == BPF_ALU && divides && !k)
			k = 3;
		break;
	case CLASSIC_X:
		/* a division by 0 ends the filter; shift counts of 32 and more are undefined */
		if (shift || (divides && below(r, 16))) {
			put_op(r, "ldx_imm", shift ? k % 32 : k ? k : 7);
			k = 0;
		}
		break;
	default:
		break;
	}
	put_op(r, d->name, k);
}

/*
 * No jump may land between a shift by X and the instruction before it, which makes X a valid count.
 * Such a jump goes to that instruction instead.
 */
static s32 spare_shift(const struct code *code, u32 at, s32 dist)
{
	u8 landing = code->insns[at + 1 + dist].code;

	return dist -
	       (landing == (BPF_ALU | BPF_LSH | BPF_X) || landing == (BPF_ALU | BPF_RSH | BPF_X));
}

static void spare_shifts(struct code *code)
{
	for (u32 i = 0; i < code->cnt; i++) {
		struct insn *insn = &code->insns[i];

		if (BPF_CLASS(insn->code) != BPF_JMP)
			continue;
		if (classic_lookup(insn->code)->mode == CLASSIC_JA)
			insn->imm = spare_shift(code, i, insn->imm);
		else
			*insn = classic_insn(insn->code, spare_shift(code, i, classic_jt(insn)),
					     spare_shift(code, i, classic_jf(insn)), insn->imm);
	}
}

static void build(struct gen *g, u32 op, const u32 *at)
{
	struct rnd r = { .g = g, .state = (u64)op << 32 | at[0], .left = lengths[op] };
	static const u32 words[] = { 0,		 1,	     0x7fffffff, 0x80000000,
				     0xffffffff, 0x12345678, 0xdeadbeef, 0x0000ffff };

	gen_classic(g, vecs_packets("random", PACKET, 1, words, ARRAY_SIZE(words)));
	for (u32 i = 0; i < STORED; i++) {
		put_op(&r, "ld_abs", 4 * i);
		put_op(&r, "st", i);
	}
	r.left = lengths[op];
	while (r.left > 4)
		put_any(&r);
	/* no jump goes further than this */
	while (r.left)
		put_op(&r, "add_k", 1);
	put_op(&r, "mul_k", 0x9e3779b1);
	put_op(&r, "xor_x", 0);
	put_op(&r, "ret_a", 0);
	spare_shifts(&g->c->progs[0]);
}

const struct gen_family family_classic_random = {
	.name = "classic_random",
	.doc = "classic filters by chance, of 16 to 4000 instructions, one for each seed",
	.verified = true,
	.quick = 12,
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.dims = { &dim_seed },
	.build = build,
};
