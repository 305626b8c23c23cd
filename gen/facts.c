// SPDX-License-Identifier: GPL-2.0
/*
 * What the verifier derives about registers decides branches: one that it believes to go one way
 * only is removed. Each case asks whether a register equals, or exceeds, what comes out for inputs
 * at the ends of a range. Were the range too narrow, the bits in r0 would be wrong.
 *
 * facts: one range, one operation. facts_link: two registers of which one is a copy of the other,
 * changed since; a condition on one of them says something about the other.
 *
 * The expected value is made by the same operations on a constant.
 */
#include <string.h>
#include "gen/dims.h"
#include "gen/families.h"
#include "gen/text.h"

#define PROBES 4

/* ---- ranges of r7 ---- */

/* Conditions that lead to "out" unless r7 is in the range. */
static const struct {
	const char *name, *conditions, *inputs;
	u64 probes[PROBES]; /* members of the range, the ends first */
} ranges[] = {
	{ "any",
	  "",
	  "0 1 -1 0x7fffffffffffffff 0x8000000000000000 0xffffffff",
	  { 0, -1, INT64_MAX, INT64_MIN } },
	{ "u8", "if r7 > 255 goto out", "0 1 254 255 256 -1 0x100000000", { 0, 255, 1, 254 } },
	{ "top", "if r7 < -16 goto out", "0 -17 -16 -15 -2 -1", { -16, -1, -15, -2 } },
	{ "signed",
	  "if r7 s> 7 goto out; if r7 s< -8 goto out",
	  "-9 -8 -1 0 7 8",
	  { -8, 7, -1, 0 } },
	{ "sign32",
	  "r1 = 0x7ffffff0 ll; if r7 < r1 goto out; r1 = 0x80000010 ll; if r7 > r1 goto out",
	  "0x7fffffef 0x7ffffff0 0x7fffffff 0x80000000 0x80000010 0x80000011",
	  { 0x7ffffff0, 0x80000010, 0x7fffffff, 0x80000000 } },
	{ "carry32",
	  "r1 = 0xfffffff0 ll; if r7 < r1 goto out; r1 = 0x100000010 ll; if r7 > r1 goto out",
	  "0xffffffef 0xfffffff0 0xffffffff 0x100000000 0x100000010 0x100000011",
	  { 0xfffffff0, 0x100000010, 0xffffffff, 0x100000000 } },
	{ "sign64",
	  "r1 = 0x7ffffffffffffff0 ll; if r7 < r1 goto out; r1 = 0x8000000000000010 ll; "
	  "if r7 > r1 goto out",
	  "0x7fffffffffffffef 0x7ffffffffffffff0 0x7fffffffffffffff 0x8000000000000000 "
	  "0x8000000000000010",
	  { 0x7ffffffffffffff0, 0x8000000000000010, 0x7fffffffffffffff, 0x8000000000000000 } },
	{ "low-u",
	  "if w7 > 9 goto out",
	  "0 9 10 0x100000009 0xffffffff00000000 -1",
	  { 0, 9, 0x100000009, 0xffffffff00000000 } },
	{ "low-s",
	  "if w7 s> 3 goto out; if w7 s< -4 goto out",
	  "0xfffffffc 0xfffffffb 3 4 -4 0xffffffff00000003",
	  { 0xfffffffc, 3, -4, 0xffffffff00000003 } },
	{ "and", "r7 &= 0x8000f0", "0 -1 0x80 0x800000 0x70", { 0, 0x8000f0, 0x80, 0x800000 } },
	{ "or", "r7 |= -256", "0 255 1 0x80 -1", { -256, -1, -255, -128 } },
	{ "jset",
	  "if r7 & 7 goto out",
	  "0 8 -8 7 0x100000000 0x8000000000000000",
	  { 0, 8, -8, 0x100000000 } },
	{ "equal", "if r7 != 5 goto out", "4 5 6 -5 0x100000005", { 5, 5, 5, 5 } },
	{ "equal32",
	  "if w7 != 5 goto out",
	  "4 5 6 0x100000005 0xffffffff00000005",
	  { 5, 0x100000005, 0xffffffff00000005, 0x8000000000000005 } },
};

GEN_DIM(range, ARRAY_SIZE(ranges), "%s", ranges[i].name);

/* ---- operations on it ---- */

