// SPDX-License-Identifier: GPL-2.0
/*
 * Calls of kernel functions (C): arguments of every C type in every place, from every register, and
 * results of every type.
 */
#include "gen/dims.h"
#include "gen/families.h"
#include "gen/text.h"

#define IN_REGS 5

static const char *const types[] = { "u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64" };

#define TYPE_64 6 /* in types[], from there on */

/* 1 to 12 arguments of the type, or one in each place among others of 64 bits. */
#define NR_ALL	  12
#define NR_PLACES 5

static u32 shape_args(u32 i)
{
	return i < NR_ALL ? i + 1 : i == NR_ALL + NR_PLACES - 1 ? IN_REGS : i - NR_ALL + 2;
}

static const char *const shapes[NR_ALL + NR_PLACES] = {
	"x1",  "x2",  "x3",  "x4", "x5", "x6", "x7", "x8", "x9",
	"x10", "x11", "x12", "1",  "2",	 "3",  "4",  "5",
};

GEN_DIM(shape, ARRAY_SIZE(shapes), "%s", shapes[i]);

static const char *const sources[] = { "r6", "r7", "r8", "r9", "r0" };

GEN_DIM(source, ARRAY_SIZE(sources) + 1, "%s", i < ARRAY_SIZE(sources) ? sources[i] : "none");

/* Arguments after the fifth. Their registers rotate with @first, so each one comes to each place.
 */
static void emit_stores(struct gen *g, u32 nargs, u32 first)
{
	for (u32 k = nargs; k-- > IN_REGS;) {
		emit(g, "*(u64 *)(r11 - %u) = ", 8 * (k - IN_REGS + 1));
		if ((k + first) % 4 == 3)
			emit_more(g, "%d", (int)(0x80818283u + 0x7f7f7f7f * k));
		else
			emit_more(g, "%s", sources[(k + first) % ARRAY_SIZE(sources)]);
	}
}

static void emit_vectors(struct gen *g, u32 nargs)
{
	emit(g, "vec r1 in edge64");
	for (u32 k = 2; k <= nargs && k <= IN_REGS; k++)
		emit(g, "vec r%u in edge64", k);
	emit(g, "vec r0 in few64, r6 in few64; vec r7 in few64, r8 in few64; vec r9 in few64");
}

static void build_args(struct gen *g, u32 op, const u32 *at)
{
	u32 nargs = shape_args(at[0]);

	emit(g, "needs kfunc%s; prog", nargs > IN_REGS ? " stack_args" : "");
	emit_stores(g, nargs, at[1]);
	if (at[1] < ARRAY_SIZE(sources)) {
		const char *from = sources[at[1]];

		for (u32 k = 1; k <= nargs && k <= IN_REGS; k++)
			emit(g, "r%u = %s; %s += %u", k, from, from, 0x1234567 * k);
	}
	emit(g, "call checkjit_%s%s%s; end", types[op], at[0] < NR_ALL ? "" : "_", shapes[at[0]]);
	emit_vectors(g, nargs);
}

const struct gen_family family_kfunc_args = {
	.name = "kfunc_args",
	.doc = "kernel functions of 1 to 12 arguments of every C type, with anything above their "
	       "bits",
	.verified = true,
	.ops = types,
	.nops = ARRAY_SIZE(types),
	.dims = { &dim_shape, &dim_source },
	.build = build_args,
};

/*
 * How a case uses a result: only the bits of its type. @insns has a place for a type of that
 * width, or for its mask.
 */
static const struct {
	const char *name, *insns;
	enum { TAKE_MASK, TAKE_SIGNED, TAKE_STORE } by;
} takes[] = {
	{ "mask", "r0 &= %s", TAKE_MASK },
	{ "wmask", "w0 &= %s", TAKE_MASK },
	{ "mask-r7", "r7 = r0; r7 &= %s", TAKE_MASK },
	{ "sext", "r0 = (%s)r0", TAKE_SIGNED },
	{ "sext-r9", "r9 = (%s)r0", TAKE_SIGNED },
	{ "store", "*(%s *)(r10 - 8) = r0; r6 = *(u64 *)(r10 - 8)", TAKE_STORE },
};

