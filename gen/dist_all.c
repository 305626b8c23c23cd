// SPDX-License-Identifier: GPL-2.0
/*
 * Distances of jumps (B), all at once: many jumps share a filler. Each one leads over it to a pad
 * of its own. The pad records that it was reached and jumps back behind the jump, by a condition on
 * two other registers or else by a goto. So every condition is tested at every native limit that
 * the filler's size passes, taken and not taken, in both directions, for the cost of one load.
 */
#include "gen/dims.h"
#include "gen/families.h"

#define FIRST  6 /* and r7: the condition forward */
#define SECOND 8 /* and r9: the condition back */
#define THERE  1 /* bit i: pad i was reached */
#define HERE   2 /* bit i: its condition did not lead back */
#define FILLER 3
#define COUNT  4
#define IMM    127

static const char *const all_ops[] = { "jmp64_x", "jmp64_k", "jmp32_x", "jmp32_k", "gotol" };

enum { OP_GOTOL = 4 };

static void put(struct gen *g, u8 code, u8 dst, u8 src, s16 off, s32 imm)
{
	gen_insn(g, (struct insn){ .code = code, .dst = dst, .src = src, .off = off, .imm = imm });
}

/* The conditional jumps of operation @op; gotol takes those of the first. */
static bool is_of(const struct insn_desc *d, u32 op)
{
	u32 kind = op == OP_GOTOL ? 0 : op;

	return d->syntax == (kind & 1 ? SYNTAX_JMP_K : SYNTAX_JMP_X) &&
	       d->size == (kind & 2 ? 4 : 8);
}

/* The jump at @at leads to @target. */
static void set_target(struct gen *g, u32 at, u32 target)
{
	struct insn *insn = &g->c->progs[0].insns[at];
	s32 dist = (s32)(target - at - 1);

	insn_set_jump_distance(insn, dist);
}

static u32 here(const struct gen *g)
{
	return g->c->progs[0].cnt;
}

static u32 put_goto(struct gen *g, u32 op)
{
	put(g, op == OP_GOTOL ? BPF_JMP32 | BPF_JA : BPF_JMP | BPF_JA, 0, 0, 0, 0);
	return here(g) - 1;
}

static u32 put_condition(struct gen *g, const struct insn_desc *d, u8 reg)
{
	gen_row_insn(g, d, reg, reg + 1, 0, IMM);
	return here(g) - 1;
}

/*
 * The filler. Its insns have no constants to blind and need no zero extension, for each of which
 * the verifier would move all that follows. A shift takes 4 bytes on arm64, 48 on riscv32, 6 on
 * s390x; an or takes 4, 8 and 4.
 */
static void put_filler(struct gen *g, u32 shifts, u32 ors)
{
	put(g, BPF_ALU64 | BPF_MOV | BPF_K, COUNT, 0, 0, 1);
	while (shifts--)
		put(g, BPF_ALU64 | BPF_LSH | BPF_X, FILLER, COUNT, 0, 0);
	while (ors--)
		put(g, BPF_ALU64 | BPF_OR | BPF_X, FILLER, COUNT, 0, 0);
}

static void note(struct gen *g, u8 reg, u32 bit)
{
	put(g, BPF_ALU64 | BPF_XOR | BPF_K, reg, 0, 0, 1 << bit);
}

static void build_shared(struct gen *g, u32 op, u32 shifts, u32 ors)
{
	const struct insn_desc *rows[32];
	u32 jumps[ARRAY_SIZE(rows)], njumps = 0, fill, done, end;

	for (u32 i = 0; i < nr_insn_descs; i++)
		if (is_of(&insn_descs[i], op))
			rows[njumps++] = &insn_descs[i];
	gen_inputs(g, op != OP_GOTOL && op & 1 ? vecs_around(imm_nr(IMM))
					       : vecs_pairs(rows[0]->size, 0));
	/* the verifier enters the filler here, while it knows nothing of the registers, and walks
	 * it once */
	put(g, BPF_JMP | BPF_JSGT | BPF_X, THERE, HERE, 0, 0);
	fill = here(g) - 1;
	for (u32 i = 0; i < njumps; i++)
		jumps[i] = put_condition(g, rows[i], FIRST);
	put(g, BPF_JMP | BPF_JSGT | BPF_X, SECOND, SECOND + 1, 1, 0);
	jumps[njumps] = put_goto(g, op);
	done = put_goto(g, op);
	set_target(g, fill, here(g));
	put_filler(g, shifts, ors);
	end = put_goto(g, 0);
	for (u32 i = 0; i <= njumps; i++) {
		set_target(g, jumps[i], here(g));
		note(g, THERE, i);
		if (i < njumps)
			set_target(g, put_condition(g, rows[i], SECOND), jumps[i] + 1);
		note(g, HERE, i);
		set_target(g, put_goto(g, op), jumps[i] + 1);
	}
	set_target(g, done, here(g));
	set_target(g, end, here(g));
}

/* ---- riscv: 4 KiB, where immediates of branches end ---- */

#define NEAR_FROM  380
#define NEAR_SIZES 120

GEN_DIM(near, NEAR_SIZES, "%u", NEAR_FROM + i);

static void build_near(struct gen *g, u32 op, const u32 *at)
{
	u32 n = NEAR_FROM + at[0];

	/* on riscv32 a shift is as long as six ors: the filler grows by one or with each n */
	build_shared(g, op, n / 6, n % 6);
}

const struct gen_family family_dist_all = {
	.name = "dist_all",
	.doc = "every conditional jump over one filler, forward and back: 4 KiB on riscv32 lies "
	       "among the sizes",
	.quick = 15,
	.ops = all_ops,
	.nops = ARRAY_SIZE(all_ops),
	.dims = { &dim_near },
	.build = build_near,
};

/* ---- s390x: 64 KiB, 42 KiB on arm64 ---- */

/* Sizes beyond the limit come first: the quick sweep takes one of each half. */
static const u16 far_shifts[] = { 10925, 10940, 10960, 10980, 10860, 10880, 10900, 10920 };

GEN_DIM(far_shifts, ARRAY_SIZE(far_shifts), "%u", far_shifts[i]);

static void build_far(struct gen *g, u32 op, const u32 *at)
{
	g->c->alone = true;
	build_shared(g, op, far_shifts[at[0]], 0);
}

const struct gen_family family_dist_all_far = {
	.name = "dist_all_far",
	.doc = "the same over 32 KiB and more: 64 KiB on s390x lies among the sizes",
	.quick = 10,
	.raw = true,
	.ops = all_ops,
	.nops = ARRAY_SIZE(all_ops),
	.dims = { &dim_far_shifts },
	.build = build_far,
};
