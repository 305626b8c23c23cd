// SPDX-License-Identifier: GPL-2.0
/* What goes to the agent, and what comes back: nothing in a result is believed. */
#include <errno.h>
#include <stdlib.h>
#include "lib/util.h"
#include "session/request.h"
#include "session/survival.h"
#include "tests/unit/one_case.h"

static const char text[] = "case a\n\tmem 16\n\tctx 16\n\tprog\n\t\tr1 += r2\n\t\tr3 = "
			   "5\n\tend\n\tvec r1=1 r2=-1\n\tvec r1=3 r2=5\n";

static struct cases all;
static struct wrapper_prog prog;
static struct guest guest;
static struct request rq;
static u32 row; /* bytes of a vector in a dump */

/* A guest of @order that wants @flags; false: the text does not parse. */
static bool begin(enum byte_order order, u32 flags)
{
	struct model_state st = {};

	if (!cases_read(&all, text))
		return false;
	guest = (struct guest){
		.order = order, .word_bits = 64, .max_payload = WIRE_MAX_PAYLOAD, .io_size = 1 << 18
	};
	model_run(all.c[0], 0, order, 64, &st, NULL);
	wrapper_build((void *)all.c, 1, &st, WRAPPER_WIDE, 1000, 1 << 18, &prog);
	model_state_free(&st);
	rq = (struct request){ .engine = engine_by_name("jit"),
			       .prog = &prog,
			       .flags = flags,
			       .nr_vecs = 2,
			       .nr_survivors = 2 };
	row = 8 + prog.blocks[0].size + all.c[0]->vecs->win_size[REGION_CTX];
	return true;
}

static void end(void)
{
	free(guest.in.data);
	free(guest.out.data);
	wrapper_free(&prog);
	cases_free(&all);
}

static void put(u8 *at, u32 v)
{
	for (int i = 0; i < 4; i++)
		at[guest.order == ORDER_LE ? i : 3 - i] = v >> (8 * i);
}

#define FIELD(name) (offsetof(struct wire_result, name))
#define LOG_LEN	    11
#define XLATED	    24
#define JITED	    13
#define LINES	    2
#define FUNCS	    1

/* A sound answer with everything in it: its length; @p NULL: only that. */
static u32 answer(u8 *p)
{
	u32 dump = rq.flags & WIRE_DUMP ? 2 * row : 0;
	u32 len = sizeof(struct wire_result) + 8 + 16 + dump + XLATED + 16 +
		  LINES * sizeof(struct wire_line) + FUNCS * sizeof(struct wire_func);

	if (!p)
		return len;
	memset(p, 0x41, len);
	memset(p, 0, sizeof(struct wire_result));
	put(p + FIELD(engine), rq.engine->wire);
	put(p + FIELD(jited_len), 100);
	put(p + FIELD(survived), rq.nr_survivors);
	put(p + FIELD(nr_blocks), 1);
	put(p + FIELD(nr_vecs), 2);
	put(p + FIELD(log_len), LOG_LEN);
	put(p + FIELD(dump_len), dump);
	put(p + FIELD(xlated_dump), XLATED);
	put(p + FIELD(jited_dump), JITED);
	put(p + FIELD(nr_lines), LINES);
	put(p + FIELD(nr_funcs), FUNCS);
	return len;
}

/* In a buffer of exactly @len bytes, so that the sanitizer sees each byte read too much. */
static int parse(const u8 *data, u32 len, u32 type, struct reply *r)
{
	u8 *exact = xmalloc(len ? len : 1);
	struct guest_msg f = { .type = type, .seq = 1, .len = len, .data = exact };
	volatile u8 sum = 0;
	int ret;

	memcpy(exact, data, len);
	ret = reply_parse(&guest, &f, &rq, r);
	if (!ret) {
		for (u32 i = 0; i < 8 * r->nr_blocks; i++)
			sum += r->hashes[i];
		for (u32 i = 0; i < r->log_len; i++)
			sum += r->log[i];
		for (u32 i = 0; i < r->dump_len; i++)
			sum += r->dump[i];
		for (u32 i = 0; i < r->xlated_dump; i++)
			sum += r->xlated[i];
		for (u32 i = 0; i < r->jited_dump; i++)
			sum += r->jited[i];
		for (u32 i = 0; i < r->nr_lines * sizeof(struct wire_line); i++)
			sum += r->lines[i];
		for (u32 i = 0; i < r->nr_funcs * sizeof(struct wire_func); i++)
			sum += r->funcs[i];
		for (u32 i = 0; i < r->nr_edges * sizeof(u16); i++)
			sum += r->edges[i];
	}
	free(exact);
	return ret;
}

