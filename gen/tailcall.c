// SPDX-License-Identifier: GPL-2.0
/*
 * Tail calls (T): the index, the limit of 33 for a whole run, empty slots, stack frames that are
 * left and stack frames that are entered. What machines are known to get wrong has operations of
 * its own.
 *
 * No called program needs more stack than its caller: see regress/interp_tailcall_stack.
 */
#include "gen/dims.h"
#include "gen/families.h"
#include "gen/text.h"

#define SETS 16

GEN_DIM(set, SETS, "%x", i);

static const u16 depths[] = { 0, 8, 16, 24, 40, 64, 128, 256 };

GEN_DIM(depth, ARRAY_SIZE(depths), "%u", depths[i]);

static void emit_stores(struct gen *g, u32 depth, const char *reg)
{
	if (depth)
		emit(g, "*(u64 *)(r10 - %u) = %s; *(u64 *)(r10 - 8) = %s", depth, reg, reg);
}

/* ---- the index ---- */

static const char *const index_ops[] = { "reg", "const" };
static const u16 sizes[] = { 1, 2, 3, 4, 8, 16, 33, 64, 255, 256 };
static const u8 index_regs[] = { 3, 0, 4, 5, 6, 7, 8, 9 };

GEN_DIM(entries, ARRAY_SIZE(sizes), "%u", sizes[i]);

/* of op const: the constant's place in the table, or behind it */
static u32 count_index(const struct gen_family *f, u32 op)
{
	(void)f;
	return op ? 3 : ARRAY_SIZE(index_regs);
}

static void print_index(char *buf, size_t size, const struct gen_family *f, u32 op, u32 i)
{
	static const char *const places[] = { "first", "last", "behind" };

	(void)f;
	if (op)
		snprintf(buf, size, "%s", places[i]);
	else
		snprintf(buf, size, "r%u", index_regs[i]);
}

static const struct gen_dim dim_index = { count_index, print_index };

/* Of three slots the second is empty, unless it is the last one of the table. */
static void emit_table(struct gen *g, u32 n)
{
	emit(g, "map table prog_array %u =", n);
	for (u32 i = 0; i < n; i++)
		emit_more(g, i % 3 == 1 && i + 1 < n ? " _" : i % 2 ? " P" : " Q");
}

/* Indices at the table's end, with and without upper halves, and far from it. */
static void emit_indices(struct gen *g, u32 reg, u32 n)
{
	emit(g, "vec r%u in (0 1 %u %u %u", reg, n - 1, n, n + 1);
	emit_more(g, " 0x1%08x 0x1%08x 0xffffffff%08x", n - 1, n, n - 1);
	emit_more(g, " 0x7fffffff 0x80000000 0xffffffff -1 0x8000000000000000)");
}

static void build_index(struct gen *g, u32 op, const u32 *at)
{
	u32 n = sizes[at[0]], reg = index_regs[op ? 0 : at[1]];
	u32 fixed[] = { 0, n - 1, n };

	emit(g, "needs tailcalls; ctx 16; ptr r1 = ctx");
	emit_table(g, n);
	emit(g, "prog");
	if (op)
		emit(g, "r3 = %u", fixed[at[1]]);
	else if (reg != 3)
		emit(g, "r3 = r%u", reg);
	emit(g, "r2 = &table ll; call bpf_tail_call; r0 = 0; end");
	emit(g, "prog P; *(u64 *)(r1 + 0) = 1; r0 = 11; exit; end");
	emit(g, "prog Q; *(u64 *)(r1 + 8) = 2; r0 = 22; exit; end");
	if (op)
		emit(g, "vec r6 in few64");
	else
		emit_indices(g, reg, n);
}

const struct gen_family family_tail_index = {
	.name = "tail_index",
	.doc = "the index of a tail call: from every register, dirty above bit 31, at the table's "
	       "end, empty slots",
	.verified = true,
	.ops = index_ops,
	.nops = ARRAY_SIZE(index_ops),
	.dims = { &dim_entries, &dim_index },
	.build = build_index,
};

/* ---- the limit ---- */

static const char *const limit_ops[] = {
	"self", "ping_pong", "helper", "index", "range", "empty", "empty_index",
};

