// SPDX-License-Identifier: GPL-2.0
/*
 * Exceptions (P): thrown, or not, out of main and out of functions that have registers and stacks of their own. Where none is
 * thrown, all frames must be as they were, although the prologue was made for one; where one is, the kernel's.
 */
#include "gen/dims.h"
#include "gen/families.h"

static const char *const ops[] = { "default", "callback" };

enum { DEFAULT, CALLBACK };

static const u16 stacks[] = { 0, 8, 24, 64 };

GEN_DIM(depth, 7, "%u", i);
GEN_DIM(set, 16, "%x", i);
GEN_DIM(stack, ARRAY_SIZE(stacks), "%u", stacks[i]);

static void write_mix(FILE *f, u32 set, u32 stack, const char *reg)
{
	for (int k = 6; k < 10; k++)
		if (set >> (k - 6) & 1)
			fprintf(f, "\t%s *= 31\n\t%s += r%d\n", reg, reg, k);
	if (stack)
		fprintf(f, "\tr3 = *(u64 *)(r10 - %u)\n\t%s ^= r3\n", stack, reg);
}

static void write_throw(FILE *f)
{
	fputs("\tif r2 == 0 goto calm\n\tcall bpf_throw\ncalm:\n", f);
}

static void build(struct gen *g, u32 op, const u32 *at)
{
	u32 depth = at[0], stack = stacks[at[2]];
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	fprintf(f, "\tneeds exceptions calls%s\n", op == CALLBACK ? " btf" : "");
	fputs("\tstack 32\n\tprog\n", f);
	if (depth)
		fputs("\tcall f1\n", f);
	else
		write_throw(f);
	for (u32 k = 1; k <= depth; k++) {
		u32 set = (at[1] + 5 * (k - 1)) % 16;

		fprintf(f, "\tfunc f%u args 2:\n", k);
		gen_doc_set(f, set, "\tr%d = r1\n\tr1 += %d\n");
		if (stack)
			fprintf(f, "\t*(u64 *)(r10 - %u) = r1\n\t*(u64 *)(r10 - 8) = r1\n", stack);
		if (k < depth) {
			fprintf(f, "\tr1 *= 3\n\tcall f%u\n", k + 1);
		} else {
			write_mix(f, set, stack, "r1");
			write_throw(f);
			fputs("\tr0 = r2\n", f);
		}
		write_mix(f, set, stack, "r0");
		fputs("\texit\n", f);
	}
	if (op == CALLBACK) {
		fputs("\tfunc cb args 1 exception:\n", f);
		gen_doc_set(f, at[1], "\tr%d = r1\n\tr1 ^= %d\n");
		if (stack)
			fprintf(f, "\t*(u64 *)(r10 - %u) = r1\n\t*(u64 *)(r10 - 8) = r1\n", stack);
		fputs("\tr0 = r1\n", f);
		write_mix(f, at[1], stack, "r0");
		fputs("\texit\n", f);
	}
	fputs("\tend\n\tvec r1 in few64, r2 in (0 1)\n\tvec r6 in few64, r9 in few64\n", f);
	gen_doc_close(g, &d);
}

const struct gen_family family_throw = {
	.name = "throw",
	.doc = "exceptions out of main and of one to six functions, each with a stack and its own set of r6-r9",
	.verified = true,
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.dims = { &dim_depth, &dim_set, &dim_stack },
	.build = build,
};
