// SPDX-License-Identifier: GPL-2.0
/*
 * The letters are classes of bugs: W 64-bit operation on a pair of 32-bit registers, Z zero or sign
 * extension, I immediate encoding, S shift edge, D division. Ids of vectors count rows: values are
 * never reordered.
 */
#include <stdlib.h>
#include <string.h>
#include "bpf/case_tmpl.h"
#include "gen/gen.h"
#include "gen/vecs.h"
#include "lib/bytes.h"
#include "lib/util.h"

#define PRIME 11 /* of an orthogonal array of strength 2 with up to PRIME + 1 columns */

static const u64 wide[GEN_PAIR_TABLES][PRIME] = {
	{
		/* a: identities and extremes */
		0,
		1,
		-1ull,
		0x8000000000000000,
		0x7fffffffffffffff,
		0x0000000080000000,
		0x000000007fffffff,
		0x00000000ffffffff,
		0x0000000100000000,
		0x0123456789abcdef,
		0xfedcba9876543210,
	},
	{
		/* b: halves that carry, borrow, differ in sign (W) */
		0xffffffff00000000,
		0x00000001ffffffff,
		0x000000017fffffff,
		0x0000000180000000,
		0x8000000080000000,
		0x7fffffff80000000,
		0x800000007fffffff,
		0xffffffff80000000,
		0xffffffff7fffffff,
		2,
		0x00000000fffffffe,
	},
	{
		/* c: divisors, small and negative magnitudes (D) */
		3,
		10,
		-10ull,
		-2ull,
		0x0000000000010001,
		0x000000000000ffff,
		0xffffffffffff8000,
		0x4000000000000000,
		0xc000000000000001,
		0x00000003ffffffff,
		0x7ffffffffffffffe,
	},
	{
		/* d: equal upper halves, lower ones around bit 31 (W) */
		0xdeadbeef00000000,
		0xdeadbeef00000001,
		0xdeadbeef7fffffff,
		0xdeadbeef80000000,
		0xdeadbeefffffffff,
		0xdeadbeeeffffffff,
		0xdeadbef000000000,
		0x2152411100000000,
		0x5a5a5a5aa5a5a5a5,
		0x00ff00ff00ff00ff,
		0x8000000000000001,
	},
};

static const u64 narrow[GEN_PAIR_TABLES][PRIME] = {
	{
		/* a: extremes under upper halves that must not matter (Z) */
		0xdeadbeef00000000,
		0xffffffff00000001,
		0x12345678ffffffff,
		0xa5a5a5a580000000,
		0xffffffff7fffffff,
		0x0000000000000001,
		0xffffffffffffffff,
		0x0000000080000000,
		0x0123456789abcdef,
		0xfedcba9876543210,
		0,
	},
	{
		/* b: the same low words under other upper halves */
		0x00000000ffffffff,
		0x7fffffff80000001,
		0x8000000000000002,
		0xffffffffffffffff,
		0x00000001fffffffe,
		0x5a5a5a5a7ffffffe,
		0x00000000aaaaaaaa,
		0x1111111155555555,
		0xffffffff80000000,
		0x8000000000000000,
		0xcafebabe00010000,
	},
	{
		/* c: divisors and sub-word borders (D) */
		0x1000000000000003,
		0x800000000000000a,
		0x00000000fffffff6,
		0xdeadbeeffffffffe,
		0xffffffff00000007,
		0x0000000100007fff,
		0xfffffffe00008000,
		0x123456780000ffff,
		0x00000000ffff8000,
		0xa5a5a5a50000007f,
		0x5a5a5a5a00000080,
	},
	{
		/* d: no byte like another */
		0x0102030405060708,
		0xf1e2d3c4b5a69788,
		0x8091a2b3c4d5e6f7,
		0x00000000deadbeef,
		0xffffffff0badcafe,
		0x55aa55aaaa55aa55,
		0x0000000040000000,
		0xc0000000c0000000,
		0x3fffffff3fffffff,
		0x00000000ff00ff00,
		0xffff0000ffff0001,
	},
};

/* S: counts below the width; of a 32-bit shift the upper half must not matter. */
static const u64 counts64[PRIME] = { 0, 1, 7, 8, 15, 16, 31, 32, 33, 47, 63 };
static const u64 counts32[PRIME] = {
	0,
	1,
	0xdeadbeef00000007,
	8,
	0xffffffff0000000f,
	16,
	0x8000000000000017,
	24,
	0x000000010000001e,
	0x7fffffff0000001f,
	31,
};

/* ---- tables ---- */

