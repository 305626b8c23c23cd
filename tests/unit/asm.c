// SPDX-License-Identifier: GPL-2.0
/* The assembler: spellings, labels and functions, and what it says about wrong input. FUZZ_ROUNDS=N
 * for more noise. */
#include <stdlib.h>
#include "bpf/asm.h"
#include "tests/test.h"

static int map_index(void *ctx, const char *name)
{
	(void)ctx;
	return !strcmp(name, "mem") ? 0 : !strcmp(name, "other") ? 7 : -2;
}

static const struct asm_syms maps = { .map_index = map_index };

/* The slots of @code as hex digits with a blank between. */
static void to_hex(const struct code *code, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (u32 i = 0; i < code->cnt && len + 20 < size; i++) {
		u8 b[INSN_SIZE];

		insn_encode(b, &code->insns[i], ORDER_LE);
		if (i)
			buf[len++] = ' ';
		for (int k = 0; k < INSN_SIZE; k++)
			len += snprintf(buf + len, size - len, "%02x", b[k]);
	}
}

static const struct {
	const char *text, *hex;
} spellings[] = {
	{ "", "" },
	{ " \t;;\n # nothing\n// here\n/* at\nall */", "" },
	{ "r1 += r2", "0f21000000000000" },
	{ "\tr1+=r2;w3\t=\tw4\r\n", "0f21000000000000 bc43000000000000" },
	{ "exit # why", "9500000000000000" },
	{ "exit// why", "9500000000000000" },
	{ "r1 = /* 5 */ 6", "b701000006000000" },
	{ "r1 = 0x7fffffff", "b7010000ffffff7f" },
	{ "r1 = 0xFFFFFFFF", "b7010000ffffffff" },
	{ "r1 = 4294967295", "b7010000ffffffff" },
	{ "r1 &= 0xfffffffffffffff8", "57010000f8ffffff" },
	{ "r1 = 0xffffffff80000000", "b701000000000080" },
	{ "r1 s%%= 5; w1 %%= w2", "9701010005000000 9c21000000000000" },
	{ "r1 += - 5", "07010000fbffffff" },
	{ "r1 += +5", "0701000005000000" },
	{ "w1 s>>= 31", "c40100001f000000" },
	{ "r1 = -r1", "8701000000000000" },
	{ "w1 = - w1", "8401000000000000" },
	{ "r1 = -1", "b7010000ffffffff" },
	{ "r1 = -1 ll", "18010000ffffffff 00000000ffffffff" },
	{ "r1 = 0xffffffffffffffff ll", "18010000ffffffff 00000000ffffffff" },
	{ "r1 = -9223372036854775808 ll", "1801000000000000 0000000000000080" },
	{ "r1 = ( s16 ) r2", "bf21100000000000" },
	{ "r1 = *(u64*)(r2)", "7921000000000000" },
	{ "r1 = *( u64 * ) ( r2 + -8 )", "7921f8ff00000000" },
	{ "r1 = *(u64 *)(r2 - -8)", "7921080000000000" },
	{ "r1 = *(u64 *)(r2 - 32768)", "7921008000000000" },
	{ "r1 = *(u64 *)(r2 - 0x10)", "7921f0ff00000000" },
	{ "w1 = *(u8 *)(r2 + 5)", "7121050000000000" },
	{ "r1 = *(s32 *)(r2 + 5)", "8121050000000000" },
	{ "*(u32 *)(r1 + 5) = w2", "6321050000000000" },
	{ "*(u32 *)(r1 + 5) = r2", "6321050000000000" },
	{ "*(u64 *)(r1+5)=0x80000000", "7a01050000000080" },
	{ "r0 = *(u64 *)(r11 + 56)", "79b0380000000000" },
	{ "*(u64 *)(r11 - 56) = r6", "7b6bc8ff00000000" },
	{ "*(u64 *)(r11 - 8) = -1", "7a0bf8ffffffffff" },
	{ "r0 = *(u8 *)skb[-5]", "30000000fbffffff" },
	{ "r0 = *(u16 *)skb[r6 + 2]", "4860000002000000" },
	{ "r0 = *(u32 *)skb[r6 - 2]", "40600000feffffff" },
	{ "lock *(u32 *)(r1 + 5) += r2", "c321050000000000" },
	{ "lock *(u64 *)(r1 + 5) ^= r2", "db210500a0000000" },
	{ "r2 = atomic_fetch_add((u32 *)(r1 + 5), r2)", "c321050001000000" },
	{ "w2 = atomic_fetch_and((u32 *)(r1 - 4), w2)", "c321fcff51000000" },
	{ "r0 = cmpxchg_64(r1, r0, r2)", "db210000f1000000" },
	{ "w3 = load_acquire((u8 *)(r2 + 5))", "d323050000010000" },
	{ "r3 = load_acquire((u64 *)(r2 + 5))", "db23050000010000" },
	{ "store_release((u16 *)(r1 + 5), w2)", "cb21050010010000" },
	{ "store_release((u64 *)(r1 + 5), r2)", "db21050010010000" },
	{ "r1 = bswap64 r1", "d701000040000000" },
	{ "r2 = addr_space_cast(r1, 0x1, 0)", "bf12010000000100" },
	{ "gotox r7", "0d07000000000000" },
	{ "goto 5", "0500050000000000" },
	{ "goto -32768", "0500008000000000" },
	{ "gotol -2147483648", "0600000000000080" },
	{ "if w1 s<= -1 goto +3", "d6010300ffffffff" },
	{ "if r1&r2 goto+3", "4d21030000000000" },
	{ "may_goto +3", "e500030000000000" },
	{ "call 5", "8500000005000000" },
	{ "call 0xffffffff", "85000000ffffffff" },
	{ "call bpf_ktime_get_ns", "8500000005000000" },
	{ "call bpf_cgrp_storage_delete", "85000000d3000000" },
	{ "call +5", "8510000005000000" },
	{ "call -5", "85100000fbffffff" },
	{ "call kfunc 77", "852000004d000000" },
	{ "call kfunc 77:3", "852003004d000000" },
	{ "call checkjit_u8_1", "852000000000004b" },
	{ "r1 = map_fd[4] ll", "1811000004000000 0000000000000000" },
	{ "r1 = map_value[4][-1] ll", "1821000004000000 00000000ffffffff" },
	{ "r1 = btf_id[4:9] ll", "1831000004000000 0000000009000000" },
	{ "r1 = func[+9] ll", "1841000009000000 0000000000000000" },
	{ "r1 = map_idx[4] ll", "1851000004000000 0000000000000000" },
	{ "r1 = map_idx_value[4][16] ll", "1861000004000000 0000000010000000" },
	{ "r1 = &mem ll", "1851000000000000 0000000000000000" },
	{ "r1 = &other + 0 ll", "1861000007000000 0000000000000000" },
	{ "r1 = &other + 0x10 ll", "1861000007000000 0000000010000000" },
	{ ".insn 0x0123456789abcDEF", "0123456789abcdef" },
	{ "a: goto a", "0500ffff00000000" },
	{ "goto a; a:", "0500000000000000" },
	{ "goto l0_%=; exit; l0_%=: exit", "0500010000000000 9500000000000000 9500000000000000" },
	{ "if r1==r2 goto .L_1$x; .L_1$x:", "1d21000000000000" },
	{ "1: goto 1f; goto 1b; 1: goto 1b", "0500010000000000 0500feff00000000 0500ffff00000000" },
	{ "a: b: 7: call a; call b", "85100000ffffffff 85100000feffffff" },
	{ "func: goto func", "0500ffff00000000" },
	{ "goto e; r1 = 1 ll; e: exit",
	  "0500020000000000 1801000001000000 0000000000000000 9500000000000000" },
	{ "r1 = func[f] ll; exit\nfunc f callback: exit",
	  "1841000002000000 0000000000000000 9500000000000000 9500000000000000" },
};

