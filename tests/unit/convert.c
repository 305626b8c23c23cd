// SPDX-License-Identifier: GPL-2.0
/* Other people's formats: the dialect of bpf_conformance against our assembler, .data files, cases
 * out of programs and back. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "convert/conf_asm.h"
#include "convert/ctext.h"
#include "convert/import_data.h"
#include "convert/import_elf.h"
#include "convert/inline.h"
#include "tests/unit/one_case.h"

/* ---- the dialect ---- */

static const struct {
	const char *theirs, *ours;
} pairs[] = {
	{ "mov %r0, 0", "r0 = 0" },
	{ "mov32 r1, r2", "w1 = w2" },
	{ "add %r1, -1", "r1 += -1" },
	{ "sub64 %r1, %r2", "r1 -= r2" },
	{ "mul32 %r3, 0xffffffff", "w3 *= -1" },
	{ "div %r3, %r4", "r3 /= r4" },
	{ "sdiv32 %r3, %r4", "w3 s/= w4" },
	{ "smod %r3, -3", "r3 s%= -3" },
	{ "mod %r3, 3", "r3 %= 3" },
	{ "or32 %r1, 1; ", "w1 |= 1" },
	{ "and %r1, %r2", "r1 &= r2" },
	{ "xor %r1, %r2", "r1 ^= r2" },
	{ "lsh %r1, 63", "r1 <<= 63" },
	{ "rsh32 %r1, %r2", "w1 >>= w2" },
	{ "arsh %r1, 3", "r1 s>>= 3" },
	{ "neg %r9", "r9 = -r9" },
	{ "neg32 %r9", "w9 = -w9" },
	{ "movsx832 %r1, %r2", "w1 = (s8)w2" },
	{ "movsx1664 %r1, %r2", "r1 = (s16)r2" },
	{ "movsx3264 %r1, %r2", "r1 = (s32)r2" },
	{ "le16 %r1", "r1 = le16 r1" },
	{ "be64 %r1", "r1 = be64 r1" },
	{ "swap32 %r1", "r1 = bswap32 r1" },
	{ "bswap16 %r1", "r1 = bswap16 r1" },
	{ "lddw %r1, 0xfedcba9876543210", "r1 = 0xfedcba9876543210 ll" },
	{ "lddw %r1, -1", "r1 = -1 ll" },
	{ "ldxb %r1, [%r2]", "r1 = *(u8 *)(r2 + 0)" },
	{ "ldxh r3, [r1+12]", "r3 = *(u16 *)(r1 + 12)" },
	{ "ldxw %r1, [ %r10 - 4 ]", "r1 = *(u32 *)(r10 - 4)" },
	{ "ldxdw %r1, [%r2+0x8]", "r1 = *(u64 *)(r2 + 8)" },
	{ "ldxsb %r1, [%r2+1]", "r1 = *(s8 *)(r2 + 1)" },
	{ "ldxwsx %r1, [%r2+4]", "r1 = *(s32 *)(r2 + 4)" },
	{ "stb [%r1+2], 0x11", "*(u8 *)(r1 + 2) = 17" },
	{ "stdw [%r10-8], 0x88776655", "*(u64 *)(r10 - 8) = 0x88776655" },
	{ "stxh [%r1], %r2", "*(u16 *)(r1 + 0) = r2" },
	{ "stxdw [%r10-16], %r2", "*(u64 *)(r10 - 16) = r2" },
	{ "lock add [%r10-8], %r1", "lock *(u64 *)(r10 - 8) += r1" },
	{ "lock fetch add32 [%r10-8], %r1", "w1 = atomic_fetch_add((u32 *)(r10 - 8), w1)" },
	{ "lock xor32 [%r1], %r2", "lock *(u32 *)(r1 + 0) ^= w2" },
	{ "lock fetch and [%r1], %r2", "r2 = atomic_fetch_and((u64 *)(r1 + 0), r2)" },
	{ "lock xchg [%r1], %r2", "r2 = xchg_64(r1 + 0, r2)" },
	{ "lock cmpxchg32 [%r1], %r2", "w0 = cmpxchg32_32(r1 + 0, w0, w2)" },
	{ "ja +3", "goto +3" },
	{ "ja32 -1", "gotol -1" },
	{ "jeq %r1, 5, +2", "if r1 == 5 goto +2" },
	{ "jne32 %r1, %r2, -1", "if w1 != w2 goto -1" },
	{ "jsgt %r1, -1, +0", "if r1 s> -1 goto +0" },
	{ "jset %r1, 0x80000000, +1", "if r1 & 0x80000000 goto +1" },
	{ "jslt32 %r1, 3, +1", "if w1 s< 3 goto +1" },
	{ "jle %r1, %r2, +1", "if r1 <= r2 goto +1" },
	{ "call 5", "call 5" },
	{ "call helper 7", "call 7" },
	{ "call bpf_ktime_get_ns", "call bpf_ktime_get_ns" },
	{ "exit", "exit" },
};

