// SPDX-License-Identifier: GPL-2.0
/*
 * The named values. Each is here because some class of bugs shows only on it; the letters are
 * those of the classes: W 64-bit operation on a pair of 32-bit registers, Z zero or sign extension,
 * I immediate encoding, S shift edge, D division, M memory offset, R register aliasing.
 *
 * Ids of vectors count values, so the order never changes and new values go to the end.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "bpf/values.h"
#include "lib/util.h"

#define PAIR_REGS 10

/* Values stand beside their reasons. */
/* clang-format off */

static const u64 regs[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };

/*
 * R: r0 is the result and cmpxchg's hidden operand, r1 r2 need a REX prefix for bytes on x86-64,
 * r3 and r4 are rdx and rcx there (division, shift counts), r5 is the last caller-saved one, r6 r9
 * the ends of the callee-saved ones.
 */
static const u64 regs_few[] = { 0, 1, 2, 3, 4, 5, 6, 9 };

/* Operands of 64-bit operations. */
static const u64 edge64[] = {
	0, 1, -1ull, 2,			/* identities, absorbing elements, D: by 0, by -1 */
	0x8000000000000000,		/* D: LLONG_MIN / -1; sign of the whole */
	0x7fffffffffffffff,		/* one below: overflow upwards */
	0x8000000000000001,
	0x0000000080000000,		/* Z: bit 31 alone: a sign-extended copy shows */
	0xffffffff80000000,		/* Z: sign-extended: a zero-extended copy shows */
	0x000000007fffffff,
	0x00000000ffffffff,		/* W: carry out of the low word when 1 is added */
	0x0000000100000000,		/* W: borrow out of the high word; low word 0 */
	0xffffffff00000000,		/* W: high word only; D: a 32-bit zero test would see 0 */
	0x000000017fffffff,		/* W: equal high words, low words that differ in */
	0x0000000180000000,		/*    bit 31: a low word compared signed shows */
	0x00000001ffffffff,
	0x8000000080000000,		/* W: both sign bits */
	0x7fffffff80000000,		/* W: signs differ between the halves, either way */
	0x800000007fffffff,
	0x0123456789abcdef,		/* no byte like another: swapped halves show */
	0xfedcba9876543210,
	0x000000000000ffff,		/* borders of the 16-bit immediates that build constants */
	0x00000000ffff8000,
	0x0000000000000040,		/* S: a count of 64; also a small multiplier */
	0x000000000000003f,		/* S: the largest count */
	10,				/* D: a divisor that is not a power of two */
	-10ull,
};

/* Eight of them, for sweeps over all register pairs: 64 vectors per pair. */
static const u64 few64[] = {
	0, 1, -1ull,
	0x8000000000000000,
	0x0000000180000000,
	0x000000017fffffff,
	0xffffffff00000007,
	0xfedcba9876543210,
};

/* Operands of 32-bit operations: low words as above, upper halves that must not matter (Z). */
static const u64 edge32[] = {
	0xdeadbeef00000000,		/* zero for a 32-bit operation alone */
	0x0000000000000000,
	0xffffffff00000001,
	0x0000000000000001,
	0x00000000ffffffff,		/* -1 without, with, and under another upper half */
	0xffffffffffffffff,
	0x12345678ffffffff,
	0x0000000080000000,		/* D: INT_MIN / -1 */
	0xffffffff80000000,
	0xa5a5a5a580000000,
	0xffffffff7fffffff,
	0x5a5a5a5a80000001,
	0x7fffffff00000002,
	0x80000000fffffffe,
	0x0123456789abcdef,
	0xfedcba9876543210,
	0xcafebabe0000ffff,		/* 16-bit borders */
	0x1234567800010000,
	0x00000001ffff8000,
	0x8000000000007fff,
	0xffffffff0000001f,		/* S: the largest count, the width, one more */
	0x1111111100000020,
	0x2222222200000021,
	0x800000000000000a,		/* D: not a power of two */
	0x00000000fffffff6,
};

static const u64 few32[] = {
	0xdeadbeef00000000,
	0x0000000000000001,
	0xffffffffffffffff,
	0x12345678ffffffff,
	0xa5a5a5a580000000,
	0xffffffff7fffffff,
	0x0123456789abcdef,
	0xffffffff00000007,
};

/* S: immediate counts; the verifier rejects the width and more. */
static const u64 shift32[] = { 0, 1, 7, 8, 15, 16, 31 };
static const u64 shift64[] = { 0, 1, 7, 8, 15, 16, 31, 32, 33, 63 };