static void other_spellings(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(spellings); i++) {
		struct diag diag = {};
		struct code code;
		char hex[256];
		int err = asm_assemble(spellings[i].text, "t", 1, &maps, &code, &diag);

		CHECK(!err, "%s: %d:%d: %s", spellings[i].text, diag.line, diag.col, diag.msg);
		if (err)
			continue;
		to_hex(&code, hex, sizeof(hex));
		CHECK(!strcmp(hex, spellings[i].hex), "%s: %s", spellings[i].text, hex);
		code_free(&code);
	}
}

static const struct {
	const char *text;
	int line, col;
	const char *msg;
} wrong[] = {
	{ "nop", 1, 1, "unknown instruction 'nop' (expected" },
	{ "exit\n  callx r1", 2, 3, "unknown instruction 'callx'" },
	{ "r12 = 1", 1, 1, "unknown register 'r12' (expected r0 to r10)" },
	{ "r1 = w11", 1, 6, "unknown register 'w11' (expected w0 to w10)" },
	{ "r1 += r100", 1, 7, "unknown register 'r100'" },
	{ "r1 = r11", 1, 6, "r11 is the base of stack arguments only" },
	{ "*(u64 *)(r11 + 8) = r1", 1, 10, "r11 is the base" },
	{ "r1 = *(u64 *)(r11 - 8)", 1, 15, "r11 is the base" },
	{ "r1 = *(u64 *)(r11 + 4)", 1, 15, "r11 is the base" },
	{ "r1 = *(u32 *)(r11 + 8)", 1, 15, "r11 is the base" },
	{ "r1", 1, 3, "unexpected end of line (expected an operator: =" },
	{ "r1 =; exit", 1, 5, "unexpected end of statement (expected a register, a number" },
	{ "r1 == 5", 1, 5, "unexpected '='" },
	{ "r1 ** 5", 1, 4, "unexpected '*' (expected an operator" },
	{ "r1 += w2", 1, 7, "operands of different width (expected r2)" },
	{ "w1 = (s8)r2", 1, 10, "operands of different width (expected w2)" },
	{ "w1 = (s32)w2", 1, 7, "no sign-extending move from 's32' (expected s8 or s16)" },
	{ "r1 = 0x100000000", 1, 6, "immediate 4294967296 does not fit in 32 bits" },
	{ "r1 = 0xffffffff7fffffff", 1, 6,
	  "immediate 18446744071562067967 does not fit in 32 bits" },
	{ "r1 = -2147483649", 1, 6, "'ll' behind it loads 64" },
	{ "w1 += 4294967296", 1, 7,
	  "immediate 4294967296 out of range (expected -2147483648..4294967295)" },
	{ "r1 = 0x10000000000000000 ll", 1, 6, "number does not fit in 64 bits" },
	{ "r1 = -9223372036854775809 ll", 1, 6, "constant -9223372036854775809 out of range" },
	{ "w1 = 5 ll", 1, 1, "w1 has 32 bits only (expected r1)" },
	{ "r1 = 5ll", 1, 6, "malformed number '5ll'" },
	{ "r1 = 010", 1, 6, "malformed number '010'" },
	{ "r1 = 0x", 1, 6, "malformed number '0x'" },
	{ "r1 = 5 6", 1, 8, "unexpected '6' (expected 'll')" },
	{ "r1 += 5 6", 1, 9, "unexpected '6' (expected the end of the line" },
	{ "exit exit", 1, 6, "unexpected 'exit' (expected the end of the line" },
	{ "r1 = r2#", 1, 8, "unexpected '#'" },
	{ "r1 = -r2", 1, 7, "r2 is not the destination (expected r1)" },
	{ "r1 = be16 r2", 1, 11, "r2 is not the destination (expected r1)" },
	{ "w1 = be16 w1", 1, 1, "w1 has 32 bits only" },
	{ "r1 = be8 r1", 1, 6, "unexpected 'be8'" },
	{ "r1 = *(u128 *)(r2 + 0)", 1, 8, "no such access with type 'u128'" },
	{ "*(s8 *)(r2 + 0) = r1", 1, 3,
	  "no such access with type 's8' (expected u8, u16, u32 or u64)" },
	{ "w1 = *(u64 *)(r2 + 0)", 1, 1, "w1 has 32 bits only" },
	{ "r1 = *(u8 *)(w2 + 0)", 1, 14, "w2 has 32 bits only" },
	{ "r1 = *(u8 *)(r2 + 32768)", 1, 19, "offset 32768 out of range (expected -32768..32767)" },
	{ "r1 = *(u8 *)(r2 - 32769)", 1, 19, "offset -32769 out of range" },
	{ "r1 = *(u8 *)(r2 +)", 1, 18, "unexpected ')' (expected an offset)" },
	{ "r1 = *(u8 *)(r2 + 5", 1, 20, "unexpected end of line (expected ')')" },
	{ "r1 = *(u8)(r2 + 5)", 1, 10, "unexpected ')' (expected '*')" },
	{ "r1 = *(u8 *)skb[5]", 1, 1, "packet loads go to r0" },
	{ "r0 = *(u64 *)skb[5]", 1, 8, "(expected u8, u16 or u32)" },
	{ "lock *(u8 *)(r1 + 5) += r2", 1, 8,
	  "(expected u32 or u64; smaller atomics do not exist)" },
	{ "lock *(u64 *)(r1 + 5) -= r2", 1, 23,
	  "unexpected '-' (expected an operator: += |= &= ^=)" },
	{ "lock *(u64 *)(r1 + 5) += 2", 1, 26, "unexpected '2' (expected a register)" },
	{ "r3 = atomic_fetch_add((u64 *)(r1 + 5), r2)", 1, 40,
	  "r2 is not the destination (expected r3)" },
	{ "r2 = atomic_fetch_add((u16 *)(r1 + 5), r2)", 1, 24, "smaller atomics do not exist" },
	{ "r2 = atomic_fetch_add((u64 *)(r1 + 5))", 1, 38, "unexpected ')' (expected ',')" },
	{ "r2 = xchg_64(r1 + 5, r2, r3)", 1, 24, "unexpected ',' (expected ')')" },
	{ "r1 = cmpxchg_64(r1 + 5, r0, r2)", 1, 1, "compares with r0 and returns in r0" },
	{ "r0 = cmpxchg_64(r1 + 5, r3, r2)", 1, 25, "r3 is not the destination (expected r0)" },
	{ "w1 = load_acquire((u64 *)(r2 + 5))", 1, 1, "w1 has 32 bits only" },
	{ "store_release((s8 *)(r1 + 5), w2)", 1, 16, "(expected u8, u16, u32 or u64)" },
	{ "r1 = addr_space_cast(r2, 1, 1)", 1, 26,
	  "no such addr_space_cast (expected 0, 1 or 1, 0)" },
	{ "if r1 goto +1", 1, 7, "unexpected 'goto' (expected a comparison" },
	{ "if r1 == 1", 1, 11, "unexpected end of line (expected 'goto')" },
	{ "if r1 == w1 goto +1", 1, 10, "operands of different width" },
	{ "if 1 == r1 goto +1", 1, 4, "unexpected '1' (expected a register)" },
	{ "if r1 == 1 goto", 1, 16, "unexpected end of line (expected a label or a distance)" },
	{ "exit\ngoto nowhere\na:", 2, 6, "undefined label 'nowhere'" },
	{ "a: exit\n a: exit", 2, 2, "'a' is already defined in line 11" },
	{ "goto 1b", 1, 6, "no label 1: before this line" },
	{ "1: goto 1f", 1, 9, "undefined label '1'" },
	{ "goto +32768", 1, 6,
	  "does not fit in 16 bits (expected -32768..32767; gotol reaches further)" },
	{ "if r1 == 1 goto +32768", 1, 17,
	  "does not fit in 16 bits (expected -32768..32767; a gotol behind" },
	{ "gotol +2147483648", 1, 7, "does not fit in 32 bits" },
	{ "goto +99999999999999999999", 1, 6, "number does not fit in 64 bits" },
	{ "r1: exit", 1, 1, "a label cannot have the name of a register" },
	{ "func r1: exit", 1, 6, "a function cannot have the name of a register" },
	{ "bpf_loop: exit", 1, 1, "'bpf_loop' is the name of a helper" },
	{ "call f", 1, 6, "unknown function 'f'" },
	{ "call bpf_no_such_helper", 1, 6, "unknown function 'bpf_no_such_helper'" },
	{ "call", 1, 5, "unexpected end of line (expected a func, a label" },
	{ "call kfunc", 1, 6, "unknown function 'kfunc'" },
	{ "call kfunc 1:40000", 1, 14, "index 40000 out of range" },
	{ "func", 1, 5, "unexpected end of line (expected the name of the function)" },
	{ "func f args 13: exit", 1, 13, "number of arguments 13 out of range (expected 0..12)" },
	{ "func f args: exit", 1, 12, "unexpected ':' (expected a number of arguments)" },
	{ "func f ret int: exit", 1, 12, "unexpected 'int' (expected 'void')" },
	{ "func f", 1, 7, "(expected args N, ret void, global, callback, exception or ':')" },
	{ "exit\nfunc f:\nfunc g: exit", 2, 6, "function 'f' is empty" },
	{ "exit\nfunc f: exit\nfunc f: exit", 3, 6, "'f' is already defined in line 12" },
	{ "r1 = &nomap ll", 1, 7, "unknown map 'nomap' (expected a map of the case)" },
	{ "r1 = &mem", 1, 10, "unexpected end of line (expected 'll')" },
	{ "r1 = & ll", 1, 8, "unknown map 'll'" },
	{ "r1 = map_fd[4]", 1, 15, "(expected 'll')" },
	{ "r1 = map_fd 4 ll", 1, 13, "unexpected '4' (expected '[')" },
	{ ".insn 0x123", 1, 9, "not 16 hex digits" },
	{ ".insn 0x12345678123456789", 1, 9, "not 16 hex digits" },
	{ ".insn 1234567812345678", 1, 7, "(expected 0x and 16 hex digits)" },
	{ "exit\n /* no end\n", 2, 2, "comment without an end" },
	{ "r1 = 1 \x01", 1, 8, "unexpected character \\x01" },
	{ "\xc3\xa4", 1, 1, "unexpected character \\xc3" },
	{ "/* a\n b */ nop", 2, 7, "unknown instruction 'nop'" },
};

