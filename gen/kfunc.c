// SPDX-License-Identifier: GPL-2.0
/* Calls of kernel functions (C): arguments of every C type in every place, out of every register; results of every type. */
#include "gen/dims.h"
#include "gen/families.h"

#define IN_REGS 5

static const char *const types[] = { "u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64" };

/* All arguments of the type, 1 to 12 of them; or one among others of 64 bits, in each place. */
#define NR_ALL		12
#define NR_PLACES	5

static u32 shape_args(u32 i)
{
	return i < NR_ALL ? i + 1 : i == NR_ALL + NR_PLACES - 1 ? IN_REGS : i - NR_ALL + 2;
}

static const char *const shapes[NR_ALL + NR_PLACES] = {
	"x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",
	"1", "2", "3", "4", "5",
};

GEN_DIM(shape, ARRAY_SIZE(shapes), "%s", shapes[i]);

static const char *const sources[] = { "r6", "r7", "r8", "r9", "r0" };

GEN_DIM(source, ARRAY_SIZE(sources) + 1, "%s", i < ARRAY_SIZE(sources) ? sources[i] : "none");

/* Arguments behind the fifth, from @first on round the registers, so that every one comes to every place. */
static void write_stores(FILE *f, u32 nargs, u32 first)
{
	for (u32 k = nargs; k-- > IN_REGS;) {
		fprintf(f, "\t*(u64 *)(r11 - %u) = ", 8 * (k - IN_REGS + 1));
		if ((k + first) % 4 == 3)
			fprintf(f, "%d\n", (int)(0x80818283u + 0x7f7f7f7f * k));
		else
			fprintf(f, "%s\n", sources[(k + first) % ARRAY_SIZE(sources)]);
	}
}

static void write_vectors(FILE *f, u32 nargs)
{
	fputs("\tvec r1 in edge64\n", f);
	for (u32 k = 2; k <= nargs && k <= IN_REGS; k++)
		fprintf(f, "\tvec r%u in edge64\n", k);
	fputs("\tvec r0 in few64, r6 in few64\n\tvec r7 in few64, r8 in few64\n\tvec r9 in few64\n", f);
}

static void build_args(struct gen *g, u32 op, const u32 *at)
{
	u32 nargs = shape_args(at[0]);
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	fprintf(f, "\tneeds kfunc%s\n\tprog\n", nargs > IN_REGS ? " stack_args" : "");
	write_stores(f, nargs, at[1]);
	if (at[1] < ARRAY_SIZE(sources))
		for (u32 k = 1; k <= nargs && k <= IN_REGS; k++)
			fprintf(f, "\tr%u = %s\n\t%s += %u\n", k, sources[at[1]], sources[at[1]], 0x1234567 * k);
	fprintf(f, "\tcall checkjit_%s%s%s\n\tend\n", types[op], at[0] < NR_ALL ? "" : "_", shapes[at[0]]);
	write_vectors(f, nargs);
	gen_doc_close(g, &d);
}

const struct gen_family family_kfunc_args = {
	.name = "kfunc_args",
	.doc = "kernel functions of 1 to 12 arguments of every C type, with anything above their bits",
	.verified = true,
	.ops = types,
	.nops = ARRAY_SIZE(types),
	.dims = { &dim_shape, &dim_source },
	.build = build_args,
};

/* What is taken of a result: the bits of its type and no others. */
static const struct {
	const char *name, *fmt;
	bool is_signed;		/* %s is the type, else the mask, where there is one */
} takes[] = {
	{ "mask", "r0 &= %s", false },
	{ "wmask", "w0 &= %s", false },
	{ "mask-r7", "r7 = r0\n\tr7 &= %s", false },
	{ "sext", "r0 = (%s)r0", true },
	{ "sext-r9", "r9 = (%s)r0", true },
	{ "store", "*(%s *)(r10 - 8) = r0\n\tr6 = *(u64 *)(r10 - 8)", true },
};

