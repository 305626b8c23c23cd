// SPDX-License-Identifier: GPL-2.0
/* Where native code came from, as a guest tells it: believed where it makes sense, and never beyond
 * the code. */
#include <stdlib.h>
#include "lib/bytes.h"
#include "lib/util.h"
#include "explain/translation.h"
#include "session/xlated.h"
#include "tests/unit/one_case.h"

static const char text[] = "case a\n\tprog\n\t\tr1 += r2\n\t\tr3 = 5\n\tend\n\tvec r1=1 r2=-1\n";

#define SLOTS 20  /* of the translated program */
#define CODE  100 /* bytes of native code */

static struct cases all;
static struct guest guest;

struct line {
	u32 insn, slot;
	u64 addr;
};

struct func_row {
	u64 addr;
	u32 len;
};

/* A translation out of these tables, in exact buffers. False: the text does not parse. */
static bool begin(struct translation *t, enum byte_order order, const struct line *lines,
		  u32 nlines, const struct func_row *funcs, u32 nfuncs)
{
	struct model_state st = {};
	u8 *l = xcalloc(nlines + 1, sizeof(struct wire_line)),
	   *f = xcalloc(nfuncs + 1, sizeof(struct wire_func));
	u8 *xlated = xcalloc(SLOTS, INSN_SIZE), *jited = xcalloc(CODE, 1);
	struct reply r = { .lines = l,
			   .funcs = f,
			   .nr_lines = nlines,
			   .nr_funcs = nfuncs,
			   .xlated = xlated,
			   .xlated_dump = SLOTS * INSN_SIZE,
			   .jited = jited,
			   .jited_dump = CODE };

	memset(t, 0, sizeof(*t));
	if (!cases_read(&all, text))
		return false;
	guest = (struct guest){ .order = order, .word_bits = 64 };
	model_run(all.c[0], 0, order, 64, &st, NULL);
	wrapper_build((void *)all.c, 1, &st, WRAPPER_WIDE, 1000, 1 << 18, &t->prog);
	model_state_free(&st);
	for (u32 i = 0; i < nlines; i++) {
		bytes_put(l + 16 * i, 4, lines[i].insn, order);
		bytes_put(l + 16 * i + 4, 4, lines[i].slot, order);
		bytes_put(l + 16 * i + 8, 8, lines[i].addr, order);
	}
	for (u32 i = 0; i < nfuncs; i++) {
		bytes_put(f + 16 * i, 8, funcs[i].addr, order);
		bytes_put(f + 16 * i + 8, 4, funcs[i].len, order);
	}
	translation_read(t, &guest, &r);
	free(l);
	free(f);
	free(xlated);
	free(jited);
	return true;
}

static void end(struct translation *t)
{
	translation_free(t);
	cases_free(&all);
}

static void test_sound(void)
{
	static const struct line lines[] = {
		{ 0, 0, 0xffff800000001000 },
		{ 2, 1, 0xffff80000000100a },
		{ 5, 3, 0xffff80000000100a },
		{ 9, 4, 0x2000 },
		{ 10, 7, 0 },
	};
	static const struct func_row funcs[] = { { 0xffff800000001000, 60 }, { 0x2000, 40 } };
	static const struct {
		bool there;
		u32 off, len;
	} want[] = { { true, 0, 10 },
		     { true, 10, 0 },
		     { true, 10, 50 },
		     { true, 60, 40 },
		     { false, 0, 0 } };

	for (int order = 0; order < NR_ORDERS; order++) {
		struct translation t;

		if (!begin(&t, order, lines, 5, funcs, 2))
			return;
		CHECK(t.norigins == 5 && t.nfuncs == 2 && t.nr_xlated == SLOTS,
		      "%u origins, %u functions", t.norigins, t.nfuncs);
		for (u32 i = 0; i < t.norigins; i++) {
			u32 off = 0, len = 0;
			bool there = origin_native(&t, i, &off, &len);

			CHECK(there == want[i].there && off == want[i].off && len == want[i].len,
			      "origin %u: %u + %u", i, off, len);
			CHECK(t.origins[i].insn == lines[i].insn &&
				      t.origins[i].slot == lines[i].slot,
			      "origin %u", i);
		}
		end(&t);
	}
}

