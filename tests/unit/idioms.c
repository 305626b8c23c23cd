// SPDX-License-Identifier: GPL-2.0
/* Native code of JITs: what is atomic and ordered as it must be, and what lacks a piece. */
#include <errno.h>
#include <string.h>
#include "lib/bytes.h"
#include "lib/util.h"
#include "native/idioms.h"
#include "native/native.h"
#include "native/pads.h"
#include "tests/test.h"

/* Instructions as numbers, in the order of their bytes on the page; size 0 ends a list. */
struct code {
	u8 size;
	u64 bytes;
};

#define MAX_CODE    10
#define MAX_DEMANDS 4

#define NONE NR_DEMANDS

static const struct check {
	const char *arch, *what;
	enum byte_order order; /* of an instruction */
	struct code code[MAX_CODE];
	enum demand demands[MAX_DEMANDS + 1]; /* ends with NONE */
	int unmet;			      /* the demand that is not met, or -1 */
	const char *found;
} checks[] = {
#define X86(n, v)    \
	{            \
		n, v \
	}
	{ "x86_64",
	  "lock add, lock xadd",
	  ORDER_BE,
	  { X86(3, 0x488b07), X86(4, 0xf0480137), X86(5, 0xf0480fc137) },
	  { DEMAND_ATOMIC, DEMAND_ORDERED, NONE },
	  -1,
	  NULL },
	{ "x86_64",
	  "lock cmpxchg, xchg, loads and stores",
	  ORDER_BE,
	  { X86(5, 0xf0480fb137), X86(3, 0x488737), X86(3, 0x488b07), X86(3, 0x488907) },
	  { DEMAND_CMPXCHG, DEMAND_ORDERED, DEMAND_ACQUIRE, DEMAND_RELEASE, NONE },
	  -1,
	  NULL },
	{ "x86_64",
	  "xchg of registers locks nothing",
	  ORDER_BE,
	  { X86(3, 0x4887f7) },
	  { DEMAND_ORDERED, NONE },
	  0,
	  "nothing" },
	{ "x86_64",
	  "no lock",
	  ORDER_BE,
	  { X86(5, 0xf0480fc137), X86(3, 0x480137) },
	  { DEMAND_ORDERED, DEMAND_ATOMIC, NONE },
	  1,
	  "nothing" },
	{ "x86_64", "an atomic too many", ORDER_BE, { X86(4, 0xf0480137) }, { NONE }, 0, "locked" },
	{ "x86_64",
	  "lfence",
	  ORDER_BE,
	  { X86(3, 0x0faee8), X86(4, 0xf0480137), X86(3, 0x0faee8) },
	  { DEMAND_NOSPEC, DEMAND_ATOMIC, NONE },
	  -1,
	  NULL },
	{ "x86_64",
	  "no lfence",
	  ORDER_BE,
	  { X86(4, 0xf0480137) },
	  { DEMAND_NOSPEC, DEMAND_ATOMIC, NONE },
	  0,
	  "locked" },

#define W(v)         \
	{            \
		4, v \
	}
	{ "arm64",
	  "LSE",
	  ORDER_LE,
	  { W(0xf821001f), W(0xf8e10001), W(0xf8e18001), W(0xc8e1fc02) },
	  { DEMAND_ATOMIC, DEMAND_ORDERED, DEMAND_ORDERED, DEMAND_CMPXCHG, NONE },
	  -1,
	  NULL },
	{ "arm64",
	  "ldadda without release",
	  ORDER_LE,
	  { W(0xf8a10001) },
	  { DEMAND_ORDERED, NONE },
	  0,
	  "lse" },
	{ "arm64",
	  "LL/SC",
	  ORDER_LE,
	  { W(0xc85f7c01), W(0xc8027c03), W(0x35ffffa2), W(0xc85f7c01), W(0xc802fc03),
	    W(0x35ffffa2), W(0xd5033bbf) },
	  { DEMAND_ATOMIC, DEMAND_ORDERED, NONE },
	  -1,
	  NULL },
	{ "arm64",
	  "no dmb",
	  ORDER_LE,
	  { W(0xc85f7c01), W(0xc802fc03), W(0x35ffffa2) },
	  { DEMAND_ORDERED, NONE },
	  0,
	  "ldxr stlxr" },
	{ "arm64",
	  "stxr, not stlxr",
	  ORDER_LE,
	  { W(0xc85f7c01), W(0xc8027c03), W(0xd5033bbf) },
	  { DEMAND_CMPXCHG, NONE },
	  0,
	  "ldxr stxr dmb_ish" },
	{ "arm64",
	  "load_acquire, store_release",
	  ORDER_LE,
	  { W(0xc8dffc01), W(0x08dffc01), W(0xc89ffc01) },
	  { DEMAND_ACQUIRE, DEMAND_ACQUIRE, DEMAND_RELEASE, NONE },
	  -1,
	  NULL },
	{ "arm64",
	  "a plain load",
	  ORDER_LE,
	  { W(0xf9400001) },
	  { DEMAND_ACQUIRE, NONE },
	  0,
	  "nothing" },
	{ "arm64",
	  "both barriers against speculation",
	  ORDER_LE,
	  { W(0xd50330ff), W(0xd503379f), W(0xd5033fdf) },
	  { DEMAND_NOSPEC, DEMAND_NOSPEC, NONE },
	  -1,
	  NULL },
	{ "arm64",
	  "no barrier",
	  ORDER_LE,
	  { W(0xd65f03c0) },
	  { DEMAND_NOSPEC, NONE },
	  0,
	  "nothing" },

	{ "riscv64",
	  "amo",
	  ORDER_LE,
	  { W(0x00a5b02f), W(0x06a5b52f) },
	  { DEMAND_ATOMIC, DEMAND_ORDERED, NONE },
	  -1,
	  NULL },
	{ "riscv64",
	  "amo without aq and rl",
	  ORDER_LE,
	  { W(0x00a5b52f) },
	  { DEMAND_ORDERED, NONE },
	  0,
	  "amo" },
	{ "riscv64",
	  "lr, sc",
	  ORDER_LE,
	  { W(0x1005b52f), W(0x1ac5be2f), W(0x0330000f) },
	  { DEMAND_CMPXCHG, NONE },
	  -1,
	  NULL },
	{ "riscv64",
	  "amocas",
	  ORDER_LE,
	  { W(0x2ec5b52f), W(0x28c5b52f) },
	  { DEMAND_CMPXCHG, DEMAND_CMPXCHG, NONE },
	  1,
	  "amo" },
	{ "riscv64",
	  "no fence",
	  ORDER_LE,
	  { W(0x1005b52f), W(0x1ac5be2f) },
	  { DEMAND_CMPXCHG, NONE },
	  0,
	  "lr sc_rl" },
	{ "riscv64",
	  "fences",
	  ORDER_LE,
	  { W(0x0230000f), W(0x0310000f) },
	  { DEMAND_ACQUIRE, DEMAND_RELEASE, NONE },
	  -1,
	  NULL },
	{ "riscv64",
	  "the wrong fence",
	  ORDER_LE,
	  { W(0x0230000f) },
	  { DEMAND_RELEASE, NONE },
	  0,
	  "nothing" },

	{ "mipsel",
	  "ll, sc of 32 bits, a call of 64, a call of a helper",
	  ORDER_LE,
	  { W(0xc0880000), W(0xe0880000), W(0x0320f809), W(0x00000000), W(0x0320f809) },
	  { DEMAND_ATOMIC, DEMAND_ORDERED | DEMAND_WIDE, NONE },
	  -1,
	  NULL },
	{ "mipsel",
	  "a call of 32 bits",
	  ORDER_LE,
	  { W(0x0320f809), W(0x00000000) },
	  { DEMAND_ATOMIC, NONE },
	  0,
	  "nothing" },
	{ "mipsel",
	  "no call of 64 bits",
	  ORDER_LE,
	  { W(0xc0880000), W(0xe0880000) },
	  { DEMAND_ATOMIC | DEMAND_WIDE, NONE },
	  0,
	  "ll sc" },

	{ "s390x",
	  "laal, laal and bcr, csg",
	  ORDER_BE,
	  { { 6, 0xeb22300000fa }, { 6, 0xeb22300000ea }, { 2, 0x07e0 }, { 6, 0xeb2430000030 } },
	  { DEMAND_ATOMIC, DEMAND_ORDERED, DEMAND_CMPXCHG, NONE },
	  -1,
	  NULL },
	{ "s390x",
	  "no bcr",
	  ORDER_BE,
	  { { 6, 0xeb22300000ea }, { 2, 0x07fe } },
	  { DEMAND_ORDERED, NONE },
	  0,
	  "la_op" },
	{ "s390x",
	  "a literal behind the code that reads as cs",
	  ORDER_BE,
	  { { 6, 0xeb22300000ea }, { 2, 0x07e0 }, { 2, 0x07fe }, { 4, 0xba123000 } },
	  { DEMAND_ORDERED, NONE },
	  -1,
	  NULL },
	{ "s390x",
	  "no bcr before another one that has it",
	  ORDER_BE,
	  { { 6, 0xeb22300000ea }, { 6, 0xeb22300000ea }, { 2, 0x07e0 } },
	  { DEMAND_ORDERED, DEMAND_ORDERED, NONE },
	  1,
	  "nothing" },
	{ "s390x",
	  "a load and a store are no atomic",
	  ORDER_BE,
	  { { 6, 0xe32030000004 }, { 6, 0xe32030000024 } },
	  { DEMAND_ATOMIC, NONE },
	  0,
	  "nothing" },

	{ "ppc64le",
	  "larx, stcx",
	  ORDER_LE,
	  { W(0x7d2a18a8), W(0x7d2a19ad), W(0x7c0004ac), W(0x7d2a18a8), W(0x7d2a19ad),
	    W(0x7c0004ac) },
	  { DEMAND_ATOMIC, DEMAND_ORDERED, NONE },
	  -1,
	  NULL },
	{ "ppc64le",
	  "no sync behind",
	  ORDER_LE,
	  { W(0x7c0004ac), W(0x7d2a18a8), W(0x7d2a19ad) },
	  { DEMAND_ORDERED, NONE },
	  0,
	  "larx stcx" },
	{ "ppc64le",
	  "no sync before",
	  ORDER_LE,
	  { W(0x7d2a18a8), W(0x7d2a19ad), W(0x7c0004ac) },
	  { DEMAND_ORDERED, NONE },
	  0,
	  "larx stcx sync" },
	{ "ppc64le", "lwsync", ORDER_LE, { W(0x7c2004ac) }, { DEMAND_ACQUIRE, NONE }, -1, NULL },
};