static void messages(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct diag diag = {};
		struct code code;
		int err = asm_assemble(wrong[i].text, "t.case", 11, &maps, &code, &diag);

		CHECK(err == -22, "%s: taken", wrong[i].text);
		CHECK(diag.line == wrong[i].line + 10 && diag.col == wrong[i].col &&
			      strstr(diag.msg, wrong[i].msg),
		      "%s: %d:%d: %s", wrong[i].text, diag.line - 10, diag.col, diag.msg);
		CHECK(!strcmp(diag.file, "t.case"), "%s: in file %s", wrong[i].text, diag.file);
		CHECK(!code.cnt && !code.insns && !code.funcs, "%s: left something behind",
		      wrong[i].text);
		CHECK(strstr(diag.msg, "(expected "), "%s: does not say what was expected",
		      wrong[i].text);
		code_free(&code);
		err = asm_assemble(wrong[i].text, "t.case", 1, NULL, &code, NULL);
		CHECK(err == -22, "%s: without a diag", wrong[i].text);
	}
}

static void functions(void)
{
	static const char text[] = "r1 = 1 ll\ncall f\nexit\nfunc f args 7 ret void:\n\nexit\nfunc "
				   "g args 2 global callback: exit";
	struct code code, copy;
	struct diag diag = {};
	int err = asm_assemble(text, "t", 5, NULL, &code, &diag);

	CHECK(!err, "%s", diag.msg);
	if (err)
		return;
	code_copy(&copy, &code);
	code_free(&code);
	CHECK(copy.cnt == 6 && copy.nfuncs == 3, "%u slots, %u functions", copy.cnt, copy.nfuncs);
	CHECK(copy.lines[0] == 5 && copy.lines[1] == 5 && copy.lines[2] == 6 &&
		      copy.lines[4] == 10 && copy.lines[5] == 11,
	      "lines");
	CHECK(!strcmp(copy.funcs[0].name, "main") && copy.funcs[0].start == 0, "main");
	CHECK(!strcmp(copy.funcs[1].name, "f") && copy.funcs[1].start == 4 &&
		      copy.funcs[1].nargs == 7 && copy.funcs[1].flags == FUNC_VOID,
	      "f");
	CHECK(copy.funcs[2].start == 5 && copy.funcs[2].nargs == 2 &&
		      copy.funcs[2].flags == (FUNC_GLOBAL | FUNC_CALLBACK),
	      "g");
	CHECK(copy.insns[2].imm == 1 && copy.insns[2].src == 1, "call");
	code_free(&copy);
	code_free(&copy);
}

