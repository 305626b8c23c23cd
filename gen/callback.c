// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers that call back (C, P): bpf_loop as the verifier inlines it and as a helper, bpf_for_each_map_elem; callbacks that change
 * any set of r6-r9, with and without a stack. F: what the verifier inserts for the loop.
 */
#include "gen/dims.h"
#include "gen/families.h"

static const char *const ops[] = { "loop_const", "loop_mem", "loop_stop", "loop_calls", "loop_nested", "each1", "each2", "each33" };

enum { LOOP_CONST, LOOP_MEM, LOOP_STOP, LOOP_CALLS, LOOP_NESTED, EACH };

static const u8 entries[] = { 1, 2, 33 };
static const u16 stacks[] = { 8, 16, 24, 40, 64, 248 };

GEN_DIM(set, 16, "%x", i);
GEN_DIM(stack, ARRAY_SIZE(stacks), "%u", stacks[i]);

/* The context pointer waits at r10-8, the sum of the index and others is mixed into what it points to. */
static void write_body(FILE *f, u32 op, u32 set, u32 stack, const char *ctx, const char *index)
{
	fprintf(f, "\t*(u64 *)(r10 - 8) = %s\n\tr5 = %s\n", ctx, index);
	gen_doc_set(f, set, "\tr%d = r5\n\tr5 += %d\n");
	if (stack > 8)
		fprintf(f, "\t*(u64 *)(r10 - %u) = r5\n", stack);
	if (op == LOOP_CALLS)
		fputs("\tr2 = r5\n\tr1 = 3\n\tcall twice\n\tr5 = r0\n", f);
	if (op == LOOP_NESTED)
		fputs("\tr3 = *(u64 *)(r10 - 8)\n\tr1 = 3\n\tr2 = func[inner] ll\n\tr4 = *(u64 *)(r3 + 8)\n\tcall bpf_loop\n\tr5 = r0\n", f);
	fputs("\tr2 = *(u64 *)(r10 - 8)\n\tr0 = *(u64 *)(r2 + 0)\n\tr0 *= 31\n\tr0 += r5\n", f);
	gen_doc_set(f, set, "\tr0 ^= r%d\n\tr0 *= %d\n");
	if (stack > 8)
		fprintf(f, "\tr3 = *(u64 *)(r10 - %u)\n\tr0 += r3\n", stack);
	fputs("\t*(u64 *)(r2 + 0) = r0\n\tr0 = 0\n", f);
	if (op == LOOP_STOP)
		fprintf(f, "\tr3 = *(u64 *)(r10 - %u)\n\tr3 &= 3\n\tif r3 != 2 goto out\n\tr0 = 1\nout:\n", stack > 8 ? stack : 16);
	fputs("\texit\n", f);
}

static void build(struct gen *g, u32 op, const u32 *at)
{
	bool each = op >= EACH;
	/* loop_stop looks at a slot of its own */
	u32 stack = op == LOOP_STOP && stacks[at[0]] == 8 ? 16 : stacks[at[0]];
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	fprintf(f, "\tneeds callbacks%s\n\tstack 16\n", op == LOOP_CALLS ? " calls" : "");
	if (each)
		fprintf(f, "\tmap arr array 4 8 %u\n", entries[op - EACH]);
	fprintf(f, "\tprog\n\tr1 = %s\n\tr2 = func[body] ll\n\tr3 = r10\n\tr3 += -16\n\tr4 = %s\n\tcall %s\n", each ? "&arr ll" : "r6",
		op == LOOP_CONST ? "0" : "r7", each ? "bpf_for_each_map_elem" : "bpf_loop");
	if (each) {
		fputs("\tfunc body args 4 callback:\n\tr1 = *(u32 *)(r2 + 0)\n\t*(u64 *)(r3 + 0) = r1\n\tr0 = *(u64 *)(r3 + 0)\n", f);
		write_body(f, op, at[1], stack, "r4", "r0");
	} else {
		fputs("\tfunc body args 2 callback:\n", f);
		write_body(f, op, at[1], stack, "r2", "r1");
	}
	if (op == LOOP_CALLS)
		fputs("\tfunc twice args 2:\n\tr6 = r1\n\tr7 = r2\n\t*(u64 *)(r10 - 16) = r2\n\tr0 = r7\n\tr0 <<= 1\n\tr0 ^= r6\n\texit\n", f);
	if (op == LOOP_NESTED)
		fputs("\tfunc inner args 2 callback:\n\tr9 = r1\n\tr0 = *(u64 *)(r2 + 0)\n\tr0 *= 3\n\tr0 += r9\n\t*(u64 *)(r2 + 0) = r0\n\tr0 = 0\n\texit\n", f);
	fputs("\tend\n\tvec r6 in (0 1 2 33), r7=0, stack-8=u64 0, stack-16=u64 in (0 -1 0x8000000080000001)\n", f);
	fputs("\tvec r6=2 r7=0x100000000\n", f);
	/* where the loop is inlined, these are regress/verifier_loop_nr and _e2big */
	if (op != LOOP_CONST)
		fputs("\tvec r6=0xffffffff00000003 r7=0 stack-8=u64 0\n\tvec r6=0x800001 r7=0 stack-8=u64 0\n", f);
	gen_doc_close(g, &d);
}

const struct gen_family family_callback = {
	.name = "callback",
	.doc = "bpf_loop, inlined and as a helper, and bpf_for_each_map_elem: callbacks of every set of r6-r9 and many stacks",
	.verified = true,
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.dims = { &dim_stack, &dim_set },
	.build = build,
};
