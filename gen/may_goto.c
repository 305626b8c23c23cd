// SPDX-License-Identifier: GPL-2.0
/*
 * may_goto (F, B): the verifier replaces it by insns with a stack slot of their own. It stands at
 * the first insn and at jump targets, at every distance around the limit of short jumps. Loops end
 * before its budget does.
 */
#include "gen/dims.h"
#include "gen/families.h"
#include "gen/text.h"

static const char *const ops[] = { "main", "sub_first", "sub", "nested", "two_subs", "back" };

enum { MAIN, SUB_FIRST, SUB, NESTED, TWO_SUBS, BACK };

static const u16 stacks[] = { 0, 8, 16, 40, 64, 256 };

GEN_DIM(stack, ARRAY_SIZE(stacks), "%u", stacks[i]);

/* Bytes of the loop on x86-64: each case has one more. */
#define FIRST_BYTES 80
GEN_DIM(bytes, 64, "%u", FIRST_BYTES + i);

static void emit_fill(struct gen *g, u32 bytes)
{
	if (bytes % 2) {
		emit(g, "r4 += r5");
		bytes -= 3;
	}
	emit(g, "repeat %u w4 += w5", bytes / 2);
}

/* r3 rounds, or r3 + 1 */
static void emit_loop(struct gen *g, const char *name, u32 bytes)
{
	emit(g, "%s_again:; may_goto %s_out; if r3 == 0 goto %s_out", name, name, name);
	emit_fill(g, bytes);
	emit(g, "r3 -= 1; goto %s_again; %s_out:", name, name);
}

static void emit_sub(struct gen *g, const char *name, bool first, u32 stack, u32 bytes)
{
	emit(g, "func %s args 5:", name);
	if (!first)
		emit(g, "r6 = r4");
	if (!first && stack)
		emit(g, "*(u64 *)(r10 - %u) = r2; *(u64 *)(r10 - 8) = r2", stack);
	emit_loop(g, name, bytes);
	emit(g, "r0 = r4");
	if (!first)
		emit(g, "r0 ^= r6");
	if (!first && stack) {
		emit(g, "r1 = *(u64 *)(r10 - %u); r0 += r1", stack);
		emit(g, "r1 = *(u64 *)(r10 - 8); r0 ^= r1");
	}
	emit(g, "exit");
}

static void build(struct gen *g, u32 op, const u32 *at)
{
	u32 stack = stacks[at[0]], bytes = FIRST_BYTES + at[1];
	bool subs = op == SUB || op == SUB_FIRST || op == TWO_SUBS;

	emit(g, "needs may_goto%s", subs ? " calls" : "");
	if (stack && !subs)
		emit(g, "stack %u", stack);
	emit(g, "prog");
	switch (op) {
	case MAIN:
		emit_loop(g, "m", bytes);
		break;
	case SUB_FIRST:
	case SUB:
		emit(g, "r1 = 0; call sub");
		emit_sub(g, "sub", op == SUB_FIRST, stack, bytes);
		break;
	case TWO_SUBS:
		emit(g, "r6 = r3; r1 = 0; call one");
		emit(g, "r3 = r6; r1 = 0; r2 = r0; r4 = r8; r5 = r9; call two");
		emit_sub(g, "one", true, stack, bytes);
		emit_sub(g, "two", false, stack, bytes);
		break;
	case NESTED:
		emit(g, "r6 = r3");
		emit(g, "outer:; may_goto out; if r6 == 0 goto out; r6 -= 1; r3 = r7; r3 &= 3");
		emit_loop(g, "inner", bytes);
		emit(g, "goto outer; out:");
		break;
	case BACK:
		emit(g, "goto begin; out:; r5 += 1; goto done; begin:");
		emit_fill(g, bytes);
		emit(g, "again:; may_goto out; r4 += r5; if r3 == 0 goto out; r3 -= 1; goto again; "
			"done:");
	}
	emit(g, "end; vec r3 in (0 1 2 31 200), r4 in few64");
}

const struct gen_family family_may_goto = {
	.name = "may_goto",
	.doc = "loops of may_goto of every length around a short jump's limit, in main and in "
	       "functions, on stacks of several sizes",
	.verified = true,
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.dims = { &dim_stack, &dim_bytes },
	.build = build,
};
