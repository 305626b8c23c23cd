// SPDX-License-Identifier: GPL-2.0
/*
 * Programs around functions (R): what the trampoline shows them of arguments and result, and that it leaves both, the
 * registers and the stack of the caller as they are.
 */
#include <string.h>
#include "gen/dims.h"
#include "gen/families.h"

#define IN_REGS		5
#define MAX_ARGS	12
#define PLACE_EXIT	(8 * (MAX_ARGS + 1))	/* where in mem a program behind the function writes */
#define WINDOW		(2 * PLACE_EXIT)

/* ---- functions of the kernel ---- */

static const char *const types[] = { "u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64" };

#define NR_ALL		12
#define NR_PLACES	5

static const char *const shapes[NR_ALL + NR_PLACES] = {
	"x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",
	"1", "2", "3", "4", "5",
};

GEN_DIM(shape, ARRAY_SIZE(shapes), "%s", shapes[i]);

/* The last of the places has no argument behind it. */
static u32 shape_args(u32 i)
{
	return i < NR_ALL ? i + 1 : i == NR_ALL + NR_PLACES - 1 ? IN_REGS : i - NR_ALL + 2;
}

/* The type of argument @k from 0 of @shape. */
static u32 arg_type(u32 type, u32 shape, u32 k)
{
	return shape < NR_ALL || k == shape - NR_ALL ? type : ARRAY_SIZE(types) - 2;
}

static const struct {
	const char *name, *before, *behind;	/* how programs that write to either place of the window are attached */
	bool twice;
} hows[] = {
	{ "fentry", "fentry", NULL, false },
	{ "fexit", NULL, "fexit", false },
	{ "both", "fentry", "fexit", false },
	{ "twice", "fentry", "fexit", true },
	{ "session", NULL, "fsession", true },
	{ "modify", "fmod_ret", "fexit", false },
};

GEN_DIM(how, ARRAY_SIZE(hows), "%s", hows[i].name);

/* As many bits as the type has: the others mean nothing. */
static const char *store_of(u32 type)
{
	return types[type & ~1u];
}

/* A program that shows words of its context from @place of the window on, with values in r6-r9 and on its stack. @modify: it may have
 * the function left out. */
static void write_viewer(FILE *f, const char *name, u32 place, u32 nargs, u32 type, u32 shape, bool modify)
{
	fprintf(f, "\tprog %s\n\tr6 = r1\n\tr7 = &mem + 0 ll\n\tr8 = %u\n\tr9 = -1\n\t*(u64 *)(r10 - 64) = r9\n\t*(u64 *)(r10 - 8) = r9\n",
		name, place);
	for (u32 k = 0; k < nargs; k++)
		fprintf(f, "\tr%u = *(u64 *)(r6 + %u)\n\t*(%s *)(r7 + %u) = r%u\n", k % 5 + 1, 8 * k, store_of(arg_type(type, shape, k)),
			place + 8 * k, k % 5 + 1);
	if (place) {
		fputs("\tr1 = r6\n\tr2 = r10\n\tr2 += -16\n\tcall bpf_get_func_ret\n\tr1 = *(u64 *)(r10 - 16)\n\tr1 += r0\n", f);
		fprintf(f, "\t*(u64 *)(r7 + %u) = r1\n", place + 8 * nargs);
	}
	fputs(modify ? "\tr0 = *(u64 *)(r6 + 0)\n\tr0 &= 1\n\texit\n\tend\n" : "\tr0 = 0\n\texit\n\tend\n", f);
}

/* The caller has values in all of r6-r9 and passes some of them on the stack. */
static void write_stack_args(FILE *f, u32 nargs)
{
	static const char *const sources[] = { "r6", "r7", "r8", "r9", "r0" };

	for (u32 k = nargs; k-- > IN_REGS;)
		fprintf(f, "\t*(u64 *)(r11 - %u) = %s\n", 8 * (k - IN_REGS + 1), sources[k % ARRAY_SIZE(sources)]);
}

