// SPDX-License-Identifier: GPL-2.0
/*
 * Tail calls (T): the index, the limit of 33 for a whole run, empty slots, frames that are left and frames that are entered. What
 * machines are known to do wrong has operations of its own.
 *
 * No program that is called needs more stack than the one that calls it: see regress/interp_tailcall_stack.
 */
#include "gen/dims.h"
#include "gen/families.h"

#define SETS 16

GEN_DIM(set, SETS, "%x", i);

static const u16 depths[] = { 0, 8, 16, 24, 40, 64, 128, 256 };

GEN_DIM(depth, ARRAY_SIZE(depths), "%u", depths[i]);

static void write_window(FILE *f, u32 depth)
{
	if (depth)
		fprintf(f, "\tstack %u\n", depth);
}

static void write_store(FILE *f, u32 depth, const char *reg)
{
	if (depth)
		fprintf(f, "\t*(u64 *)(r10 - %u) = %s\n\t*(u64 *)(r10 - 8) = %s\n", depth, reg, reg);
}

/* ---- the index ---- */

static const char *const index_ops[] = { "reg", "const" };
static const u16 sizes[] = { 1, 2, 3, 4, 8, 16, 33, 64, 255, 256 };
static const u8 index_regs[] = { 3, 0, 4, 5, 6, 7, 8, 9 };

GEN_DIM(entries, ARRAY_SIZE(sizes), "%u", sizes[i]);
/* of op const: the constant's place in the table, from its end */
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

/* Of three slots the second is empty, unless it is the last one. */
static void write_table(FILE *f, u32 n)
{
	fprintf(f, "\tmap table prog_array %u =", n);
	for (u32 i = 0; i < n; i++)
		fputs(i % 3 == 1 && i + 1 < n ? " _" : i % 2 ? " P" : " Q", f);
	fputc('\n', f);
}

static void build_index(struct gen *g, u32 op, const u32 *at)
{
	u32 n = sizes[at[0]], reg = index_regs[op ? 0 : at[1]];
	u32 fixed[] = { 0, n - 1, n };
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	fputs("\tneeds tailcalls\n\tctx 16\n\tptr r1 = ctx\n", f);
	write_table(f, n);
	fputs("\tprog\n", f);
	if (op)
		fprintf(f, "\tr3 = %u\n", fixed[at[1]]);
	else if (reg != 3)
		fprintf(f, "\tr3 = r%u\n", reg);
	fputs("\tr2 = &table ll\n\tcall bpf_tail_call\n\tr0 = 0\n\tend\n", f);
	fputs("\tprog P\n\t*(u64 *)(r1 + 0) = 1\n\tr0 = 11\n\texit\n\tend\n\tprog Q\n\t*(u64 *)(r1 + 8) = 2\n\tr0 = 22\n\texit\n\tend\n", f);
	if (op)
		fputs("\tvec r6 in few64\n", f);
	else
		fprintf(f, "\tvec r%u in (0 1 %u %u %u 0x1%08x 0x1%08x 0xffffffff%08x 0x7fffffff 0x80000000 0xffffffff -1 0x8000000000000000)\n",
			reg, n - 1, n, n + 1, n - 1, n, n - 1);
	gen_doc_close(g, &d);
}

const struct gen_family family_tail_index = {
	.name = "tail_index",
	.doc = "the index of a tail call: from every register, dirty above bit 31, at the table's end, empty slots",
	.verified = true,
	.ops = index_ops,
	.nops = ARRAY_SIZE(index_ops),
	.dims = { &dim_entries, &dim_index },
	.build = build_index,
};

/* ---- the limit ---- */

static const char *const limit_ops[] = { "self", "ping_pong", "helper", "index", "range", "empty", "empty_index" };

enum { SELF, PING_PONG, HELPER, INDEX, RANGE, EMPTY, EMPTY_INDEX };

