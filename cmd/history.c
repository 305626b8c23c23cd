// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "cmd/cmd.h"
#include "cmd/open_history.h"
#include "cmd/opts.h"
#include "lib/utc.h"
#include "lib/util.h"

#define RUNS_SHOWN 12

struct request {
	const char *db, *arch, *add;
	struct history_unit unit;
};

/* "riscv32", or "riscv32 BTF=1" */
static void print_target(const char *arch, const char *variant)
{
	printf("%s%s%s", arch, *variant ? " " : "", variant);
}

/* ---- a case ---- */

/* The changes of a case come ordered by run; they are shown by arch and engine. */
struct case_list {
	const char *id;
	struct history *h;
	u32 cnt;
	char *detail, *rerun; /* of the last failure that is shown */
};

static void keep_text(char **to, const char *text)
{
	free(*to);
	*to = *text ? xstrdup(text) : NULL;
}

static int print_change(void *arg, const struct history_verdict *v)
{
	struct case_list *list = arg;

	printf("  %s  %-10s ", utc_minute(v->when.time), verdicts[v->verdict].name);
	print_target(v->arch, v->variant);
	printf(" %s  %s  %s%s\n", v->engine, v->when.kernel, v->when.unit,
	       v->flaky ? "  flaky: nothing else changed" : "");
	list->cnt++;
	if (history_fails(v->verdict)) {
		keep_text(&list->detail, v->detail);
		keep_text(&list->rerun, v->rerun);
	}
	return 0;
}

static int print_first(void *arg, const struct history_verdict *v)
{
	struct case_list *list = arg;

	printf("%s first failed on ", list->id);
	print_target(v->arch, v->variant);
	printf(" %s %s, kernel %s\n", v->engine, utc_minute(v->when.time), v->when.kernel);
	return 0;
}

static int print_present(void *arg, const struct history_verdict *v)
{
	u32 *cnt = arg;

	printf("%s\n  ", (*cnt)++ ? "" : "\nFails at present:");
	print_target(v->arch, v->variant);
	printf(" %s %s, since %s (%s)%s%s", v->engine, verdicts[v->verdict].name,
	       utc_minute(v->since.time), v->since.kernel, *v->known ? ", known: " : "", v->known);
	return 0;
}

