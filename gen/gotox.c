// SPDX-License-Identifier: GPL-2.0
/* Jumps through a table of addresses (B): in front and behind, near and far, of every size and out of every register. */
#include "gen/dims.h"
#include "gen/families.h"

/* enum order */
static const char *const ops[] = { "fwd", "back", "sub" };

enum { FWD, BACK, SUB };

static const u16 sizes[] = { 1, 3, 8, 33 };	/* none a multiple of 5, so that 5 i + 2 meets all */
static const u16 fills[] = { 0, 1200, 9000 };	/* slots of all targets together */

GEN_DIM(size, ARRAY_SIZE(sizes), "%u", sizes[i]);
GEN_DIM(fill, ARRAY_SIZE(fills), "%u", fills[i]);

/* Each target adds a number of its own and goes where all go; some fall into the next. */
static void write_targets(FILE *f, u32 size, u32 fill, u32 acc, bool sub)
{
	for (u32 i = 0; i < size; i++) {
		fprintf(f, "t%u:\n\tr%u += %u\n", i, acc, 3 * i + 1);
		if (fill / size)
			fprintf(f, "\trepeat %u w%u = -w%u\n", fill / size, acc, acc);	/* no constant to blind, which takes its time */
		if (i % 4 != 3)
			fputs(sub ? "\tgotol out\n" : "\tgotol end\n", f);
	}
	if (size % 4 == 0)
		fputs(sub ? "\tgotol out\n" : "\tgotol end\n", f);
}

static void write_dispatch(FILE *f, u32 size, u32 to, u32 index, const char *bad)
{
	fprintf(f, "\tif r%u < %u goto good\n\tgotol %s\ngood:\n\tr%u <<= 3\n\tr%u = &jt + 0 ll\n\tr%u += r%u\n\tr%u = *(u64 *)(r%u + 0)\n\tgotox r%u\n",
		index, size, bad, index, to, to, index, to, to, to);
}

static void build(struct gen *g, u32 op, const u32 *at)
{
	u32 size = sizes[at[1]], to = at[0], index = (to + 1) % 10, acc = (to + 3) % 10;
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	if (op == SUB) {
		/* of the arguments, and what a function may change */
		index = to == 1 ? 2 : 1;
		acc = to == 7 ? 8 : 7;
	}
	fprintf(f, "\tneeds gotox gotol%s\n\tmap jt insn_array =", op == SUB ? " calls" : "");
	for (u32 i = 0; i < size; i++)
		fprintf(f, " t%u", (i * 5 + 2) % size);
	fputs("\n\tprog\n", f);
	switch (op) {
	case FWD:
		write_dispatch(f, size, to, index, "end");
		write_targets(f, size, fills[at[2]], acc, false);
		fprintf(f, "end:\n\tr%u = 0\n", to);
		break;
	case BACK:
		fputs("\tgotol dispatch\n", f);
		write_targets(f, size, fills[at[2]], acc, false);
		fputs("dispatch:\n", f);
		write_dispatch(f, size, to, index, "end");
		fprintf(f, "end:\n\tr%u = 0\n", to);
		break;
	default:
		fputs("\tcall f\n\tfunc f args 5:\n", f);
		fprintf(f, "\tr%u = r5\n\t*(u64 *)(r10 - 8) = r4\n", acc);
		write_dispatch(f, size, to, index, "out");
		write_targets(f, size, fills[at[2]], acc, true);
		fprintf(f, "out:\n\tr0 = r%u\n\tr%u = *(u64 *)(r10 - 8)\n\tr0 ^= r%u\n\texit\n", acc, acc, acc);
	}
	fprintf(f, "\tend\n\tvec r%u in (0 1 2 4 7 31 32 33 0x100000000)\n", index);
	fprintf(f, "\tvec r%u=%u, r%u in few64\n", index, size - 1, op == SUB ? 5 : acc);
	gen_doc_close(g, &d);
}

const struct gen_family family_gotox = {
	.name = "gotox",
	.doc = "jumps through tables of 1 to 33 addresses, forwards, backwards and in a function",
	.quick = 10,	/* the verifier follows each address of each table */
	.verified = true,
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.dims = { &dim_reg, &dim_size, &dim_fill },
	.build = build,
};