static void write_vectors(FILE *f, u32 nargs)
{
	for (u32 k = 1; k <= nargs && k <= IN_REGS; k++)
		fprintf(f, "\tvec r%u in few64\n", k);
	fputs("\tvec r0 in few64, r6 in few64\n\tvec r7 in few64\n\tvec r8 in few64\n\tvec r9 in few64\n", f);
}

/* The viewers of a function with @nargs arguments, where @before and @behind (or NULL) say how they are attached to @target. */
static void attach_viewers(FILE *f, const char *before, const char *behind, const char *target, u32 nargs, u32 type, u32 shape)
{
	if (before) {
		write_viewer(f, "before", 0, nargs, type, shape, !strcmp(before, "fmod_ret"));
		fprintf(f, "\tattach before %s %s\n", before, target);
	}
	if (behind) {
		write_viewer(f, "behind", PLACE_EXIT, nargs, type, shape, false);
		fprintf(f, "\tattach behind %s %s\n", behind, target);
	}
}

static void build_kernel(struct gen *g, u32 op, const u32 *at)
{
	u32 nargs = shape_args(at[0]), how = at[1];
	char kfunc[32];
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	snprintf(kfunc, sizeof(kfunc), "checkjit_%s%s%s", types[op], at[0] < NR_ALL ? "" : "_", shapes[at[0]]);
	fprintf(f, "\tneeds kfunc trace_kernel fmod_ret fsession%s\n\tmem %u\n\tstack 16\n\tprog\n", nargs > IN_REGS ? " stack_args" : "", WINDOW);
	write_stack_args(f, nargs);
	fprintf(f, "\tcall %s\n", kfunc);
	if (hows[how].twice) {
		fputs("\tr9 += r0\n\tr1 = r9\n\tr2 = r8\n\tr3 = r7\n\tr4 = r6\n\tr5 = r0\n", f);
		write_stack_args(f, nargs);
		fprintf(f, "\tcall %s\n", kfunc);
	}
	fputs("\tend\n", f);
	attach_viewers(f, hows[how].before, hows[how].behind, kfunc, nargs, op, at[0]);
	write_vectors(f, nargs);
	gen_doc_close(g, &d);
}

const struct gen_family family_tramp_kernel = {
	.name = "tramp_kernel",
	.doc = "fentry, fexit, fsession and fmod_ret around functions of the kernel with 1 to 12 arguments of every C type",
	.verified = true,
	.quick = 12,	/* attaching takes a tenth of a second */
	.ops = types,
	.nops = ARRAY_SIZE(types),
	.dims = { &dim_shape, &dim_how },
	.build = build_kernel,
};

/* ---- functions of programs ---- */

static const char *const prog_ops[] = { "fentry", "fexit", "both", "both_global", "freplace", "replaced" };

enum { P_GLOBAL = 3, P_REPLACE };	/* from there on the function is global, and replaced */

static const struct {
	const char *before, *behind, *target;
} prog_hows[ARRAY_SIZE(prog_ops)] = {
	{ "fentry", NULL, "sub" },
	{ NULL, "fexit", "sub" },
	{ "fentry", "fexit", "sub" },
	{ "fentry", "fexit", "sub" },
	{ NULL, NULL, NULL },
	{ "fentry", "fexit", "instead" },
};

/* global functions take no more than registers hold */
GEN_DIM(args, op >= P_GLOBAL ? IN_REGS + 1 : MAX_ARGS + 1, "%u", i);
GEN_DIM(set, 16, "%x", i);

