// SPDX-License-Identifier: GPL-2.0
/*
 * attach PROG KIND TARGET [cookie N] [detached|changing]: programs attached to functions of
 * programs or of the kernel. Several lines for one program are one link to several functions. A
 * program beside main is none of that, but has a target, too.
 */
#include <errno.h>
#include <string.h>
#include "bpf/case_expand.h"
#include "bpf/case_tmpl.h"
#include "bpf/kfunc.h"
#include "lib/util.h"

static const char *const kinds[NR_ATTACH_KINDS] = {
	"none",		"fentry",      "fexit",		 "fmod_ret", "fsession",   "freplace",
	"fentry_multi", "fexit_multi", "fsession_multi", "beside",   "struct_ops",
};

const char *attach_name(enum attach_kind kind)
{
	return kind < NR_ATTACH_KINDS ? kinds[kind] : "?";
}

static bool find_func(const struct code *code, const char *name, u32 *func)
{
	for (u32 i = 1; i < code->nfuncs; i++)
		if (!strcmp(code->funcs[i].name, name)) {
			*func = i;
			return true;
		}
	return false;
}

/*
 * The target is a kfunc, a program, or a function of any program; main's if the name is ambiguous.
 */
static bool find_target(const struct bpf_case *c, const char *name, struct case_attach *a)
{
	int kfunc = kfunc_by_name(name);
	struct kfunc kf;

	if (kfunc > 0 && kfunc_get(kfunc, &kf) && kf.own) {
		a->kfunc = kfunc;
		return true;
	}
	for (a->prog = 0; a->prog < c->nprogs; a->prog++)
		if (!strcmp(c->prog_names[a->prog], name))
			return true;
	for (a->prog = 0; a->prog < c->nprogs; a->prog++)
		if (find_func(&c->progs[a->prog], name, &a->func))
			return true;
	return false;
}

static int parse_prog_name(struct instance *m, struct scan *sc, u32 *prog)
{
	char word[64];
	const char *at;

	scan_blanks(sc);
	at = sc->p;
	scan_token(sc, word, sizeof(word));
	for (*prog = 1; *prog < m->c->nprogs; ++*prog)
		if (!strcmp(m->c->prog_names[*prog], word))
			return 0;
	return scan_err(sc, at, "no program is called '%s' (expected the name of a prog line)",
			word);
}

static int parse_kind(struct scan *sc, u8 *kind)
{
	char word[64];
	const char *at;

	scan_blanks(sc);
	at = sc->p;
	scan_token(sc, word, sizeof(word));
	for (*kind = ATTACH_NONE + 1; *kind < NR_ATTACH_KINDS; ++*kind)
		if (!strcmp(kinds[*kind], word))
			return 0;
	return scan_err(sc, at,
			"'%s' is not an attach kind (expected fentry, fexit, fmod_ret, fsession, "
			"freplace, fentry_multi, fexit_multi, fsession_multi, beside or "
			"struct_ops)",
			word);
}

/* Words behind the target. */
static const char *const stays[NR_ATTACH_STAYS] = {
	[ATTACH_STAYS] = "",
	[ATTACH_DETACHED] = "detached",
	[ATTACH_CHANGING] = "changing",
};

/* What follows the target: [cookie N] [detached|changing] */
static int parse_rest(struct scan *sc, struct case_attach *a)
{
	char word[16];
	bool neg;

	while (!scan_end(sc)) {
		u8 stay = ATTACH_DETACHED;

		scan_word(sc, word, sizeof(word));
		while (stay < NR_ATTACH_STAYS && strcmp(word, stays[stay]))
			stay++;
		if (stay < NR_ATTACH_STAYS && a->stay && a->stay != stay)
			return scan_err(sc, sc->p, "detached and changing (expected one of them)");
		if (stay < NR_ATTACH_STAYS)
			a->stay = stay;
		else if (strcmp(word, "cookie"))
			return scan_err(sc, sc->p,
					"'%s' behind the target (expected cookie N, detached or "
					"changing)",
					word);
		else if (scan_number(sc, &a->cookie, &neg))
			return -EINVAL;
	}
	return 0;
}

static bool has_target(const struct case_attach *a, int kfunc)
{
	bool found = a->kfunc == kfunc;

	for (u32 i = 0; i < a->nmore; i++)
		found |= a->more[i].kfunc == kfunc;
	return found;
}

/* Add the target of @a, which @at names, to the link of the same program. */
static int add_target(struct scan *sc, const char *at, struct case_attach *link,
		      const struct case_attach *a)
{
	if (a->kind != link->kind || a->stay != link->stay)
		return scan_err(sc, at, "the program is attached as %s%s%s (expected the same)",
				kinds[link->kind], link->stay ? ", " : "", stays[link->stay]);
	if (link->nmore == ATTACH_MAX_MORE || has_target(link, a->kfunc))
		return scan_err(sc, at,
				"a link has up to %u functions, each of them once (expected "
				"another one)",
				ATTACH_MAX_MORE + 1);
	link->more[link->nmore].kfunc = a->kfunc;
	link->more[link->nmore++].cookie = a->cookie;
	return 0;
}

/* Its BTF must have the prototype of the function that it replaces. */
static void take_prototype(struct bpf_case *c, u32 prog, const struct case_attach *a)
{
	const struct func *func = &c->progs[a->prog].funcs[a->func];
	struct func *main = &c->progs[prog].funcs[0];

	main->nargs = func->nargs;
	main->flags |= func->flags & (FUNC_GLOBAL | FUNC_VOID);
}

