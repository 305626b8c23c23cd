// SPDX-License-Identifier: GPL-2.0
/*
 * Calls (C), prologues, epilogues and stack frames (P), of the widest and the narrowest functions alike. Sets of r6-r9 are
 * written as four bits, r6 the lowest: a JIT saves just those that a function changes.
 *
 * Arguments of 64 bits come in r2-r5: what r1 loses on some machines is an operation of its own, and hides nothing else.
 */
#include "gen/dims.h"
#include "gen/families.h"

#define SETS 16

GEN_DIM(set, SETS, "%x", i);

/* r0 = what each of r1-rN has its part in, wherever its bits are */
static void write_mix(FILE *f, u32 nargs)
{
	fputs("\tr0 = 7\n", f);
	for (u32 k = 1; k <= nargs; k++)
		fprintf(f, "\tr0 *= 31\n\tr0 += r%u\n", k);
}

/* ---- arguments and return values ---- */

static const char *const arg_ops[] = { "args", "args_r1" };

/* of r1 there must be an argument at least */
GEN_DIM(nargs, 6 - op, "%u", i + op);

static const char *const moves[] = { "r6", "r7", "r8", "r9", "r0", "none" };

GEN_DIM(from, ARRAY_SIZE(moves), "%s", moves[i]);

static void build_args(struct gen *g, u32 op, const u32 *at)
{
	u32 nargs = at[0] + op, first = op ? 1 : 2;
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	fputs("\tneeds calls\n\tprog\n", f);
	if (at[1] < ARRAY_SIZE(moves) - 1)
		for (u32 k = first; k <= nargs; k++)
			fprintf(f, "\tr%u = %s\n\t%s += %u\n", k, moves[at[1]], moves[at[1]], 0x1234567 * k);
	if (!op)
		fputs("\tw1 = w1\n", f);
	fprintf(f, "\tcall take\n\tfunc take args %u:\n", nargs);
	write_mix(f, nargs);
	fputs("\texit\n\tend\n", f);
	fputs("\tvec r1 in few64, r2 in few64\n\tvec r3 in few64, r4 in few64\n\tvec r5 in edge64\n", f);
	/* upper halves that an argument would lose, from wherever it comes */
	fputs("\tvec r0 in edge64\n\tvec r6 in edge64\n\tvec r7 in edge64\n\tvec r8 in edge64\n\tvec r9 in edge64\n", f);
	gen_doc_close(g, &d);
}

const struct gen_family family_call_args = {
	.name = "call_args",
	.doc = "functions of 0 to 5 arguments of 64 bits, out of every register",
	.verified = true,
	.ops = arg_ops,
	.nops = ARRAY_SIZE(arg_ops),
	.dims = { &dim_nargs, &dim_from },
	.build = build_args,
};

static const char *const ret_ops[] = { "plain", "passed_on", "exits" };
static const struct {
	const char *name, *insn, *needs;
} rets[] = {
	{ "r0", "r0 = r2", "" },
	{ "w0", "w0 = w2", "" },
	{ "add32", "r0 = r2\n\tw0 += 1", "" },
	{ "s32", "r0 = (s32)r2", "movsx" },
	{ "s8", "r0 = (s8)r2", "movsx" },
	{ "s16-w", "w0 = (s16)w2", "movsx" },
	{ "shift", "r0 = r2\n\tr0 s>>= 31", "" },
	{ "be32", "r0 = r2\n\tr0 = be32 r0", "" },
	{ "le64", "r0 = r2\n\tr0 = le64 r0", "" },
	{ "neg", "r0 = r2\n\tr0 = -r0", "" },
	{ "minus1", "r0 = -1", "" },
	{ "w-minus1", "w0 = -1", "" },
	{ "imm64", "r0 = 0x8000000180000001 ll", "" },
};

GEN_DIM(ret, ARRAY_SIZE(rets), "%s", rets[i].name);