/* A program that counts its runs in the context and calls the next: the one in @slot. */
static void write_counter(FILE *f, u32 op, u32 set, u32 depth, const char *name, u32 slot)
{
	fprintf(f, "\tprog %s\n\tr2 = *(u64 *)(r1 + 0)\n\tr2 += 1\n\t*(u64 *)(r1 + 0) = r2\n", name);
	gen_doc_set(f, set, "\tr%d = r2\n\tr2 += %d\n");
	write_store(f, depth, "r2");
	if (op == HELPER || op == RANGE || op == EMPTY || op == EMPTY_INDEX)
		fputs("\tr9 = r1\n", f);
	if (op == HELPER)
		fputs("\tr1 = &rb ll\n\tr2 = 1\n\tcall bpf_ringbuf_query\n\tr1 = r9\n", f);
	if (op == RANGE)
		fputs("\tr2 = &table ll\n\tr3 = *(u32 *)(r1 + 12)\n\tcall bpf_tail_call\n\tr1 = r9\n", f);
	if (op == EMPTY)
		fputs("\tr2 = &table ll\n\tr3 = 2\n\tcall bpf_tail_call\n\tr1 = r9\n", f);
	if (op == EMPTY_INDEX)
		fputs("\tr2 = &table ll\n\tr3 = *(u32 *)(r1 + 8)\n\tr3 &= 2\n\tr3 |= 2\n\tcall bpf_tail_call\n\tr1 = r9\n", f);
	fputs("\tr2 = &table ll\n", f);
	if (op == INDEX)
		fputs("\tr3 = *(u64 *)(r1 + 8)\n", f);
	else
		fprintf(f, "\tr3 = %u\n", slot);
	fputs("\tcall bpf_tail_call\n\tr0 = 3\n", f);
	if (op == HELPER || op == RANGE || op == EMPTY || op == EMPTY_INDEX)
		set &= 7;
	gen_doc_set(f, set, "\tr0 *= 31\n\tr0 += r%d\n\tr0 ^= %d\n");
	if (depth)
		fprintf(f, "\tr2 = *(u64 *)(r10 - %u)\n\tr0 += r2\n\tr2 = *(u64 *)(r10 - 8)\n\tr0 ^= r2\n", depth);
	fputs("\texit\n\tend\n", f);
}