struct known_table {
	struct known_table *next;
	char name[32];
	struct vectors *t;
};

static struct known_table *known;

static struct vectors *find(const char *name)
{
	for (struct known_table *k = known; k; k = k->next)
		if (!strcmp(k->name, name))
			return k->t;
	return NULL;
}

static struct vectors *new_table(const char *name, u32 nvecs, u32 mem, u32 stack, u32 ctx)
{
	struct known_table *k = xcalloc(1, sizeof(*k));
	struct vectors *t = xcalloc(1, sizeof(*t));

	snprintf(k->name, sizeof(k->name), "%s", name);
	k->t = t;
	k->next = known;
	known = k;
	t->refs = 1;
	t->nvecs = nvecs;
	t->ncols = CASE_REGS;
	t->win_size[REGION_MEM] =
		mem ? mem + guard_before(REGION_MEM) + guard_behind(REGION_MEM) : 0;
	t->win_size[REGION_STACK] = stack ? stack + guard_before(REGION_STACK) : 0;
	t->win_size[REGION_CTX] = ctx ? ctx + guard_behind(REGION_CTX) : 0;
	t->win_bytes =
		t->win_size[REGION_MEM] + t->win_size[REGION_STACK] + t->win_size[REGION_CTX];
	t->cols = xcalloc((size_t)nvecs * CASE_REGS, sizeof(*t->cols));
	t->bytes[ORDER_LE] = t->bytes[ORDER_BE] = xcalloc(nvecs, t->win_bytes + 1);
	return t;
}

static struct vectors *sealed(struct vectors *t)
{
	vectors_seal(t);
	return t;
}

/* Row (x, y), column k: x + k*y modulo the prime. Any two columns show each pair of values once. */
static u32 orthogonal(u32 row, u32 col)
{
	return (row / PRIME + col * (row % PRIME)) % PRIME;
}

struct vectors *vecs_pairs(int size, u32 variant)
{
	const u64 *values = size == 8 ? wide[variant] : narrow[variant];
	struct vectors *t;
	char name[32];

	snprintf(name, sizeof(name), "pairs%d%c", size, 'a' + variant);
	t = find(name);
	if (t)
		return t;
	t = new_table(name, PRIME * PRIME, 0, 0, 0);
	for (u32 v = 0; v < t->nvecs; v++)
		for (u32 k = 0; k < CASE_REGS; k++)
			t->cols[v * CASE_REGS + k] = values[orthogonal(v, k)];
	return sealed(t);
}

/* All values of all tables of @size, each register beginning elsewhere. */
static void fill_single(struct vectors *t, int size)
{
	for (u32 v = 0; v < t->nvecs; v++) {
		for (u32 k = 0; k < CASE_REGS; k++) {
			u32 i = (v + 7 * k) % t->nvecs;

			t->cols[v * CASE_REGS + k] = size == 8 ? wide[i / PRIME][i % PRIME]
							       : narrow[i / PRIME][i % PRIME];
		}
	}
}

struct vectors *vecs_single(int size)
{
	const char *name = size == 8 ? "single8" : "single4";
	struct vectors *t = find(name);

	if (t)
		return t;
	t = new_table(name, GEN_PAIR_TABLES * PRIME, 0, 0, 0);
	fill_single(t, size);
	return sealed(t);
}

struct vectors *vecs_shift(int size, int dst, int src)
{
	const u64 *counts = size == 8 ? counts64 : counts32,
		  *values = size == 8 ? wide[1] : narrow[0];
	int bit = dst == src ? 4 : __builtin_ctz(dst ^ src);
	bool one = src >> bit & 1;
	struct vectors *t;
	char name[32];

	/* registers whose number has the same bit as @src's are counts, the others operands */
	snprintf(name, sizeof(name), "shift%d.%d.%d", size, bit, one);
	t = find(name);
	if (t)
		return t;
	t = new_table(name, PRIME * PRIME, 0, 0, 0);
	for (u32 v = 0; v < t->nvecs; v++) {
		for (u32 k = 0; k < CASE_REGS; k++) {
			bool count = (bool)(k >> bit & 1) == one;

			t->cols[v * CASE_REGS + k] = (count ? counts : values)[orthogonal(v, k)];
		}
	}
	return sealed(t);
}

struct vectors *vecs_memory(u32 mem, u32 stack)
{
	struct vectors *t;
	char name[32];