/* X(name, text, does it take no operand?). %1$u: the register; %2$s: the operand. */
#define OPERATIONS(X)                               \
	X("add64", "r%1$u += %2$s", false)          \
	X("add32", "w%1$u += %2$s", false)          \
	X("sub64", "r%1$u -= %2$s", false)          \
	X("sub32", "w%1$u -= %2$s", false)          \
	X("and64", "r%1$u &= %2$s", false)          \
	X("and32", "w%1$u &= %2$s", false)          \
	X("or64", "r%1$u |= %2$s", false)           \
	X("or32", "w%1$u |= %2$s", false)           \
	X("xor64", "r%1$u ^= %2$s", false)          \
	X("xor32", "w%1$u ^= %2$s", false)          \
	X("mul64", "r%1$u *= %2$s", false)          \
	X("mul32", "w%1$u *= %2$s", false)          \
	X("div64", "r%1$u /= %2$s", false)          \
	X("div32", "w%1$u /= %2$s", false)          \
	X("mod64", "r%1$u %%= %2$s", false)         \
	X("mod32", "w%1$u %%= %2$s", false)         \
	X("sdiv64", "r%1$u s/= %2$s", false)        \
	X("sdiv32", "w%1$u s/= %2$s", false)        \
	X("smod64", "r%1$u s%%= %2$s", false)       \
	X("smod32", "w%1$u s%%= %2$s", false)       \
	X("lsh64", "r%1$u <<= %2$s", false)         \
	X("lsh32", "w%1$u <<= %2$s", false)         \
	X("rsh64", "r%1$u >>= %2$s", false)         \
	X("rsh32", "w%1$u >>= %2$s", false)         \
	X("arsh64", "r%1$u s>>= %2$s", false)       \
	X("arsh32", "w%1$u s>>= %2$s", false)       \
	X("neg64", "r%1$u = -r%1$u", true)          \
	X("neg32", "w%1$u = -w%1$u", true)          \
	X("mov32", "w%1$u = w%1$u", true)           \
	X("s8", "r%1$u = (s8)r%1$u", true)          \
	X("s16", "r%1$u = (s16)r%1$u", true)        \
	X("s32", "r%1$u = (s32)r%1$u", true)        \
	X("s8-w", "w%1$u = (s8)w%1$u", true)        \
	X("s16-w", "w%1$u = (s16)w%1$u", true)      \
	X("be16", "r%1$u = be16 r%1$u", true)       \
	X("be32", "r%1$u = be32 r%1$u", true)       \
	X("le16", "r%1$u = le16 r%1$u", true)       \
	X("le64", "r%1$u = le64 r%1$u", true)       \
	X("bswap32", "r%1$u = bswap32 r%1$u", true) \
	X("bswap64", "r%1$u = bswap64 r%1$u", true) \
	X("add64-self", "r%1$u += r%1$u", true)     \
	X("sub64-self", "r%1$u -= r%1$u", true)     \
	X("xor64-self", "r%1$u ^= r%1$u", true)     \
	X("mul64-self", "r%1$u *= r%1$u", true)

static const struct {
	const char *text;
	bool unary;
} operations[] = {
#define X(name, ...) { __VA_ARGS__ },
	OPERATIONS(X)
#undef X
};

static const char *const operation_names[] = {
#define X(name, ...) name,
	OPERATIONS(X)
#undef X
};

/* The operand: a constant, or r9, which is in the range from @least to @most. */
static const struct {
	const char *name, *text;
	int least, most;
} operands[] = {
	{ "1", "1", 1, 1 },
	{ "3", "3", 3, 3 },
	{ "31", "31", 31, 31 },
	{ "minus1", "-1", -1, -1 },
	{ "max", "0x7fffffff", INT32_MAX, INT32_MAX },
	{ "min", "-0x80000000", INT32_MIN, INT32_MIN },
	{ "range", "r9", 3, 5 },
	{ "range-signed", "r9", -2, 3 },
};

#define SHIFT_OPERANDS 3 /* the first of them are below the width of a shift */

static bool is_shift(u32 op)
{
	return strstr(operation_names[op], "sh") && !operations[op].unary;
}

/* No operand, one of those that are shift counts, or any. */
static u32 operand_of(u32 op, u32 i)
{
	return is_shift(op) && i == SHIFT_OPERANDS ? ARRAY_SIZE(operands) - 2 : i;
}