static bool same_slots(const struct code *a, const struct code *b)
{
	if (a->cnt != b->cnt)
		return false;
	for (u32 i = 0; i < a->cnt; i++) {
		const struct insn *x = &a->insns[i], *y = &b->insns[i];

		if (x->code != y->code || x->dst != y->dst || x->src != y->src ||
		    x->off != y->off || x->imm != y->imm)
			return false;
	}
	return true;
}

static void test_pairs(void)
{
	struct diag diag;

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		struct code a = {}, b = {};
		char *theirs = strdup(pairs[i].theirs);

		theirs[strcspn(theirs, ";")] = '\0';
		if (conf_assemble(theirs, "t.data", 1, &a, &diag))
			CHECK(false, "%s: %s", theirs, diag.msg);
		else if (asm_assemble(pairs[i].ours, "t", 1, NULL, &b, &diag))
			CHECK(false, "%s: %s", pairs[i].ours, diag.msg);
		else
			CHECK(same_slots(&a, &b), "'%s' is not '%s'", theirs, pairs[i].ours);
		code_free(&a);
		code_free(&b);
		free(theirs);
	}
}

static void test_labels(void)
{
	static const char text[] = "mov r0, 1 # one\n\n# a line\nloop:\nadd r0, 1\njlt r0, 10, "
				   "loop\njeq r0, 10, exit\ncall local f\n"
				   "lddw r3, 1\nexit\nf:\nmov r0, 7\nexit\n";
	struct code code, want;
	struct diag diag;
	int err = conf_assemble(text, "t.data", 1, &code, &diag);

	CHECK(!err, "%s", diag.msg);
	if (err)
		return;
	asm_assemble("r0 = 1; r0 += 1; if r0 < 10 goto -2; if r0 == 10 goto +3; call +3; r3 = 1 "
		     "ll; exit; r0 = 7; exit",
		     "t", 1, NULL, &want, &diag);
	CHECK(same_slots(&code, &want), "labels lead elsewhere");
	CHECK(code.nfuncs == 2 && code.funcs[1].start == 8, "%u functions", code.nfuncs);
	CHECK(code.lines[1] == 5, "line %u", code.lines[1]);
	code_free(&code);
	code_free(&want);
}

/* Every instruction that the dialect has words for comes back. Jumps lead to the exit behind them.
 */