	snprintf(name, sizeof(name), "memory.%u.%u", mem, stack);
	t = find(name);
	if (t)
		return t;
	t = new_table(name, GEN_PAIR_TABLES * PRIME, mem, stack, 0);
	fill_single(t, 8);
	for (u32 v = 0; v < t->nvecs; v++)
		for (u32 i = 0; i < t->win_bytes; i += 8)
			bytes_put(t->bytes[ORDER_LE] + (size_t)v * t->win_bytes + i, 8,
				  case_noise(v, 128 + i / 8), ORDER_LE);
	return sealed(t);
}

#define AROUND_IMMS 8 /* that share a table, and so a program */
#define AROUND_EACH 8

/* What an immediate is compared with, to catch a wrong extension, a wrong sign, an off-by-one (I,
 * Z, W). */
static void around(u64 v[AROUND_EACH], s32 imm)
{
	u64 sext = (s64)imm, zext = (u32)imm;

	v[0] = sext;
	v[1] = sext + 1;
	v[2] = sext - 1;
	v[3] = zext;
	v[4] = zext | 0xdeadbeef00000000;
	v[5] = sext ^ 0x80000000;
	v[6] = sext ^ 0x8000000000000000;
	v[7] = (zext + 1) | 0x0000000100000000;
}

struct vectors *vecs_around(u32 nr)
{
	u32 first = nr / AROUND_IMMS * AROUND_IMMS, nimms = dim_imm.count(NULL, 0);
	u64 values[AROUND_IMMS * AROUND_EACH];
	struct vectors *t;
	char name[32];

	snprintf(name, sizeof(name), "around.%u", first);
	t = find(name);
	if (t)
		return t;
	t = new_table(name, ARRAY_SIZE(values), 0, 0, 0);
	for (u32 i = 0; i < AROUND_IMMS; i++)
		around(values + i * AROUND_EACH,
		       imm_value(first + i < nimms ? first + i : nimms - 1));
	for (u32 v = 0; v < t->nvecs; v++)
		for (u32 k = 0; k < CASE_REGS; k++)
			t->cols[v * CASE_REGS + k] = values[(v + 7 * k) % t->nvecs];
	return sealed(t);
}

struct vectors *vecs_cmpxchg(int size)
{
	const char *name = size == 8 ? "cmpxchg8" : "cmpxchg4";
	struct vectors *t = find(name);

	if (t)
		return t;
	t = new_table(name, GEN_PAIR_TABLES * PRIME, 8, 0, 0);
	t->bytes[ORDER_BE] = xcalloc(t->nvecs, t->win_bytes);
	fill_single(t, 8);
	for (u32 v = 0; v < t->nvecs; v++) {
		/* miss by the lowest bit, by bit 31, by the upper half alone */
		static const u64 miss[] = { 1, 0x80000000, 0xffffffff00000000, 0x100000000 };
		u64 r0 = t->cols[v * CASE_REGS],
		    word = v % 2 ? r0 ^ miss[v / 2 % ARRAY_SIZE(miss)] : r0;

		for (int o = 0; o < NR_ORDERS; o++) {
			u8 *win = t->bytes[o] + (size_t)v * t->win_bytes;

			for (u32 i = 0; i < t->win_bytes; i += 8)
				bytes_put(win + i, 8, case_noise(v, 128 + i / 8), ORDER_LE);
			/* the low word first, wherever it lies in an 8-byte word of that order */
			bytes_put(win + guard_before(REGION_MEM), 4,
				  size == 4 || o == ORDER_LE ? (u32)word : (u32)(word >> 32), o);
			bytes_put(win + guard_before(REGION_MEM) + 4, 4,
				  o == ORDER_LE ? (u32)(word >> 32) : (u32)word, o);
		}
	}
	return sealed(t);
}

struct vectors *vecs_packets(const char *name, u32 ctx, u32 words, const u32 *values, u32 cnt)
{
	struct vectors *t;
	u32 nvecs = 1;
	char full[32];

	snprintf(full, sizeof(full), "packet.%s.%u", name, ctx);
	t = find(full);
	if (t)
		return t;
	for (u32 i = 0; i < words; i++)
		nvecs *= cnt;
	t = new_table(full, nvecs, 0, 0, ctx);
	for (u32 v = 0; v < nvecs; v++) {
		u8 *packet = t->bytes[ORDER_LE] + (size_t)v * t->win_bytes;

		for (u32 i = 0; i < t->win_bytes; i += 8)
			bytes_put(packet + i, 8, case_noise(v, 128 + i / 8), ORDER_LE);
		for (u32 i = 0, rest = v; i < words; i++, rest /= cnt)
			bytes_put(packet + 4 * i, 4, values[rest % cnt], ORDER_BE);
	}
	return sealed(t);
}