static void print_block(const char *text)
{
	while (text && *text) {
		size_t n = strcspn(text, "\n");

		printf("  %.*s\n", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

/* @id without the number of a vector behind it; the caller frees it. */
static char *without_vector(const char *id)
{
	const char *dot = strrchr(id, '.');

	if (dot && dot[1] && strspn(dot + 1, "0123456789") == strlen(dot + 1))
		return xstrndup(id, dot - id);
	return xstrdup(id);
}

static int show_case(struct history *h, const char *id, const char *arch, struct diag *diag)
{
	struct history_filter filter = { .id = id, .arch = arch };
	struct case_list list = { .id = id, .h = h };
	u32 failing = 0;
	int ret = history_each_first_failure(h, id, print_first, &list, diag);

	if (!ret) {
		printf("\nIts changes (UTC):\n");
		ret = history_each_change(h, &filter, print_change, &list, diag);
	}
	if (!ret && !list.cnt)
		printf("  none: no run that was added saw %s fail\n", id);
	if (!ret)
		ret = history_each_finding(h, &filter, print_present, &failing, diag);
	if (failing)
		putchar('\n');
	if (list.detail)
		printf("\nIts last failure:\n");
	print_block(list.detail);
	if (list.rerun)
		printf("  rerun  : %s\n", list.rerun);
	free(list.detail);
	free(list.rerun);
	return ret;
}

/* ---- an arch, or all ---- */

static int print_run(void *arg, const struct history_run *run)
{
	(void)arg;
	printf("  %5lld  %s  ", (long long)run->id, utc_minute(run->start));
	print_target(run->arch, run->variant);
	printf("  %s  %s  %llu checks in %.0f s  new %llu changed %llu fixed %llu known %llu%s\n",
	       run->unit, run->kernel, (unsigned long long)run->checks, run->seconds,
	       (unsigned long long)run->fresh, (unsigned long long)run->changed,
	       (unsigned long long)run->fixed, (unsigned long long)run->count[VERDICT_XFAIL],
	       run->partial ? "  partial" : "");
	return 0;
}

static int print_finding(void *arg, const struct history_verdict *v)
{
	u32 *cnt = arg;

	if (v->verdict == VERDICT_XFAIL)
		return 0;
	if (!(*cnt)++)
		printf("\nFailures that results/known does not explain (UTC):\n");
	printf("  since %s  %-8s ", utc_minute(v->since.time), verdicts[v->verdict].name);
	print_target(v->arch, v->variant);
	printf(" %s  %s  %s\n", v->engine, v->id, v->since.kernel);
	return 0;
}

static int count_known(void *arg, const struct history_verdict *v)
{
	u32 *cnt = arg;

	*cnt += v->verdict == VERDICT_XFAIL;
	return 0;
}

static int print_flaky(void *arg, const struct history_flaky *flaky)
{
	u32 *cnt = arg;

	if (!(*cnt)++)
		printf("\nFlaky: the verdict changed, and nothing else (UTC):\n");
	printf("  %u times, at last %s  ", flaky->times, utc_minute(flaky->last.time));
	print_target(flaky->arch, flaky->variant);
	printf(" %s  %s\n", flaky->engine, flaky->id);
	return 0;
}

static int print_cap(void *arg, const struct history_cap *cap)
{
	u32 *cnt = arg;

	if (!cap->changed)
		return 0;
	if (!(*cnt)++)
		printf("\nCapabilities that changed (UTC):\n");
	printf("  %s  ", utc_minute(cap->when.time));
	print_target(cap->arch, cap->variant);
	printf(" %s %s  %s\n", cap->have ? "gained" : "lost", cap->cap, cap->when.kernel);
	return 0;
}

static int print_cursor(void *arg, const struct history_cursor *c)
{
	u32 *cnt = arg;

	if (!(*cnt)++)
		printf("\nHow far the enumeration is:\n");
	printf("  ");
	print_target(c->arch, c->variant);
	printf(" gen/%s  round %u: %u of %u parts, %.0f s%s\n", c->family, c->round, c->next - 1,
	       c->nshards, c->seconds, c->skipped ? "  some gave no results" : "");
	return 0;
}

static int show_all(struct history *h, const char *arch, struct diag *diag)
{
	struct history_filter filter = { .arch = arch, .limit = RUNS_SHOWN }, whole = filter;
	u32 findings = 0, known = 0, flaky = 0, caps = 0, cursors = 0;
	int ret;

	whole.limit = 0;
	printf("The last runs (UTC):\n");
	ret = history_each_run(h, &filter, print_run, NULL, diag);
	if (!ret)
		ret = history_each_finding(h, &whole, print_finding, &findings, diag);
	if (!ret)
		ret = history_each_finding(h, &whole, count_known, &known, diag);
	if (!ret && known)
		printf("\n%u cases fail as results/known says\n", known);
	if (!ret)
		ret = history_each_flaky(h, &filter, print_flaky, &flaky, diag);
	if (!ret)
		ret = history_each_cap(h, &whole, print_cap, &caps, diag);
	if (!ret)
		ret = history_each_cursor(h, &whole, print_cursor, &cursors, diag);
	return ret;
}

/* ---- checkjit history ---- */

static int add_run(struct history *h, const struct request *q, struct diag *diag)
{
	u32 added;
	int ret = history_add_run(h, q->add, &q->unit, &added, diag);

	if (!ret && !added)
		pr_info("%s is in the history already", q->add);
	return ret;
}

static int show(struct history *h, const struct request *q, const char *id, struct diag *diag)
{
	char *name;
	int ret;

	if (!id)
		return show_all(h, q->arch, diag);
	name = without_vector(id);
	ret = show_case(h, name, q->arch, diag);
	free(name);
	return ret;
}

static const struct opt_usage usage = {
	.name = "history",
	.head = "usage: checkjit history [OPTION...] [ID]\n\n"
		"What earlier runs found: of case ID, when and where it first failed and each "
		"change of its verdict;\n"
		"without ID, the last runs, what fails and since when, flaky cases, and how far "
		"the enumeration is.\n\n",
	.foot = "Exit codes: 0, 2 usage or no database, 3 it is damaged or of a newer version.\n",
};

static const struct opt rows[] = {
	OPT_TEXT("arch", "ARCH", struct request, arch, "only this arch"),
	OPT_TEXT("db", "FILE", struct request, db,
		 "the database (default: HISTORY=, else results/history.db)"),
	OPT_TEXT("add", "RUN", struct request, add,
		 "add a run: a directory, the name of one below results/, or last"),
	OPT_TEXT("unit", "NAME", struct request, unit.unit,
		 "with --add: which cases it has; counts of one unit are compared\n(default: run)"),
	OPT_TEXT("variant", "NAME", struct request, unit.variant,
		 "with --add: how its kernel or machine differs from the default"),
	{}
};

int cmd_history(int argc, char **argv)
{
	struct request q = { .unit = { .unit = "run", .variant = "" } };
	const struct opt_table tables[] = { { rows, &q }, {} };
	struct history *h;
	struct diag diag;
	int ret = opts_parse(&usage, tables, argc, argv);

	if (ret >= 0)
		return ret;
	if (argc - optind > (q.add ? 0 : 1)) {
		pr_err("history: too many arguments (expected %s)", q.add ? "none" : "one ID");
		return EXIT_USAGE;
	}
	ret = open_history(q.db, q.add ? HISTORY_WRITE : HISTORY_READ, &h);
	if (ret)
		return ret;
	ret = q.add ? add_run(h, &q, &diag) : show(h, &q, argv[optind], &diag);
	history_close(h);
	if (ret)
		diag_print(&diag);
	return ret == -ENOENT ? EXIT_USAGE : ret ? EXIT_INFRA : EXIT_OK;
}
