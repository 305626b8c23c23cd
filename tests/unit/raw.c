// SPDX-License-Identifier: GPL-2.0
/* What the raw route can be asked for: by the shape of a case, and by what its vectors lead to. */
#include <stdlib.h>
#include <string.h>
#include "lib/util.h"
#include "session/raw.h"
#include "tests/unit/one_case.h"

static void test_shape(void)
{
	static const struct {
		const char *text, *why; /* NULL: it can */
	} rows[] = {
		{ "case a\n\tprog\n\t\tr1 += r2\n\tend\n", NULL },
		{ "case a\n\tmem 8\n\tprog\n\t\tr1 = &mem + 0 ll\n\t\tr2 = 0x123456789abcdef0 "
		  "ll\n\tend\n",
		  NULL },
		{ "case a\n\tctx 8\n\tptr r1 = ctx\n\tprog\n\t\tr2 = *(u64 *)(r1 + 0)\n\tend\n",
		  NULL },
		{ "case a\n\tprog\n\t\tr10 = 1\n\tend\n\treject EACCES\n", "no verifier" },
		{ "case a\n\tprog\n\t\tcall 5\n\tend\n\tout r6\n", "no helpers" },
		{ "case a\n\tprog\n\t\tcall checkjit_u8x1\n\tend\n\tout r6\n", "no kfuncs" },
		{ "case a\n\tprog\n\t\tcall f\n\tfunc f args 1:\n\t\tr0 = 1\n\t\texit\n\tend\n",
		  NULL },
		{ "case a\n\tmap m array 4 8 1\n\tprog\n\t\tr1 = &m ll\n\tend\n\tout r6\n",
		  "no maps" },
		{ "case a\n\tprog\n\t\tmay_goto next\n\tnext:\n\t\tr1 = 1\n\tend\n",
		  "no may_goto" },
		{ "case a\n\tprog\n\t\t*(u64 *)(r11 - 8) = r6\n\t\tcall f\n\tfunc f args "
		  "6:\n\t\tr0 = "
		  "*(u64 *)(r11 + 8)\n\t\texit\n\tend\n",
		  "no stack arguments" },
		{ "case a\n\tneeds rnd_hi32\n\tprog\n\t\tw1 = 1\n\tend\n", "BPF_F_TEST_RND_HI32" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bpf_case *c = one_case(rows[i].text);
		const char *why = c ? raw_lacks(c, true) : "not parsed";

		CHECK(rows[i].why ? why && strstr(why, rows[i].why) : !why, "%s: %s", rows[i].text,
		      why ? why : "can");
		bpf_case_free(c);
	}
}

static void test_interpreter(void)
{
	struct bpf_case *plain = one_case("case a\n\tprog\n\t\tr1 += r2\n\tend\n"),
			*calls = one_case("case a\n\tprog\n\t\tcall f\n\tfunc f args 1:\n\t\tr0 = "
					  "1\n\t\texit\n\tend\n");
	const char *why = raw_lacks(calls, false);

	CHECK(!raw_lacks(plain, false), "it runs what has no calls");
	CHECK(why && strstr(why, "no subprograms"), "%s", why ? why : "can");
	bpf_case_free(plain);
	bpf_case_free(calls);
}

static void test_vectors(void)
{
	static const struct {
		const char *insn, *vecs;
		u32 first, n;
		const char *why;
	} rows[] = {
		{ "r3 /= r4", "vec r3=7 r4=2", 0, 1, NULL },
		{ "r3 /= r4", "vec r3=7 r4=0", 0, 1, "division by 0" },
		{ "r3 /= r4", "vec r3=7 r4=2\n\tvec r3=7 r4=0", 0, 1, NULL },
		{ "r3 /= r4", "vec r3=7 r4=2\n\tvec r3=7 r4=0", 1, 1, "division by 0" },
		{ "r3 %= r4", "vec r3=7 r4=0x100000000", 0, 1, NULL },
		{ "w3 %= w4", "vec r3=7 r4=0x100000000", 0, 1, "division by 0" },
		{ "r3 s/= r4", "vec r3=0x8000000000000000 r4=-1", 0, 1, "smallest number" },
		{ "r3 s%= -1", "vec r3=0x8000000000000000", 0, 1, "smallest number" },
		{ "r3 /= r4", "vec r3=0x8000000000000000 r4=-1", 0, 1, NULL },
		{ "w3 s/= w4", "vec r3=0x8000000000000000 r4=-1", 0, 1, NULL },
		{ "w3 s/= w4", "vec r3=0x1280000000 r4=0xffffffff", 0, 1, "smallest number" },
		{ "r3 s/= r4", "vec r3=0x80000000 r4=-1", 0, 1, NULL },
		{ "w0 = cmpxchg32_32(r6 + 0, w0, w4)", "vec r0=0x80000000", 0, 1, NULL },
		{ "w0 = cmpxchg32_32(r6 + 0, w0, w4)", "vec r0=0x100000000", 0, 1, "cmpxchg" },
		{ "r0 = cmpxchg_64(r6 + 0, r0, r4)", "vec r0=0x100000000", 0, 1, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *text =
			xasprintf("case a\n\tmem 8\n\tptr r6 = mem\n\tprog\n\t\t%s\n\tend\n\t%s\n",
				  rows[i].insn, rows[i].vecs);
		struct bpf_case *c = one_case(text);
		char *why = c ? raw_unchecked(c, rows[i].first, rows[i].n, ORDER_LE, 64)
			      : xstrdup("not parsed");

		CHECK(rows[i].why ? why && strstr(why, rows[i].why) : !why, "%s: %s", text,
		      why ? why : "guarded by itself");
		bpf_case_free(c);
		free(why);
		free(text);
	}
}

static const struct test tests[] = {
	{ "what the shape of a case forbids", test_shape },
	{ "what only a JIT can run", test_interpreter },
	{ "what its vectors lead to", test_vectors },
};

TEST_MAIN(tests)
