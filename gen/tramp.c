// SPDX-License-Identifier: GPL-2.0
/*
 * Programs around functions (R): what the trampoline shows them of arguments and result, and that
 * it leaves both, the registers and the stack of the caller as they are.
 */
#include <string.h>
#include "gen/dims.h"
#include "gen/families.h"
#include "gen/text.h"

#define IN_REGS	   5
#define MAX_ARGS   12
#define PLACE_EXIT (8 * (MAX_ARGS + 1)) /* where in mem a program behind the function writes */
#define WINDOW	   (2 * PLACE_EXIT)

/* ---- functions of the kernel ---- */

static const char *const types[] = { "u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64" };

#define TYPE_U64 (ARRAY_SIZE(types) - 2)

#define NR_ALL	  12
#define NR_PLACES 5

static const char *const shapes[NR_ALL + NR_PLACES] = {
	"x1",  "x2",  "x3",  "x4", "x5", "x6", "x7", "x8", "x9",
	"x10", "x11", "x12", "1",  "2",	 "3",  "4",  "5",
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
	return shape < NR_ALL || k == shape - NR_ALL ? type : TYPE_U64;
}

static const struct {
	const char *name, *before,
		*behind; /* how the programs that write to each half of the window are attached */
	bool twice;
} hows[] = {
	{ "fentry", "fentry", NULL, false },   { "fexit", NULL, "fexit", false },
	{ "both", "fentry", "fexit", false },  { "twice", "fentry", "fexit", true },
	{ "session", NULL, "fsession", true }, { "modify", "fmod_ret", "fexit", false },
};

GEN_DIM(how, ARRAY_SIZE(hows), "%s", hows[i].name);

/* As many bits as the type has: the others mean nothing. */
static const char *store_of(u32 type)
{
	return types[type & ~1u];
}

/* The arguments that viewers see: @n of them, as in @shape of @type. */
struct args {
	u32 n, type, shape;
};

/*
 * A program that copies its context's words to the window from @place on, with values in r6-r9 and
 * on its stack. @modify: it may have the function left out.
 */
static void emit_viewer(struct gen *g, const char *name, u32 place, const struct args *args,
			bool modify)
{
	emit(g, "prog %s; r6 = r1; r7 = &mem + 0 ll; r8 = %u; r9 = -1", name, place);
	emit(g, "*(u64 *)(r10 - 64) = r9; *(u64 *)(r10 - 8) = r9");
	for (u32 k = 0; k < args->n; k++) {
		const char *type = store_of(arg_type(args->type, args->shape, k));
		u32 reg = k % 5 + 1;

		emit(g, "r%u = *(u64 *)(r6 + %u)", reg, 8 * k);
		emit(g, "*(%s *)(r7 + %u) = r%u", type, place + 8 * k, reg);
	}
	if (place) {
		emit(g, "r1 = r6; r2 = r10; r2 += -16; call bpf_get_func_ret");
		emit(g, "r1 = *(u64 *)(r10 - 16); r1 += r0; *(u64 *)(r7 + %u) = r1",
		     place + 8 * args->n);
	}
	emit(g, modify ? "r0 = *(u64 *)(r6 + 0); r0 &= 1" : "r0 = 0");
	emit(g, "exit; end");
}

/* The caller has values in all of r6-r9 and passes some of them on the stack. */
static void emit_stack_args(struct gen *g, u32 nargs)
{
	static const char *const sources[] = { "r6", "r7", "r8", "r9", "r0" };

	for (u32 k = nargs; k-- > IN_REGS;)
		emit(g, "*(u64 *)(r11 - %u) = %s", 8 * (k - IN_REGS + 1),
		     sources[k % ARRAY_SIZE(sources)]);
}

static void emit_vectors(struct gen *g, u32 nargs)
{
	for (u32 k = 1; k <= nargs && k <= IN_REGS; k++)
		emit(g, "vec r%u in few64", k);
	emit(g, "vec r0 in few64, r6 in few64; vec r7 in few64; vec r8 in few64; vec r9 in few64");
}

/* Viewers of the function @target; @before and @behind (or NULL) say how they are attached. */
static void attach_viewers(struct gen *g, const char *before, const char *behind,
			   const char *target, const struct args *args)
{
	if (before) {
		emit_viewer(g, "before", 0, args, !strcmp(before, "fmod_ret"));
		emit(g, "attach before %s %s", before, target);
	}
	if (behind) {
		emit_viewer(g, "behind", PLACE_EXIT, args, false);
		emit(g, "attach behind %s %s", behind, target);
	}
}