static void test_round_trip(void)
{
	u32 printed = 0;

	for (size_t i = 0; i < nr_insn_descs; i++) {
		const struct insn_desc *d = &insn_descs[i];
		bool jump = (d->code & 7) == BPF_JMP || (d->code & 7) == BPF_JMP32;
		struct insn insns[3] = { { .code = d->code,
					   .dst = d->fields & F_DST ? 3 : d->dst,
					   .src = d->fields & F_SRC ? 4 : d->src,
					   .off = d->fields & F_OFF ? !jump : d->off,
					   .imm = d->fields & F_IMM ? !jump : d->imm } };
		struct code code = { .insns = insns, .cnt = d->slots + 1 }, back;
		struct diag diag;
		char *text, why[200];
		size_t len;
		FILE *f = open_memstream(&text, &len);
		int err;

		insns[d->slots] = (struct insn){ .code = BPF_JMP | BPF_EXIT };
		err = conf_print(f, &code, why, sizeof(why));
		fclose(f);
		if (!err) {
			err = conf_assemble(text, "t", 1, &back, &diag);
			CHECK(!err, "%s: %s", text, diag.msg);
			CHECK(err || same_slots(&code, &back),
			      "'%s' comes back as another instruction", text);
			if (!err)
				code_free(&back);
			printed++;
		}
		free(text);
	}
	CHECK(printed > 120, "only %u instructions have words", printed);
}

/* ---- malformed input ---- */

static const struct {
	const char *text;
	int line;
	const char *msg;
	int err;
} bad[] = {
	{ "", 0, "no program", -EINVAL },
	{ "-- result\n1\n", 0, "no program", -EINVAL },
	{ "-- asm\nexit\n", 0, "no result", -EINVAL },
	{ "-- asm\n# nothing\n-- result\n1\n", 2, "no instruction", -EINVAL },
	{ "-- asm\nexit\n-- result\n\n", 4, "empty result", -EINVAL },
	{ "-- asm\nexit\n-- result\nfour\n", 4, "'four' is not a result", -EINVAL },
	{ "-- asm\nexit\n-- result\n0x10000000000000000\n", 4, "is not a result", -EINVAL },
	{ "-- asm\nexit\n-- mem\n12 3\n-- result\n1\n", 4, "pairs of hex digits", -EINVAL },
	{ "-- asm\nexit\n-- mem\nzz\n-- result\n1\n", 4, "pairs of hex digits", -EINVAL },
	{ "-- nonsense\n", 1, "unknown section", -EINVAL },
	{ "-- asm\nmvo r0, 1\nexit\n-- result\n1\n", 2, "'mvo' is not an instruction", -EINVAL },
	{ "-- asm\nmov r11, 1\nexit\n-- result\n1\n", 2, "'r11' is not a register", -EINVAL },
	{ "-- asm\nmov r0\nexit\n-- result\n1\n", 2, "with 1 operands (expected 2)", -EINVAL },
	{ "-- asm\nmov r0, 1, 2, 3, 4\n-- result\n1\n", 2, "too many operands", -EINVAL },
	{ "-- asm\nmov r0, 0x100000000\nexit\n-- result\n1\n", 2, "out of range", -EINVAL },
	{ "-- asm\nmov r0, 12x\nexit\n-- result\n1\n", 2, "not a number", -EINVAL },
	{ "-- asm\nldxb r0, r1\nexit\n-- result\n1\n", 2, "not a place in memory", -EINVAL },
	{ "-- asm\nldxb r0, [r1+99999]\nexit\n-- result\n1\n", 2, "out of range", -EINVAL },
	{ "-- asm\nldxb r0, [r1+]\nexit\n-- result\n1\n", 2, "not a number", -EINVAL },
	{ "-- asm\nja nowhere\nexit\n-- result\n1\n", 2, "no label 'nowhere'", -EINVAL },
	{ "-- asm\na:\na:\nexit\n-- result\n1\n", 3, "label 'a' is taken (line 2)", -EINVAL },
	{ "-- asm\na: exit\n-- result\n1\n", 2, "a line of its own", -EINVAL },
	{ "-- asm\nlock inc [r1], r2\nexit\n-- result\n1\n", 2, "not an atomic operation",
	  -EINVAL },
	{ "-- asm\nlock\nexit\n-- result\n1\n", 2, "operands", -EINVAL },
	{ "-- asm\nbe24 r1\nexit\n-- result\n1\n", 2, "expected 16, 32 or 64", -EINVAL },
	{ "-- asm\nmovsx3232 r1, r2\nexit\n-- result\n1\n", 2, "movsx3264", -EINVAL },
	{ "-- asm\ncall no_such_helper\nexit\n-- result\n1\n", 2, "is not a helper", -EINVAL },
	{ "-- asm\ncall other f\nexit\n-- result\n1\n", 2, "expected helper, local or runtime",
	  -EINVAL },
	{ "-- asm\ncall local +7\nexit\n-- result\n1\n", 2, "a call of slot 8", -EINVAL },
	{ "-- raw\n0xzz\n-- result\n1\n", 2, "is not an instruction", -EINVAL },
	{ "-- raw\n0x18\n-- result\n1\n", 2, "within an instruction of two slots", -EINVAL },
	{ "-- asm\ncall r2\nexit\n-- result\n1\n", 2, "indirect call", -EOPNOTSUPP },
	{ "-- asm\ncall runtime 3\nexit\n-- result\n1\n", 2, "runtime", -EOPNOTSUPP },
	{ "-- asm\nlddw r1, map_by_fd(m)\nexit\n-- result\n1\n", 2, "address of a map",
	  -EOPNOTSUPP },
	{ "-- map\nm 2 4 4 10\n-- asm\nexit\n-- result\n1\n", 1, "maps of its harness",
	  -EOPNOTSUPP },
	{ "-- asm\nexit\n-- error\nbad\n", 3, "expects an error", -EOPNOTSUPP },
};

