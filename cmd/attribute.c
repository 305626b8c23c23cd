// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "cmd/cmd.h"
#include "cmd/open_run.h"
#include "cmd/opts.h"
#include "lib/nearest.h"
#include "lib/util.h"
#include "report/report.h"

#define MAX_ALSO 8

/*
 * Runs of the same case and engine on another emulation: they tell whether guest or emulation is
 * wrong.
 */
struct other {
	char *what;
	struct run_set set;
};

static const struct record *same_place(const struct run_set *set, const struct record *r)
{
	u32 n;
	struct record **rec = run_set_opinions(set, r->id, &n);
	const struct record *found = NULL;

	for (u32 i = 0; i < n && !found; i++)
		if (!strcmp(rec[i]->arch, r->arch) && !strcmp(rec[i]->engine, r->engine))
			found = rec[i];
	free(rec);
	return found;
}

static bool is_finding(const struct record *r)
{
	return verdicts[r->raw].exit == EXIT_FINDINGS;
}

static void print_others(struct record **rec, u32 n, const struct other *others, u32 nothers)
{
	for (u32 i = 0; i < n; i++) {
		if (!is_finding(rec[i]))
			continue;
		if (rec[i]->note)
			printf("emulation: %s %s %s\n", rec[i]->arch, rec[i]->engine, rec[i]->note);
		for (u32 k = 0; k < nothers; k++) {
			const struct record *o = same_place(&others[k].set, rec[i]);

			printf("emulation: %s %s %s with %s%s\n", rec[i]->arch, rec[i]->engine,
			       !o			 ? "has no verdict"
			       : o->raw == VERDICT_PASS	 ? "passes"
			       : !is_finding(o)		 ? verdicts[o->raw].name
			       : same_failure(o, rec[i]) ? "fails the same way"
							 : "fails in another way",
			       others[k].what,
			       o && o->raw == VERDICT_PASS ? ": suspect the emulation" : "");
		}
	}
}

/* Find @id, or the case of which it names a vector. */
static char *find_id(const struct run_set *set, const char *id)
{
	char *name = xstrdup(id), *dot = strrchr(name, '.');
	struct nearest near;
	u32 n;

	free(run_set_opinions(set, name, &n));
	if (!n && dot && strspn(dot + 1, "0123456789") == strlen(dot + 1)) {
		*dot = '\0';
		free(run_set_opinions(set, name, &n));
	}
	if (n)
		return name;
	free(name);
	nearest_init(&near, id);
	for (u32 i = 0; i < set->nrecords; i++)
		nearest_offer(&near, set->by_id[i]->id);
	pr_err("attribute: %s has no '%s' (%s)", set->dir, id,
	       nearest_hint(&near, "`checkjit results RUN` prints all"));
	return NULL;
}

/* Arguments of --also. */
struct also {
	const char *text[MAX_ALSO];
	u32 cnt;
};

static int take_also(void *to, const char *text)
{
	struct also *also = to;

	if (!strchr(text, '=') || also->cnt == MAX_ALSO) {
		pr_err("attribute: --also '%s' (expected WHAT=RUN, at most %d)", text, MAX_ALSO);
		return -EINVAL;
	}
	also->text[also->cnt++] = text;
	return 0;
}

/* Open the runs that @also names. Returns 0 or an exit code. */
static int open_others(const struct also *also, struct other *others)
{
	int ret = EXIT_OK;

	for (u32 i = 0; i < also->cnt && !ret; i++) {
		const char *dir = strchr(also->text[i], '=');

		others[i].what = xstrndup(also->text[i], dir - also->text[i]);
		ret = open_run(dir + 1, &others[i].set);
	}
	return ret;
}

static int show(const struct run_set *set, const char *id, const struct other *others, u32 nothers)
{
	u32 n;
	struct record **rec = run_set_find(set, id, &n);
	char *who = attribution(set, id), *suspect = attribution_suspect(set, id);
	bool failed;

	printf("== %s", id);
	for (u32 i = 0; i < n; i++) {
		if (!rec[i]->insn || !*rec[i]->insn)
			continue;
		printf(" (%s:%u: %s)", rec[i]->file, rec[i]->line, rec[i]->insn);
		break;
	}
	printf("\n\n");
	failed = attribution_table(stdout, set, id);
	printf("\n");
	for (u32 i = 0; i < set->cnt; i++)
		if (set->runs[i].partial)
			printf("%s is partial\n", set->runs[i].info.arch);
	if (who)
		printf("%s\n", who);
	if (suspect)
		printf("suspect: %s\n", suspect);
	if (!failed)
		printf("nothing fails\n");
	print_others(rec, n, others, nothers);
	free(who);
	free(suspect);
	return failed ? EXIT_FINDINGS : EXIT_OK;
}

static const struct opt_usage usage = {
	.name = "attribute",
	.head = "usage: checkjit attribute [OPTION...] RUN ID\n\n"
		"Which engine is wrong in case ID: all verdicts of RUN on it, and the "
		"odd ones out in\n"
		"words. RUN is a directory, the name of one below results/, or 'last'. `make "
		"attribute ID=...` makes\n"
		"the run.\n\n",
	.foot = "Exit codes: 0 no engine fails, 1 one does, 2 usage, no such run or id, 3 a file "
		"is damaged.\n",
};

static const struct opt rows[] = {
	OPT_CALL("also", "WHAT=RUN", struct also, text, take_also,
		 "the failing arches again, on another emulation: 'another QEMU=DIR'"),
	{}
};

int cmd_attribute(int argc, char **argv)
{
	struct also also = {};
	const struct opt_table tables[] = { { rows, &also }, {} };
	struct other others[MAX_ALSO] = {};
	struct run_set set;
	int ret = opts_parse(&usage, tables, argc, argv);
	char *id;

	if (ret >= 0)
		return ret;
	if (argc - optind != 2) {
		pr_err("attribute: %d arguments (expected RUN and ID)", argc - optind);
		return EXIT_USAGE;
	}
	ret = open_others(&also, others);
	if (ret)
		return ret;
	ret = open_run(argv[optind], &set);
	if (ret)
		return ret;
	id = find_id(&set, argv[optind + 1]);
	ret = id ? show(&set, id, others, also.cnt) : EXIT_USAGE;
	free(id);
	run_set_free(&set);
	for (u32 i = 0; i < also.cnt; i++) {
		run_set_free(&others[i].set);
		free(others[i].what);
	}
	return ret;
}
