// SPDX-License-Identifier: GPL-2.0
/*
 * The model, instruction by instruction, against a second opinion in plain host C: one function per
 * operation, found by the name of the row, so that no row of insn_descs[] can be forgotten. It
 * shares no code with the model.
 */
#include "tests/test.h"
#include "tests/model_case.h"

static const u64 edges[] = {
	0,
	1,
	2,
	3,
	7,
	13,
	31,
	32,
	33,
	63,
	64,
	65,
	0x7f,
	0x80,
	0xff,
	0x7fff,
	0x8000,
	0xffff,
	0x7fffffff,
	0x80000000,
	0x80000001,
	0xfffffffe,
	0xffffffff,
	0x100000000,
	0x1ffffffff,
	0x7fffffff80000000,
	0x7fffffffffffffff,
	0x8000000000000000,
	0x8000000000000001,
	0x80000000ffffffff,
	0xffffffff00000000,
	0xffffffff00000001,
	0xffffffff7fffffff,
	0xffffffff80000000,
	0xfffffffffffffff3,
	0xfffffffffffffffe,
	0xffffffffffffffff,
	0x0123456789abcdef,
	0xfedcba9876543210,
	0xdeadbeef00c0ffee,
};

static const s32 imms[] = {
	0,	    1,		 2,	    3,		13,	     -1,    -2,
	-3,	    -13,	 31,	    32,		33,	     63,    64,
	127,	    128,	 255,	    32767,	32768,	     65535, 0x10000,
	0x7fffffff, -0x7fffffff, INT32_MIN, 0x12345678, -0x12345678, -128,  -32768,
};

/* ---- the second opinion: @a is dst, @b src or the sign-extended immediate ---- */

typedef unsigned __int128 u128;
typedef __int128 s128;

static bool big; /* byte order that to_le and to_be are asked about */

#define OP64(name, expr)                  \
	static u64 name##64(u64 a, u64 b) \
	{                                 \
		(void)a;                  \
		(void)b;                  \
		return (u64)(expr);       \
	}
#define OP32(name, expr)                                        \
	static u64 name##32(u64 a64, u64 b64)                   \
	{                                                       \
		u64 a = a64 & 0xffffffff, b = b64 & 0xffffffff; \
		(void)a;                                        \
		(void)b;                                        \
		return (u64)(expr)&0xffffffff;                  \
	}
#define S64(x) ((s128)(s64)(x))
#define S32(x) ((s64)(s32)(u32)(x))

OP64(add, (u128)a + b)
OP64(sub, S64(a) - S64(b))
OP64(mul, (u128)a *b)
OP64(div, b ? (u128)a / b : 0)
OP64(sdiv, b ? S64(a) / S64(b) : 0)
OP64(mod, b ? (u128)a % b : a)
OP64(smod, b ? S64(a) % S64(b) : (s128)a)
OP64(or, ~(~a & ~b))
OP64(and, ~(~a | ~b))
OP64(xor, (a | b) - (a & b))
OP64(lsh, (u128)a *((u128)1 << b % 64))
OP64(rsh, (u128)a / ((u128)1 << b % 64))
OP64(arsh, S64(a) >> b % 64)
OP64(mov, b)
OP64(neg, ~a + 1)
OP32(add, a + b)
OP32(sub, S32(a) - S32(b))
OP32(mul, a *b)
OP32(div, b ? a / b : 0)
OP32(sdiv, b ? S32(a) / S32(b) : 0)
OP32(mod, b ? a % b : a)
OP32(smod, b ? S32(a) % S32(b) : (s64)a)
OP32(or, ~(~a & ~b))
OP32(and, ~(~a | ~b))
OP32(xor, (a | b) - (a & b))
OP32(lsh, a *((u64)1 << b % 32))
OP32(rsh, a / ((u64)1 << b % 32))
OP32(arsh, S32(a) >> b % 32)
OP32(mov, b)
OP32(neg, ~a + 1)
OP32(movsx8_, (s8)b)
OP32(movsx16_, (s16)b)
OP64(movsx8_, (s8)b)
OP64(movsx16_, (s16)b)
OP64(movsx32_, (s32)b)
OP64(bswap16_, __builtin_bswap16(a))
OP64(bswap32_, __builtin_bswap32(a))
OP64(bswap64_, __builtin_bswap64(a))
OP64(le16_, big ? __builtin_bswap16(a) : (u16)a)
OP64(le32_, big ? __builtin_bswap32(a) : (u32)a)
OP64(le64_, big ? __builtin_bswap64(a) : a)
OP64(be16_, big ? (u16)a : __builtin_bswap16(a))
OP64(be32_, big ? (u32)a : __builtin_bswap32(a))
OP64(be64_, big ? a : __builtin_bswap64(a))

