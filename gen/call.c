// SPDX-License-Identifier: GPL-2.0
/*
 * Calls (C), prologues, epilogues and stack frames (P), of functions that change many registers and
 * of functions that change few.
 *
 * Arguments of 64 bits come in r2-r5. What some machines lose in r1 has operations of its own, so
 * that it hides nothing else.
 */
#include "gen/dims.h"
#include "gen/families.h"
#include "gen/text.h"

#define SETS 16

GEN_DIM(set, SETS, "%x", i);

/* r0 = a mix in which every bit of r1-rN counts */
static void mix_args(struct gen *g, u32 nargs)
{
	emit(g, "r0 = 7");
	for (u32 k = 1; k <= nargs; k++)
		emit(g, "r0 *= 31; r0 += r%u", k);
}

/* ---- arguments and return values ---- */

static const char *const arg_ops[] = { "args", "args_r1" };

/* args_r1 needs an r1 */
GEN_DIM(nargs, 6 - op, "%u", i + op);

static const char *const moves[] = { "r6", "r7", "r8", "r9", "r0", "none" };

GEN_DIM(from, ARRAY_SIZE(moves), "%s", moves[i]);

static void build_args(struct gen *g, u32 op, const u32 *at)
{
	u32 nargs = at[0] + op, first = op ? 1 : 2;
	const char *from = moves[at[1]];

	emit(g, "needs calls; prog");
	if (at[1] < ARRAY_SIZE(moves) - 1)
		for (u32 k = first; k <= nargs; k++)
			emit(g, "r%u = %s; %s += %u", k, from, from, 0x1234567 * k);
	if (!op)
		emit(g, "w1 = w1");
	emit(g, "call take");
	emit(g, "func take args %u:", nargs);
	mix_args(g, nargs);
	emit(g, "exit; end");
	emit(g, "vec r1 in few64, r2 in few64; vec r3 in few64, r4 in few64; vec r5 in edge64");
	/* upper halves that an argument would lose, whichever register it comes from */
	emit(g, "vec r0 in edge64");
	for (u32 k = 6; k < 10; k++)
		emit(g, "vec r%u in edge64", k);
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

enum { RET_PLAIN, RET_PASSED_ON, RET_EXITS };

static const struct {
	const char *name, *insns;
} rets[] = {
	{ "r0", "r0 = r2" },
	{ "w0", "w0 = w2" },
	{ "add32", "r0 = r2; w0 += 1" },
	{ "s32", "r0 = (s32)r2" },
	{ "s8", "r0 = (s8)r2" },
	{ "s16-w", "w0 = (s16)w2" },
	{ "shift", "r0 = r2; r0 s>>= 31" },
	{ "be32", "r0 = r2; r0 = be32 r0" },
	{ "le64", "r0 = r2; r0 = le64 r0" },
	{ "neg", "r0 = r2; r0 = -r0" },
	{ "minus1", "r0 = -1" },
	{ "w-minus1", "w0 = -1" },
	{ "imm64", "r0 = 0x8000000180000001 ll" },
};

GEN_DIM(ret, ARRAY_SIZE(rets), "%s", rets[i].name);

static void build_ret(struct gen *g, u32 op, const u32 *at)
{
	const char *result = rets[at[0]].insns;

	emit(g, "needs calls; prog; r1 = 0; call outer; r6 = r0; r6 >>= 32");
	emit(g, "func outer args 3:");
	switch (op) {
	case RET_PLAIN:
		emit(g, "%s; exit", result);
		break;
	case RET_PASSED_ON:
		emit(g, "r6 = r3; call inner; r0 ^= r6; exit");
		emit(g, "func inner args 3:; %s; exit", result);
		break;
	case RET_EXITS:
		emit(g, "if r3 s> 0 goto above; if r3 == 0 goto zero; %s; exit", result);
		emit(g, "zero:; r0 = 0; exit");
		emit(g, "above:; %s; r0 += 1; exit", result);
	}
	emit(g, "end; vec r2 in edge64, r3 in (0 1 -1)");
}

const struct gen_family family_call_ret = {
	.name = "call_ret",
	.doc = "return values of every width, of one exit and of several, and passed on by the "
	       "caller",
	.verified = true,
	.ops = ret_ops,
	.nops = ARRAY_SIZE(ret_ops),
	.dims = { &dim_ret },
	.build = build_ret,
};

/* ---- r6-r9 ---- */

static const char *const saved_ops[] = { "plain", "stack", "helper" };

enum { SAVED_PLAIN, SAVED_STACK, SAVED_HELPER };

/*
 * Function mid changes one set and calls leaf, which changes another, itself or in a helper. Then
 * mid looks at its own.
 */
static void build_saved(struct gen *g, u32 op, const u32 *at)
{
	bool stack = op == SAVED_STACK;

	emit(g, "needs calls; map rb ringbuf 0 0 65536; prog; r1 = 0; call mid");
	emit(g, "func mid args 5:");
	fill_set(g, at[0], "r2");
	if (stack)
		emit(g, "*(u64 *)(r10 - 24) = r3");
	emit(g, "r1 = 1; call leaf");
	fold_set(g, at[0]);
	if (stack)
		emit(g, "r1 = *(u64 *)(r10 - 24); r0 += r1");
	emit(g, "exit");
	emit(g, "func leaf args 5:");
	fill_set(g, at[1], "r4");
	if (stack)
		emit(g, "*(u64 *)(r10 - 40) = r5");
	if (op == SAVED_HELPER)
		emit(g, "r1 = &rb ll; r2 = r5; call bpf_ringbuf_query");
	else
		emit(g, "r0 = r5");
	fold_set(g, at[1]);
	emit(g, "exit; end");
	emit(g, "vec r2 in few64, r4 in few64; vec r5 in (0 1 2 3 0x100000001)");
}

const struct gen_family family_call_saved = {
	.name = "call_saved",
	.doc = "every set of r6-r9 that a function changes, calling one that changes any other "
	       "set, or a helper",
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
	bool stack = op;

	emit(g, "needs calls; prog; r1 &= 7; call sub");
	emit(g, "func sub args 3:");
	fill_set(g, at[1], "r2");
	if (stack)
		emit(g, "*(u64 *)(r10 - 56) = r2");
	for (u32 i = 0; i <= at[0]; i++) {
		emit(g, "if r1 != %u goto n%u; r0 = r3; r0 += %u", i, i, i);
		emit_set(g, at[1], "r0 ^= r%d; r0 *= %d");
		if (stack)
			emit(g, "r3 = *(u64 *)(r10 - 56); r0 += r3");
		emit(g, "exit; n%u:", i);
	}
	emit(g, "r0 = r1; exit; end");
	emit(g, "vec r1 in (0 1 2 3 4 5 6), r2 in few64");
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

/* ---- stack frames ---- */

static const char *const nest_ops[] = { "nest" };
static const u16 nest_stack[] = { 0, 8, 16, 24, 40, 48, 64 };

GEN_DIM(nest_stack, ARRAY_SIZE(nest_stack), "%u", nest_stack[i]);
GEN_DIM(depth, 7, "%u", i + 1);

static void build_nest(struct gen *g, u32 op, const u32 *at)
{
	u32 depth = at[0] + 1, stack = nest_stack[at[1]];

	(void)op;
	emit(g, "needs calls; prog; r1 = 0; call f1");
	for (u32 k = 1; k <= depth; k++) {
		u32 set = (at[2] + k) % SETS;

		emit(g, "func f%u args 2:", k);
		fill_set(g, set, "r2");
		if (stack)
			emit(g, "*(u64 *)(r10 - %u) = r2; *(u64 *)(r10 - 8) = r2", stack);
		if (k < depth)
			emit(g, "r2 *= 3; call f%u", k + 1);
		else
			emit(g, "r0 = r2");
		fold_set(g, set);
		if (stack) {
			emit(g, "r1 = *(u64 *)(r10 - %u); r0 += r1", stack);
			emit(g, "r1 = *(u64 *)(r10 - 8); r0 ^= r1");
		}
		emit(g, "exit");
	}
	emit(g, "end; vec r2 in edge64");
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

/*
 * All stack frames together have 512 bytes at most. An interpreter counts each in steps of 32; main
 * takes one step.
 */
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

static void store_ends(struct gen *g, u32 stack)
{
	if (stack)
		emit(g, "*(u64 *)(r10 - %u) = r2; *(u64 *)(r10 - 8) = r3", stack);
}

static void fold_ends(struct gen *g, u32 stack)
{
	if (!stack)
		return;
	emit(g, "r1 = *(u64 *)(r10 - %u); r0 += r1", stack);
	emit(g, "r1 = *(u64 *)(r10 - 8); r0 ^= r1");
}

static void build_stacks(struct gen *g, u32 op, const u32 *at)
{
	u32 a, b;

	(void)op;
	stack_pair(at[0], &a, &b);
	emit(g, "needs calls; prog; r1 = 0; call mid");
	emit(g, "func mid args 3:");
	store_ends(g, a);
	emit(g, "r2 ^= -1; r3 += 1; call leaf");
	fold_ends(g, a);
	emit(g, "exit");
	emit(g, "func leaf args 3:");
	store_ends(g, b);
	emit(g, "r0 = r2; r0 -= r3");
	fold_ends(g, b);
	emit(g, "exit; end; vec r2 in few64, r3 in few64");
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

/* Of slot @s, the place of an access of @bytes: narrow ones fall on every part of a slot in turn.
 */
static u32 slot_place(u32 s, u32 bytes)
{
	return 8 * s - s % (8 / bytes) * bytes;
}

/* Each slot of a program's stack is written, then each is read. */
static void build_frame(struct gen *g, u32 op, const u32 *at)
{
	const char *type = frame_ops[op];
	u32 bytes = 8 >> op;

	emit(g, "raw; ctx 16; prog; r2 = *(u64 *)(r1 + 0); r0 = 0");
	for (u32 s = 1; s <= at[0] + 1; s++)
		emit(g, "*(%s *)(r10 - %u) = r2; r2 *= 31; r2 += %u", type, slot_place(s, bytes),
		     s);
	for (u32 s = 1; s <= at[0] + 1; s++)
		emit(g, "r3 = *(%s *)(r10 - %u); r0 *= 31; r0 += r3", type, slot_place(s, bytes));
	emit(g, "*(u64 *)(r1 + 8) = r0; exit; end");
	emit(g, "vec ctx+0=u64 in few64");
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
