// SPDX-License-Identifier: GPL-2.0
/*
 * The model on whole programs: calls, stack arguments, callbacks, tail calls, maps, pointers; each
 * reason to stop. A row is text; what it leaves in r0 is compared, or why it stops.
 */
#include <errno.h>
#include "tests/test.h"
#include "tests/model_case.h"

#define NEG(err) ((u64)0 - (err))

/* The case of every row: windows of 32 bytes, r6 = mem, r7 = ctx, r8 = stack-32, r1 = 3. */
struct row {
	const char *name;
	const char *text[MC_PROGS]; /* [0]: main; the others are in &jmp at 0, 1, 2 */
	enum model_stop stop;
	u64 r0;
	bool early; /* r0 is the return value */
	bool raw;
};

#include "tests/unit/model_prog.h"

static struct model_state st;

static void check_row(const struct row *row, enum byte_order order)
{
	static struct model_case m;
	enum model_stop stop;
	char why[128] = "";

	mc_init(&m, 32, 32, 32);
	mc_map(&m, "jmp", MAP_PROG_ARRAY, 4, 4, 4);
	mc_map(&m, "arr", MAP_ARRAY, 4, 16, 4);
	mc_map(&m, "one", MAP_ARRAY, 4, 12, 1);
	mc_map(&m, "hash", MAP_HASH, 8, 8, 2);
	m.maps[m.c.nmaps] =
		(struct case_map){ .name = "ring", .kind = MAP_RINGBUF, .entries = 4096 };
	m.c.nmaps++;
	m.cols[1] = 3;
	mc_ptr(&m, 6, REGION_MEM, 0);
	mc_ptr(&m, 7, REGION_CTX, 0);
	mc_ptr(&m, 8, REGION_STACK, -32);
	m.c.raw = row->raw;
	for (int i = 0; i < MC_PROGS; i++)
		if (!mc_text(&m, i, row->text[i] ? row->text[i] : "r0 = 0; exit")) {
			CHECK(0, "%s does not assemble", row->name);
			goto out;
		}
	stop = model_run(&m.c, 0, order, 64, &st, why);
	CHECK(stop == row->stop, "%s: %s (%s)", row->name, model_stop_name(stop), why);
	CHECK(!stop == !*why, "%s: '%s'", row->name, why);
	if (!stop && !row->stop) {
		CHECK(st.early_exit == row->early, "%s: early exit %d", row->name, st.early_exit);
		CHECK((row->early ? st.retval : st.r[0]) == row->r0, "%s: r0 %llx, retval %x",
		      row->name, (unsigned long long)st.r[0], st.retval);
		CHECK(!row->early || st.clobbered == 0x3ff,
		      "%s: registers of a program that never spilled", row->name);
	}
out:
	mc_free_text(&m);
}

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (int order = 0; order < NR_ORDERS; order++)
			check_row(&rows[i], order);
}

/* Every reason to stop is produced by a row, and has a name. */
static void test_stops(void)
{
	for (int stop = MODEL_OK; stop <= MODEL_UNDEFINED; stop++) {
		bool found = false;

		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			found |= rows[i].stop == (enum model_stop)stop;
		CHECK(found, "no row stops with %s", model_stop_name(stop));
		CHECK(strcmp(model_stop_name(stop), "?"), "stop %d has no name", stop);
	}
	CHECK(!strcmp(model_stop_name(MODEL_UNDEFINED + 1), "?"), "a stop too many");
}

/* An arena of two pages: addresses are numbers of 32 bits, and what was not written is not known.
 */
