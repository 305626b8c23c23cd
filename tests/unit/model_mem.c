// SPDX-License-Identifier: GPL-2.0
/*
 * The model's loads, stores and atomics against plain host C: memcpy() into a host integer, swapped
 * where the guest's byte order is not the host's.
 */
#include "tests/test.h"
#include "tests/model_case.h"

#define WINDOW 32

static struct model_state st;
static struct model_case m;
static char why[128];

static const u64 values[] = {
	0,
	1,
	0x7f,
	0x80,
	0x8000,
	0x80000000,
	0xffffffff,
	0x100000000,
	0x8000000000000000,
	~(u64)0,
	0x0123456789abcdef,
	0xfedcba9876543210,
};

static bool host_is(enum byte_order order)
{
	const u16 one = 1;

	return (*(const u8 *)&one == 1) == (order == ORDER_LE);
}

static u64 host_load(const u8 *p, u32 size, enum byte_order order)
{
	u8 b1;
	u16 b2;
	u32 b4;
	u64 b8;

	switch (size) {
	case 1:
		memcpy(&b1, p, 1);
		return b1;
	case 2:
		memcpy(&b2, p, 2);
		return host_is(order) ? b2 : __builtin_bswap16(b2);
	case 4:
		memcpy(&b4, p, 4);
		return host_is(order) ? b4 : __builtin_bswap32(b4);
	default:
		memcpy(&b8, p, 8);
		return host_is(order) ? b8 : __builtin_bswap64(b8);
	}
}

static void host_store(u8 *p, u64 v, u32 size, enum byte_order order)
{
	u16 b2 = host_is(order) ? v : __builtin_bswap16(v);
	u32 b4 = host_is(order) ? v : __builtin_bswap32(v);
	u64 b8 = host_is(order) ? v : __builtin_bswap64(v);

	if (size == 1)
		*p = v;
	else
		memcpy(p, size == 2 ? (void *)&b2 : size == 4 ? (void *)&b4 : (void *)&b8, size);
}

static u64 host_sign(u64 v, u32 size)
{
	return size == 1 ? (u64)(s8)v : size == 2 ? (u64)(s16)v : size == 4 ? (u64)(s32)v : v;
}

/* What the instruction does, from its name: new bytes in @p, new registers. @base: the register
 * with the address. */
static void second_opinion(const struct insn_desc *row, u8 *p, u64 *reg, u64 *r0, s32 imm,
			   enum byte_order order)
{
	const char *name = row->name;
	u64 mask = row->size == 8 ? ~(u64)0 : ((u64)1 << 8 * row->size) - 1;
	u64 old = host_load(p, row->size, order), new = old;
	bool fetch = strstr(name, "fetch") || !strncmp(name, "xchg", 4);

	if (!strncmp(name, "ldsx", 4))
		*reg = host_sign(old, row->size);
	else if (!strncmp(name, "ldx", 3) || !strncmp(name, "load_acquire", 12))
		*reg = old;
	else if (!strncmp(name, "stx", 3) || !strncmp(name, "store_release", 13))
		new = *reg;
	else if (!strncmp(name, "st", 2))
		new = (u64)(s64)imm;
	else if (!strncmp(name, "xchg", 4))
		new = *reg;
	else if (!strncmp(name, "cmpxchg", 7)) {
		if (((old ^ *r0) & mask) == 0)
			new = *reg;
		*r0 = old;
	} else if (strstr(name, "add"))
		new = old + *reg;
	else if (strstr(name, "xor"))
		new = old ^ *reg;
	else if (strstr(name, "or"))
		new = old | *reg;
	else if (strstr(name, "and"))
		new = old &*reg;
	else
		CHECK(0, "no second opinion about %s", name);
	if (fetch)
		*reg = old;
	host_store(p, new, row->size, order);
}

/* Which operand of the row is the address. */
static bool base_is_src(const struct insn_desc *row)
{
	return row->syntax == SYNTAX_LDX || row->syntax == SYNTAX_LOAD_ACQUIRE;
}

static bool is_atomic(const struct insn_desc *row)
{
	return BPF_CLASS(row->code) == BPF_STX && BPF_MODE(row->code) == BPF_ATOMIC;
}

static void check_access(const struct insn_desc *row, enum region region, enum byte_order order,
			 u32 at, u64 value, bool hit, u8 base, u8 other)
{
	bool by_src = base_is_src(row);
	s16 first = region == REGION_STACK ? -WINDOW : 0;
	struct insn insn = { .code = row->code, .off = 5 };
	u64 want[CASE_REGS];
	u8 expect[CASE_MAX_WINDOW], *in = m.bytes;
	enum model_stop stop;

	mc_init(&m, WINDOW, WINDOW, WINDOW);
	for (int r = REGION_MEM; r < (int)region; r++)
		in += m.vecs.win_size[r];
	mc_ptr(&m, base, region, first + (s16)at - 5);
	if (row->fields & F_IMM)
		insn.imm = (s32)value;
	else
		insn.imm = row->imm;
	insn.dst = by_src ? other : base;
	insn.src = row->syntax == SYNTAX_ST ? 0 : by_src ? base : other;
	if (other != base)
		m.cols[other] = value;
	if (hit && base != 0) /* dirty upper half: a 32-bit comparison must not look at it */
		m.cols[0] = host_load(in + guard_before(region) + at, row->size, order) |
			    (row->size == 8 ? 0 : (u64)0xabcd << 32);
	memcpy(want, m.cols, sizeof(want));
	want[base] = (u64)m.c.regs[base].off;
	memcpy(expect, in, m.vecs.win_size[region]);
	second_opinion(row, expect + guard_before(region) + at, &want[other], &want[0], insn.imm,
		       order);
	mc_slots(&m, 0, &insn, 1);
	stop = model_run(&m.c, 0, order, 64, &st, why);
	CHECK(!stop, "%s region %d at %u: %s", row->name, region, at, why);
	CHECK(!memcmp(st.win[region], expect, m.vecs.win_size[region]),
	      "%s region %d at %u order %d: memory", row->name, region, at, order);
	for (int k = 0; k < CASE_REGS; k++)
		CHECK(st.r[k] == want[k],
		      "%s region %d at %u order %d: r%d %llx, second opinion %llx", row->name,
		      region, at, order, k, (unsigned long long)st.r[k],
		      (unsigned long long)want[k]);
}