static void build_kernel(struct gen *g, u32 op, const u32 *at)
{
	struct args args = { .n = shape_args(at[0]), .type = op, .shape = at[0] };
	u32 how = at[1];
	char kfunc[32];

	snprintf(kfunc, sizeof(kfunc), "checkjit_%s%s%s", types[op], at[0] < NR_ALL ? "" : "_",
		 shapes[at[0]]);
	emit(g, "needs kfunc trace_kernel fmod_ret fsession%s",
	     args.n > IN_REGS ? " stack_args" : "");
	emit(g, "mem %u; stack 16; prog", WINDOW);
	emit_stack_args(g, args.n);
	emit(g, "call %s", kfunc);
	if (hows[how].twice) {
		emit(g, "r9 += r0; r1 = r9; r2 = r8; r3 = r7; r4 = r6; r5 = r0");
		emit_stack_args(g, args.n);
		emit(g, "call %s", kfunc);
	}
	emit(g, "end");
	attach_viewers(g, hows[how].before, hows[how].behind, kfunc, &args);
	emit_vectors(g, args.n);
}

const struct gen_family family_tramp_kernel = {
	.name = "tramp_kernel",
	.doc = "fentry, fexit, fsession and fmod_ret around functions of the kernel with 1 to 12 "
	       "arguments of every C type",
	.verified = true,
	.quick = 12, /* attaching takes a tenth of a second */
	.ops = types,
	.nops = ARRAY_SIZE(types),
	.dims = { &dim_shape, &dim_how },
	.build = build_kernel,
};

/* ---- functions of programs ---- */

static const char *const prog_ops[] = { "fentry",      "fexit",	   "both",
					"both_global", "freplace", "replaced" };

enum { P_GLOBAL = 3, P_REPLACE }; /* from there on the function is global, and replaced */

static const struct {
	const char *before, *behind, *target;
} prog_hows[ARRAY_SIZE(prog_ops)] = {
	{ "fentry", NULL, "sub" },    { NULL, "fexit", "sub" }, { "fentry", "fexit", "sub" },
	{ "fentry", "fexit", "sub" }, { NULL, NULL, NULL },	{ "fentry", "fexit", "instead" },
};

/* global functions take no more than registers hold */
GEN_DIM(args, op >= P_GLOBAL ? IN_REGS + 1 : MAX_ARGS + 1, "%u", i);
GEN_DIM(set, 16, "%x", i);

/* All arguments mixed, in a function that has @set of r6-r9 and a stack of its own. */
static void emit_mix(struct gen *g, u32 nargs, u32 set, u32 factor)
{
	emit(g, "r0 = %u", factor);
	for (u32 k = 1; k <= nargs && k <= IN_REGS; k++)
		emit(g, "r0 *= %u; r0 += r%u", factor, k);
	for (u32 k = IN_REGS; k < nargs; k++)
		emit(g, "r1 = *(u64 *)(r11 + %u); r0 *= %u; r0 += r1", 8 * (k - IN_REGS + 1),
		     factor);
	fill_set(g, set, "r0");
	emit(g, "*(u64 *)(r10 - 40) = r0; *(u64 *)(r10 - 8) = r0");
	fold_set(g, set);
	emit(g, "r1 = *(u64 *)(r10 - 40); r0 ^= r1; exit");
}

static void build_prog(struct gen *g, u32 op, const u32 *at)
{
	struct args args = { .n = at[0], .type = TYPE_U64, .shape = 0 };
	u32 set = at[1];

	emit(g, "needs calls btf");
	if (args.n > IN_REGS)
		emit_more(g, " stack_args");
	if (op >= P_REPLACE)
		emit_more(g, " freplace");
	if (prog_hows[op].target)
		emit_more(g, " trace_prog");
	emit(g, "mem %u; stack 16; prog", WINDOW);
	emit_stack_args(g, args.n);
	emit(g, "call sub; func sub args %u%s:", args.n, op >= P_GLOBAL ? " global" : "");
	emit_mix(g, args.n, set, 31);
	emit(g, "end");
	if (op >= P_REPLACE) {
		emit(g, "prog instead");
		emit_mix(g, args.n, set ^ 15, 17);
		emit(g, "end; attach instead freplace sub");
	}
	attach_viewers(g, prog_hows[op].before, prog_hows[op].behind, prog_hows[op].target, &args);
	emit_vectors(g, args.n);
}

const struct gen_family family_tramp_prog = {
	.name = "tramp_prog",
	.doc = "fentry and fexit around, and freplace in the place of, functions of programs with "
	       "up to 12 arguments and any r6-r9",
	.verified = true,
	.quick = 16, /* attaching takes a tenth of a second */
	.ops = prog_ops,
	.nops = ARRAY_SIZE(prog_ops),
	.dims = { &dim_args, &dim_set },
	.build = build_prog,
};

/* ---- many ---- */

static const char *const many_ops[] = { "fentry", "fexit", "mixed" };