struct opinion {
	const char *name; /* of the row, without _x and _k */
	u64 (*fn)(u64 a, u64 b);
};

#define BOTH(op)                 \
	{ #op "64", op##64 },    \
	{                        \
#op "32", op##32 \
	}
static const struct opinion alu_opinions[] = {
	BOTH(add),
	BOTH(sub),
	BOTH(mul),
	BOTH(div),
	BOTH(sdiv),
	BOTH(mod),
	BOTH(smod),
	BOTH(or),
	BOTH(and),
	BOTH(xor),
	BOTH(lsh),
	BOTH(rsh),
	BOTH(arsh),
	BOTH(mov),
	BOTH(neg),
	{ "movsx32_8", movsx8_32 },
	{ "movsx32_16", movsx16_32 },
	{ "movsx64_8", movsx8_64 },
	{ "movsx64_16", movsx16_64 },
	{ "movsx64_32", movsx32_64 },
	{ "bswap16", bswap16_64 },
	{ "bswap32", bswap32_64 },
	{ "bswap64", bswap64_64 },
	{ "le16", le16_64 },
	{ "le32", le32_64 },
	{ "le64", le64_64 },
	{ "be16", be16_64 },
	{ "be32", be32_64 },
	{ "be64", be64_64 },
};

OP64(jeq, !(a ^ b))
OP64(jne, !!(a ^ b))
OP64(jset, (a & b) != 0)
OP64(jgt, (u128)a - b - 1 < (u128)1 << 64)
OP64(jge, (u128)a - b < (u128)1 << 64)
OP64(jlt, (u128)b - a - 1 < (u128)1 << 64)
OP64(jle, (u128)b - a < (u128)1 << 64)
OP64(jsgt, S64(a) - S64(b) > 0)
OP64(jsge, S64(a) - S64(b) >= 0)
OP64(jslt, S64(a) - S64(b) < 0)
OP64(jsle, S64(a) - S64(b) <= 0)
OP32(jeq, a == b)
OP32(jne, a != b)
OP32(jset, (a & b) != 0)
OP32(jgt, a > b)
OP32(jge, a >= b)
OP32(jlt, a < b)
OP32(jle, a <= b)
OP32(jsgt, S32(a) - S32(b) > 0)
OP32(jsge, S32(a) - S32(b) >= 0)
OP32(jslt, S32(a) - S32(b) < 0)
OP32(jsle, S32(a) - S32(b) <= 0)

static const struct opinion jump_opinions[] = {
	BOTH(jeq), BOTH(jne),  BOTH(jset), BOTH(jgt),  BOTH(jge),  BOTH(jlt),
	BOTH(jle), BOTH(jsgt), BOTH(jsge), BOTH(jslt), BOTH(jsle),
};

#define FIND_OPINION(row, table) find_opinion((row), (table), ARRAY_SIZE(table))
static const struct opinion *find_opinion(const struct insn_desc *row, const struct opinion *table,
					  size_t n)
{
	size_t len = strlen(row->name);

	if (row->syntax == SYNTAX_ALU_X || row->syntax == SYNTAX_ALU_K ||
	    row->syntax == SYNTAX_JMP_X || row->syntax == SYNTAX_JMP_K)
		len -= 2;
	for (size_t i = 0; i < n; i++)
		if (strlen(table[i].name) == len && !strncmp(table[i].name, row->name, len))
			return &table[i];
	return NULL;
}

/* ---- running one instruction ---- */

static struct model_state st;

static struct insn make(const struct insn_desc *row, u8 dst, u8 src, s16 off, s32 imm)
{
	return (struct insn){
		.code = row->code,
		.dst = row->fields & F_DST ? dst : row->dst,
		.src = row->fields & F_SRC ? src : row->src,
		.off = row->fields & F_OFF ? off : row->off,
		.imm = row->fields & F_IMM ? imm : row->imm,
	};
}

/* Every register but @except and every byte is as it was. */
static bool untouched(const struct model_case *m, int except)
{
	const u8 *in = m->bytes;

	for (int k = 0; k < CASE_REGS; k++)
		if (k != except &&
		    (st.r[k] != (m->c.regs[k].region ? (u64)m->c.regs[k].off : m->cols[k]) ||
		     st.region[k] != m->c.regs[k].region))
			return false;
	for (int r = REGION_MEM; r < NR_REGIONS; in += m->vecs.win_size[r++])
		if (memcmp(st.win[r], in, m->vecs.win_size[r]))
			return false;
	return !st.clobbered && !st.early_exit && !st.retval;
}

static void check_alu(const struct insn_desc *row, const struct opinion *op, u8 dst, u8 src, u64 a,
		      u64 b)
{
	struct insn insn = make(row, dst, src, 0, (s32)b);
	static struct model_case m;
	char why[128] = "";

	mc_init(&m, 16, 16, 16);
	m.cols[dst] = a;
	if (insn.code & BPF_X && row->fields & F_SRC)
		m.cols[src] = b;
	a = m.cols[dst]; /* dst == src */
	for (int order = 0; order < NR_ORDERS; order++) {
		enum model_stop stop;
		u64 want;

		big = order == ORDER_BE;
		want = op->fn(a, b);
		mc_slots(&m, 0, &insn, 1);
		stop = model_run(&m.c, 0, order, 64, &st, why);
		CHECK(!stop, "%s: %s", row->name, why);
		CHECK(st.r[dst] == want && !st.region[dst],
		      "%s order %d r%u=%llx r%u=%llx: %llx, second opinion %llx", row->name, order,
		      dst, (unsigned long long)a, src, (unsigned long long)b,
		      (unsigned long long)st.r[dst], (unsigned long long)want);
		CHECK(untouched(&m, dst), "%s changed something else", row->name);
	}
}

static bool is_alu(const struct insn_desc *row)
{
	return row->syntax == SYNTAX_ALU_X || row->syntax == SYNTAX_ALU_K ||
	       row->syntax == SYNTAX_NEG || row->syntax == SYNTAX_MOVSX ||
	       row->syntax == SYNTAX_END;
}

static void test_alu(void)
{
	for (size_t i = 0; i < nr_insn_descs; i++) {
		const struct insn_desc *row = &insn_descs[i];
		const struct opinion *op = FIND_OPINION(row, alu_opinions);

		if (!is_alu(row))
			continue;
		CHECK(op, "no second opinion about %s", row->name);
		for (size_t a = 0; op && a < ARRAY_SIZE(edges); a++) {
			if (!(row->fields & F_SRC)) {
				for (size_t k = 0; k < ARRAY_SIZE(imms); k++)
					check_alu(row, op, a % CASE_REGS, 0, edges[a],
						  (u64)(s64)imms[k]);
				continue;
			}
			for (size_t b = 0; b < ARRAY_SIZE(edges); b++)
				check_alu(row, op, a % CASE_REGS, (a + 1 + b % 9) % CASE_REGS,
					  edges[a], edges[b]);
			check_alu(row, op, a % CASE_REGS, a % CASE_REGS, edges[a], edges[a]);
		}
	}
}

/* if dst OP src goto +1; rX = 0 */
static void check_jump(const struct insn_desc *row, const struct opinion *op, u8 dst, u8 src, u64 a,
		       u64 b)
{
	u8 mark = dst == 9 || src == 9 ? (dst == 8 || src == 8 ? 7 : 8) : 9;
	struct insn prog[2] = {
		make(row, dst, src, 1, (s32)b),
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst = mark },
	};
	static struct model_case m;
	char why[128] = "";
	enum model_stop stop;
	bool taken;

	mc_init(&m, 16, 16, 16);
	m.cols[dst] = a;
	if (row->syntax == SYNTAX_JMP_X)
		m.cols[src] = b;
	mc_slots(&m, 0, prog, 2);
	stop = model_run(&m.c, 0, ORDER_LE, 64, &st, why);
	taken = st.r[mark] == m.cols[mark];
	CHECK(!stop, "%s: %s", row->name, why);
	CHECK(taken == op->fn(m.cols[dst], b), "%s %llx %llx: taken %d", row->name,
	      (unsigned long long)a, (unsigned long long)b, taken);
	CHECK(untouched(&m, mark), "%s changed something", row->name);
	CHECK(st.steps == 2u - taken, "%s: %u steps", row->name, st.steps);
}