static void build_ret(struct gen *g, u32 op, const u32 *at)
{
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	fprintf(f, "\tneeds calls %s\n\tprog\n\tr1 = 0\n\tcall outer\n\tr6 = r0\n\tr6 >>= 32\n\tfunc outer args 3:\n", rets[at[0]].needs);
	switch (op) {
	case 0:
		fprintf(f, "\t%s\n\texit\n", rets[at[0]].insn);
		break;
	case 1:
		fprintf(f, "\tr6 = r3\n\tcall inner\n\tr0 ^= r6\n\texit\n\tfunc inner args 3:\n\t%s\n\texit\n", rets[at[0]].insn);
		break;
	default:
		fprintf(f, "\tif r3 s> 0 goto above\n\tif r3 == 0 goto zero\n\t%s\n\texit\nzero:\n\tr0 = 0\n\texit\nabove:\n\t%s\n\tr0 += 1\n\texit\n",
			rets[at[0]].insn, rets[at[0]].insn);
	}
	fputs("\tend\n\tvec r2 in edge64, r3 in (0 1 -1)\n", f);
	gen_doc_close(g, &d);
}

const struct gen_family family_call_ret = {
	.name = "call_ret",
	.doc = "return values of every width, of one exit and of several, and passed on by the caller",
	.verified = true,
	.ops = ret_ops,
	.nops = ARRAY_SIZE(ret_ops),
	.dims = { &dim_ret },
	.build = build_ret,
};

/* ---- r6-r9 ---- */

static const char *const saved_ops[] = { "plain", "stack", "helper" };

/* Function mid changes one set and calls leaf, or a helper, which change another; mid's are looked at afterwards. */
static void build_saved(struct gen *g, u32 op, const u32 *at)
{
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	fputs("\tneeds calls\n\tmap rb ringbuf 0 0 4096\n\tprog\n\tr1 = 0\n\tcall mid\n\tfunc mid args 5:\n", f);
	gen_doc_set(f, at[0], "\tr%d = r2\n\tr2 += %d\n");
	if (op == 1)
		fputs("\t*(u64 *)(r10 - 24) = r3\n", f);
	fputs("\tr1 = 1\n\tcall leaf\n", f);
	gen_doc_set(f, at[0], "\tr0 *= 31\n\tr0 += r%d\n\tr0 ^= %d\n");
	if (op == 1)
		fputs("\tr1 = *(u64 *)(r10 - 24)\n\tr0 += r1\n", f);
	fputs("\texit\n\tfunc leaf args 5:\n", f);
	gen_doc_set(f, at[1], "\tr%d = r4\n\tr4 += %d\n");
	if (op == 1)
		fputs("\t*(u64 *)(r10 - 40) = r5\n", f);
	if (op == 2)
		fputs("\tr1 = &rb ll\n\tr2 = r5\n\tcall bpf_ringbuf_query\n", f);
	else
		fputs("\tr0 = r5\n", f);
	gen_doc_set(f, at[1], "\tr0 *= 31\n\tr0 += r%d\n\tr0 ^= %d\n");
	fputs("\texit\n\tend\n\tvec r2 in few64, r4 in few64\n\tvec r5 in (0 1 2 3 0x100000001)\n", f);
	gen_doc_close(g, &d);
}

const struct gen_family family_call_saved = {
	.name = "call_saved",
	.doc = "every set of r6-r9 that a function changes, calling one that changes any other set, or a helper",
	.verified = true,
	.ops = saved_ops,
	.nops = ARRAY_SIZE(saved_ops),
	.dims = { &dim_set, &dim_set },
	.build = build_saved,
};

static const char *const exit_ops[] = { "exits", "exits_stack" };

GEN_DIM(exits, 5, "%u", i + 1);