/* Functions of programs, and those that kfuncs call, cannot be skipped. */
static bool takes_other_result(int kfunc)
{
	struct kfunc kf;

	return kfunc && kfunc_get(kfunc, &kf) && !kf.inner && !kf.passes;
}

/* Is a program of @c attached as @kind, to @kfunc (0: to a function of the case)? */
static bool has_attached(const struct bpf_case *c, enum attach_kind kind, int kfunc)
{
	for (u32 i = 0; c->attach && i < c->nprogs; i++)
		if (c->attach[i].kind == kind && c->attach[i].kfunc == kfunc)
			return true;
	return false;
}

static bool has_beside(const struct bpf_case *c)
{
	return has_attached(c, ATTACH_BESIDE, 0);
}

static bool is_replaceable(int kfunc)
{
	struct kfunc kf;

	return kfunc && kfunc_get(kfunc, &kf) && kf.replaceable;
}

bool attach_changes(const struct bpf_case *c)
{
	for (u32 i = 0; c->attach && i < c->nprogs; i++)
		if (c->attach[i].stay == ATTACH_CHANGING)
			return true;
	return false;
}

int attach_parse(struct instance *m, struct scan *sc)
{
	struct bpf_case *c = m->c;
	struct case_attach a = {};
	const char *at;
	char word[64];
	u32 prog;

	if (parse_prog_name(m, sc, &prog) || parse_kind(sc, &a.kind))
		return -EINVAL;
	if (c->attach && c->attach[prog].kind && !attach_is_multi(c->attach[prog].kind))
		return scan_err(sc, sc->text, "program '%s' is attached already",
				c->prog_names[prog]);
	scan_blanks(sc);
	at = sc->p;
	scan_token(sc, word, sizeof(word));
	if (!find_target(c, word, &a))
		return scan_err(sc, at,
				"no function is called '%s' (expected main, a program, a function "
				"or one of our kfuncs)",
				word);
	if (attach_is_multi(a.kind) && !a.kfunc)
		return scan_err(sc, at,
				"'%s' is a function of a program (expected one of our kfuncs)",
				word);
	if (a.kind == ATTACH_FMOD_RET && !takes_other_result(a.kfunc))
		return scan_err(
			sc, at,
			"the result of '%s' stays (expected one of our kfuncs that calls no "
			"other)",
			word);
	if (a.kind == ATTACH_STRUCT_OPS && !is_replaceable(a.kfunc))
		return scan_err(sc, at,
				"no program takes the place of '%s' (expected checkjit_in_SHAPE)",
				word);
	if (a.kind == ATTACH_STRUCT_OPS && has_attached(c, a.kind, a.kfunc))
		return scan_err(sc, at, "a second program in the place of '%s' (expected one)",
				word);
	if (!a.kfunc && a.prog == prog)
		return scan_err(sc, at, "'%s' is the program itself (expected another)", word);
	if (a.kind == ATTACH_BESIDE && (a.kfunc || a.prog || a.func))
		return scan_err(sc, at, "a program runs beside main only (expected main)");
	if (a.kind == ATTACH_BESIDE && has_beside(c))
		return scan_err(sc, at,
				"a second program beside main (expected one: it has a CPU)");
	if (a.kind == ATTACH_FREPLACE) {
		if (a.kfunc || !a.func || !(c->progs[a.prog].funcs[a.func].flags & FUNC_GLOBAL))
			return scan_err(sc, at,
					"'%s' cannot be replaced (expected a global function)",
					word);
		take_prototype(c, prog, &a);
	}
	if (a.kind == ATTACH_BESIDE ? scan_done(sc) : parse_rest(sc, &a))
		return -EINVAL;
	if (a.kind == ATTACH_BESIDE ? attach_changes(c)
				    : a.stay == ATTACH_CHANGING && has_beside(c))
		return scan_err(sc, at,
				"a program beside main and one that is changing (expected one of "
				"them: there is one other CPU)");
	if (!c->attach)
		c->attach = xcalloc(c->nprogs, sizeof(*c->attach));
	if (c->attach[prog].kind)
		return add_target(sc, at, &c->attach[prog], &a);
	c->attach[prog] = a;
	return 0;
}

static void print_line(FILE *f, const char *prog, const struct case_attach *a, const char *target,
		       u64 cookie)
{
	fprintf(f, "\tattach  %s %s %s", prog, kinds[a->kind], target);
	if (cookie)
		fprintf(f, " cookie 0x%llx", (unsigned long long)cookie);
	fprintf(f, "%s%s\n", a->stay ? " " : "", stays[a->stay]);
}

void attach_print(FILE *f, const struct bpf_case *c)
{
	for (u32 i = 0; c->attach && i < c->nprogs; i++) {
		const struct case_attach *a = &c->attach[i];

		if (!a->kind)
			continue;
		print_line(f, c->prog_names[i], a,
			   a->kfunc  ? kfunc_name(a->kfunc)
			   : a->func ? c->progs[a->prog].funcs[a->func].name
				     : c->prog_names[a->prog],
			   a->cookie);
		for (u32 k = 0; k < a->nmore; k++)
			print_line(f, c->prog_names[i], a, kfunc_name(a->more[k].kfunc),
				   a->more[k].cookie);
	}
}
