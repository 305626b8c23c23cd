// SPDX-License-Identifier: GPL-2.0
/*
 * Exceptions (P): thrown, or not, out of main and out of functions that have registers and stacks
 * of their own. Where none is thrown, all stack frames must be as they were, although the prologue
 * was made for one. Where one is thrown, the kernel's must be.
 */
#include "gen/dims.h"
#include "gen/families.h"
#include "gen/text.h"

static const char *const ops[] = { "default", "callback" };

enum { DEFAULT, CALLBACK };

static const u16 stacks[] = { 0, 8, 24, 64 };

GEN_DIM(depth, 7, "%u", i);
GEN_DIM(set, 16, "%x", i);
GEN_DIM(stack, ARRAY_SIZE(stacks), "%u", stacks[i]);

/* Mix each register in @set, and the stack, into @reg. */
static void fold_into(struct gen *g, const char *reg, u32 set, u32 stack)
{
	for (int k = 6; k < 10; k++)
		if (set >> (k - 6) & 1)
			emit(g, "%s *= 31; %s += r%d", reg, reg, k);
	if (stack)
		emit(g, "r3 = *(u64 *)(r10 - %u); %s ^= r3", stack, reg);
}

static void emit_stores(struct gen *g, u32 stack)
{
	if (stack)
		emit(g, "*(u64 *)(r10 - %u) = r1; *(u64 *)(r10 - 8) = r1", stack);
}

static void emit_throw(struct gen *g)
{
	emit(g, "if r2 == 0 goto calm; call bpf_throw; calm:");
}

static void emit_callback(struct gen *g, u32 set, u32 stack)
{
	emit(g, "func cb args 1 exception:");
	emit_set(g, set, "r%d = r1; r1 ^= %d");
	emit_stores(g, stack);
	emit(g, "r0 = r1");
	fold_into(g, "r0", set, stack);
	emit(g, "exit");
}

static void build(struct gen *g, u32 op, const u32 *at)
{
	u32 depth = at[0], stack = stacks[at[2]];

	emit(g, "needs exceptions calls%s; stack 32; prog", op == CALLBACK ? " btf" : "");
	if (depth)
		emit(g, "call f1");
	else
		emit_throw(g);
	for (u32 k = 1; k <= depth; k++) {
		u32 set = (at[1] + 5 * (k - 1)) % 16;

		emit(g, "func f%u args 2:", k);
		fill_set(g, set, "r1");
		emit_stores(g, stack);
		if (k < depth) {
			emit(g, "r1 *= 3; call f%u", k + 1);
		} else {
			fold_into(g, "r1", set, stack);
			emit_throw(g);
			emit(g, "r0 = r2");
		}
		fold_into(g, "r0", set, stack);
		emit(g, "exit");
	}
	if (op == CALLBACK)
		emit_callback(g, at[1], stack);
	emit(g, "end");
	emit(g, "vec r1 in few64, r2 in (0 1); vec r6 in few64, r9 in few64");
}

const struct gen_family family_throw = {
	.name = "throw",
	.doc = "exceptions out of main and of one to six functions, each with a stack and its own "
	       "set of r6-r9",
	.verified = true,
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.dims = { &dim_depth, &dim_set, &dim_stack },
	.build = build,
};