/* Every piece of native code lies in the code, whatever the tables say. */
static void check_bounds(const struct translation *t, const char *what)
{
	u32 off, len, last = 0;

	for (u32 i = 0; i < t->norigins; i++) {
		CHECK(t->origins[i].insn < t->nr_xlated &&
			      t->origins[i].slot < t->prog.progs[0].cnt,
		      "%s: origin %u", what, i);
		CHECK(!i || t->origins[i].insn > t->origins[i - 1].insn, "%s: origin %u", what, i);
		if (!origin_native(t, i, &off, &len))
			continue;
		CHECK(off >= last && off <= t->jited_size && len <= t->jited_size - off,
		      "%s: origin %u: %u + %u", what, i, off, len);
		last = off;
	}
}

static void test_lies(void)
{
	static const struct {
		const char *what;
		u32 origins, placed, nlines, nfuncs;
		struct line lines[3];
		struct func_row funcs[2];
	} lies[] = {
		{ "an instruction behind the end",
		  1,
		  1,
		  2,
		  1,
		  { { 0, 0, 0x1000 }, { SLOTS, 1, 0x1004 } },
		  { { 0x1000, CODE } } },
		{ "a slot behind the end",
		  1,
		  1,
		  2,
		  1,
		  { { 0, 0, 0x1000 }, { 1, 5000, 0x1004 } },
		  { { 0x1000, CODE } } },
		{ "instructions that go back",
		  2,
		  2,
		  3,
		  1,
		  { { 0, 0, 0x1000 }, { 5, 2, 0x1004 }, { 4, 3, 0x1008 } },
		  { { 0x1000, CODE } } },
		{ "an instruction twice",
		  1,
		  1,
		  2,
		  1,
		  { { 3, 0, 0x1000 }, { 3, 1, 0x1004 } },
		  { { 0x1000, CODE } } },
		{ "a slot twice",
		  1,
		  1,
		  2,
		  1,
		  { { 3, 2, 0x1000 }, { 4, 2, 0x1004 } },
		  { { 0x1000, CODE } } },
		{ "addresses that go back",
		  3,
		  2,
		  3,
		  1,
		  { { 0, 0, 0x1000 }, { 1, 1, 0x1010 }, { 2, 2, 0x1008 } },
		  { { 0x1000, CODE } } },
		{ "an address before the code",
		  2,
		  1,
		  2,
		  1,
		  { { 0, 0, 0x1000 }, { 1, 1, 0xfff } },
		  { { 0x1000, CODE } } },
		{ "an address behind the code",
		  2,
		  1,
		  2,
		  1,
		  { { 0, 0, 0x1000 }, { 1, 1, 0x1000 + CODE } },
		  { { 0x1000, CODE } } },
		{ "lengths that are not the code's",
		  2,
		  0,
		  2,
		  2,
		  { { 0, 0, 0x1000 }, { 1, 1, 0x2000 } },
		  { { 0x1000, CODE }, { 0x2000, 1 } } },
		{ "lengths that wrap around",
		  2,
		  0,
		  2,
		  2,
		  { { 0, 0, 0x1000 }, { 1, 1, 0x2000 } },
		  { { 0x1000, 0xffffffff }, { 0x2000, CODE + 1 } } },
		{ "code that wraps around the address space",
		  2,
		  1,
		  2,
		  1,
		  { { 0, 0, ~0ull - 3 }, { 1, 1, 2 } },
		  { { ~0ull - 3, CODE } } },
		{ "no functions", 2, 0, 2, 0, { { 0, 0, 0x1000 }, { 1, 1, 0x2000 } }, {} },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		struct translation t;
		u32 placed = 0;

		if (!begin(&t, i & 1, lies[i].lines, lies[i].nlines, lies[i].funcs, lies[i].nfuncs))
			return;
		for (u32 k = 0; k < t.norigins; k++)
			placed += t.origins[k].off != NOWHERE;
		CHECK(t.norigins == lies[i].origins && placed == lies[i].placed,
		      "%s: %u origins, %u of them placed", lies[i].what, t.norigins, placed);
		check_bounds(&t, lies[i].what);
		end(&t);
	}
}

