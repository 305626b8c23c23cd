// SPDX-License-Identifier: GPL-2.0
/*
 * Jumps through a table of addresses (B): forward and back, near and far, by every register,
 * through tables of several sizes.
 */
#include "gen/dims.h"
#include "gen/families.h"
#include "gen/text.h"

/* enum order */
static const char *const ops[] = { "fwd", "back", "sub" };

enum { FWD, BACK, SUB };

static const u16 sizes[] = { 1, 3, 8,
			     33 }; /* none is a multiple of 5, so 5 i + 2 reaches every entry */
static const u16 fills[] = { 0, 1200, 9000 }; /* slots of all targets together */

GEN_DIM(size, ARRAY_SIZE(sizes), "%u", sizes[i]);
GEN_DIM(fill, ARRAY_SIZE(fills), "%u", fills[i]);

/* Each target adds a number of its own and goes to @out; some fall through to the next. */
static void emit_targets(struct gen *g, u32 size, u32 fill, u32 acc, const char *out)
{
	for (u32 i = 0; i < size; i++) {
		emit(g, "t%u:; r%u += %u", i, acc, 3 * i + 1);
		/* insns without constants: blinding would take long */
		if (fill / size)
			emit(g, "repeat %u w%u = -w%u", fill / size, acc, acc);
		if (i % 4 != 3)
			emit(g, "gotol %s", out);
	}
	if (size % 4 == 0)
		emit(g, "gotol %s", out);
}

static void emit_dispatch(struct gen *g, u32 size, u32 to, u32 index, const char *bad)
{
	emit(g, "if r%u < %u goto good; gotol %s", index, size, bad);
	emit(g, "good:; r%u <<= 3; r%u = &jt + 0 ll; r%u += r%u", index, to, to, index);
	emit(g, "r%u = *(u64 *)(r%u + 0); gotox r%u", to, to, to);
}

static void build(struct gen *g, u32 op, const u32 *at)
{
	u32 size = sizes[at[1]], fill = fills[at[2]], to = at[0];
	u32 index = (to + 1) % 10, acc = (to + 3) % 10;

	if (op == SUB) {
		/* an argument, and a register that a function may change */
		index = to == 1 ? 2 : 1;
		acc = to == 7 ? 8 : 7;
	}
	emit(g, "needs gotox%s; map jt insn_array =", op == SUB ? " calls" : "");
	for (u32 i = 0; i < size; i++)
		emit_more(g, " t%u", (i * 5 + 2) % size);
	emit(g, "prog");
	switch (op) {
	case FWD:
		emit_dispatch(g, size, to, index, "end");
		emit_targets(g, size, fill, acc, "end");
		emit(g, "end:; r%u = 0", to);
		break;
	case BACK:
		emit(g, "gotol dispatch");
		emit_targets(g, size, fill, acc, "end");
		emit(g, "dispatch:");
		emit_dispatch(g, size, to, index, "end");
		emit(g, "end:; r%u = 0", to);
		break;
	case SUB:
		emit(g, "call f; func f args 5:; r%u = r5; *(u64 *)(r10 - 8) = r4", acc);
		emit_dispatch(g, size, to, index, "out");
		emit_targets(g, size, fill, acc, "out");
		emit(g, "out:; r0 = r%u; r%u = *(u64 *)(r10 - 8); r0 ^= r%u; exit", acc, acc, acc);
	}
	emit(g, "end; vec r%u in (0 1 2 4 7 31 32 33 0x100000000)", index);
	emit(g, "vec r%u=%u, r%u in few64", index, size - 1, op == SUB ? 5 : acc);
}

const struct gen_family family_gotox = {
	.name = "gotox",
	.doc = "jumps through tables of 1 to 33 addresses, forwards, backwards and in a function",
	.quick = 10, /* the verifier follows each address of each table */
	.verified = true,
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.dims = { &dim_reg, &dim_size, &dim_fill },
	.build = build,
};