enum { MANY_FENTRY, MANY_FEXIT, MANY_MIXED };

static const u8 counts[] = { 1, 2, 3, 5, 9, 17, 26, 27 };

GEN_DIM(count, ARRAY_SIZE(counts), "%u", counts[i]);

static const char *const targets[] = { "sub", "kernel" };

GEN_DIM(target, ARRAY_SIZE(targets), "%s", targets[i]);

/* Each writes what it sees to a place of its own: their order is open. */
static void build_many(struct gen *g, u32 op, const u32 *at)
{
	u32 n = counts[at[0]];
	bool kernel = at[1];
	const char *target = kernel ? "checkjit_u64x5" : "sub";

	emit(g, "needs %s; mem %u", kernel ? "kfunc trace_kernel" : "calls btf trace_prog", 8 * n);
	emit(g, "prog; call %s", target);
	if (!kernel)
		emit(g, "func sub args 5:; r0 = r1; r0 ^= r2; r0 += r3; r0 ^= r4; r0 += r5; exit");
	emit(g, "end");
	for (u32 i = 0; i < n; i++) {
		bool exit = op == MANY_MIXED ? i % 2 : op;

		emit(g, "prog P%u", i);
		emit_set(g, i % 16, "r%d = r1; r%d += 8");
		emit(g, "*(u64 *)(r10 - %u) = r1", 8 * (i % 32 + 1));
		emit(g, "r2 = *(u64 *)(r1 + %u); r2 += %u", 8 * (i % (exit ? 6 : 5)), i);
		emit(g, "r3 = &mem + 0 ll; *(u64 *)(r3 + %u) = r2; r0 = 0; exit; end", 8 * i);
		emit(g, "attach P%u %s %s", i, exit ? "fexit" : "fentry", target);
	}
	emit(g, "vec r1 in few64; vec r2 in few64; vec r3 in few64, r4 in few64; vec r5 in few64, "
		"r6 in few64");
}

const struct gen_family family_tramp_many = {
	.name = "tramp_many",
	.doc = "1 to 27 programs, as many as any kernel takes, around one function",
	.verified = true,
	.quick = 6, /* attaching takes a tenth of a second */
	.ops = many_ops,
	.nops = ARRAY_SIZE(many_ops),
	.dims = { &dim_count, &dim_target },
	.build = build_many,
};

/* ---- functions that call each other ---- */

static const char *const nest_ops[] = { "fentry", "fexit", "both" };

enum { NEST_FENTRY, NEST_FEXIT, NEST_BOTH };

GEN_DIM(depth, 7, "%u", i + 1);

/* Programs e1, e2 … in front of the functions, x1, x2 … behind them. */
static void attach_nest(struct gen *g, u32 k, bool exit)
{
	char name = exit ? 'x' : 'e';

	emit(g, "prog %c%u; r6 = *(u64 *)(r1 + %u)", name, k, exit ? 16 : 8 * (k % 2));
	emit(g, "r7 = &mem + 0 ll; *(u64 *)(r7 + %u) = r6; r0 = 0; exit; end",
	     16 * (k - 1) + 8 * exit);
	emit(g, "attach %c%u %s f%u", name, k, exit ? "fexit" : "fentry", k);
}

static void build_nest(struct gen *g, u32 op, const u32 *at)
{
	u32 depth = at[0] + 1;

	emit(g, "needs calls btf trace_prog; mem %u; stack 32; prog; call f1", 16 * depth);
	for (u32 k = 1; k <= depth; k++) {
		u32 set = (at[1] + 5 * (k - 1)) % 16, place = 8 * (k % 3 + 1);

		emit(g, "func f%u args 2:", k);
		fill_set(g, set, "r1");
		emit(g, "*(u64 *)(r10 - %u) = r1", place);
		if (k < depth)
			emit(g, "r1 *= 3; call f%u", k + 1);
		else
			emit(g, "r0 = r2");
		fold_set(g, set);
		emit(g, "r1 = *(u64 *)(r10 - %u); r0 ^= r1; exit", place);
	}
	emit(g, "end");
	for (u32 k = 1; k <= depth; k++) {
		if (op != NEST_FEXIT)
			attach_nest(g, k, false);
		if (op != NEST_FENTRY)
			attach_nest(g, k, true);
	}
	emit(g, "vec r1 in few64, r2 in few64; vec r6 in few64, r9 in few64");
}

const struct gen_family family_tramp_nest = {
	.name = "tramp_nest",
	.doc = "one to seven functions that call each other, each with programs around it, "
	       "registers and a stack",
	.verified = true,
	.quick = 12, /* attaching takes a tenth of a second */
	.ops = nest_ops,
	.nops = ARRAY_SIZE(nest_ops),
	.dims = { &dim_depth, &dim_set },
	.build = build_nest,
};