static u32 assemble(const struct check *c, u8 *out)
{
	u32 size = 0;

	for (u32 i = 0; i < MAX_CODE && c->code[i].size; i++) {
		for (u32 k = 0; k < c->code[i].size; k++) {
			u32 shift = c->order == ORDER_BE ? c->code[i].size - 1 - k : k;

			out[size++] = c->code[i].bytes >> (8 * shift);
		}
	}
	return size;
}

static void test_idioms(void)
{
	char why[NATIVE_TEXT];

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		const struct check *c = &checks[i];
		struct unmet unmet = { .nr = -1 };
		u8 code[6 * MAX_CODE];
		u32 cnt = 0, size = assemble(c, code);
		int ret;

		if (native_why_not(c->arch, why))
			continue;
		while (c->demands[cnt] != NONE)
			cnt++;
		ret = idioms_check(c->arch, code, size, c->demands, cnt, &unmet);
		CHECK(ret == (c->unmet < 0 ? 0 : -EILSEQ), "%s %s: %d (%s)", c->arch, c->what, ret,
		      ret ? unmet.found : "");
		if (ret)
			CHECK((int)unmet.nr == c->unmet && c->found &&
				      !strcmp(unmet.found, c->found),
			      "%s %s: demand %u, found %s", c->arch, c->what, unmet.nr,
			      unmet.found);
	}
}

