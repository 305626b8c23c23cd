// SPDX-License-Identifier: GPL-2.0
/*
 * Stacks of raw tracepoint programs: where the JIT supports it, a function with 64 bytes or more has its own in memory of the
 * program's, those with less are on the machine's, and r10 changes between the two with every call and return.
 */
#include "gen/dims.h"
#include "gen/families.h"

/* All as large; large and small by turns; each tells the next where its stack is. */
static const char *const ops[] = { "chain", "alternate", "pointer" };

enum { CHAIN, ALTERNATE, POINTER };

#define ALL_STACKS	512	/* bytes of all functions together, with which kernels without private stacks still agree; each counts in steps of 32 */

static const u16 sizes[] = { 8, 16, 32, 56, 64, 72, 80, 128, 200, 216 };
GEN_DIM(size, ARRAY_SIZE(sizes), "%u", sizes[i]);

#define DEPTHS 6	/* functions below main */
GEN_DIM(depth, DEPTHS, "%u", i + 1);

static u32 size_of(u32 op, const u32 *at, u32 level)
{
	u32 most = (ALL_STACKS / (at[1] + 2) & ~31u) - (level ? 0 : CASE_SCRATCH + CASE_GUARD), size = sizes[at[0]];

	if (op == ALTERNATE && level % 2)
		size = 8;
	return size < most ? size : most;
}

/* Of the function, or main, at @level: the lowest word of its stack and the highest one, before the call and after it. */
static void write_store(FILE *f, u32 size)
{
	fprintf(f, "\t*(u64 *)(r10 - 8) = r2\n\t*(u64 *)(r10 - %u) = r3\n", size);
}

static void write_call(FILE *f, u32 op, u32 level, u32 size)
{
	fprintf(f, "\tr2 += %u\n\tr3 ^= %d\n", level + 1, -0x55 * (int)(level + 1));
	if (op == POINTER)
		fprintf(f, "\tr1 = r10\n\tr1 += -%u\n", size);
	else
		fputs("\tr1 = 0\n", f);
	fprintf(f, "\tcall f%u\n", level + 1);
}

static void write_func(FILE *f, u32 op, const u32 *at, u32 level)
{
	u32 size = size_of(op, at, level);
	bool leaf = level == at[1] + 1;

	fprintf(f, "\tfunc f%u args 3:\n\tr6 = r2\n\tr7 = r3\n\tr8 = r1\n", level);
	write_store(f, size);
	if (leaf)
		fputs("\tr0 = r2\n", f);
	else
		write_call(f, op, level, size);
	if (op == POINTER)
		fputs("\tr1 = *(u64 *)(r8 + 0)\n\tr1 += r0\n\t*(u64 *)(r8 + 0) = r1\n", f);
	fprintf(f, "\tr1 = *(u64 *)(r10 - %u)\n\tr0 *= 31\n\tr0 += r1\n\tr1 = *(u64 *)(r10 - 8)\n\tr0 ^= r1\n\tr0 += r6\n\tr0 ^= r7\n\texit\n", size);
}

static void build(struct gen *g, u32 op, const u32 *at)
{
	u32 size = size_of(op, at, 0);
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	fprintf(f, "\ttype raw_tp\n\tneeds calls\n\tstack %u\n\tprog\n", size);
	write_store(f, size);
	write_call(f, op, 0, size);
	fprintf(f, "\tr6 = *(u64 *)(r10 - %u)\n\tr7 = *(u64 *)(r10 - 8)\n", size);
	for (u32 level = 1; level <= at[1] + 1; level++)
		write_func(f, op, at, level);
	fputs("\tend\n\tvec r2 in few64, r3 in few64\n", f);
	gen_doc_close(g, &d);
}

const struct gen_family family_privstack = {
	.name = "privstack",
	.doc = "functions with private stacks and without: sizes around the least private one, chains of calls, addresses in other stacks",
	.verified = true,
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.dims = { &dim_size, &dim_depth },
	.build = build,
};
