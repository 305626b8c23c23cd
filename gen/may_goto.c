// SPDX-License-Identifier: GPL-2.0
/*
 * may_goto (F, B): a sequence of instructions with a stack slot of its own, inserted at the first instruction, at jump targets,
 * over every distance at the limit of short jumps. Its budget is never used up: loops end by themselves.
 */
#include "gen/dims.h"
#include "gen/families.h"

static const char *const ops[] = { "main", "sub_first", "sub", "nested", "two_subs", "back" };

enum { MAIN, SUB_FIRST, SUB, NESTED, TWO_SUBS, BACK };

static const u16 stacks[] = { 0, 8, 16, 40, 64, 256 };

GEN_DIM(stack, ARRAY_SIZE(stacks), "%u", stacks[i]);

/* Bytes of x86-64 in the loop, which each member has one more of. */
#define FIRST_BYTES 80
GEN_DIM(bytes, 64, "%u", FIRST_BYTES + i);

static void write_fill(FILE *f, u32 bytes)
{
	if (bytes % 2) {
		fputs("\tr4 += r5\n", f);
		bytes -= 3;
	}
	fprintf(f, "\trepeat %u w4 += w5\n", bytes / 2);
}

/* r3 rounds, or r3 + 1 */
static void write_loop(FILE *f, const char *name, u32 bytes)
{
	fprintf(f, "%s_again:\n\tmay_goto %s_out\n\tif r3 == 0 goto %s_out\n", name, name, name);
	write_fill(f, bytes);
	fprintf(f, "\tr3 -= 1\n\tgoto %s_again\n%s_out:\n", name, name);
}

static void write_sub(FILE *f, const char *name, bool first, u32 stack, u32 bytes)
{
	fprintf(f, "\tfunc %s args 5:\n", name);
	if (!first) {
		fputs("\tr6 = r4\n", f);
		if (stack)
			fprintf(f, "\t*(u64 *)(r10 - %u) = r2\n\t*(u64 *)(r10 - 8) = r2\n", stack);
	}
	write_loop(f, name, bytes);
	fputs("\tr0 = r4\n", f);
	if (!first) {
		fputs("\tr0 ^= r6\n", f);
		if (stack)
			fprintf(f, "\tr1 = *(u64 *)(r10 - %u)\n\tr0 += r1\n\tr1 = *(u64 *)(r10 - 8)\n\tr0 ^= r1\n", stack);
	}
	fputs("\texit\n", f);
}

static void build(struct gen *g, u32 op, const u32 *at)
{
	u32 stack = stacks[at[0]], bytes = FIRST_BYTES + at[1];
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	fprintf(f, "\tneeds may_goto%s\n", op == SUB || op == SUB_FIRST || op == TWO_SUBS ? " calls" : "");
	if (stack && (op == MAIN || op == NESTED || op == BACK))
		fprintf(f, "\tstack %u\n", stack);
	fputs("\tprog\n", f);
	switch (op) {
	case MAIN:
		write_loop(f, "m", bytes);
		break;
	case SUB_FIRST:
	case SUB:
		fputs("\tr1 = 0\n\tcall sub\n", f);
		write_sub(f, "sub", op == SUB_FIRST, stack, bytes);
		break;
	case TWO_SUBS:
		fputs("\tr6 = r3\n\tr1 = 0\n\tcall one\n\tr3 = r6\n\tr1 = 0\n\tr2 = r0\n\tr4 = r8\n\tr5 = r9\n\tcall two\n", f);
		write_sub(f, "one", true, stack, bytes);
		write_sub(f, "two", false, stack, bytes);
		break;
	case NESTED:
		fputs("\tr6 = r3\nouter:\n\tmay_goto out\n\tif r6 == 0 goto out\n\tr6 -= 1\n\tr3 = r7\n\tr3 &= 3\n", f);
		write_loop(f, "inner", bytes);
		fputs("\tgoto outer\nout:\n", f);
		break;
	case BACK:
		fputs("\tgoto begin\nout:\n\tr5 += 1\n\tgoto done\nbegin:\n", f);
		write_fill(f, bytes);
		fputs("again:\n\tmay_goto out\n\tr4 += r5\n\tif r3 == 0 goto out\n\tr3 -= 1\n\tgoto again\ndone:\n", f);
	}
	fputs("\tend\n\tvec r3 in (0 1 2 31 200), r4 in few64\n", f);
	gen_doc_close(g, &d);
}

const struct gen_family family_may_goto = {
	.name = "may_goto",
	.doc = "loops of may_goto of every length around a short jump's limit, in main and in functions, on stacks of several sizes",
	.verified = true,
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.dims = { &dim_stack, &dim_bytes },
	.build = build,
};
