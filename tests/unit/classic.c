// SPDX-License-Identifier: GPL-2.0
/* Classic filters: the text both ways, the model, what is refused. */
#include <stdlib.h>
#include <string.h>
#include "bpf/classic.h"
#include "tests/test.h"

static u8 packet[80]; /* 0x80 0x81 … */

static int assemble(const char *text, struct code *code, struct diag *diag)
{
	return classic_assemble(text, "t", 1, code, diag);
}

static const struct {
	const char *text;
	u32 retval;
} runs[] = {
	{ "ld [0]; ret a", 0x80818283 },
	{ "ldh [1]; ret a", 0x8182 },
	{ "ldb [79]; ret a", 0xcf },
	{ "ldb [80]; ret #7", 0 },
	{ "ld [77]; ret #7", 0 },
	{ "ldx #2; ldh [x + 3]; ret a", 0x8586 },
	{ "ldx #4; ldb [%x - 4]; ret a", 0x80 },
	{ "ldxi #0xffffffff; ldb [x + 2]; ret a", 0x81 },
	{ "ldb [-0x100000]; ret a", 0x80 },
	{ "ldh [-0x1ffff3]; ret a",
	  0x80 }, /* the last byte of the MAC header, and the first behind it */
	{ "ldb [-0x200001]; ret #1", 0 },
	{ "ldx 4*([1]&0xf); txa; ret a", 4 },
	{ "ldxb 4*([80]&0xf); ret #1", 0 },
	{ "ld #len; ret a", 80 },
	{ "ld len; tax; add x; ret %a", 160 },
	{ "ret a", 0 },
	{ "txa; ret a", 0 },
	{ "ld #0xffffffff; add #2; ret a", 1 },
	{ "ldi #1; sub #2; ret a", 0xffffffff },
	{ "ld #0x10001; mul #0x10001; ret a", 0x20001 },
	{ "ld #-7; div #2; ret a", 0x7ffffffc },
	{ "ld #-7; mod #10; ret a", 9 },
	{ "ld #7; div x; ret #1", 0 },
	{ "ld #7; mod x; ret #1", 0 },
	{ "ld #1; lsh #31; rsh #3; ret a", 0x10000000 },
	{ "ldx #33; ld #1; lsh x; ret a", 2 },
	{ "ld #0xff; and #0x3c; or #0x100; xor #1; neg; ret a", (u32)-0x13d },
	{ "ld #5; st M[15]; ldx M[15]; stx M[0]; ld M[0]; ret a", 5 },
	{ "ja +1; ret #1; ret #2", 2 },
	{ "jmp l; ret #1; l: ret #2", 2 },
	{ "ld #5; jeq #5, +1; ret #1; ret #2", 2 },
	{ "ld #5; jeq #6, yes, no; yes: ret #1; no: ret #2", 2 },
	{ "ld #5; jneq #5, other; ret #1; other: ret #2", 1 },
	{ "ld #5; jne #6, other, +0; ret #1; other: ret #2", 2 },
	{ "ld #-1; jgt #0x7fffffff, yes; ret #1; yes: ret #2", 2 },
	{ "ld #5; jge #5, yes; ret #1; yes: ret #2", 2 },
	{ "ld #5; jlt #5, yes; ret #1; yes: ret #2", 1 },
	{ "ld #5; jle #5, yes; ret #1; yes: ret #2", 2 },
	{ "ldx #4; ld #6; jset x, yes; ret #1; yes: ret #2", 2 },
	{ "ld proto; ret a", 0x88b5 },
	{ "ld ifidx; ret #1", 0 },
	{ "ldx #3; ld #5; ld [-4056]; ret a", 6 },
	{ "ret #0x80000000 # a remark", 0x80000000 },
	{ ".insn 0x06, 0, 0, 9", 9 },
};

static void model(void)
{
	for (u32 i = 0; i < sizeof(packet); i++)
		packet[i] = 0x80 + i;
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		struct diag diag = {};
		struct code code;
		struct model_state st = {};
		char why[128] = "";

		CHECK(!assemble(runs[i].text, &code, &diag), "%s: %s", runs[i].text, diag.msg);
		CHECK(classic_run(&code, packet, sizeof(packet), &st, why, NULL, NULL) == MODEL_OK,
		      "%s: %s", runs[i].text, why);
		CHECK(st.retval == runs[i].retval, "%s: 0x%x", runs[i].text, st.retval);
		CHECK(st.steps, "%s", runs[i].text);
		code_free(&code);
	}
}