/* A label every line, distances beyond 16 bits, both ways. */
static void far(void)
{
	enum { N = 70000 };
	struct diag diag = {};
	struct code code;
	size_t size;
	char *text;
	FILE *f = open_memstream(&text, &size);
	int err;

	fprintf(f, "gotol l%d\ncall f\n", N - 1);
	for (int i = 0; i < N; i++)
		fprintf(f, "l%d: if r1 > %d goto l%d\n", i, i, i < 30000 ? i + 30000 : i - 30000);
	fprintf(f, "gotol l0\nexit\nfunc f:\ncall f\ngoto l0\n");
	fclose(f);
	err = asm_assemble(text, "t", 1, NULL, &code, &diag);
	CHECK(err && diag.line == N + 7 && strstr(diag.msg, "gotol"), "%d: %s", diag.line,
	      diag.msg);
	text[size - strlen("goto l0\n")] = '\0';
	strcpy(text + strlen(text), "exit\n");
	err = asm_assemble(text, "t", 1, NULL, &code, &diag);
	CHECK(!err, "%d: %s", diag.line, diag.msg);
	if (!err) {
		CHECK(code.insns[0].imm == N, "gotol forward %d", code.insns[0].imm);
		CHECK(code.insns[1].imm == N + 2, "call forward %d", code.insns[1].imm);
		CHECK(code.insns[N + 2].imm == -N - 1, "gotol back %d", code.insns[N + 2].imm);
		code_free(&code);
	}
	free(text);
}