/* S: counts in a register, where only the low 5 or 6 bits count. */
static const u64 count32[] = {
	0, 1, 7, 15, 16, 31, 32, 33, 63, 64, 0x80000000, 0xffffffff, -1ull,
	0xffffffff00000000, 0x100000001f, 0x8000000000000001,
};
static const u64 count64[] = {
	0, 1, 7, 15, 16, 31, 32, 33, 47, 63, 64, 65, 127, 128, 0x80000000, 0xffffffff, -1ull,
	0x100000000, 0x100000001, 0x800000000000003f,
};

/* Values in memory of each size: both signs, all bytes different to show a wrong width or order. */
static const u64 u8s[] = { 0, 1, 0x7f, 0x80, 0xff, 0xa5 };
static const u64 u16s[] = { 0, 1, 0x7fff, 0x8000, 0xffff, 0x00ff, 0xff00, 0xa55b, 0x1234 };
static const u64 u32s[] = {
	0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x0000ffff, 0xffff0000, 0x80, 0x8000,
	0x12345678, 0x89abcdef,
};
static const u64 u64s[] = {
	0, 1, -1ull, 0x7fffffffffffffff, 0x8000000000000000, 0x80000000, 0xffffffff,
	0xffffffff00000000, 0x100000000, 0x80, 0x8000, 0x0123456789abcdef, 0xfedcba9876543210,
};

/* I: one value of each kind of imm32. */
static const u64 imm_few[] = {
	0, 1, -1ull,
	127, 128,			/* x86 imm8 ends */
	-2049ull, 2048,			/* riscv imm12 ends, both sides */
	4096,				/* arm64 add imm12 ends, shifted form begins */
	0xffff,				/* zero-extended 16 bits: s390, mips, ppc */
	-32769ull,			/* signed 16 bits end */
	0x7fffffff, -0x80000000ull,	/* extremes; -min does not exist in 32 bits */
};

/* I: besides powers of two, patterns that some encoder can just encode, or just not. */
static const u64 imm_patterns[] = {
	0x0000ffff, -0x10000ull,	/* 16-bit halves 0 and ffff: movz, movn, lui */
	0x7fff0000, 0x00010001, -0x7fff8000ull,
	0x12345678, -0x12345678ull,
	0x00000ff0, 0x0003fc00, -0xff0ull,	/* arm32 rotated imm8, its complement */
	0x00000101, 0x000001fe,		/* near misses of it */
	-0x0ffffff1ull,			/* f000000f: a rotation around the end */
	0x55555555, 0x33333333, 0x0f0f0f0f, 0x00ff00ff,	/* arm64 logical immediates */
	-0x55555556ull, -0x00ff0100ull,
	0x55555554, 0x00ff00fe, 0x0000fff5,	/* near misses of them */
	0x00fff000, 0x00fff001, -0x00fff000ull,	/* arm64 add: imm12 << 12, and not */
	0x7ffff800, 0x7fffffff, -0x7fffffffull,	/* riscv: lui whose addi carries into the sign */
	10, 100, 1000, 1000000007,	/* D: divisors with and without an easy reciprocal */
};

/* M: in a window of 64 bytes, an access of 8 bytes fits at each. Odd ones need unaligned access. */
static const u64 off_edges[] = { 0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 31, 32, 33, 48, 55, 56 };
static const u64 off_aligned[] = { 0, 8, 16, 24, 32, 40, 48, 56 };

/* M: where the offset field of some load ends: 8, 9, 12, 13 and 16 signed bits, 12 scaled by 8. */
static const u64 off_far[] = {
	-8ull, 120, 128, -128ull, -136ull, 248, 256, -256ull, -264ull,
	2040, 2048, -2048ull, -2056ull, 4088, 4096, -4096ull, -4104ull, 8184, 8192,
	32752, 32760, -32760ull, -32768ull,
};

/* clang-format on */

/* Filled once by init_values(). */
static u64 pairs[PAIR_REGS * PAIR_REGS * 2];
static u64 pairs_ne[PAIR_REGS * (PAIR_REGS - 1) * 2];
static u64 pairs_few[2 * PAIR_REGS * 2];
static u64 imm32[32 * 6 + ARRAY_SIZE(imm_patterns)];

#define NAMED(array, n, f, text)                                                   \
	{                                                                          \
		.name = #array, .doc = text, .arity = n, .form = f, .vals = array, \
		.cnt = ARRAY_SIZE(array) / n                                       \
	}