GEN_DIM(operand,
	operations[op].unary ? 1
	: is_shift(op)	     ? SHIFT_OPERANDS + 1
			     : ARRAY_SIZE(operands),
	"%s", operations[op].unary ? "none" : operands[operand_of(op, i)].name);

/* ---- what is asked of the result ---- */

/* %1$u: the result; %2$u: the expected value. */
static const struct {
	const char *name, *text;
} questions[] = {
	{ "eq", "if r%1$u == r%2$u" },	  { "gt", "if r%1$u > r%2$u" },
	{ "lt", "if r%1$u < r%2$u" },	  { "sgt", "if r%1$u s> r%2$u" },
	{ "slt", "if r%1$u s< r%2$u" },	  { "set", "if r%1$u & r%2$u" },
	{ "eq32", "if w%1$u == w%2$u" },  { "gt32", "if w%1$u > w%2$u" },
	{ "sgt32", "if w%1$u s> w%2$u" },
};

GEN_DIM(question, ARRAY_SIZE(questions), "%s", questions[i].name);

/* Both sides have code of their own: only what no path reaches is removed. */
static void ask(struct gen *g, u32 question, u32 reg, u32 expected, u32 nr)
{
	emit(g, questions[question].text, reg, expected);
	emit_more(g, " goto yes%u", nr);
	emit(g, "r0 |= %u; goto next%u", 1u << 2 * nr, nr);
	emit(g, "yes%u:; r0 |= %u; next%u:", nr, 2u << 2 * nr, nr);
}

/* The 32-bit form of an operation takes w9. */
static const char *operand_text(u32 op, u32 operand)
{
	const char *text = operands[operand].text;

	return *text == 'r' && *operations[op].text == 'w' ? "w9" : text;
}

static void build_facts(struct gen *g, u32 op, const u32 *at)
{
	u32 operand = operand_of(op, at[0]), range = at[1];
	bool in_reg = !operations[op].unary && *operands[operand].text == 'r';
	u32 nr = 0;

	emit(g, "folds; prog; r0 = 0");
	if (in_reg)
		emit(g, "if r9 s> %d goto out; if r9 s< %d goto out", operands[operand].most,
		     operands[operand].least);
	emit(g, "%s", ranges[range].conditions);
	emit(g, operations[op].text, 7, operand_text(op, operand));
	for (u32 i = 0; i < PROBES; i++) {
		for (u32 end = 0; end <= in_reg; end++) {
			char value[24];

			snprintf(value, sizeof(value), "%d",
				 end ? operands[operand].most : operands[operand].least);
			emit(g, "r8 = 0x%llx ll", (unsigned long long)ranges[range].probes[i]);
			emit(g, operations[op].text, 8, value);
			ask(g, at[2], 7, 8, nr++);
		}
	}
	emit(g, "out:; end; vec r7 in (%s)", ranges[range].inputs);
	if (in_reg)
		emit_more(g, ", r9 in (%d %d %d)", operands[operand].least, operands[operand].most,
			  operands[operand].most + 1);
}

#define QUICK 100 /* they cost a load through the verifier each */

const struct gen_family family_facts = {
	.name = "facts",
	.doc = "branches that the verifier decides by ranges and known bits after every operation, "
	       "for inputs at the ends of the ranges",
	.ops = operation_names,
	.nops = ARRAY_SIZE(operation_names),
	.dims = { &dim_operand, &dim_range, &dim_question },
	.build = build_facts,
	.quick = QUICK,
};

/* ---- linked registers ---- */

/* How r7 (%2$u) becomes a copy of r6 (%1$u): X(name, text). */
#define LINKS(X)                                                             \
	X("mov", "r%2$u = r%1$u")                                            \
	X("mov32", "w%2$u = w%1$u")                                          \
	X("chain", "r2 = r%1$u; r3 = r2; r%2$u = r3")                        \
	X("spill", "*(u64 *)(r10 - 8) = r%1$u; r%2$u = *(u64 *)(r10 - 8)")   \
	X("spill32", "*(u32 *)(r10 - 8) = r%1$u; r%2$u = *(u32 *)(r10 - 8)") \
	X("back", "r%2$u = r%1$u; r%1$u = r%2$u")

static const char *const link_names[] = {
#define X(name, text) name,
	LINKS(X)
#undef X
};