enum { SELF, PING_PONG, HELPER, INDEX, RANGE, EMPTY, EMPTY_INDEX };

/* What happens between two tail calls, where r9 keeps the context pointer. */
static const char *const between[] = {
	[HELPER] = "r1 = &rb ll; r2 = 1; call bpf_ringbuf_query",
	[RANGE] = "r2 = &table ll; r3 = *(u32 *)(r1 + 12); call bpf_tail_call",
	[EMPTY] = "r2 = &table ll; r3 = 2; call bpf_tail_call",
	[EMPTY_INDEX] =
		"r2 = &table ll; r3 = *(u32 *)(r1 + 8); r3 &= 2; r3 |= 2; call bpf_tail_call",
};

/* A program that counts its runs in the context and calls the next: the one in @slot. */
static void emit_counter(struct gen *g, u32 op, u32 set, u32 depth, const char *name, u32 slot)
{
	emit(g, "prog %s; r2 = *(u64 *)(r1 + 0); r2 += 1; *(u64 *)(r1 + 0) = r2", name);
	fill_set(g, set, "r2");
	emit_stores(g, depth, "r2");
	if (between[op]) {
		emit(g, "r9 = r1; %s; r1 = r9", between[op]);
		set &= 7; /* r9 has no value of the set any more */
	}
	emit(g, "r2 = &table ll");
	if (op == INDEX)
		emit(g, "r3 = *(u64 *)(r1 + 8)");
	else
		emit(g, "r3 = %u", slot);
	emit(g, "call bpf_tail_call; r0 = 3");
	fold_set(g, set);
	if (depth) {
		emit(g, "r2 = *(u64 *)(r10 - %u); r0 += r2", depth);
		emit(g, "r2 = *(u64 *)(r10 - 8); r0 ^= r2");
	}
	emit(g, "exit; end");
}

static void build_limit(struct gen *g, u32 op, const u32 *at)
{
	u32 depth = depths[at[0]], set = 5 * at[1];

	emit(g, "needs tailcalls; ctx 16; ptr r1 = ctx; map table prog_array 3 = P Q _");
	if (op == HELPER)
		emit(g, "map rb ringbuf 0 0 65536");
	if (depth)
		emit(g, "stack %u", depth);
	emit(g, "prog; r2 = &table ll; r3 = 0; call bpf_tail_call; r0 = 0; end");
	emit_counter(g, op, set, depth, "P", op == PING_PONG);
	emit_counter(g, op, set ^ 15, depth, "Q", op != PING_PONG);
	/* the second word: an index that is P's, or out of range */
	if (op == INDEX) {
		emit(g, "vec ctx+0=u64 0 ctx+8=u64 0");
		emit(g, "vec ctx+0=u64 0 ctx+8=u64 0x100000000");
		emit(g, "vec ctx+0=u64 5 ctx+8=u64 1");
	} else {
		emit(g, "vec ctx+0=u64 0 ctx+8=u32 3 ctx+12=u32 3");
		emit(g, "vec ctx+0=u64 100 ctx+8=u32 2 ctx+12=u32 0xffffffff");
	}
}

GEN_DIM(set5, 4, "%x", 5 * i);

const struct gen_family family_tail_limit = {
	.name = "tail_limit",
	.doc = "33 tail calls in a run, whatever stands between them, on every stack",
	.verified = true,
	.ops = limit_ops,
	.nops = ARRAY_SIZE(limit_ops),
	.dims = { &dim_depth, &dim_set5 },
	.build = build_limit,
};

/* ---- out of functions, and into programs that have some ---- */

static const char *const sub_ops[] = { "saved", "not_taken", "target" };

enum { SUB_SAVED, SUB_NOT_TAKEN, SUB_TARGET };