GEN_DIM(take, ARRAY_SIZE(takes), "%s", takes[i].name);

/* What takes[] asks for, by the width of the type; types[] has two of each width. */
static const char *const words[][4] = {
	[TAKE_MASK] = { "255", "65535" }, /* an immediate of 32 bits cannot mask more */
	[TAKE_SIGNED] = { "s8", "s16", "s32" },
	[TAKE_STORE] = { "u8", "u16", "u32", "u64" },
};

static void emit_taking(struct gen *g, u32 type, u32 take)
{
	const char *word = words[takes[take].by][type / 2];

	if (word)
		emit(g, takes[take].insns, word);
	else if (type >= TYPE_64)
		emit(g, "r6 ^= r0");
	else
		emit(g, "w0 = w0; r7 = r0");
}

static void build_ret(struct gen *g, u32 op, const u32 *at)
{
	emit(g, "needs kfunc; stack 16; prog");
	emit(g, "call checkjit_ret_%s", types[op]);
	emit_taking(g, op, at[0]);
	emit(g, "end; vec r1 in edge64; vec r2 in edge64");
}

const struct gen_family family_kfunc_ret = {
	.name = "kfunc_ret",
	.doc = "results of every C type, of which only the type's bits are taken",
	.verified = true,
	.ops = types,
	.nops = ARRAY_SIZE(types),
	.dims = { &dim_take },
	.build = build_ret,
};

static const char *const saved_ops[] = { "plain", "stack", "twice" };

enum { SAVED_PLAIN, SAVED_STACK, SAVED_TWICE };

static const struct {
	const char *name;
	u32 nargs;
	bool value;
} saved_calls[] = {
	{ "checkjit_u64x1", 1, true },	{ "checkjit_s32x5", 5, true },
	{ "checkjit_mixed5", 5, true }, { "checkjit_mixed12", 12, true },
	{ "checkjit_void", 5, false },
};

GEN_DIM(set, 16, "%x", i);
GEN_DIM(kfunc, ARRAY_SIZE(saved_calls), "%s", saved_calls[i].name + sizeof("checkjit_") - 1);

/* A function that keeps values in a set of r6-r9, and perhaps on its stack, over one or two calls.
 */
static void build_saved(struct gen *g, u32 op, const u32 *at)
{
	u32 nargs = saved_calls[at[1]].nargs, ncalls = op == SAVED_TWICE ? 2 : 1;
	bool stack = op != SAVED_PLAIN;

	emit(g, "needs kfunc calls%s; prog; call sub", nargs > IN_REGS ? " stack_args" : "");
	emit(g, "func sub args 5:");
	fill_set(g, at[0], "r2");
	if (stack)
		emit(g, "*(u64 *)(r10 - 24) = r3; *(u64 *)(r10 - 8) = r4");
	for (u32 n = 0; n < ncalls; n++) {
		if (n)
			emit(g, "r0 = 5; r1 = 1; r2 = -2; r3 = 3; r4 = -4; r5 = 5");
		for (u32 k = IN_REGS; k < nargs; k++)
			emit(g, "*(u64 *)(r11 - %u) = r%u", 8 * (k - IN_REGS + 1), 1 + (k + n) % 5);
		emit(g, "call %s", saved_calls[at[1]].name);
		if (!saved_calls[at[1]].value)
			emit(g, "r0 = 9");
		if (stack) {
			emit(g, "r1 = *(u64 *)(r10 - 24); r0 += r1");
			emit(g, "r1 = *(u64 *)(r10 - 8); r0 ^= r1; *(u64 *)(r10 - 8) = r0");
		}
	}
	fold_set(g, at[0]);
	emit(g, "exit; end");
	emit(g, "vec r1 in few64, r2 in few64; vec r3 in few64, r4 in few64; vec r5 in few64");
}

const struct gen_family family_kfunc_saved = {
	.name = "kfunc_saved",
	.doc = "every set of r6-r9, and a stack, over calls of kernel functions from a function",
	.verified = true,
	.ops = saved_ops,
	.nops = ARRAY_SIZE(saved_ops),
	.dims = { &dim_set, &dim_kfunc },
	.build = build_saved,
};