#define ONE(array, f, text) NAMED(array, 1, f, text)
#define TWO(array, text)    NAMED(array, 2, VALUE_REG, text)

static struct values named[] = {
	ONE(regs, VALUE_REG, "r0..r9"),
	ONE(regs_few, VALUE_REG, "8 registers, one of each role"),
	TWO(pairs, "all 100 pairs of r0..r9"),
	TWO(pairs_ne, "the 90 pairs of different registers"),
	TWO(pairs_few, "20 pairs: each register as first, as second, and as both"),
	ONE(edge64, VALUE_HEX, "operands of 64-bit operations"),
	ONE(few64, VALUE_HEX, "8 of them"),
	ONE(edge32, VALUE_HEX, "operands of 32-bit operations, upper halves dirty"),
	ONE(few32, VALUE_HEX, "8 of them"),
	ONE(imm32, VALUE_DEC, "every power of two and its neighbours, negatives, patterns"),
	ONE(imm_few, VALUE_DEC, "12 immediates"),
	ONE(shift32, VALUE_DEC, "immediate counts of 32-bit shifts"),
	ONE(shift64, VALUE_DEC, "immediate counts of 64-bit shifts"),
	ONE(count32, VALUE_HEX, "register counts of 32-bit shifts, also too large"),
	ONE(count64, VALUE_HEX, "register counts of 64-bit shifts, also too large"),
	ONE(u8s, VALUE_HEX, "bytes in memory"),
	ONE(u16s, VALUE_HEX, "16-bit values in memory"),
	ONE(u32s, VALUE_HEX, "32-bit values in memory"),
	ONE(u64s, VALUE_HEX, "64-bit values in memory"),
	ONE(off_edges, VALUE_DEC, "offsets inside a window of 64 bytes, any alignment"),
	ONE(off_aligned, VALUE_DEC, "the multiples of 8 in a window of 64 bytes"),
	ONE(off_far, VALUE_DEC, "multiples of 8 where an offset field ends"),
};

static bool has(const u64 *vals, u32 cnt, u64 v)
{
	for (u32 i = 0; i < cnt; i++)
		if (vals[i] == v)
			return true;
	return false;
}

/* 0, then 2^k - 1, 2^k, 2^k + 1 and negatives that fit 32 bits, then the patterns; each once. */
static u32 init_imm32(void)
{
	u32 n = 0;

	imm32[n++] = 0;
	for (int k = 0; k < 32; k++) {
		for (int sign = 1; sign >= -1; sign -= 2) {
			for (int d = -1; d <= 1; d++) {
				s64 v = sign * ((1ll << k) + d);

				if (v == (s32)v && !has(imm32, n, v))
					imm32[n++] = v;
			}
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(imm_patterns); i++)
		if (!has(imm32, n, imm_patterns[i]))
			imm32[n++] = imm_patterns[i];
	return n;
}

static void init_values(void)
{
	static bool done;
	u32 n = 0, ne = 0;

	if (done)
		return;
	done = true;
	for (u64 d = 0; d < PAIR_REGS; d++) {
		for (u64 s = 0; s < PAIR_REGS; s++) {
			pairs[n++] = d;
			pairs[n++] = s;
			if (d == s)
				continue;
			pairs_ne[ne++] = d;
			pairs_ne[ne++] = s;
		}
		pairs_few[4 * d] = pairs_few[4 * d + 1] = pairs_few[4 * d + 2] = d;
		/* no fixed point; mixes arguments with callee-saved registers */
		pairs_few[4 * d + 3] = (3 * d + 1) % PAIR_REGS;
	}
	for (size_t i = 0; i < ARRAY_SIZE(named); i++)
		if (named[i].vals == imm32)
			named[i].cnt = init_imm32();
}

const struct values *values_at(size_t i)
{
	init_values();
	return i < ARRAY_SIZE(named) ? &named[i] : NULL;
}

const struct values *values_find(const char *name)
{
	const struct values *s;

	for (size_t i = 0; (s = values_at(i)); i++)
		if (!strcmp(s->name, name))
			return s;
	return NULL;
}

void values_text(char buf[VALUE_TEXT_MAX], u8 form, u64 v)
{
	snprintf(buf, VALUE_TEXT_MAX, form == VALUE_HEX ? "0x%" PRIx64 : "%" PRId64, v);
}

void values_id_text(char buf[VALUE_TEXT_MAX], u8 form, u64 v)
{
	if (form == VALUE_REG)
		snprintf(buf, VALUE_TEXT_MAX, "r%" PRIu64, v);
	else
		values_text(buf, form, v);
}