static void test_random(void)
{
	srand(1);
	for (int n = 0; n < 2000; n++) {
		struct func_row funcs[3];
		struct line lines[12];
		struct translation t;

		for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
			lines[i] = (struct line){ rand() % 3 ? i : rand() % 30u,
						  rand() % 3 ? i : rand() % 60u,
						  0x1000 + rand() % 0x220 };
		for (size_t i = 0; i < ARRAY_SIZE(funcs); i++)
			funcs[i] = (struct func_row){ 0x1000 + 0x100 * i, i == 2 ? 20 : 40 };
		if (!begin(&t, n & 1, lines, ARRAY_SIZE(lines), funcs, 3))
			return;
		check_bounds(&t, "random");
		end(&t);
	}
}

/* What only the kernel writes, in words; and what is its caller's stays what it was. */
static void test_internal(void)
{
	static const struct {
		struct insn insn[2];
		const char *text;
	} rows[] = {
		{ { { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst = 12, .imm = 77 } }, "ax = 77" },
		{ { { .code = BPF_ALU64 | BPF_XOR | BPF_K, .dst = 12, .imm = -5 } }, "ax ^= -5" },
		{ { { .code = BPF_ALU64 | BPF_ADD | BPF_X, .dst = 9, .src = 12 } }, "r9 += ax" },
		{ { { .code = BPF_ALU | BPF_MOV | BPF_K, .dst = 12, .imm = 3 } }, "ax32 = 3" },
		{ { { .code = BPF_STX | BPF_MEM | BPF_DW, .dst = 10, .src = 12, .off = -8 } },
		  "*(u64 *)(r10 - 8) = ax" },
		{ { { .code = BPF_JMP | BPF_JGT | BPF_K, .dst = 12, .off = 4, .imm = 1 } },
		  "if ax > 1 goto +4" },
		{ { { .code = BPF_LD | BPF_IMM | BPF_DW, .dst = 12, .imm = 1 }, { .imm = 2 } },
		  "ax = 0x200000001 ll" },
		{ { { .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst = 11, .src = 4 } }, "ax = r4" },
		{ { { .code = BPF_LDX | BPF_MEM | BPF_DW, .dst = 1, .src = 11, .off = 8 } },
		  "r1 = *(u64 *)(r11 + 8)" },
		{ { { .code = BPF_ALU | BPF_MOV | BPF_X, .dst = 3, .src = 3, .imm = 1 } },
		  "w3 = w3 (zero extension)" },
		{ { { .code = BPF_ST | 0xc0 } }, "nospec" },
		{ { { .code = BPF_STX | 0xe0 | BPF_DW,
		      .dst = 6,
		      .src = 7,
		      .off = 8,
		      .imm = BPF_ADD } },
		  "lock *(u64 *)(r6 + 8) += r7 (probe)" },
		{ { { .code = BPF_LDX | 0xc0 | BPF_H, .dst = 1, .src = 6, .off = 8 } },
		  "r1 = *(s16 *)(r6 + 8) (probe)" },
		{ { { .code = BPF_ALU64 | BPF_ADD | BPF_X, .dst = 9, .src = 1 } }, "r9 += r1" },
		{ { { .code = BPF_JMP | BPF_CALL, .src = BPF_PSEUDO_CALL, .imm = 3 } },
		  "call a subprogram" },
	};
	struct code none = {};
	struct wrapper_prog p = { .progs = &none };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char got[64];

		xlated_print(got, sizeof(got), rows[i].insn, &p, NOWHERE);
		CHECK(!strcmp(got, rows[i].text), "'%s', expected '%s'", got, rows[i].text);
	}
}

static const struct test tests[] = {
	{ "sound tables", test_sound },
	{ "tables that lie", test_lies },
	{ "random tables", test_random },
	{ "the kernel's own instructions", test_internal },
};

TEST_MAIN(tests)