/* All arguments mixed, in a function that has @set of r6-r9 and a stack of its own. */
static void write_mix(FILE *f, u32 nargs, u32 set, u32 factor)
{
	fprintf(f, "\tr0 = %u\n", factor);
	for (u32 k = 1; k <= nargs && k <= IN_REGS; k++)
		fprintf(f, "\tr0 *= %u\n\tr0 += r%u\n", factor, k);
	for (u32 k = IN_REGS; k < nargs; k++)
		fprintf(f, "\tr1 = *(u64 *)(r11 + %u)\n\tr0 *= %u\n\tr0 += r1\n", 8 * (k - IN_REGS + 1), factor);
	gen_doc_set(f, set, "\tr%d = r0\n\tr0 += %d\n");
	fputs("\t*(u64 *)(r10 - 40) = r0\n\t*(u64 *)(r10 - 8) = r0\n", f);
	gen_doc_set(f, set, "\tr0 *= 31\n\tr0 += r%d\n\tr0 ^= %d\n");
	fputs("\tr1 = *(u64 *)(r10 - 40)\n\tr0 ^= r1\n\texit\n", f);
}

static void build_prog(struct gen *g, u32 op, const u32 *at)
{
	const u32 u64_type = ARRAY_SIZE(types) - 2;
	u32 nargs = at[0], set = at[1];
	bool global = op >= P_GLOBAL, replaces = op >= P_REPLACE;
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	fprintf(f, "\tneeds calls btf%s%s%s\n", nargs > IN_REGS ? " stack_args" : "", replaces ? " freplace" : "",
		prog_hows[op].target ? " trace_prog" : "");
	fprintf(f, "\tmem %u\n\tstack 16\n\tprog\n", WINDOW);
	write_stack_args(f, nargs);
	fprintf(f, "\tcall sub\n\tfunc sub args %u%s:\n", nargs, global ? " global" : "");
	write_mix(f, nargs, set, 31);
	fputs("\tend\n", f);
	if (replaces) {
		fputs("\tprog instead\n", f);
		write_mix(f, nargs, set ^ 15, 17);
		fputs("\tend\n\tattach instead freplace sub\n", f);
	}
	attach_viewers(f, prog_hows[op].before, prog_hows[op].behind, prog_hows[op].target, nargs, u64_type, 0);
	write_vectors(f, nargs);
	gen_doc_close(g, &d);
}

const struct gen_family family_tramp_prog = {
	.name = "tramp_prog",
	.doc = "fentry and fexit around, and freplace in the place of, functions of programs with up to 12 arguments and any r6-r9",
	.verified = true,
	.quick = 16,	/* attaching takes a tenth of a second */
	.ops = prog_ops,
	.nops = ARRAY_SIZE(prog_ops),
	.dims = { &dim_args, &dim_set },
	.build = build_prog,
};

/* ---- many ---- */

static const char *const many_ops[] = { "fentry", "fexit", "mixed" };
static const u8 counts[] = { 1, 2, 3, 5, 9, 17, 26, 27 };

GEN_DIM(count, ARRAY_SIZE(counts), "%u", counts[i]);

static const char *const targets[] = { "sub", "kernel" };

GEN_DIM(target, ARRAY_SIZE(targets), "%s", targets[i]);

/* Each writes what it sees to a place of its own: their order is open. */
static void build_many(struct gen *g, u32 op, const u32 *at)
{
	u32 n = counts[at[0]];
	bool kernel = at[1];
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	fprintf(f, "\tneeds %s\n\tmem %u\n\tprog\n", kernel ? "kfunc trace_kernel" : "calls btf trace_prog", 8 * n);
	if (kernel)
		fputs("\tcall checkjit_u64x5\n", f);
	else
		fputs("\tcall sub\n\tfunc sub args 5:\n\tr0 = r1\n\tr0 ^= r2\n\tr0 += r3\n\tr0 ^= r4\n\tr0 += r5\n\texit\n", f);
	fputs("\tend\n", f);
	for (u32 i = 0; i < n; i++) {
		bool exit = op == 2 ? i % 2 : op;

		fprintf(f, "\tprog P%u\n", i);
		gen_doc_set(f, i % 16, "\tr%d = r1\n\tr%d += 8\n");
		fprintf(f, "\t*(u64 *)(r10 - %u) = r1\n\tr2 = *(u64 *)(r1 + %u)\n\tr2 += %u\n\tr3 = &mem + 0 ll\n\t*(u64 *)(r3 + %u) = r2\n"
			"\tr0 = 0\n\texit\n\tend\n\tattach P%u %s %s\n", 8 * (i % 32 + 1), 8 * (i % (exit ? 6 : 5)), i, 8 * i, i,
			exit ? "fexit" : "fentry", kernel ? "checkjit_u64x5" : "sub");
	}
	fputs("\tvec r1 in few64\n\tvec r2 in few64\n\tvec r3 in few64, r4 in few64\n\tvec r5 in few64, r6 in few64\n", f);
	gen_doc_close(g, &d);
}