static void test_malformed(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct foreign f;
		struct diag diag = {};
		int err = data_parse(bad[i].text, "t.data", &f, &diag);

		CHECK(err == bad[i].err, "%zu: %d, expected %d (%s)", i, err, bad[i].err, diag.msg);
		CHECK(diag.line == bad[i].line && strstr(diag.msg, bad[i].msg),
		      "%zu: line %d: %s (expected line %d: %s)", i, diag.line, diag.msg,
		      bad[i].line, bad[i].msg);
		if (!err)
			foreign_free(&f);
	}
}

static void test_too_long(void)
{
	size_t n = 65536, len = 20 * (n + 10);
	char *text = malloc(len), *p = text;
	struct foreign f;
	struct diag diag = {};

	p += sprintf(p, "-- asm\n");
	for (size_t i = 0; i <= n; i++)
		p += sprintf(p, "mov r0, 1\n");
	sprintf(p, "-- result\n1\n");
	CHECK(data_parse(text, "t.data", &f, &diag) == -EINVAL && strstr(diag.msg, "too long"),
	      "%s", diag.msg);
	free(text);
}

static void test_hex(void)
{
	struct diag diag = {};
	u8 *bytes;
	u32 len;

	CHECK(!hex_parse("0a ff\n10", "x", &bytes, &len, &diag) && len == 3 && bytes[1] == 0xff,
	      "%u bytes", len);
	free(bytes);
	CHECK(!hex_parse("", "x", &bytes, &len, &diag) && !len, "%u bytes", len);
	free(bytes);
	CHECK(hex_parse("0a f", "x", &bytes, &len, &diag) == -EINVAL, "half a byte is taken");
}

/* ---- programs as cases ---- */

static int import_text(const char *data, char **text, char why[FOREIGN_WHY])
{
	struct foreign f;
	struct diag diag = {};
	int ret = data_parse(data, "some/t-1.data", &f, &diag);

	*text = NULL;
	CHECK(!ret, "%d: %s", diag.line, diag.msg);
	if (ret)
		return ret;
	ret = foreign_to_text(&f, text, why);
	foreign_free(&f);
	return ret;
}

