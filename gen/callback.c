// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers that call back (C, P): bpf_loop as the verifier inlines it and as a helper, and
 * bpf_for_each_map_elem. The callbacks change any set of r6-r9, with and without a stack. F: the
 * insns that the verifier inserts for the loop.
 */
#include "gen/dims.h"
#include "gen/families.h"
#include "gen/text.h"

static const char *const ops[] = {
	"loop_const",  "loop_mem", "loop_stop", "loop_calls",
	"loop_nested", "each1",	   "each2",	"each33",
};

enum { LOOP_CONST, LOOP_MEM, LOOP_STOP, LOOP_CALLS, LOOP_NESTED, EACH };

static const u8 entries[] = { 1, 2, 33 };
static const u16 stacks[] = { 8, 16, 24, 40, 64, 248 };

GEN_DIM(set, 16, "%x", i);
GEN_DIM(stack, ARRAY_SIZE(stacks), "%u", stacks[i]);

/*
 * The context pointer waits at r10-8. The index and the registers in @set are mixed into what it
 * points to.
 */
static void emit_body(struct gen *g, u32 op, u32 set, u32 stack, const char *ctx, const char *index)
{
	emit(g, "*(u64 *)(r10 - 8) = %s; r5 = %s", ctx, index);
	fill_set(g, set, "r5");
	if (stack > 8)
		emit(g, "*(u64 *)(r10 - %u) = r5", stack);
	if (op == LOOP_CALLS)
		emit(g, "r2 = r5; r1 = 3; call twice; r5 = r0");
	if (op == LOOP_NESTED) {
		emit(g,
		     "r3 = *(u64 *)(r10 - 8); r1 = 3; r2 = func[inner] ll; r4 = *(u64 *)(r3 + 8)");
		emit(g, "call bpf_loop; r5 = r0");
	}
	emit(g, "r2 = *(u64 *)(r10 - 8); r0 = *(u64 *)(r2 + 0); r0 *= 31; r0 += r5");
	emit_set(g, set, "r0 ^= r%d; r0 *= %d");
	if (stack > 8)
		emit(g, "r3 = *(u64 *)(r10 - %u); r0 += r3", stack);
	emit(g, "*(u64 *)(r2 + 0) = r0; r0 = 0");
	if (op == LOOP_STOP) {
		emit(g, "r3 = *(u64 *)(r10 - %u); r3 &= 3", stack > 8 ? stack : 16);
		emit(g, "if r3 != 2 goto out; r0 = 1; out:");
	}
	emit(g, "exit");
}

/* The functions that the callback calls. */
static void emit_callees(struct gen *g, u32 op)
{
	if (op == LOOP_CALLS) {
		emit(g, "func twice args 2:");
		emit(g, "r6 = r1; r7 = r2; *(u64 *)(r10 - 16) = r2; r0 = r7; r0 <<= 1; r0 ^= r6; "
			"exit");
	}
	if (op == LOOP_NESTED) {
		emit(g, "func inner args 2 callback:");
		emit(g, "r9 = r1; r0 = *(u64 *)(r2 + 0); r0 *= 3; r0 += r9; *(u64 *)(r2 + 0) = r0");
		emit(g, "r0 = 0; exit");
	}
}

static void build(struct gen *g, u32 op, const u32 *at)
{
	bool each = op >= EACH;
	/* loop_stop looks at a slot of its own */
	u32 stack = op == LOOP_STOP && stacks[at[0]] == 8 ? 16 : stacks[at[0]];

	emit(g, "needs callbacks%s; stack 16", op == LOOP_CALLS ? " calls" : "");
	if (each)
		emit(g, "map arr array 4 8 %u", entries[op - EACH]);
	emit(g, "prog");
	emit(g, "r1 = %s; r2 = func[body] ll; r3 = r10; r3 += -16", each ? "&arr ll" : "r6");
	emit(g, "r4 = %s", op == LOOP_CONST ? "0" : "r7");
	emit(g, "call %s", each ? "bpf_for_each_map_elem" : "bpf_loop");
	if (each) {
		emit(g, "func body args 4 callback:");
		emit(g, "r1 = *(u32 *)(r2 + 0); *(u64 *)(r3 + 0) = r1; r0 = *(u64 *)(r3 + 0)");
		emit_body(g, op, at[1], stack, "r4", "r0");
	} else {
		emit(g, "func body args 2 callback:");
		emit_body(g, op, at[1], stack, "r2", "r1");
	}
	emit_callees(g, op);
	emit(g, "end");
	emit(g, "vec r6 in (0 1 2 33), r7=0, stack-8=u64 0, stack-16=u64 in (0 -1 "
		"0x8000000080000001)");
	emit(g, "vec r6=2 r7=0x100000000");
	/* where the loop is inlined, these are regress/verifier_loop_nr and _e2big */
	if (op != LOOP_CONST) {
		emit(g, "vec r6=0xffffffff00000003 r7=0 stack-8=u64 0");
		emit(g, "vec r6=0x800001 r7=0 stack-8=u64 0");
	}
}

const struct gen_family family_callback = {
	.name = "callback",
	.doc = "bpf_loop, inlined and as a helper, and bpf_for_each_map_elem: callbacks of every "
	       "set of r6-r9 and many stacks",
	.verified = true,
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.dims = { &dim_stack, &dim_set },
	.build = build,
};