static void test_sound(void)
{
	for (int order = 0; order < NR_ORDERS; order++) {
		u8 data[4096];
		struct reply r;
		u32 len;

		if (!begin(order, WIRE_DUMP))
			return;
		len = answer(data);
		CHECK(!parse(data, len, WIRE_RESULT, &r), "refused");
		CHECK(r.survived && r.jited_len == 100 && r.log_len == LOG_LEN &&
			      r.dump_len == 2 * row,
		      "%u %u", r.log_len, r.dump_len);
		put(data + FIELD(survived), 1);
		CHECK(!parse(data, len, WIRE_RESULT, &r) && !r.survived && r.survivors == 1,
		      "an insn did not survive");
		end();
	}
}

static void test_lies(void)
{
	static const struct {
		const char *what;
		u32 field, value;
	} lies[] = {
		{ "stage", FIELD(stage), 8 },
		{ "errno", FIELD(err), 4096 },
		{ "engine", FIELD(engine), WIRE_INTERP },
		{ "more survivors than asked for", FIELD(survived), 3 },
		{ "no blocks", FIELD(nr_blocks), 0 },
		{ "more blocks", FIELD(nr_blocks), 2 },
		{ "blocks that wrap around", FIELD(nr_blocks), 0x20000001 },
		{ "vectors", FIELD(nr_vecs), 3 },
		{ "log behind the end", FIELD(log_len), 4096 },
		{ "log that wraps around", FIELD(log_len), 0xffffffff },
		{ "log whose padding wraps around", FIELD(log_len), 0xfffffff9 },
		{ "dump of another size", FIELD(dump_len), 8 },
		{ "no dump", FIELD(dump_len), 0 },
		{ "dump behind the end", FIELD(dump_len), 0x7fffffff },
		{ "translated program", FIELD(xlated_dump), 4096 },
		{ "native code", FIELD(jited_dump), 17 },
		{ "more lines than instructions", FIELD(nr_lines), 1000 },
		{ "lines behind the end", FIELD(nr_lines), LINES + 2 },
		{ "lines that wrap around", FIELD(nr_lines), 0x10000001 },
		{ "functions behind the end", FIELD(nr_funcs), FUNCS + 1 },
		{ "more functions than there can be", FIELD(nr_funcs), WIRE_MAX_FUNCS + 1 },
		{ "functions that wrap around", FIELD(nr_funcs), 0x10000001 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		u8 data[4096];
		struct reply r;
		u32 len;

		if (!begin(i & 1 ? ORDER_BE : ORDER_LE, WIRE_DUMP))
			return;
		len = answer(data);
		put(data + lies[i].field, lies[i].value);
		CHECK(parse(data, len, WIRE_RESULT, &r) == -EBADMSG, "%s", lies[i].what);
		end();
	}
}

static void test_truncated(void)
{
	u8 data[4096];
	struct reply r;
	u32 len;

	if (!begin(ORDER_LE, WIRE_DUMP))
		return;
	len = answer(data);
	for (u32 n = 0; n < len; n++)
		CHECK(parse(data, n, WIRE_RESULT, &r) == -EBADMSG, "%u of %u bytes", n, len);
	CHECK(parse(data, len, WIRE_VECTORS, &r) == -EBADMSG, "not a result");
	end();
}

static void test_random(void)
{
	u8 good[4096], data[4096];
	u32 len, sound = 0;
	struct reply r;

	srand(1);
	if (!begin(ORDER_LE, WIRE_DUMP))
		return;
	len = answer(good);
	for (int i = 0; i < 100000; i++) {
		memcpy(data, good, len);
		for (int n = rand() % 3; n >= 0; n--)
			data[rand() % sizeof(struct wire_result)] =
				rand() % 3 ? rand() : rand() % 2 * 0xff;
		sound += !parse(data, rand() % 4 ? len : rand() % (len + 1), WIRE_RESULT, &r);
	}
	CHECK(sound > 100 && sound < 100000, "%u of them are sound", sound);
	end();
}

/* What is sent: whole words, in the guest's order, and not beyond its limit. */
static void test_send(void)
{
	for (int order = 0; order < NR_ORDERS; order++) {
		u32 sent;

		if (!begin(order, 0))
			return;
		CHECK(!request_send_set(&guest, 3, all.c[0]->vecs), "set");
		sent = guest.out.len;
		CHECK(guest_u32(&guest, guest.out.data) == WIRE_MAGIC &&
			      guest_u32(&guest, guest.out.data + 4) == WIRE_VECTORS,
		      "header");
		CHECK(guest_u32(&guest, guest.out.data + 12) + sizeof(struct wire_hdr) == sent,
		      "length");
		CHECK(!request_send_run(&guest, 7, &rq), "run");
		CHECK(guest_u32(&guest, guest.out.data + sent + 8) == 7, "seq");
		CHECK(rq.nr_survivors == 2, "%u survivors", rq.nr_survivors);
		guest.max_payload = 64;
		CHECK(request_send_run(&guest, 8, &rq) == -EMSGSIZE, "beyond the limit");
		CHECK(request_send_set(&guest, 4, all.c[0]->vecs) == -EMSGSIZE, "beyond the limit");
		end();
	}
}

/* A record for every instruction, in order, whose line is its slot; none where the guest has no
 * BTF. */
static void test_lines(void)
{
	for (int order = 0; order < NR_ORDERS; order++) {
		const struct code *code;
		const u8 *p, *last;
		u32 slots = 0;

		if (!begin(order, WIRE_LINFO))
			return;
		code = &prog.progs[0];
		for (u32 i = 0; i < code->cnt; i += 1 + insn_is_wide(&code->insns[i]))
			slots++;
		guest.have[CAP_BTF] = true;
		CHECK(!request_send_run(&guest, 1, &rq), "run");
		p = guest.out.data + sizeof(struct wire_hdr) + sizeof(struct wire_run) +
		    sizeof(struct wire_block) + rq.nr_survivors * sizeof(struct wire_survivor);
		CHECK(guest_u32(&guest, p) == code->cnt && guest_u32(&guest, p + 4) &&
			      guest_u32(&guest, p + 8) == 1,
		      "program");
		CHECK(guest_u32(&guest, p + 12) == slots, "%u lines, expected %u",
		      guest_u32(&guest, p + 12), slots);
		last = guest.out.data + guest.out.len - sizeof(struct wire_line_info);
		CHECK(guest_u32(&guest, last) == code->cnt - 1 &&
			      guest_u32(&guest, last + 12) >> 10 == code->cnt - 1,
		      "the last line");

		guest.out.len = 0;
		guest.have[CAP_BTF] = false;
		CHECK(!request_send_run(&guest, 2, &rq), "run");
		CHECK(!guest_u32(&guest, p + 4) && !guest_u32(&guest, p + 8) &&
			      !guest_u32(&guest, p + 12),
		      "no BTF");
		end();
	}
}

static void test_survival(void)
{
	static const struct {
		struct insn insn;
		bool kept;
		u8 off_mask, imm_mask;
	} rows[] = {
		{ { .code = BPF_ALU64 | BPF_ADD | BPF_X, .dst = 1, .src = 2 }, true, 0xff, 0xff },
		{ { .code = BPF_ALU64 | BPF_DIV | BPF_X, .dst = 1, .src = 2, .off = 1 },
		  true,
		  0xff,
		  0xff },
		{ { .code = BPF_ALU64 | BPF_DIV | BPF_K, .dst = 1, .off = 1, .imm = -1 },
		  false,
		  0,
		  0 },
		{ { .code = BPF_JMP | BPF_JEQ | BPF_K, .dst = 1, .off = 5, .imm = 9 },
		  true,
		  0,
		  0xff },
		{ { .code = BPF_JMP | BPF_JA, .off = 0 }, false, 0, 0 },
		{ { .code = BPF_JMP | BPF_CALL, .imm = 5 }, false, 0, 0 },
		{ { .code = BPF_JMP | BPF_CALL, .src = BPF_PSEUDO_CALL, .imm = 5 }, true, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		u8 value[INSN_SIZE], mask[INSN_SIZE];
		bool kept = insn_survivor(&rows[i].insn, ORDER_LE, value, mask);

		CHECK(kept == rows[i].kept, "row %zu", i);
		if (kept)
			CHECK(mask[0] == 0xff && mask[2] == rows[i].off_mask &&
				      mask[4] == rows[i].imm_mask,
			      "row %zu", i);
	}
}

static void test_edges(void)
{
	u8 data[4096];
	struct reply r;
	u32 len;

	if (!begin(ORDER_BE, WIRE_COVER))
		return;
	len = answer(data);
	memset(data + len, 0x17, 8);
	put(data + FIELD(nr_edges), 3);
	put(data + FIELD(nr_pcs), 9);
	CHECK(!parse(data, len + 8, WIRE_RESULT, &r) && r.nr_edges == 3 && r.nr_pcs == 9, "%u",
	      r.nr_edges);
	put(data + FIELD(nr_edges), 5);
	CHECK(parse(data, len + 8, WIRE_RESULT, &r) == -EBADMSG, "behind the end");
	put(data + FIELD(nr_edges), WIRE_MAX_EDGES + 1);
	CHECK(parse(data, len + 8, WIRE_RESULT, &r) == -EBADMSG, "more than there are");
	put(data + FIELD(nr_edges), 0x80000001);
	CHECK(parse(data, len + 8, WIRE_RESULT, &r) == -EBADMSG, "as many as wrap around");
	rq.flags = 0;
	put(data + FIELD(nr_edges), 3);
	CHECK(parse(data, len + 8, WIRE_RESULT, &r) == -EBADMSG, "not asked for");
	end();
}

static const struct test tests[] = {
	{ "a sound result", test_sound },
	{ "results that lie", test_lies },
	{ "truncated at every byte", test_truncated },
	{ "random damage", test_random },
	{ "requests", test_send },
	{ "line_info", test_lines },
	{ "edges", test_edges },
	{ "survival check", test_survival },
};

TEST_MAIN(tests)