static const struct {
	const char *data, *has;
	int ret;
} programs[] = {
	{ "-- asm\nmov r0, 5\nexit\n-- result\n5\n", "-> r0=0x5\n", 0 },
	{ "-- asm\nmov r0, 5\nexit\n-- result\n6\n", "expects 0x6, but the model computes 0x5",
	  -ENOTUNIQ },
	{ "-- asm\nmov r0, 1\njeq r2, 0, +1\nexit\nmov r0, 2\nexit\n-- result\n2\n",
	  "r2=0 -> r0=0x2", 0 },
	{ "-- asm\nldxb r0, [r1+2]\nexit\n-- mem\n01 02 03\n-- result\n3\n", "mem     8\n", 0 },
	/* little-endian by intent: no literal that a big-endian machine could not meet */
	{ "-- asm\nldxh r0, [r1]\nexit\n-- mem\n01 02\n-- result\n0x201\n",
	  "mem+0=bytes 0102000000000000\n", 0 },
	{ "-- asm\nstdw [r10-8], 3\nldxdw r0, [r10-8]\nexit\n-- result\n3\n", "stack   16", 0 },
	/* an address stays on the stack: the program runs as it is */
	{ "-- asm\nstxdw [r10-8], r1\nldxdw r3, [r10-8]\nldxb r0, [r3+1]\nexit\n-- mem\n05 06\n-- "
	  "result\n6\n",
	  "raw", 0 },
	{ "-- asm\nmov r1, 3\ncall local f\nexit\nf:\nmov r0, r1\nexit\n-- result\n3\n",
	  "func f3 args 5", 0 },
	{ "-- asm\ncall 1234\nexit\n-- result\n3\n", "bad call", -EOPNOTSUPP },
	{ "-- asm\nldxb r0, [r1+9]\nexit\n-- mem\n05 06\n-- result\n6\n", "bad access",
	  -EOPNOTSUPP },
	{ "-- asm\nloop:\nja loop\n-- result\n6\n", "too many steps", -EOPNOTSUPP },
	{ "-- asm\nsdiv r0, r2\nmov r0, 1\nexit\n-- result\n1\n", "needs   sdiv", 0 },
	{ "-- raw\n0x00000005000000b7\n0x95\n-- result\n5\n", "r0 = 5", 0 },
};

static void test_programs(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		char why[FOREIGN_WHY] = "", *text;
		int ret = import_text(programs[i].data, &text, why);
		struct cases all;

		CHECK(ret == programs[i].ret, "%zu: %d %s", i, ret, why);
		CHECK(strstr(text ? text : why, programs[i].has), "%zu: no '%s' in\n%s%s", i,
		      programs[i].has, text ? text : "", why);
		if (text && cases_read(&all, text)) {
			CHECK(all.cnt == 1 && !strcmp(all.c[0]->id, "t/t_1/one"), "%zu: id %s", i,
			      all.c[0]->id);
			cases_free(&all);
		}
		free(text);
	}
}

/* ---- and back: what is exported gives 1 in the model, and something else where the body is wrong
 * ---- */

static const char exported[] =
	"case alu\n\tprog\n\t\tr3 <<= r4\n\tend\n\tvec r3=0xfedcba9876543210 r4=8\n"
	"case zext\n\tprog\n\t\tw3 += w4\n\tend\n\tvec r3=0xffffffff80000000 r4=0x80000001\n"
	"case store\n\tmem 16\n\tptr r1 = mem+8\n\tprog\n\t\t*(u32 *)(r1 + 4) = r2\n\tend\n\tvec "
	"r2=0x12345678\n"
	"case fetch\n\tstack 16\n\tptr r6 = stack-16\n\tprog\n\t\tr2 = atomic_fetch_add((u64 *)(r6 "
	"+ 0), r2)\n\tend\n"
	"case jump\n\tprog\n\t\tr0 = 0\n\t\tif r1 s> r2 goto +1\n\t\tr0 = 1\n\tend\n\tvec r1=-1 "
	"r2=1\n"
	"case call\n\tprog\n\t\tr1 = 5\n\t\tcall f\n\t\tfunc f args 1:\n\t\tr0 = "
	"r1\n\t\texit\n\tend\n"
	"case whole\n\traw\n\tprog\n\t\tr0 = 7\n\t\texit\n\tend\n";