/* ---- noise ---- */

static u64 seed = 42;

static u32 rnd(u32 n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (seed >> 33) % n;
}

static void mutate(char *buf, size_t size)
{
	static const char letters[] = "rw0123456789+-*/%=<>!&|^()[]: \t\n;,sulfx#._";

	for (u32 k = 1 + rnd(3); k--;) {
		size_t len = strlen(buf), at = len ? rnd(len) : 0;

		switch (rnd(5)) {
		case 0:
			memmove(buf + at, buf + at + !!len, len - at + !len);
			break;
		case 1:
			buf[at] = len ? 1 + rnd(255) : 0;
			break;
		case 2:
			buf[rnd(len + 1)] = '\0';
			break;
		default:
			if (len + 2 >= size)
				break;
			memmove(buf + at + 1, buf + at, len - at + 1);
			buf[at] = letters[rnd(sizeof(letters) - 1)];
		}
	}
}

static void noise(void)
{
	const char *rounds = getenv("FUZZ_ROUNDS");
	int n = rounds ? atoi(rounds) : 20000, taken = 0;

	for (int i = 0; i < n; i++) {
		char buf[256] = "", *text;
		struct diag diag = {};
		struct code code;

		if (rnd(8)) {
			for (u32 k = 1 + rnd(2); k--;)
				snprintf(buf + strlen(buf), 120, "%s\n",
					 rnd(2) ? spellings[rnd(ARRAY_SIZE(spellings))].text
						: wrong[rnd(ARRAY_SIZE(wrong))].text);
			mutate(buf, sizeof(buf));
		} else {
			for (u32 k = rnd(60); k--;)
				buf[k] = 1 + rnd(255);
		}
		text = strdup(buf); /* on the heap, so that a read beyond its end is seen */
		if (asm_assemble(text, "noise", 1, rnd(2) ? &maps : NULL, &code, &diag))
			CHECK(diag.line >= 1 && diag.col >= 1 && diag.msg[0], "%s", text);
		else
			taken++;
		free(text);
		code_free(&code);
	}
	CHECK(taken > n / 50 && taken < n, "%d of %d were taken", taken, n);
}

static void helper_names(void)
{
	CHECK(helper_by_name("bpf_map_lookup_elem") == 1 && helper_by_name("map_lookup_elem") == 1,
	      "1");
	CHECK(helper_by_name("bpf_loop") == 181 && helper_by_name("bpf_") < 0 &&
		      helper_by_name("") < 0,
	      "181");
	CHECK(!helper_name(0) && !helper_name(-1) && !helper_name(212), "no such helpers");
	for (int nr = 1; nr <= 211; nr++)
		CHECK(helper_name(nr) && helper_by_name(helper_name(nr)) == nr, "%d", nr);
}

static const struct test tests[] = {
	{ "other spellings", other_spellings },
	{ "messages", messages },
	{ "functions", functions },
	{ "far jumps", far },
	{ "noise", noise },
	{ "helper names", helper_names },
};

TEST_MAIN(tests)
