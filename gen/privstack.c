// SPDX-License-Identifier: GPL-2.0
/*
 * Private stacks of raw tracepoint programs: where the JIT supports them, functions with 64 bytes
 * or more have their stack in memory of the program and the others on the machine's stack. r10
 * switches between the two with every call and return.
 */
#include "gen/dims.h"
#include "gen/families.h"
#include "gen/text.h"

/* All equally large; large and small in turn; each function passes the address of its stack on. */
static const char *const ops[] = { "chain", "alternate", "pointer" };

enum { CHAIN, ALTERNATE, POINTER };

/*
 * Bytes of all functions together, each rounded up to 32, that kernels without private stacks
 * accept.
 */
#define ALL_STACKS 512

static const u16 sizes[] = { 8, 16, 32, 56, 64, 72, 80, 128, 200, 216 };
GEN_DIM(size, ARRAY_SIZE(sizes), "%u", sizes[i]);

#define DEPTHS 6 /* functions below main */
GEN_DIM(depth, DEPTHS, "%u", i + 1);

static u32 size_of(u32 op, const u32 *at, u32 level)
{
	u32 most = (ALL_STACKS / (at[1] + 2) & ~31u) - (level ? 0 : CASE_SCRATCH + CASE_GUARD),
	    size = sizes[at[0]];

	if (op == ALTERNATE && level % 2)
		size = 8;
	return size < most ? size : most;
}

/* Write the lowest and the highest word of a stack of @size bytes. */
static void emit_stores(struct gen *g, u32 size)
{
	emit(g, "*(u64 *)(r10 - 8) = r2; *(u64 *)(r10 - %u) = r3", size);
}

static void emit_call(struct gen *g, u32 op, u32 level, u32 size)
{
	emit(g, "r2 += %u; r3 ^= %d", level + 1, -0x55 * (int)(level + 1));
	if (op == POINTER)
		emit(g, "r1 = r10; r1 += -%u", size);
	else
		emit(g, "r1 = 0");
	emit(g, "call f%u", level + 1);
}

static void emit_func(struct gen *g, u32 op, const u32 *at, u32 level)
{
	u32 size = size_of(op, at, level);
	bool leaf = level == at[1] + 1;

	emit(g, "func f%u args 3:; r6 = r2; r7 = r3; r8 = r1", level);
	emit_stores(g, size);
	if (leaf)
		emit(g, "r0 = r2");
	else
		emit_call(g, op, level, size);
	if (op == POINTER)
		emit(g, "r1 = *(u64 *)(r8 + 0); r1 += r0; *(u64 *)(r8 + 0) = r1");
	emit(g, "r1 = *(u64 *)(r10 - %u); r0 *= 31; r0 += r1", size);
	emit(g, "r1 = *(u64 *)(r10 - 8); r0 ^= r1; r0 += r6; r0 ^= r7; exit");
}

static void build(struct gen *g, u32 op, const u32 *at)
{
	u32 size = size_of(op, at, 0);

	emit(g, "type raw_tp; needs calls; stack %u; prog", size);
	emit_stores(g, size);
	emit_call(g, op, 0, size);
	emit(g, "r6 = *(u64 *)(r10 - %u); r7 = *(u64 *)(r10 - 8)", size);
	for (u32 level = 1; level <= at[1] + 1; level++)
		emit_func(g, op, at, level);
	emit(g, "end; vec r2 in few64, r3 in few64");
}

const struct gen_family family_privstack = {
	.name = "privstack",
	.doc = "functions with private stacks and without: sizes around the least private one, "
	       "chains of calls, addresses in other stacks",
	.verified = true,
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.dims = { &dim_size, &dim_depth },
	.build = build,
};