static void check_data(const struct export_ask *a)
{
	char *text, *back, why[EXPORT_WHY] = "", reason[FOREIGN_WHY] = "";
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int ret = export_data(f, a, why);

	fclose(f);
	CHECK(!ret, "%s: %s", a->c->id, why);
	ret = import_text(text, &back, reason);
	CHECK(!ret, "%s: %s\n%s", a->c->id, reason, text);
	free(text);
	free(back);
}

static void check_other(export_fn *fn, const struct export_ask *a, const char *has)
{
	char *text, why[EXPORT_WHY] = "";
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int ret = fn(f, a, why);

	fclose(f);
	CHECK(!ret && strstr(text, has), "%s: %s%s", a->c->id, why, text);
	free(text);
}

static void test_export(void)
{
	struct cases all;

	if (!cases_read(&all, exported))
		return;
	for (u32 i = 0; i < all.cnt; i++) {
		struct export_ask a = { .c = all.c[i], .order = ORDER_LE, .reg = -1 };

		check_data(&a);
		check_other(export_c, &a, "int main(void)");
		check_other(export_selftest, &a, "__success __retval(");
		if (strcmp(all.c[i]->group, "t/call"))
			check_other(export_test_bpf, &a, "INTERNAL");
	}
	cases_free(&all);
}

static void test_refusals(void)
{
	static const char text[] =
		"case ctx\n\tctx 8\n\tptr r6 = ctx\n\tprog\n\t\tr0 = *(u64 *)(r6 + 0)\n\tend\n"
		"case no\n\traw\n\tprog\n\t\texit\n\tend\n\treject EACCES\n"
		"case map\n\tmap m array 4 8 1\n\tprog\n\t\tr2 = &m ll\n\t\tr2 = 0\n\tend\n"
		"case ptr\n\tmem 8\n\tptr r1 = mem\n\tprog\n\t\tr2 = r1\n\tend\n";
	static export_fn *const fns[] = { export_data, export_selftest, export_test_bpf };
	struct cases all;

	if (!cases_read(&all, text))
		return;
	for (u32 i = 0; i < all.cnt; i++)
		for (size_t k = 0; k < ARRAY_SIZE(fns); k++) {
			struct export_ask a = { .c = all.c[i],
						.order = ORDER_BE,
						.reg = i == 3 ? 2 : -1 };
			char why[EXPORT_WHY] = "";
			FILE *f = tmpfile();

			CHECK(fns[k](f, &a, why) == -EOPNOTSUPP && *why, "%s is exported",
			      all.c[i]->id);
			CHECK(ftell(f) == 0, "%s: something is written", all.c[i]->id);
			fclose(f);
		}
	cases_free(&all);
}

/* ---- C ---- */