static void check_place(const struct insn_desc *row, enum region region, enum byte_order order,
			u32 at)
{
	for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
		check_access(row, region, order, at, values[v], v % 2, 1 + v % 5, 6 + v % 4);
		if (!base_is_src(row)) /* fetch and cmpxchg with r0 as src */
			check_access(row, region, order, at, values[v], false, 4, 0);
	}
	if (base_is_src(row)) /* the base is overwritten */
		check_access(row, region, order, at, 0, false, 3, 3);
}

/* Every size at every offset where it is allowed, in every window, in both byte orders. */
static void test_accesses(void)
{
	for (size_t i = 0; i < nr_insn_descs; i++) {
		const struct insn_desc *row = &insn_descs[i];

		for (int r = REGION_MEM; insn_accesses_memory(row) && r < NR_REGIONS; r++) {
			bool aligned = is_atomic(row) || r == REGION_STACK;

			if (r == REGION_CTX && is_atomic(row))
				continue;
			for (u32 at = 0; at + row->size <= WINDOW; at += aligned ? row->size : 1)
				for (int order = 0; order < NR_ORDERS; order++)
					check_place(row, r, order, at);
		}
	}
}

/* One byte before the window, and one behind it. */
static void test_bounds(void)
{
	for (size_t i = 0; i < nr_insn_descs; i++) {
		const struct insn_desc *row = &insn_descs[i];

		if (!insn_accesses_memory(row))
			continue;
		for (int r = REGION_MEM; r < NR_REGIONS; r++) {
			s32 first = r == REGION_STACK ? -WINDOW : 0;
			s32 offs[] = { first - row->size,
				       first - 1,
				       first + WINDOW,
				       first + WINDOW - row->size + 1,
				       -32768,
				       32767 };

			for (size_t k = 0; k < ARRAY_SIZE(offs); k++) {
				struct insn insn = { .code = row->code,
						     .dst = 1,
						     .src = 2,
						     .off = offs[k],
						     .imm = row->fields & F_IMM ? 0 : row->imm };

				if (row->size == 1 && k == 3)
					continue; /* that one is inside */
				if (row->syntax == SYNTAX_ST)
					insn.src = 0;
				mc_init(&m, WINDOW, WINDOW, WINDOW);
				mc_ptr(&m, base_is_src(row) ? 2 : 1, r, 0);
				mc_slots(&m, 0, &insn, 1);
				CHECK(model_run(&m.c, 0, ORDER_LE, 64, &st, why) ==
						      MODEL_BAD_ACCESS &&
					      *why,
				      "%s region %d offset %d", row->name, r, offs[k]);
			}
		}
	}
}

static void test_alignment(void)
{
	for (size_t i = 0; i < nr_insn_descs; i++) {
		const struct insn_desc *row = &insn_descs[i];

		for (u32 at = 1; insn_accesses_memory(row) && at < row->size; at++)
			for (int r = REGION_MEM; r <= REGION_STACK; r++) {
				struct insn insn = { .code = row->code,
						     .dst = 1,
						     .src = 2,
						     .off = r == REGION_STACK ? (s32)at - WINDOW
									      : (s32)at,
						     .imm = row->fields & F_IMM ? 0 : row->imm };
				bool bad = is_atomic(row) || r == REGION_STACK;

				if (row->syntax == SYNTAX_ST)
					insn.src = 0;
				mc_init(&m, WINDOW, WINDOW, WINDOW);
				mc_ptr(&m, base_is_src(row) ? 2 : 1, r, 0);
				mc_slots(&m, 0, &insn, 1);
				CHECK(model_run(&m.c, 0, ORDER_LE, 64, &st, why) ==
					      (bad ? MODEL_BAD_ACCESS : MODEL_OK),
				      "%s region %d at %u: %s", row->name, r, at, why);
			}
	}
}

static void test_ld_imm64(void)
{
	for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
		struct insn prog[2] = {
			{ .code = BPF_LD | BPF_IMM | BPF_DW, .dst = 7, .imm = (s32)values[v] },
			{ .imm = (s32)(values[v] >> 32) },
		};

		mc_init(&m, 0, 0, 0);
		mc_slots(&m, 0, prog, 2);
		CHECK(!model_run(&m.c, 0, ORDER_BE, 32, &st, why), "%s", why);
		CHECK(st.r[7] == values[v] && st.steps == 1, "%llx", (unsigned long long)st.r[7]);
	}
}

static const struct test tests[] = {
	{ "model: memory rows against a second opinion", test_accesses },
	{ "model: nothing outside a window", test_bounds },
	{ "model: alignment of atomics and of the stack", test_alignment },
	{ "model: ld_imm64", test_ld_imm64 },
};
TEST_MAIN(tests)