static const char *const links[] = {
#define X(name, text) text,
	LINKS(X)
#undef X
};

/* What becomes of the copies. */
static const struct {
	const char *name, *text;
} changes[] = {
	{ "none", "" },
	{ "add", "r%2$u += 7" },
	{ "sub", "r%2$u -= 7" },
	{ "add32", "w%2$u += 7" },
	{ "sub32", "w%2$u -= 7" },
	{ "add-twice", "r%2$u += 1; r%2$u += 1" },
	{ "add-both", "r%2$u += 1; r%1$u += 2" },
	{ "add-other", "r%1$u += 7" },
	{ "add32-other", "w%1$u += 7" },
	{ "add-64-32", "r%2$u += 1; w%1$u += 1" },
	{ "self", "r%2$u += r%2$u" },
	{ "self32", "w%2$u += w%2$u" },
	{ "self-sub", "r%2$u -= r%2$u" },
	{ "self-other", "r%1$u += r%1$u" },
	{ "add-max", "r%2$u += 0x7fffffff" },
	{ "sub-min", "r%2$u -= -0x80000000" },
	{ "add-reg", "r4 = 5; r%2$u += r4" },
	{ "xor", "r%2$u ^= 1" },
	{ "and", "r%2$u &= 7" },
	{ "lsh", "r%2$u <<= 1" },
	{ "neg", "r%2$u = -r%2$u" },
	{ "low", "w%2$u = w%2$u" },
	{ "low-other", "w%1$u = w%1$u" },
	{ "add-each", "r%2$u += r%1$u" },
};

GEN_DIM(change, ARRAY_SIZE(changes), "%s", changes[i].name);

/* Said of r6 or r7 before and behind the change; r9 is 5, which the verifier does not know. */
static const char *const befores[] = { "", "if r6 != 5 goto out", "if r6 > 100 goto out" };

GEN_DIM(before, ARRAY_SIZE(befores), "%s", i == 0 ? "any" : i == 1 ? "five" : "small");

static const struct {
	const char *name, *text;
} conditions[] = {
	{ "eq", "if r%u != 5 goto out" },   { "eq-reg", "if r%u != r9 goto out" },
	{ "ne", "if r%u == 12 goto out" },  { "le", "if r%u > 12 goto out" },
	{ "ge", "if r%u < 5 goto out" },    { "sle", "if r%u s> 12 goto out" },
	{ "sge", "if r%u s< -5 goto out" }, { "eq32", "if w%u != 5 goto out" },
	{ "le32", "if w%u > 12 goto out" }, { "sge32", "if w%u s< -5 goto out" },
	{ "clear", "if r%u & 2 goto out" },
};

GEN_DIM(condition, 2 * ARRAY_SIZE(conditions), "%s%s", conditions[i / 2].name,
	i % 2 ? "-copy" : "");

static void build_link(struct gen *g, u32 op, const u32 *at)
{
	static const char *const values[] = { "5", "12", "-2", "0x100000005" };

	emit(g, "folds; stack 8; prog; r0 = 0");
	emit(g, links[op], 6, 7);
	emit(g, "%s", befores[at[1]]);
	emit(g, changes[at[0]].text, 6, 7);
	emit(g, conditions[at[2] / 2].text, at[2] % 2 ? 7 : 6);
	for (u32 i = 0; i < ARRAY_SIZE(values); i++) {
		emit(g, "r1 = %s ll", values[i]);
		emit(g, links[op], 1, 8);
		emit(g, changes[at[0]].text, 1, 8);
		ask(g, 0, 7, 8, 2 * i);
		ask(g, 0, 6, 1, 2 * i + 1);
	}
	emit(g, "out:; end");
	emit(g, "vec r6 in (5 0 4 6 10 12 -2 -5 0x100000005 0xffffffff00000005 0x7fffffff), r9=5");
	emit(g, "vec r6 in (5 6 10 -1), r9=10");
}

const struct gen_family family_facts_link = {
	.name = "facts_link",
	.doc = "a register and its copy, changed since: a condition on one decides branches on the "
	       "other",
	.ops = link_names,
	.nops = ARRAY_SIZE(link_names),
	.dims = { &dim_change, &dim_before, &dim_condition },
	.build = build_link,
	.quick = QUICK,
};