GEN_DIM(take, ARRAY_SIZE(takes), "%s", takes[i].name);

/* as one of the same width that the instruction set has, or the mask of the width */
static const char *width_text(u32 type, bool is_signed, bool store)
{
	static const char *const masks[] = { "255", "65535", "-1" }, *const stores[] = { "u8", "u16", "u32", "u64" },
		*const sexts[] = { "s8", "s16", "s32" };

	if (store)
		return stores[type / 2];
	return is_signed ? sexts[type / 2] : masks[type / 2];
}

static void build_ret(struct gen *g, u32 op, const u32 *at)
{
	bool store = takes[at[0]].fmt[0] == '*', wide = op >= 6;
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	fprintf(f, "\tneeds kfunc%s\n\tstack 16\n\tprog\n", takes[at[0]].is_signed && !store ? " movsx" : "");
	fprintf(f, "\tcall checkjit_ret_%s\n\t", types[op]);
	/* a 32-bit mask of -1 is none for 64 bits */
	if (wide && !store)
		fputs("r6 ^= r0", f);
	else if (op >= 4 && !store && !takes[at[0]].is_signed)
		fputs("w0 = w0\n\tr7 = r0", f);
	else
		fprintf(f, takes[at[0]].fmt, width_text(op, takes[at[0]].is_signed, store));
	fputs("\n\tend\n\tvec r1 in edge64\n\tvec r2 in edge64\n", f);
	gen_doc_close(g, &d);
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
static const struct {
	const char *name;
	u32 nargs;
	bool value;
} saved_calls[] = {
	{ "checkjit_u64x1", 1, true },
	{ "checkjit_s32x5", 5, true },
	{ "checkjit_mixed5", 5, true },
	{ "checkjit_mixed12", 12, true },
	{ "checkjit_void", 5, false },
};

GEN_DIM(set, 16, "%x", i);
GEN_DIM(kfunc, ARRAY_SIZE(saved_calls), "%s", saved_calls[i].name + sizeof("checkjit_") - 1);

/* A function that has values of its own in a set of r6-r9, and perhaps on its stack, over one call or two. */
static void build_saved(struct gen *g, u32 op, const u32 *at)
{
	u32 nargs = saved_calls[at[1]].nargs;
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	fprintf(f, "\tneeds kfunc calls%s\n\tprog\n\tcall sub\n\tfunc sub args 5:\n", nargs > IN_REGS ? " stack_args" : "");
	gen_doc_set(f, at[0], "\tr%d = r2\n\tr2 += %d\n");
	if (op)
		fputs("\t*(u64 *)(r10 - 24) = r3\n\t*(u64 *)(r10 - 8) = r4\n", f);
	for (u32 n = 0; n <= (op == 2); n++) {
		if (n)
			fputs("\tr0 = 5\n\tr1 = 1\n\tr2 = -2\n\tr3 = 3\n\tr4 = -4\n\tr5 = 5\n", f);
		for (u32 k = IN_REGS; k < nargs; k++)
			fprintf(f, "\t*(u64 *)(r11 - %u) = r%u\n", 8 * (k - IN_REGS + 1), 1 + (k + n) % 5);
		fprintf(f, "\tcall %s\n", saved_calls[at[1]].name);
		if (!saved_calls[at[1]].value)
			fputs("\tr0 = 9\n", f);
		if (op)
			fputs("\tr1 = *(u64 *)(r10 - 24)\n\tr0 += r1\n\tr1 = *(u64 *)(r10 - 8)\n\tr0 ^= r1\n\t*(u64 *)(r10 - 8) = r0\n", f);
	}
	gen_doc_set(f, at[0], "\tr0 *= 31\n\tr0 += r%d\n\tr0 ^= %d\n");
	fputs("\texit\n\tend\n\tvec r1 in few64, r2 in few64\n\tvec r3 in few64, r4 in few64\n\tvec r5 in few64\n", f);
	gen_doc_close(g, &d);
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