static const struct {
	const char *text, *macro;
} macros[] = {
	{ "r3 <<= r4", "BPF_ALU64_REG(BPF_LSH, R3, R4)" },
	{ "w3 s/= 5", "BPF_ALU32_IMM_OFF(BPF_DIV, R3, 5, 1)" },
	{ "r1 = (s8)r2", "BPF_MOVSX64_REG(R1, R2, 8)" },
	{ "r1 = be16 r1", "BPF_ENDIAN(BPF_TO_BE, R1, 16)" },
	{ "r1 = bswap64 r1", "BPF_BSWAP(R1, 64)" },
	{ "r1 = 5 ll", "BPF_LD_IMM64(R1, 0x5ULL)" },
	{ "r1 = *(s16 *)(r2 + 4)", "BPF_LDX_MEMSX(BPF_H, R1, R2, 4)" },
	{ "*(u8 *)(r2 - 1) = 3", "BPF_ST_MEM(BPF_B, R2, -1, 3)" },
	{ "r2 = atomic_fetch_or((u64 *)(r1 + 0), r2)",
	  "BPF_ATOMIC_OP(BPF_DW, BPF_OR | BPF_FETCH, R1, R2, 0)" },
	{ "w0 = cmpxchg32_32(r1 + 0, w0, w2)", "BPF_ATOMIC_OP(BPF_W, BPF_CMPXCHG, R1, R2, 0)" },
	{ "if w1 s< -3 goto +7", "BPF_JMP32_IMM(BPF_JSLT, R1, -3, 7)" },
	{ "gotol +9", "BPF_JMP32_A(9)" },
	{ "exit", "BPF_EXIT_INSN()" },
	{ "call 7", "BPF_RAW_INSN(BPF_JMP | BPF_CALL, R0, R0, 0, 7)" },
};

static void test_macros(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(macros); i++) {
		struct code code;
		struct diag diag;
		char buf[CTEXT_MAX];

		if (asm_assemble(macros[i].text, "t", 1, NULL, &code, &diag)) {
			CHECK(false, "%s: %s", macros[i].text, diag.msg);
			continue;
		}
		ctext_macro(buf, &code.insns[0]);
		CHECK(!strcmp(buf, macros[i].macro), "%s (expected %s)", buf, macros[i].macro);
		code_free(&code);
	}
}

/* ---- ELF: headers that lie ---- */

static void sink_program(void *ctx, struct foreign *f)
{
	++*(u32 *)ctx;
	foreign_free(f);
}

static void sink_skip(void *ctx, const char *path, const char *name, const char *why)
{
	(void)path, (void)name, (void)why;
	++*(u32 *)ctx;
}

static void test_elf(void)
{
	u32 seen = 0;
	const struct elf_sink sink = { sink_program, sink_skip, &seen };
	/* ELF64 LSB, relocatable; machine at 18, section table at 40, its entry size, count and
	 * names at 58 */
	u8 hdr[64] = { 0x7f, 'E',      'L',	   'F',	     2,		1,
		       1,    [16] = 1, [18] = 247, [20] = 1, [52] = 64, [58] = 64 };
	struct diag diag = {};

	CHECK(is_elf((char *)hdr, 64) &&
		      !is_elf("\x7f"
			      "EL",
			      3) &&
		      !is_elf("case x", 6),
	      "what is an ELF file");
	CHECK(elf_import("t.o", (char *)hdr, 64, &sink, &diag) == -EINVAL, "no symbols");
	hdr[40] = 64;
	hdr[60] = 200;
	CHECK(elf_import("t.o", (char *)hdr, 64, &sink, &diag) == -EINVAL,
	      "a section table behind the end");
	hdr[18] = 62;
	CHECK(elf_import("t.o", (char *)hdr, 64, &sink, &diag) == -EINVAL, "x86_64");
	CHECK(strstr(diag.msg, "machine"), "%s", diag.msg);
	for (size_t n = 4; n < 64; n++)
		CHECK(elf_import("t.o", (char *)hdr, n, &sink, &diag) == -EINVAL, "%zu bytes", n);
	CHECK(!seen, "%u programs", seen);
}

static const struct test tests[] = {
	{ "the dialect of bpf_conformance", test_pairs },
	{ "labels and functions", test_labels },
	{ "the instruction table through the dialect and back", test_round_trip },
	{ "malformed .data files", test_malformed },
	{ "too long a program", test_too_long },
	{ "hex bytes", test_hex },
	{ "programs as cases", test_programs },
	{ "cases in other languages", test_export },
	{ "what other languages cannot say", test_refusals },
	{ "macros of filter.h", test_macros },
	{ "damaged ELF headers", test_elf },
};

TEST_MAIN(tests)
