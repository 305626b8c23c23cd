// SPDX-License-Identifier: GPL-2.0
/* More than five arguments (C, P): what lies on the stack, stored in either order, out of every register, and passed on. */
#include "gen/dims.h"
#include "gen/families.h"

static const char *const ops[] = { "regs", "imms", "passed_on", "twice", "stack", "locals" };

enum { REGS, IMMS, PASSED_ON, TWICE, STACK, LOCALS };

#define IN_REGS 5

GEN_DIM(nargs, MAX_SUBPROG_ARGS - IN_REGS, "%u", IN_REGS + 1 + i);
GEN_DIM(rotate, 5, "%u", i);
GEN_DIM(order, 2, "%s", i ? "rev" : "fwd");

static const char *const sources[] = { "r6", "r7", "r8", "r9", "r0" };
static const char *const imms[] = { "-1", "0", "0x7fffffff", "-0x80000000", "127", "-129", "0x12345678" };

/* Arguments behind the fifth, first to last or last to first. */
static void write_stores(FILE *f, u32 op, u32 nargs, u32 rotate, bool reverse)
{
	u32 n = nargs - IN_REGS;

	for (u32 i = 0; i < n; i++) {
		u32 k = reverse ? n - 1 - i : i;

		fprintf(f, "\t*(u64 *)(r11 - %u) = %s\n", 8 * (k + 1), op == IMMS ? imms[(k + rotate) % ARRAY_SIZE(imms)] :
			sources[(k + rotate) % ARRAY_SIZE(sources)]);
	}
}

static void write_take(FILE *f, u32 nargs, bool reverse)
{
	u32 n = nargs - IN_REGS;

	fputs("\tr0 = 7\n", f);
	for (u32 k = 1; k <= IN_REGS; k++)
		fprintf(f, "\tr0 *= 31\n\tr0 += r%u\n", k);
	for (u32 i = 0; i < n; i++)
		fprintf(f, "\tr%u = *(u64 *)(r11 + %u)\n\tr0 *= 31\n\tr0 += r%u\n", 1 + i % 9, 8 * ((reverse ? n - 1 - i : i) + 1), 1 + i % 9);
}

/*
 * A function that has arguments to pass has its own variables beside them: it writes them by every kind of store, calls, and
 * folds what it finds there into r6.
 */
static void write_locals(FILE *f, u32 nargs)
{
	static const char *const sizes[] = { "u8", "u16", "u32", "u64" };

	/* the verifier wants all arguments read before the first is stored */
	for (u32 k = 1; k <= nargs - IN_REGS; k++)
		fprintf(f, "\tr0 = *(u64 *)(r11 + %u)\n\t*(u64 *)(r10 - %u) = r0\n", 8 * k, 80 + 8 * k);
	fputs("\tr6 = r2\n\t*(u64 *)(r10 - 16) = r3\n", f);
	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		fprintf(f, "\t*(u64 *)(r10 - %u) = r4\n\t*(%s *)(r10 - %u) = %d\n", 24 + 8 * i, sizes[i], 24 + 8 * i, -0x12345678);
		fprintf(f, "\t*(u64 *)(r10 - %u) = 0\n\t*(%s *)(r10 - %u) = r5\n", 56 + 8 * i, sizes[i], 56 + 8 * i);
	}
	fputs("\tlock *(u64 *)(r10 - 16) += r4\n\tr7 = r5\n\tr7 = atomic_fetch_xor((u64 *)(r10 - 16), r7)\n\tr6 ^= r7\n", f);
	for (u32 k = 1; k <= nargs - IN_REGS; k++)
		fprintf(f, "\tr0 = *(u64 *)(r10 - %u)\n\tr0 += %u\n\t*(u64 *)(r11 - %u) = r0\n", 80 + 8 * k, k, 8 * k);
	fputs("\tcall inner\n\tr1 = *(u64 *)(r10 - 16)\n\tr6 ^= r1\n", f);
	for (u32 i = 0; i < 2 * ARRAY_SIZE(sizes); i++)
		fprintf(f, "\tr6 *= 31\n\tr1 = *(u64 *)(r10 - %u)\n\tr6 += r1\n", 24 + 8 * i);
	fprintf(f, "\tr1 = *(s16 *)(r10 - 48)\n\tr0 ^= r1\n\tr0 ^= r6\n\texit\n\tfunc inner args %u:\n", nargs);
}

static void build(struct gen *g, u32 op, const u32 *at)
{
	u32 nargs = IN_REGS + 1 + at[0];
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	fputs("\tneeds stack_args\n\tprog\n", f);
	write_stores(f, op, nargs, at[1], at[2]);
	fputs("\tcall take\n", f);
	if (op == TWICE) {
		fputs("\tr6 += r0\n\tr1 = r9\n\tr2 = r8\n\tr3 = r7\n\tr4 = r6\n\tr5 = r9\n", f);
		write_stores(f, op, nargs, at[1] + 1, !at[2]);
		fputs("\tcall take\n", f);
	}
	fprintf(f, "\tfunc take args %u:\n", nargs);
	if (op == STACK)
		fputs("\t*(u64 *)(r10 - 40) = r2\n\t*(u64 *)(r10 - 8) = r5\n\tr6 = r3\n", f);
	if (op == PASSED_ON) {
		/* all are loaded before any is stored; in another order, so that nothing is right by lying where it lay */
		for (u32 k = 1; k <= nargs - IN_REGS; k++)
			fprintf(f, "\tr0 = *(u64 *)(r11 + %u)\n\t*(u64 *)(r10 - %u) = r0\n", 8 * k, 8 * k);
		for (u32 k = 1; k <= nargs - IN_REGS; k++)
			fprintf(f, "\tr0 = *(u64 *)(r10 - %u)\n\tr0 += %u\n\t*(u64 *)(r11 - %u) = r0\n", 8 * (nargs - IN_REGS + 1 - k), k, 8 * k);
		fprintf(f, "\tr6 = r2\n\tcall inner\n\tr0 ^= r6\n\texit\n\tfunc inner args %u:\n", nargs);
	}
	if (op == LOCALS)
		write_locals(f, nargs);
	write_take(f, nargs, at[2]);
	if (op == STACK)
		fputs("\tr1 = *(u64 *)(r10 - 40)\n\tr0 += r1\n\tr1 = *(u64 *)(r10 - 8)\n\tr0 ^= r1\n\tr0 += r6\n", f);
	fputs("\texit\n\tend\n\tvec r6 in few64, r7 in few64\n\tvec r8 in few64, r9 in few64\n\tvec r0 in edge64\n\tvec r1 in few64, r5 in few64\n", f);
	gen_doc_close(g, &d);
}

const struct gen_family family_stackargs = {
	.name = "stackargs",
	.doc = "functions of 6 to 12 arguments, stored in either order from every register, or constants",
	.verified = true,
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.dims = { &dim_nargs, &dim_rotate, &dim_order },
	.build = build,
};