static void build_limit(struct gen *g, u32 op, const u32 *at)
{
	u32 depth = depths[at[0]], set = 5 * at[1];
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	fputs("\tneeds tailcalls\n\tctx 16\n\tptr r1 = ctx\n\tmap table prog_array 3 = P Q _\n", f);
	if (op == HELPER)
		fputs("\tmap rb ringbuf 0 0 4096\n", f);
	write_window(f, depth);
	fputs("\tprog\n\tr2 = &table ll\n\tr3 = 0\n\tcall bpf_tail_call\n\tr0 = 0\n\tend\n", f);
	write_counter(f, op, set, depth, "P", op == PING_PONG);
	write_counter(f, op, set ^ 15, depth, "Q", op != PING_PONG);
	/* the second word: an index that is P's, or out of range */
	if (op == INDEX)
		fputs("\tvec ctx+0=u64 0 ctx+8=u64 0\n\tvec ctx+0=u64 0 ctx+8=u64 0x100000000\n\tvec ctx+0=u64 5 ctx+8=u64 1\n", f);
	else
		fputs("\tvec ctx+0=u64 0 ctx+8=u32 3 ctx+12=u32 3\n\tvec ctx+0=u64 100 ctx+8=u32 2 ctx+12=u32 0xffffffff\n", f);
	gen_doc_close(g, &d);
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

/* A function that changes one set; the program that its tail call ends in changes another, and main's r6-r9 are whole. */
static void build_sub(struct gen *g, u32 op, const u32 *at)
{
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	/* a target with a function of its own is one that only a JIT can run, out of a function */
	fputs("\tneeds subprog_tailcalls\n\tctx 24\n\tstack 16\n\tptr r1 = ctx\n\tmap table prog_array 2 = P _\n", f);
	fputs("\tprog\n\tr2 = r6\n\tr3 = r7\n\tcall sub\n\tr0 += r8\n\tfunc sub args 3:\n", f);
	gen_doc_set(f, at[0], "\tr%d = r3\n\tr3 += %d\n");
	fprintf(f, "\t*(u64 *)(r10 - 24) = r3\n\tr3 = %s\n\tr2 = &table ll\n\tcall bpf_tail_call\n\tr0 = 77\n", op == 1 ? "1" : "r2");
	gen_doc_set(f, at[0], "\tr0 *= 31\n\tr0 += r%d\n\tr0 ^= %d\n");
	fputs("\tr1 = *(u64 *)(r10 - 24)\n\tr0 += r1\n\texit\n\tend\n\tprog P\n\tr2 = *(u64 *)(r1 + 8)\n", f);
	gen_doc_set(f, at[1], "\tr%d = r2\n\tr2 += %d\n");
	fputs("\t*(u64 *)(r10 - 40) = r2\n\t*(u64 *)(r10 - 8) = r2\n\t*(u64 *)(r1 + 0) = r2\n", f);
	if (op == 2)
		fputs("\t*(u64 *)(r10 - 16) = r1\n\tr1 = 1\n\tcall own\n\tr1 = *(u64 *)(r10 - 16)\n\t*(u64 *)(r1 + 16) = r0\n", f);
	fputs("\tr0 = 5\n", f);
	gen_doc_set(f, at[1], "\tr0 *= 31\n\tr0 += r%d\n\tr0 ^= %d\n");
	/* no more than 31 bits come back out of a program */
	fputs("\tw0 &= 0x7fffffff\n\texit\n", f);
	if (op == 2) {
		fputs("\tfunc own args 2:\n", f);
		gen_doc_set(f, at[0] ^ 15, "\tr%d = r2\n\tr2 += %d\n");
		fputs("\tr0 = r2\n\texit\n", f);
	}
	fputs("\tend\n\tvec r6 in (0 1 2 0x100000000), r7 in few64\n", f);
	gen_doc_close(g, &d);
}

const struct gen_family family_tail_sub = {
	.name = "tail_sub",
	.doc = "tail calls out of functions: any set of r6-r9 of the function, any of the program that it ends in",
	.verified = true,
	.ops = sub_ops,
	.nops = ARRAY_SIZE(sub_ops),
	.dims = { &dim_set, &dim_set },
	.build = build_sub,
};

static const char *const shared_ops[] = { "once", "self" };
static const u8 calls[] = { 1, 2, 3, 17, 33, 34, 40 };

GEN_DIM(calls, ARRAY_SIZE(calls), "%u", calls[i]);

/* A function that is called so many times and leaves by a tail call each time, as long as there are any. */
static void build_shared(struct gen *g, u32 op, const u32 *at)
{
	u32 depth = depths[at[1]];
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	fprintf(f, "\tneeds subprog_tailcalls\n\tctx 16\n\tptr r1 = ctx\n\tmap table prog_array 1 = P\n\tout r7 r8 r9\n\tprog\n"
		"\tr6 = r1\n\tr7 = %u\n\tr8 = 0\nagain:\n\tr1 = r6\n\tcall sub\n\tr8 *= 3\n\tr8 += r0\n\tr7 -= 1\n\tif r7 != 0 goto again\n\tr6 = 0\n"
		"\tfunc sub args 1:\n\tr6 = r1\n", calls[at[0]]);
	write_store(f, depth, "r6");
	fputs("\tr2 = &table ll\n\tr3 = 0\n\tcall bpf_tail_call\n\tr0 = *(u64 *)(r6 + 0)\n\tr0 += 1000\n\texit\n\tend\n"
	      "\tprog P\n\tr6 = *(u64 *)(r1 + 0)\n\tr6 += 1\n\t*(u64 *)(r1 + 0) = r6\n", f);
	write_store(f, depths[ARRAY_SIZE(depths) - 1 - at[1]], "r6");
	if (op)
		fputs("\tr2 = &table ll\n\tr3 = 0\n\tcall bpf_tail_call\n", f);
	fputs("\tr0 = 9\n\texit\n\tend\n\tvec ctx+0=u64 0\n\tvec ctx+0=u64 50\n", f);
	gen_doc_close(g, &d);
}

const struct gen_family family_tail_shared = {
	.name = "tail_shared",
	.doc = "the limit is one of the whole run: functions that are called up to 40 times and leave by tail calls",
	.verified = true,
	.ops = shared_ops,
	.nops = ARRAY_SIZE(shared_ops),
	.dims = { &dim_calls, &dim_depth },
	.build = build_shared,
};