const struct gen_family family_tramp_many = {
	.name = "tramp_many",
	.doc = "1 to 27 programs, as many as any kernel takes, around one function",
	.verified = true,
	.quick = 6,	/* attaching takes a tenth of a second */
	.ops = many_ops,
	.nops = ARRAY_SIZE(many_ops),
	.dims = { &dim_count, &dim_target },
	.build = build_many,
};

/* ---- functions that call each other ---- */

static const char *const nest_ops[] = { "fentry", "fexit", "both" };

GEN_DIM(depth, 7, "%u", i + 1);

static void build_nest(struct gen *g, u32 op, const u32 *at)
{
	u32 depth = at[0] + 1;
	struct gen_doc d;
	FILE *f = gen_doc_open(&d);

	fprintf(f, "\tneeds calls btf trace_prog\n\tmem %u\n\tstack 32\n\tprog\n\tcall f1\n", 16 * depth);
	for (u32 k = 1; k <= depth; k++) {
		u32 set = (at[1] + 5 * (k - 1)) % 16;

		fprintf(f, "\tfunc f%u args 2:\n", k);
		gen_doc_set(f, set, "\tr%d = r1\n\tr1 += %d\n");
		fprintf(f, "\t*(u64 *)(r10 - %u) = r1\n", 8 * (k % 3 + 1));
		if (k < depth)
			fprintf(f, "\tr1 *= 3\n\tcall f%u\n", k + 1);
		else
			fputs("\tr0 = r2\n", f);
		gen_doc_set(f, set, "\tr0 *= 31\n\tr0 += r%d\n\tr0 ^= %d\n");
		fprintf(f, "\tr1 = *(u64 *)(r10 - %u)\n\tr0 ^= r1\n\texit\n", 8 * (k % 3 + 1));
	}
	fputs("\tend\n", f);
	for (u32 k = 1; k <= depth; k++)
		for (u32 exit = op == 1; exit <= (op > 0); exit++)
			fprintf(f, "\tprog %c%u\n\tr6 = *(u64 *)(r1 + %u)\n\tr7 = &mem + 0 ll\n\t*(u64 *)(r7 + %u) = r6\n\tr0 = 0\n\texit\n\tend\n"
				"\tattach %c%u %s f%u\n", exit ? 'x' : 'e', k, exit ? 16 : 8 * (k % 2), 16 * (k - 1) + 8 * exit,
				exit ? 'x' : 'e', k, exit ? "fexit" : "fentry", k);
	fputs("\tvec r1 in few64, r2 in few64\n\tvec r6 in few64, r9 in few64\n", f);
	gen_doc_close(g, &d);
}

const struct gen_family family_tramp_nest = {
	.name = "tramp_nest",
	.doc = "one to seven functions that call each other, each with programs around it, registers and a stack",
	.verified = true,
	.quick = 12,	/* attaching takes a tenth of a second */
	.ops = nest_ops,
	.nops = ARRAY_SIZE(nest_ops),
	.dims = { &dim_depth, &dim_set },
	.build = build_nest,
};