static void test_jumps(void)
{
	for (size_t i = 0; i < nr_insn_descs; i++) {
		const struct insn_desc *row = &insn_descs[i];
		const struct opinion *op = FIND_OPINION(row, jump_opinions);

		if (row->syntax != SYNTAX_JMP_X && row->syntax != SYNTAX_JMP_K)
			continue;
		CHECK(op, "no second opinion about %s", row->name);
		for (size_t a = 0; op && a < ARRAY_SIZE(edges); a++) {
			for (size_t k = 0; row->syntax == SYNTAX_JMP_K && k < ARRAY_SIZE(imms); k++)
				check_jump(row, op, a % CASE_REGS, 0, edges[a], (u64)(s64)imms[k]);
			for (size_t b = 0; row->syntax == SYNTAX_JMP_X && b < ARRAY_SIZE(edges);
			     b++)
				check_jump(row, op, a % CASE_REGS, (a + 1 + b % 9) % CASE_REGS,
					   edges[a], edges[b]);
			if (row->syntax == SYNTAX_JMP_X)
				check_jump(row, op, a % CASE_REGS, a % CASE_REGS, edges[a],
					   edges[a]);
		}
	}
}

/* ---- RFC 9669's own examples and sentences ---- */

static void test_rfc(void)
{
	static const struct {
		const char *row;
		u64 a, b, want;
	} rows[] = {
		{ "smod64_x", (u64)-13, 3, (u64)-1 }, /* section 4.1: -13 % 3 == -1 */
		{ "smod32_k", (u32)-13, 3, (u32)-1 },
		{ "smod64_x", 13, (u64)-3, 1 },
		{ "sdiv64_x", (u64)-13, 3, (u64)-4 },
		{ "div64_x", 77, 0, 0 },
		{ "div32_x", ~(u64)0, ~(u64)0 << 32, 0 },
		{ "mod64_x", ~(u64)0 - 4, 0, ~(u64)0 - 4 }, /* unchanged */
		{ "mod32_x", ~(u64)0 - 4, 0, 0xfffffffb },  /* upper half zeroed */
		{ "sdiv64_x", (u64)INT64_MIN, (u64)-1, (u64)INT64_MIN },
		{ "sdiv32_k", (u32)INT32_MIN, (u64)-1, (u32)INT32_MIN },
		{ "smod64_k", (u64)INT64_MIN, (u64)-1, 0 },
		{ "smod32_x", (u32)INT32_MIN, (u64)-1, 0 },
		{ "mov64_k", 0, (u64)-1, ~(u64)0 }, /* (s64)imm */
		{ "mov32_k", 0, (u64)-1, 0xffffffff },
		{ "movsx32_8", 0, 0x180, 0xffffff80 },
		{ "lsh64_x", 1, 0x7f, (u64)1 << 63 }, /* masks 0x3f and 0x1f */
		{ "arsh32_x", 0x80000000, 0xff, 0xffffffff },
		{ "div64_k", ~(u64)0, (u64)-1, 1 }, /* imm sign-extended, then unsigned */
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct insn_desc *row = insn_by_name(rows[i].row);
		static struct model_case m;
		struct insn insn;

		CHECK(row, "no row %s", rows[i].row);
		if (!row)
			continue;
		mc_init(&m, 0, 0, 0);
		m.cols[1] = rows[i].a;
		m.cols[2] = rows[i].b;
		insn = make(row, 1, 2, 0, (s32)rows[i].b);
		mc_slots(&m, 0, &insn, 1);
		CHECK(!model_run(&m.c, 0, ORDER_LE, 32, &st, NULL), "%s", rows[i].row);
		CHECK(st.r[1] == rows[i].want, "%s: %llx", rows[i].row,
		      (unsigned long long)st.r[1]);
	}
}

static const struct test tests[] = {
	{ "model: ALU rows against a second opinion", test_alu },
	{ "model: jump rows against a second opinion", test_jumps },
	{ "model: what RFC 9669 says in words", test_rfc },
};
TEST_MAIN(tests)
