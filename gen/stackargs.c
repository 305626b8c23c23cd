// SPDX-License-Identifier: GPL-2.0
/*
 * More than five arguments (C, P): those on the stack, stored in either order, from every register,
 * and passed on.
 */
#include "gen/dims.h"
#include "gen/families.h"
#include "gen/text.h"

static const char *const ops[] = { "regs", "imms", "passed_on", "twice", "stack", "locals" };

enum { REGS, IMMS, PASSED_ON, TWICE, STACK, LOCALS };

#define IN_REGS 5

GEN_DIM(nargs, MAX_SUBPROG_ARGS - IN_REGS, "%u", IN_REGS + 1 + i);
GEN_DIM(rotate, 5, "%u", i);
GEN_DIM(order, 2, "%s", i ? "rev" : "fwd");

static const char *const sources[] = { "r6", "r7", "r8", "r9", "r0" };
static const char *const imms[] = { "-1",  "0",	   "0x7fffffff", "-0x80000000",
				    "127", "-129", "0x12345678" };

/* Store the arguments after the fifth, first to last or last to first. */
static void emit_stores(struct gen *g, u32 op, u32 nargs, u32 rotate, bool reverse)
{
	u32 n = nargs - IN_REGS;

	for (u32 i = 0; i < n; i++) {
		u32 k = reverse ? n - 1 - i : i;

		emit(g, "*(u64 *)(r11 - %u) = %s", 8 * (k + 1),
		     op == IMMS ? imms[(k + rotate) % ARRAY_SIZE(imms)]
				: sources[(k + rotate) % ARRAY_SIZE(sources)]);
	}
}

static void emit_take(struct gen *g, u32 nargs, bool reverse)
{
	u32 n = nargs - IN_REGS;

	emit(g, "r0 = 7");
	for (u32 k = 1; k <= IN_REGS; k++)
		emit(g, "r0 *= 31; r0 += r%u", k);
	for (u32 i = 0; i < n; i++) {
		u32 reg = 1 + i % 9, place = 8 * ((reverse ? n - 1 - i : i) + 1);

		emit(g, "r%u = *(u64 *)(r11 + %u); r0 *= 31; r0 += r%u", reg, place, reg);
	}
}

/*
 * A function with arguments to pass and variables of its own beside them. It writes those by every
 * kind of store, calls, and folds what they hold into r6.
 */
static void emit_locals(struct gen *g, u32 nargs)
{
	static const char *const sizes[] = { "u8", "u16", "u32", "u64" };

	/* the verifier wants all arguments read before the first is stored */
	for (u32 k = 1; k <= nargs - IN_REGS; k++)
		emit(g, "r0 = *(u64 *)(r11 + %u); *(u64 *)(r10 - %u) = r0", 8 * k, 80 + 8 * k);
	emit(g, "r6 = r2; *(u64 *)(r10 - 16) = r3");
	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		u32 imm_at = 24 + 8 * i, reg_at = 56 + 8 * i;

		emit(g, "*(u64 *)(r10 - %u) = r4; *(%s *)(r10 - %u) = -0x12345678", imm_at,
		     sizes[i], imm_at);
		emit(g, "*(u64 *)(r10 - %u) = 0; *(%s *)(r10 - %u) = r5", reg_at, sizes[i], reg_at);
	}
	emit(g, "lock *(u64 *)(r10 - 16) += r4");
	emit(g, "r7 = r5; r7 = atomic_fetch_xor((u64 *)(r10 - 16), r7); r6 ^= r7");
	for (u32 k = 1; k <= nargs - IN_REGS; k++)
		emit(g, "r0 = *(u64 *)(r10 - %u); r0 += %u; *(u64 *)(r11 - %u) = r0", 80 + 8 * k, k,
		     8 * k);
	emit(g, "call inner; r1 = *(u64 *)(r10 - 16); r6 ^= r1");
	for (u32 i = 0; i < 2 * ARRAY_SIZE(sizes); i++)
		emit(g, "r6 *= 31; r1 = *(u64 *)(r10 - %u); r6 += r1", 24 + 8 * i);
	emit(g, "r1 = *(s16 *)(r10 - 48); r0 ^= r1; r0 ^= r6; exit");
	emit(g, "func inner args %u:", nargs);
}

/*
 * A function that passes its arguments on. All are loaded before any is stored, and in another
 * order, so that none is right because it lies where it lay.
 */
static void emit_passing(struct gen *g, u32 nargs)
{
	u32 n = nargs - IN_REGS;

	for (u32 k = 1; k <= n; k++)
		emit(g, "r0 = *(u64 *)(r11 + %u); *(u64 *)(r10 - %u) = r0", 8 * k, 8 * k);
	for (u32 k = 1; k <= n; k++)
		emit(g, "r0 = *(u64 *)(r10 - %u); r0 += %u; *(u64 *)(r11 - %u) = r0",
		     8 * (n + 1 - k), k, 8 * k);
	emit(g, "r6 = r2; call inner; r0 ^= r6; exit");
	emit(g, "func inner args %u:", nargs);
}

static void build(struct gen *g, u32 op, const u32 *at)
{
	u32 nargs = IN_REGS + 1 + at[0];

	emit(g, "needs stack_args; prog");
	emit_stores(g, op, nargs, at[1], at[2]);
	emit(g, "call take");
	if (op == TWICE) {
		emit(g, "r6 += r0; r1 = r9; r2 = r8; r3 = r7; r4 = r6; r5 = r9");
		emit_stores(g, op, nargs, at[1] + 1, !at[2]);
		emit(g, "call take");
	}
	emit(g, "func take args %u:", nargs);
	if (op == STACK)
		emit(g, "*(u64 *)(r10 - 40) = r2; *(u64 *)(r10 - 8) = r5; r6 = r3");
	if (op == PASSED_ON)
		emit_passing(g, nargs);
	if (op == LOCALS)
		emit_locals(g, nargs);
	emit_take(g, nargs, at[2]);
	if (op == STACK) {
		emit(g, "r1 = *(u64 *)(r10 - 40); r0 += r1");
		emit(g, "r1 = *(u64 *)(r10 - 8); r0 ^= r1; r0 += r6");
	}
	emit(g, "exit; end");
	emit(g, "vec r6 in few64, r7 in few64; vec r8 in few64, r9 in few64; vec r0 in edge64");
	emit(g, "vec r1 in few64, r5 in few64");
}

const struct gen_family family_stackargs = {
	.name = "stackargs",
	.doc = "functions of 6 to 12 arguments, stored in either order from every register, or "
	       "constants",
	.verified = true,
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.dims = { &dim_nargs, &dim_rotate, &dim_order },
	.build = build,
};