/* Exits in the middle, each of which must restore the set, and the stack. */
static void build_exits(struct gen *g, u32 op, const u32 *at)
{
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	fputs("\tneeds calls\n\tprog\n\tr1 &= 7\n\tcall sub\n\tfunc sub args 3:\n", f);
	gen_doc_set(f, at[1], "\tr%d = r2\n\tr2 += %d\n");
	if (op)
		fputs("\t*(u64 *)(r10 - 56) = r2\n", f);
	for (u32 i = 0; i <= at[0]; i++) {
		fprintf(f, "\tif r1 != %u goto n%u\n\tr0 = r3\n\tr0 += %u\n", i, i, i);
		gen_doc_set(f, at[1], "\tr0 ^= r%d\n\tr0 *= %d\n");
		if (op)
			fputs("\tr3 = *(u64 *)(r10 - 56)\n\tr0 += r3\n", f);
		fprintf(f, "\texit\nn%u:\n", i);
	}
	fputs("\tr0 = r1\n\texit\n\tend\n\tvec r1 in (0 1 2 3 4 5 6), r2 in few64\n", f);
	gen_doc_close(g, &d);
}

const struct gen_family family_call_exits = {
	.name = "call_exits",
	.doc = "functions of up to six exits that change any set of r6-r9",
	.verified = true,
	.ops = exit_ops,
	.nops = ARRAY_SIZE(exit_ops),
	.dims = { &dim_exits, &dim_set },
	.build = build_exits,
};

/* ---- frames ---- */

static const char *const nest_ops[] = { "nest" };
static const u16 nest_stack[] = { 0, 8, 16, 24, 40, 48, 64 };

GEN_DIM(nest_stack, ARRAY_SIZE(nest_stack), "%u", nest_stack[i]);
GEN_DIM(depth, 7, "%u", i + 1);

static void build_nest(struct gen *g, u32 op, const u32 *at)
{
	u32 depth = at[0] + 1, stack = nest_stack[at[1]];
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	(void)op;
	fputs("\tneeds calls\n\tprog\n\tr1 = 0\n\tcall f1\n", f);
	for (u32 k = 1; k <= depth; k++) {
		u32 set = (at[2] + k) % SETS;

		fprintf(f, "\tfunc f%u args 2:\n", k);
		gen_doc_set(f, set, "\tr%d = r2\n\tr2 += %d\n");
		if (stack)
			fprintf(f, "\t*(u64 *)(r10 - %u) = r2\n\t*(u64 *)(r10 - 8) = r2\n", stack);
		if (k < depth)
			fprintf(f, "\tr2 *= 3\n\tcall f%u\n", k + 1);
		else
			fputs("\tr0 = r2\n", f);
		gen_doc_set(f, set, "\tr0 *= 31\n\tr0 += r%d\n\tr0 ^= %d\n");
		if (stack)
			fprintf(f, "\tr1 = *(u64 *)(r10 - %u)\n\tr0 += r1\n\tr1 = *(u64 *)(r10 - 8)\n\tr0 ^= r1\n", stack);
		fputs("\texit\n", f);
	}
	fputs("\tend\n\tvec r2 in edge64\n", f);
	gen_doc_close(g, &d);
}

GEN_DIM(first_set, 4, "%x", 5 * i);

const struct gen_family family_call_nest = {
	.name = "call_nest",
	.doc = "two to eight frames, each with a stack of its own and its own set of r6-r9",
	.verified = true,
	.ops = nest_ops,
	.nops = ARRAY_SIZE(nest_ops),
	.dims = { &dim_depth, &dim_nest_stack, &dim_first_set },
	.build = build_nest,
};

static const char *const stack_ops[] = { "stacks" };
static const u16 stacks[] = { 0, 8, 16, 24, 40, 56, 64, 120, 128, 248, 256, 448 };

/* the sum of all frames, each in steps of 32 as an interpreter's, is 512 at most; main has one step */
static bool stacks_fit(u32 a, u32 b)
{
	u32 sum = 32;

	sum += a ? (a + 31) & ~31 : 32;
	sum += b ? (b + 31) & ~31 : 32;
	return sum <= 512;
}