/* Each code, and those that are none, comes back from its text. */
static void text(void)
{
	for (u32 c = 0; c < 256; c++) {
		const struct classic_desc *d = classic_lookup(c);
		bool jump = d && d->mode >= CLASSIC_JMP_K;
		struct insn insn = classic_insn(c, jump || !d ? 3 : 0, jump || !d ? 255 : 0, 9);
		char buf[128];
		struct diag diag = {};
		struct code code;

		classic_print(buf, sizeof(buf), &insn);
		CHECK(!assemble(buf, &code, &diag), "%s: %s", buf, diag.msg);
		CHECK(code.cnt == 1 && !memcmp(&code.insns[0], &insn, sizeof(insn)), "%02x: %s", c,
		      buf);
		code_free(&code);
	}
}

static void layout(void)
{
	static const u8 le[] = { 0x35, 0, 1, 254, 4, 3, 2, 1 },
			be[] = { 0, 0x35, 1, 254, 1, 2, 3, 4 };
	struct insn insn = classic_insn(0x35, 1, 254, 0x01020304);
	u8 buf[INSN_SIZE];

	classic_encode(buf, &insn, ORDER_LE);
	CHECK(!memcmp(buf, le, sizeof(le)), "little-endian");
	classic_encode(buf, &insn, ORDER_BE);
	CHECK(!memcmp(buf, be, sizeof(be)), "big-endian");
}

static void refused(void)
{
	static const struct {
		const char *text, *msg;
		int line;
	} wrong[] = {
		{ "ld", "no classic instruction 'ld' with this operand", 1 },
		{ "\nmov #1", "no classic instruction 'mov'", 2 },
		{ "ldb M[1]", "no classic instruction 'ldb'", 1 },
		{ "ld nothing", "unknown operand", 1 },
		{ "ld [0", "expected ']'", 1 },
		{ "ld #0x100000000", "expected", 1 },
		{ "ldx 4*([0]&0x7)", "expected 0xf", 1 },
		{ "jeq #1, l", "unknown label 'l'", 1 },
		{ "l: ja l", "backwards", 1 },
		{ "l: ret a; l: ret a", "twice", 1 },
		{ "jeq #1, +256", "expected", 1 },
		{ "jeq #1", "expected ','", 1 },
		{ "ret a a", "the end of the line", 1 },
		{ ".insn 0x100, 0, 0, 0", "expected", 1 },
		{ "5", "a classic instruction", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct diag diag = {};
		struct code code;

		CHECK(assemble(wrong[i].text, &code, &diag), "%s", wrong[i].text);
		CHECK(strstr(diag.msg, wrong[i].msg) && diag.line == wrong[i].line, "%s: %d: %s",
		      wrong[i].text, diag.line, diag.msg);
	}
}

/* What the kernel would refuse is no result. */
static void stops(void)
{
	static const struct {
		const char *text;
		enum model_stop stop;
	} rows[] = {
		{ "ld #1", MODEL_BAD_JUMP },
		{ "ja +1; ret a", MODEL_BAD_JUMP },
		{ "ld M[3]; ret a", MODEL_BAD_INSN },
		{ "st M[16]; ret a", MODEL_BAD_INSN },
		{ ".insn 0x18, 0, 0, 0; ret a", MODEL_BAD_INSN },
		{ "ld rand; ret a", MODEL_BAD_INSN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct diag diag = {};
		struct code code;
		struct model_state st = {};
		char why[128] = "";

		CHECK(!assemble(rows[i].text, &code, &diag), "%s: %s", rows[i].text, diag.msg);
		CHECK(classic_run(&code, packet, sizeof(packet), &st, why, NULL, NULL) ==
				      rows[i].stop &&
			      *why,
		      "%s: %s", rows[i].text, why);
		code_free(&code);
	}
}

/* A conditional jump takes a label 255 instructions on, and no further. */
static void reach(void)
{
	for (u32 n = 255; n <= 256; n++) {
		struct diag diag = {};
		struct code code;
		char *s = NULL;
		size_t len;
		FILE *f = open_memstream(&s, &len);
		int err;

		fputs("jeq #1, l\n", f);
		for (u32 i = 0; i < n; i++)
			fputs("add #1\n", f);
		fputs("l: ret a\n", f);
		fclose(f);
		err = assemble(s, &code, &diag);
		CHECK(!err == (n == 255), "%u: %s", n, diag.msg);
		if (!err)
			code_free(&code);
		free(s);
	}
}

static const struct test tests[] = {
	{ "model", model },	{ "text", text },   { "layout", layout },
	{ "refused", refused }, { "stops", stops }, { "reach", reach },
};

TEST_MAIN(tests)