static void test_arena(void)
{
	static const struct {
		const char *text;
		enum model_stop stop;
		u64 r0;
	} progs[] = {
		{ "r1 = 4096; r1 = addr_space_cast(r1, 0, 1); *(u64 *)(r1 - 8) = 7; r0 = *(u64 "
		  "*)(r1 - 8)",
		  MODEL_OK, 7 },
		{ "r1 = 0x500000000 ll; r0 = addr_space_cast(r1, 0, 1)", MODEL_OK, 0 },
		{ "r1 = 0x500000008 ll; r0 = addr_space_cast(r1, 1, 0)", MODEL_OK, 0x100000008 },
		{ "r1 = 0x500000000 ll; r0 = addr_space_cast(r1, 1, 0)", MODEL_OK, 0 },
		{ "r1 = 8184; *(u64 *)(r1 + 0) = 1; r0 = 3", MODEL_OK, 3 },
		{ "r1 = 8185; *(u64 *)(r1 + 0) = 1; r0 = 3", MODEL_BAD_ACCESS, 0 },
		{ "r1 = 0; *(u8 *)(r1 - 1) = 1; r0 = 3", MODEL_BAD_ACCESS, 0 },
		{ "r1 = 0; r0 = *(u8 *)(r1 + 0)", MODEL_UNDEFINED, 0 },
		{ "r1 = 0x40000; r0 = 9; *(u64 *)(r1 + 0) = 7; r0 = *(u64 *)(r1 + 0)", MODEL_OK,
		  0 },
		{ "r1 = 0x3ffff; r0 = *(u8 *)(r1 + 0)", MODEL_BAD_ACCESS, 0 },
		{ "r1 = 0xfffffff8 ll; r0 = *(u64 *)(r1 + 0)", MODEL_OK, 0 },
		{ "r1 = 0xfffffff8 ll; r0 = *(u64 *)(r1 + 1)", MODEL_BAD_ACCESS, 0 },
		{ "r1 = 0x40000; r2 = 1; lock *(u64 *)(r1 + 0) += r2", MODEL_BAD_ACCESS, 0 },
		{ "r0 = addr_space_cast(r10, 0, 1)", MODEL_UNDEFINED, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(progs); i++) {
		static struct model_case m;
		enum model_stop stop;
		char why[128] = "";

		mc_init(&m, 32, 32, 32);
		m.maps[m.c.nmaps++] =
			(struct case_map){ .name = "ar", .kind = MAP_ARENA, .entries = 2 };
		CHECK(mc_text(&m, 0, progs[i].text), "%s", progs[i].text);
		stop = model_run(&m.c, 0, ORDER_BE, 64, &st, why);
		CHECK(stop == progs[i].stop, "%s: %s (%s)", progs[i].text, model_stop_name(stop),
		      why);
		CHECK(stop || st.r[0] == progs[i].r0, "%s: %llx", progs[i].text,
		      (unsigned long long)st.r[0]);
		mc_free_text(&m);
	}
}

/* A packet is the window and its guard, behind a MAC header of zeros; a load from elsewhere ends
 * the program with 0. */
static void test_packet(void)
{
	static const struct {
		const char *text;
		u8 type;
		enum model_stop stop;
		bool ends;
		u64 r0;
	} progs[] = {
		{ "r0 = *(u32 *)skb[1]", CASE_TYPE_SOCKET, MODEL_OK, false, 0x81828384 },
		{ "r0 = *(u16 *)skb[46]", CASE_TYPE_SOCKET, MODEL_OK, false, 0xaeaf },
		{ "r0 = *(u16 *)skb[47]", CASE_TYPE_SOCKET, MODEL_OK, true, 0 },
		{ "r7 = 0x100000002 ll; r0 = *(u8 *)skb[r7 + 1]", CASE_TYPE_SOCKET, MODEL_OK, false,
		  0x83 },
		{ "r7 = -4; r0 = *(u8 *)skb[r7 + 5]", CASE_TYPE_SOCKET, MODEL_OK, false, 0x81 },
		{ "r0 = *(u8 *)skb[-1]", CASE_TYPE_SOCKET, MODEL_OK, true, 0 },
		{ "r0 = *(u16 *)skb[-0x100000]", CASE_TYPE_SOCKET, MODEL_OK, false, 0x8081 },
		{ "r0 = *(u32 *)skb[-0x1ffff4]", CASE_TYPE_SOCKET, MODEL_OK, false, 0x8081 },
		{ "r0 = *(u32 *)skb[-0x200001]", CASE_TYPE_SOCKET, MODEL_OK, true, 0 },
		{ "r0 = *(u8 *)skb[0]; r0 = r1", CASE_TYPE_SOCKET, MODEL_UNDEFINED, false, 0 },
		{ "r6 += 1; r0 = *(u8 *)skb[0]", CASE_TYPE_SOCKET, MODEL_UNDEFINED, false, 0 },
		{ "r6 = 1; r0 = *(u8 *)skb[0]", CASE_TYPE_SOCKET, MODEL_UNDEFINED, false, 0 },
		{ "r0 = *(u64 *)(r6 + 0)", CASE_TYPE_SOCKET, MODEL_BAD_ACCESS, false, 0 },
		{ "r0 = *(u32 *)(r6 + 0)", CASE_TYPE_SOCKET, MODEL_OK, false, 48 },
		{ "r0 = *(u32 *)(r6 + 40)", CASE_TYPE_SOCKET, MODEL_OK, false, 1 },
		{ "r0 = *(u16 *)(r6 + 1)", CASE_TYPE_SOCKET, MODEL_BAD_ACCESS, false, 0 },
		{ "r0 = *(u32 *)(r6 + 44)", CASE_TYPE_SOCKET, MODEL_UNDEFINED, false, 0 },
		{ "*(u32 *)(r6 + 0) = 1; r0 = 2", CASE_TYPE_SOCKET, MODEL_BAD_ACCESS, false, 0 },
		{ "*(u64 *)(r6 + 48) = 5; r0 = *(u64 *)(r6 + 48)", CASE_TYPE_SOCKET, MODEL_OK,
		  false, 5 },
		{ "r0 = *(u32 *)(r6 + 48)", CASE_TYPE_SOCKET, MODEL_UNDEFINED, false, 0 },
		{ "*(u64 *)(r6 + 64) = 5; r0 = 2", CASE_TYPE_SOCKET, MODEL_BAD_ACCESS, false, 0 },
		{ "r1 = r6; call f\nr0 += 1\nfunc f args 1:\n r6 = r1; r0 = *(u8 *)skb[0]; exit",
		  CASE_TYPE_SOCKET, MODEL_OK, false, 0x81 },
		{ "r1 = r6; call f\nr0 += 1\nfunc f args 1:\n r6 = r1; r0 = *(u8 *)skb[48]; r0 = "
		  "7; exit",
		  CASE_TYPE_SOCKET, MODEL_OK, false, 1 },
		{ "r0 = *(u8 *)skb[0]", CASE_TYPE_SYSCALL, MODEL_BAD_INSN, false, 0 },
		{ "r0 = *(u8 *)(r6 + 0)", CASE_TYPE_RAW_TP, MODEL_OK, false, 0x80 },
		{ "*(u64 *)(r6 + 0) = 1", CASE_TYPE_RAW_TP, MODEL_BAD_ACCESS, false, 0 },
		{ "*(u64 *)(r6 + 0) = 1; r0 = 2", CASE_TYPE_SYSCALL, MODEL_OK, false, 2 },
		{ "r0 = *(u32 *)(r6 + 12)", CASE_TYPE_XDP, MODEL_OK, false, 1 },
		{ "r0 = *(u32 *)(r6 + 16)", CASE_TYPE_XDP, MODEL_OK, false, 0 },
		{ "r0 = *(u32 *)(r6 + 0)", CASE_TYPE_XDP, MODEL_UNDEFINED, false, 0 },
		{ "r0 = *(u16 *)(r6 + 12)", CASE_TYPE_XDP, MODEL_BAD_ACCESS, false, 0 },
		{ "r0 = *(u32 *)(r6 + 20)", CASE_TYPE_XDP, MODEL_BAD_ACCESS, false, 0 },
		{ "*(u32 *)(r6 + 12) = 1; r0 = 2", CASE_TYPE_XDP, MODEL_BAD_ACCESS, false, 0 },
		{ "r0 = *(u8 *)skb[0]", CASE_TYPE_XDP, MODEL_BAD_INSN, false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(progs); i++) {
		for (int order = 0; order < NR_ORDERS; order++) {
			static struct model_case m;
			enum model_stop stop;
			char why[128] = "";

			mc_init(&m, 0, 0, 32);
			m.c.type = progs[i].type;
			mc_ptr(&m, 6, REGION_CTX, 0);
			for (u32 k = 0; k < 48; k++)
				m.bytes[k] = 0x80 + k;
			CHECK(mc_text(&m, 0, progs[i].text), "%s", progs[i].text);
			stop = model_run(&m.c, 0, order, 64, &st, why);
			CHECK(stop == progs[i].stop, "%s: %s (%s)", progs[i].text,
			      model_stop_name(stop), why);
			if (!stop && progs[i].ends)
				CHECK(st.early_exit && !st.retval, "%s: goes on", progs[i].text);
			else if (!stop)
				CHECK(!st.early_exit && st.r[0] == progs[i].r0, "%s: %llx",
				      progs[i].text, (unsigned long long)st.r[0]);
			mc_free_text(&m);
		}
	}
}

/* What a run leaves behind does not change the next one. */
static void test_reuse(void)
{
	static struct model_case m;
	struct model_state fresh = { 0 };
	char why[128];

	mc_init(&m, 32, 32, 32);
	mc_ptr(&m, 1, REGION_MEM, 0);
	CHECK(mc_text(&m, 0,
		      "*(u64 *)(r1 + 0) = r2; *(u64 *)(r10 - 8) = r3; call f; r9 = r10\nfunc f:\n "
		      "r0 = 1; exit"),
	      "assembles");
	for (int i = 0; i < 3; i++)
		CHECK(!model_run(&m.c, 0, ORDER_BE, 64, &st, why), "%s", why);
	CHECK(!model_run(&m.c, 0, ORDER_BE, 64, &fresh, why), "%s", why);
	CHECK(!memcmp(fresh.r, st.r, sizeof(st.r)) && fresh.clobbered == 0x3e &&
		      st.clobbered == 0x3e,
	      "registers");
	CHECK(fresh.region[9] == REGION_STACK && !fresh.r[9], "r9 is r10");
	for (int r = REGION_MEM; r < NR_REGIONS; r++)
		CHECK(!memcmp(fresh.win[r], st.win[r], m.vecs.win_size[r]), "window %d", r);
	CHECK(fresh.steps == 6, "%u steps", fresh.steps);
	model_state_free(&fresh);
	model_state_free(&fresh);
	mc_free_text(&m);
}

static const struct test tests[] = {
	{ "model: programs", test_rows },
	{ "model: every reason to stop", test_stops },
	{ "model: a state is reused", test_reuse },
	{ "an arena", test_arena },
	{ "packets and contexts by type", test_packet },
};
TEST_MAIN(tests)