static void test_unknown(void)
{
	const enum demand demand = DEMAND_ATOMIC;
	const u8 code[4] = { 0 };
	struct unmet unmet;

	CHECK(idioms_check("m68k", code, 4, &demand, 1, &unmet) == -ENOTSUP, "m68k");
}

static int add_off(void *ctx, u32 off)
{
	u32 *seen = ctx;

	seen[1 + seen[0]++] = off;
	return 0;
}

static void test_pads(void)
{
	/* endbr64; nop5; nop3; push %rbp; mov %rsp, %rbp; endbr64; what FineIBT leaves of one; ret
	 */
	static const u8 x86[] = { 0xf3, 0x0f, 0x1e, 0xfa, 0x0f, 0x1f, 0x44, 0x00, 0x00,
				  0x0f, 0x1f, 0x00, 0x55, 0x48, 0x89, 0xe5, 0xf3, 0x0f,
				  0x1e, 0xfa, 0x0f, 0x1f, 0x40, 0xd6, 0xc3 };
	/* bti jc; nop; bti j; ret */
	static const u8 arm64[] = { 0xdf, 0x24, 0x03, 0xd5, 0x1f, 0x20, 0x03, 0xd5,
				    0x9f, 0x24, 0x03, 0xd5, 0xc0, 0x03, 0x5f, 0xd6 };
	u32 seen[8] = { 0 };

	CHECK(!native_pads("x86_64", x86, sizeof(x86), add_off, seen) && seen[0] == 3 && !seen[1] &&
		      seen[2] == 16 && seen[3] == 20,
	      "x86_64: %u pads at %u %u %u", seen[0], seen[1], seen[2], seen[3]);
	seen[0] = 0;
	CHECK(!native_pads("arm64", arm64, sizeof(arm64), add_off, seen) && seen[0] == 2 &&
		      !seen[1] && seen[2] == 8,
	      "arm64: %u pads at %u %u", seen[0], seen[1], seen[2]);
	CHECK(native_pads("s390x", x86, sizeof(x86), add_off, seen) == -ENOTSUP, "s390x");
}

static const struct test tests[] = {
	{ "idioms", test_idioms },
	{ "an arch without a table", test_unknown },
	{ "landing pads", test_pads },
};

TEST_MAIN(tests)
