// SPDX-License-Identifier: GPL-2.0
/* Known bytes of each arch, with the wide, the compressed and the prefixed among them; and bytes
 * that are none. */
#include <errno.h>
#include <stdlib.h>
#include "lib/util.h"
#include "native/native.h"
#include "tests/test.h"

#define MAX_LINES 8

static const struct known {
	const char *arch;
	u64 addr;
	u32 size;
	u8 code[32];
	struct {
		u32 len;
		const char *text;
	} lines[MAX_LINES];
} known[] = {
	{ "x86_64",
	  0,
	  13,
	  { 0x48, 0x01, 0xd0, 0x4d, 0x89, 0xc7, 0xeb, 0x02, 0x31, 0xc0, 0x41, 0x5f, 0xc3 },
	  { { 3, "addq    %rdx, %rax" },
	    { 3, "movq    %r8, %r15" },
	    { 2, "jmp     0xa" },
	    { 2, "xorl    %eax, %eax" },
	    { 2, "popq    %r15" },
	    { 1, "retq" } } },
	{ "arm64",
	  0x1000,
	  12,
	  { 0x00, 0x00, 0x02, 0x8b, 0x40, 0x00, 0x00, 0x54, 0xc0, 0x03, 0x5f, 0xd6 },
	  { { 4, "add     x0, x0, x2" }, { 4, "b.eq    #0x100c" }, { 4, "ret" } } },
	{ "riscv32",
	  0x100,
	  16,
	  { 0x2e, 0x95, 0x33, 0x05, 0xb5, 0x40, 0x13, 0x16, 0x85, 0x00, 0x63, 0xc8, 0x02, 0x00,
	    0x19, 0xa0 },
	  { { 2, "c.add   a0, a1" },
	    { 4, "sub     a0, a0, a1" },
	    { 4, "slli    a2, a0, 8" },
	    { 4, "bltz    t0, 0x11a" },
	    { 2, "c.j     0x114" } } },
	{ "s390x",
	  0,
	  12,
	  { 0xb9, 0x08, 0x00, 0x23, 0xc0, 0x19, 0x12, 0x34, 0x56, 0x78, 0x07, 0xfe },
	  { { 4, "agr     %r2, %r3" }, { 6, "iilf    %r1, 0x12345678" }, { 2, "br      %r14" } } },
	{ "mips",
	  0,
	  8,
	  { 0x00, 0x44, 0x10, 0x21, 0x03, 0xe0, 0x00, 0x08 },
	  { { 4, "addu    $v0, $v0, $a0" }, { 4, "jr      $ra" } } },
	{ "ppc64",
	  0,
	  8,
	  { 0x38, 0x60, 0x00, 0x01, 0x4e, 0x80, 0x00, 0x20 },
	  { { 4, "li      r3, 1" }, { 4, "blr" } } },
	{ "m68k",
	  0,
	  10,
	  { 0xd0, 0x81, 0x20, 0x3c, 0x12, 0x34, 0x56, 0x78, 0x4e, 0x75 },
	  { { 2, "add.l   d1, d0" }, { 6, "move.l  #$12345678, d0" }, { 2, "rts" } } },
};

struct seen {
	const struct known *k;
	u32 cnt, off;
};

static int compare(void *ctx, u32 off, u32 len, const char *text)
{
	struct seen *s = ctx;
	u32 i = s->cnt++;

	CHECK(off == s->off, "%s: %u, expected %u", s->k->arch, off, s->off);
	s->off = off + len;
	if (i >= MAX_LINES || !s->k->lines[i].text) {
		CHECK(0, "%s: one too many: %s", s->k->arch, text);
		return 0;
	}
	CHECK(len == s->k->lines[i].len && !strcmp(text, s->k->lines[i].text),
	      "%s: %u '%s', expected %u '%s'", s->k->arch, len, text, s->k->lines[i].len,
	      s->k->lines[i].text);
	return 0;
}

static void test_known(void)
{
	char why[NATIVE_TEXT];

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct seen s = { .k = &known[i] };

		if (native_why_not(known[i].arch, why)) {
			CHECK(strstr(why, "capstone 4") && !strcmp(known[i].arch, "riscv32"), "%s",
			      why);
			continue;
		}
		CHECK(!native_disasm(known[i].arch, known[i].code, known[i].size, known[i].addr,
				     compare, &s),
		      "%s", known[i].arch);
		CHECK(s.off == known[i].size, "%s: %u of %u bytes", known[i].arch, s.off,
		      known[i].size);
	}
}

static int count(void *ctx, u32 off, u32 len, const char *text)
{
	u32 *sum = ctx;

	CHECK(off == *sum && len && len <= 8 * sizeof(u64) && text[0], "%u + %u: '%s'", off, len,
	      text);
	*sum += len;
	return 0;
}

/* Whatever the bytes are: each of them is in one instruction, and none behind the end is read. */
static void test_noise(void)
{
	srand(1);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		for (u32 size = 0; size < 200; size++) {
			u8 *code = xmalloc(size + 1), *exact = NULL;
			u32 sum = 0;

			for (u32 k = 0; k < size; k++)
				code[k] = rand();
			exact = size ? xmemdup(code, size) : NULL;
			if (native_disasm(known[i].arch, exact, size, 0, count, &sum) != -ENOTSUP)
				CHECK(sum == size, "%s: %u of %u bytes", known[i].arch, sum, size);
			free(exact);
			free(code);
		}
	}
}

static int stop(void *ctx, u32 off, u32 len, const char *text)
{
	(void)len;
	(void)text;
	++*(u32 *)ctx;
	return off ? -ECANCELED : 0;
}

static void test_ends(void)
{
	char why[NATIVE_TEXT];
	u32 calls = 0;

	CHECK(native_disasm("x86_64", known[0].code, known[0].size, 0, stop, &calls) ==
			      -ECANCELED &&
		      calls == 2,
	      "%u calls", calls);
	CHECK(native_disasm("pdp11", known[0].code, known[0].size, 0, stop, &calls) == -ENOTSUP &&
		      calls == 2,
	      "an unknown arch");
	CHECK(native_why_not("pdp11", why) && strstr(why, "no disassembler for pdp11"), "%s", why);
	CHECK(!native_why_not("x86_64", why), "%s", why);
}

static const struct test tests[] = {
	{ "known bytes", test_known },
	{ "noise", test_noise },
	{ "where it ends", test_ends },
};

TEST_MAIN(tests)