/* The program that the tail call ends in; as a target it has a function of its own. */
static void emit_target(struct gen *g, u32 op, const u32 *at)
{
	emit(g, "prog P; r2 = *(u64 *)(r1 + 8)");
	fill_set(g, at[1], "r2");
	emit(g, "*(u64 *)(r10 - 40) = r2; *(u64 *)(r10 - 8) = r2; *(u64 *)(r1 + 0) = r2");
	if (op == SUB_TARGET) {
		emit(g, "*(u64 *)(r10 - 16) = r1; r1 = 1; call own");
		emit(g, "r1 = *(u64 *)(r10 - 16); *(u64 *)(r1 + 16) = r0");
	}
	emit(g, "r0 = 5");
	fold_set(g, at[1]);
	/* no more than 31 bits come back out of a program */
	emit(g, "w0 &= 0x7fffffff; exit");
	if (op == SUB_TARGET) {
		emit(g, "func own args 2:");
		fill_set(g, at[0] ^ 15, "r2");
		emit(g, "r0 = r2; exit");
	}
	emit(g, "end");
}

/*
 * A function that changes one set. The program that its tail call ends in changes another, and
 * main's r6-r9 are whole.
 */
static void build_sub(struct gen *g, u32 op, const u32 *at)
{
	/* only a JIT can run a tail call from a function to a program with functions of its own */
	emit(g, "needs subprog_tailcalls; ctx 24; stack 16; ptr r1 = ctx; map table prog_array 2 = "
		"P _");
	emit(g, "prog; r2 = r6; r3 = r7; call sub; r0 += r8");
	emit(g, "func sub args 3:");
	fill_set(g, at[0], "r3");
	emit(g, "*(u64 *)(r10 - 24) = r3; r3 = %s", op == SUB_NOT_TAKEN ? "1" : "r2");
	emit(g, "r2 = &table ll; call bpf_tail_call; r0 = 77");
	fold_set(g, at[0]);
	emit(g, "r1 = *(u64 *)(r10 - 24); r0 += r1; exit; end");
	emit_target(g, op, at);
	emit(g, "vec r6 in (0 1 2 0x100000000), r7 in few64");
}

const struct gen_family family_tail_sub = {
	.name = "tail_sub",
	.doc = "tail calls out of functions: any set of r6-r9 of the function, any of the program "
	       "that it ends in",
	.verified = true,
	.ops = sub_ops,
	.nops = ARRAY_SIZE(sub_ops),
	.dims = { &dim_set, &dim_set },
	.build = build_sub,
};

static const char *const shared_ops[] = { "once", "self" };
static const u8 calls[] = { 1, 2, 3, 17, 33, 34, 40 };

GEN_DIM(calls, ARRAY_SIZE(calls), "%u", calls[i]);

/* A function that is called so many times and leaves by a tail call each time, while there are any
 * left. */
static void build_shared(struct gen *g, u32 op, const u32 *at)
{
	u32 depth = depths[at[1]], other_depth = depths[ARRAY_SIZE(depths) - 1 - at[1]];

	emit(g, "needs subprog_tailcalls; ctx 16; ptr r1 = ctx; map table prog_array 1 = P; out r7 "
		"r8 r9");
	emit(g, "prog; r6 = r1; r7 = %u; r8 = 0", calls[at[0]]);
	emit(g, "again:; r1 = r6; call sub; r8 *= 3; r8 += r0; r7 -= 1; if r7 != 0 goto again");
	emit(g, "r6 = 0");
	emit(g, "func sub args 1:; r6 = r1");
	emit_stores(g, depth, "r6");
	emit(g, "r2 = &table ll; r3 = 0; call bpf_tail_call; r0 = *(u64 *)(r6 + 0); r0 += 1000; "
		"exit; end");
	emit(g, "prog P; r6 = *(u64 *)(r1 + 0); r6 += 1; *(u64 *)(r1 + 0) = r6");
	emit_stores(g, other_depth, "r6");
	if (op)
		emit(g, "r2 = &table ll; r3 = 0; call bpf_tail_call");
	emit(g, "r0 = 9; exit; end");
	emit(g, "vec ctx+0=u64 0; vec ctx+0=u64 50");
}

const struct gen_family family_tail_shared = {
	.name = "tail_shared",
	.doc = "the limit is one of the whole run: functions that are called up to 40 times and "
	       "leave by tail calls",
	.verified = true,
	.ops = shared_ops,
	.nops = ARRAY_SIZE(shared_ops),
	.dims = { &dim_calls, &dim_depth },
	.build = build_shared,
};