static u32 stack_pair(u32 n, u32 *a, u32 *b)
{
	u32 seen = 0;

	for (u32 i = 0; i < ARRAY_SIZE(stacks) * ARRAY_SIZE(stacks); i++) {
		*a = stacks[i / ARRAY_SIZE(stacks)];
		*b = stacks[i % ARRAY_SIZE(stacks)];
		if (stacks_fit(*a, *b) && seen++ == n)
			break;
	}
	return seen;
}

static u32 count_stacks(const struct gen_family *f, u32 op)
{
	u32 a, b;

	(void)f;
	(void)op;
	return stack_pair(~0u, &a, &b);
}

static void print_stacks(char *buf, size_t size, const struct gen_family *f, u32 op, u32 i)
{
	u32 a, b;

	(void)f;
	(void)op;
	stack_pair(i, &a, &b);
	snprintf(buf, size, "%u-%u", a, b);
}

static const struct gen_dim dim_stacks = { count_stacks, print_stacks };

static void write_stores(FILE *f, u32 stack)
{
	if (stack)
		fprintf(f, "\t*(u64 *)(r10 - %u) = r2\n\t*(u64 *)(r10 - 8) = r3\n", stack);
}

static void write_loads(FILE *f, u32 stack)
{
	if (stack)
		fprintf(f, "\tr1 = *(u64 *)(r10 - %u)\n\tr0 += r1\n\tr1 = *(u64 *)(r10 - 8)\n\tr0 ^= r1\n", stack);
}

static void build_stacks(struct gen *g, u32 op, const u32 *at)
{
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);
	u32 a, b;

	(void)op;
	stack_pair(at[0], &a, &b);
	fputs("\tneeds calls\n\tprog\n\tr1 = 0\n\tcall mid\n\tfunc mid args 3:\n", f);
	write_stores(f, a);
	fputs("\tr2 ^= -1\n\tr3 += 1\n\tcall leaf\n", f);
	write_loads(f, a);
	fputs("\texit\n\tfunc leaf args 3:\n", f);
	write_stores(f, b);
	fputs("\tr0 = r2\n\tr0 -= r3\n", f);
	write_loads(f, b);
	fputs("\texit\n\tend\n\tvec r2 in few64, r3 in few64\n", f);
	gen_doc_close(g, &d);
}

const struct gen_family family_call_stacks = {
	.name = "call_stacks",
	.doc = "a function with a stack of one size that calls one with a stack of another",
	.verified = true,
	.ops = stack_ops,
	.nops = ARRAY_SIZE(stack_ops),
	.dims = { &dim_stacks },
	.build = build_stacks,
};

static const char *const frame_ops[] = { "u64", "u32", "u16", "u8" };

GEN_DIM(frame, 512 / 8, "%u", 8 * (i + 1));

/* Each slot of a program's stack is written, then each is read. */
static void build_frame(struct gen *g, u32 op, const u32 *at)
{
	u32 bytes = 8 >> op;
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	fputs("\traw\n\tctx 16\n\tprog\n\tr2 = *(u64 *)(r1 + 0)\n\tr0 = 0\n", f);
	for (u32 s = 1; s <= at[0] + 1; s++)
		fprintf(f, "\t*(%s *)(r10 - %u) = r2\n\tr2 *= 31\n\tr2 += %u\n", frame_ops[op], 8 * s - s % (8 / bytes) * bytes, s);
	for (u32 s = 1; s <= at[0] + 1; s++)
		fprintf(f, "\tr3 = *(%s *)(r10 - %u)\n\tr0 *= 31\n\tr0 += r3\n", frame_ops[op], 8 * s - s % (8 / bytes) * bytes);
	fputs("\t*(u64 *)(r1 + 8) = r0\n\texit\n\tend\n\tvec ctx+0=u64 in few64\n", f);
	gen_doc_close(g, &d);
}

const struct gen_family family_call_frame = {
	.name = "call_frame",
	.doc = "stack frames of every size from 8 to 512, every slot stored and loaded",
	.verified = true,
	.ops = frame_ops,
	.nops = ARRAY_SIZE(frame_ops),
	.dims = { &dim_frame },
	.build = build_frame,
};
