// SPDX-License-Identifier: GPL-2.0
/* The end of `make run`. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "lib/outfile.h"
#include "lib/util.h"
#include "report/report.h"
#include "report/stats.h"

#define REASONS_SHOWN 20

static struct run_totals sum(const struct run_set *set)
{
	struct run_totals t = { 0 };

	for (u32 i = 0; i < set->cnt; i++) {
		const struct run_totals *r = &set->runs[i].totals;

		for (int v = 0; v < NR_VERDICTS; v++)
			t.count[v] += r->count[v];
		t.fresh += r->fresh;
		t.changed += r->changed;
		t.fixed += r->fixed;
	}
	return t;
}

int report_exit(const struct run_set *set)
{
	struct run_totals t = sum(set);
	int code = verdict_exit(t.count);

	for (u32 i = 0; i < set->cnt; i++)
		if (code == EXIT_OK && set->runs[i].partial)
			code = EXIT_INFRA;
	return code;
}

static bool executed(const struct run_totals *t)
{
	for (int v = 0; v < NR_VERDICTS; v++)
		if (t->count[v] && verdicts[v].executed)
			return true;
	return false;
}

/* Records with one reason: "412 skip: no JIT in this kernel (m68k jit, m68k jit_hardened)". */
struct why {
	enum verdict verdict;
	const char *kind; /* kind of a known failure ("jit-bug"), else the verdict's key */
	const char *reason;
	u32 count;
	const char *where[8][2]; /* arch, engine */
	u32 nwhere;
};

static int why_cmp(const void *a, const void *b)
{
	const struct why *x = a, *y = b;

	if (x->verdict != y->verdict)
		return (int)x->verdict - (int)y->verdict;
	return x->count > y->count ? -1 : x->count < y->count;
}

static void add_why(struct why *w, const struct record *r)
{
	w->count += record_cases(r);
	for (u32 i = 0; i < w->nwhere; i++)
		if (!strcmp(w->where[i][0], r->arch) && !strcmp(w->where[i][1], r->engine))
			return;
	if (w->nwhere < ARRAY_SIZE(w->where)) {
		w->where[w->nwhere][0] = r->arch;
		w->where[w->nwhere++][1] = r->engine;
	} else {
		w->nwhere = ARRAY_SIZE(w->where);
	}
}

static bool without_verdict(enum verdict v)
{
	return v == VERDICT_SKIP || v == VERDICT_FALLBACK || v == VERDICT_NOT_TESTED;
}

static bool known_failure(enum verdict v)
{
	return v == VERDICT_XFAIL;
}

/* Print the reasons of all records that @wanted selects, most frequent first, under @title. */
static void print_reasons(FILE *f, const struct run_set *set, bool (*wanted)(enum verdict v),
			  const char *title)
{
	struct why *whys = NULL;
	u32 cnt = 0, cap = 0, i;

	for (u32 k = 0; k < set->nrecords; k++) {
		const struct record *r = set->by_id[k];
		const char *reason = wanted == known_failure ? r->known.reason : r->reason;
		const char *kind =
			wanted == known_failure ? r->known.kind : verdicts[r->verdict].key;

		if (!wanted(r->verdict))
			continue;
		reason = reason ? reason : "no reason given";
		kind = kind ? kind : verdicts[r->verdict].key;
		for (i = 0; i < cnt; i++)
			if (whys[i].verdict == r->verdict && !strcmp(whys[i].reason, reason))
				break;
		if (i == cnt) {
			ARRAY_GROW(whys, cnt, cap);
			whys[cnt++] = (struct why){ .verdict = r->verdict,
						    .kind = kind,
						    .reason = reason };
		}
		add_why(&whys[i], r);
	}
	if (cnt) {
		qsort(whys, cnt, sizeof(*whys), why_cmp);
		fprintf(f, "\n# %s:\n", title);
	}
	for (i = 0; i < cnt && i < REASONS_SHOWN; i++) {
		fprintf(f, "#   %u %s: %s (", whys[i].count, whys[i].kind, whys[i].reason);
		for (u32 k = 0; k < whys[i].nwhere; k++)
			fprintf(f, "%s%s %s", k ? ", " : "", whys[i].where[k][0],
				whys[i].where[k][1]);
		fprintf(f, "%s)\n", whys[i].nwhere == ARRAY_SIZE(whys[i].where) ? ", …" : "");
	}
	if (cnt > REASONS_SHOWN)
		fprintf(f, "#   and %u more reasons\n", cnt - REASONS_SHOWN);
	free(whys);
}

static bool have_arch(const struct run_set *set, const char *arch)
{
	for (u32 i = 0; i < set->cnt; i++)
		if (!strcmp(set->runs[i].info.arch, arch))
			return true;
	return false;
}

/* Print what is missing or unusual in the run itself. Returns whether an arch is missing. */
static bool print_gaps(FILE *f, const struct run_set *set, const char *expect)
{
	char *copy = xstrdup(expect ? expect : ""), *save = NULL;
	bool missing = false;

	for (char *a = strtok_r(copy, " \t\n,", &save); a; a = strtok_r(NULL, " \t\n,", &save)) {
		if (have_arch(set, a))
			continue;
		fprintf(f, "# %s: no results\n", a);
		missing = true;
	}
	free(copy);
	for (u32 i = 0; i < set->cnt; i++) {
		const struct run *r = &set->runs[i];

		if (r->partial && r->info.planned)
			fprintf(f, "# %s: partial, %u verdicts of %u (%s)\n", r->info.arch,
				r->cases, r->info.planned, r->path);
		else if (r->partial)
			fprintf(f, "# %s: partial, %u verdicts (%s)\n", r->info.arch, r->cases,
				r->path);
		if (!executed(&r->totals))
			fprintf(f, "# %s: nothing was executed\n", r->info.arch);
		for (u32 k = 0; k < r->nunused; k++)
			fprintf(f, "# known failure that matched no case: %s\n", r->unused[k]);
	}
	return missing;
}

/* ---- a line an arch ---- */

/* Seconds that the run of @arch took, from its statistics; -1: unknown. */
static double seconds_of(const char *rundir, const char *arch)
{
	char *path = xasprintf("%s/%s.stats", rundir, arch), *text = read_file(path, NULL);
	const char *line = text ? strstr(text, "engine=all ") : NULL;
	double seconds = -1;

	if (!line || sscanf(line, "engine=all seconds=%lf", &seconds) != 1)
		seconds = -1;
	free(text);
	free(path);
	return seconds;
}

static u64 checks_of(const struct run *run)
{
	u64 checks = 0;

	for (u32 i = 0; i < run->cnt; i++)
		checks += run->recs[i].vectors;
	return checks;
}

double run_speed(const char *dir, const struct run *run)
{
	double seconds = seconds_of(dir, run->info.arch);

	return seconds >= SPEED_SECONDS ? checks_of(run) / seconds : 0;
}

static void print_arches(FILE *f, const struct run_set *set)
{
	fprintf(f, "%-9s %-22s %8s %10s %8s %5s %8s %6s %6s\n", "arch", "kernel", "cases", "checks",
		"seconds", "new", "changed", "fixed", "known");
	for (u32 i = 0; i < set->cnt; i++) {
		const struct run *r = &set->runs[i];
		double seconds = seconds_of(set->dir, r->info.arch);
		char took[32] = "-";

		if (seconds >= 0)
			snprintf(took, sizeof(took), "%.0f", seconds);
		fprintf(f, "%-9s %-22.22s %8u %10llu %8s %5u %8u %6u %6u\n", r->info.arch,
			r->info.kernel, r->cases, (unsigned long long)checks_of(r), took,
			r->totals.fresh, r->totals.changed, r->totals.fixed,
			r->totals.count[VERDICT_XFAIL]);
	}
}

/* Matrix and reasons: what is not news. */
static void print_whole(FILE *f, const struct run_set *set, bool colour)
{
	matrix_print(f, set, colour);
	print_reasons(f, set, without_verdict, "without a verdict");
	print_reasons(f, set, known_failure, "known failures (results/known has the evidence)");
}

static int matrix_write(FILE *f, const struct run_set *set)
{
	print_whole(f, set, false);
	return ferror(f) ? -EIO : 0;
}

static int write_file(const struct run_set *set, const char *name,
		      int (*fn)(FILE *f, const struct run_set *set))
{
	char *path = xasprintf("%s/%s", set->dir, name);
	struct outfile out;
	int ret = outfile_open(&out, path);

	if (!ret) {
		ret = fn(out.f, set);
		ret = outfile_close(&out, !ret) || ret ? -EIO : 0;
	}
	free(path);
	return ret;
}

int report_run(const char *rundir, const char *expect, bool whole)
{
	bool colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR"), missing;
	struct run_totals t;
	struct run_set set;
	struct diag diag;
	int code;

	if (run_set_load(rundir, &set, &diag)) {
		diag_print(&diag);
		return EXIT_INFRA;
	}
	t = sum(&set);
	if (whole) {
		print_whole(stdout, &set, colour);
		fputc('\n', stdout);
	}
	print_arches(stdout, &set);
	if (t.fresh + t.changed + t.fixed + t.count[VERDICT_LOST] + t.count[VERDICT_NOTRUN] +
	    t.count[VERDICT_ERROR])
		fputc('\n', stdout);
	failures_print(stdout, &set, false);
	fputc('\n', stdout);
	missing = print_gaps(stdout, &set, expect);
	totals_print(stdout, &t);
	printf("# Records: %s/<arch>.jsonl, .ktap.gz, junit.xml, kcidb.json.gz; matrix.txt has "
	       "every "
	       "family%s\n",
	       set.dir, whole ? "" : " (V=1 prints it)");
	code = report_exit(&set);
	if (!executed(&t))
		pr_err("%s: nothing was executed, so there is no verdict on any kernel", set.dir);
	if (write_file(&set, "junit.xml", junit_write) |
	    write_file(&set, "kcidb.json.gz", kcidb_write) |
	    write_file(&set, "matrix.txt", matrix_write))
		missing = true;
	if (missing && code == EXIT_OK)
		code = EXIT_INFRA;
	run_set_free(&set);
	if (fflush(stdout) || ferror(stdout)) {
		pr_err("stdout: %s", strerror(errno));
		return code == EXIT_OK ? EXIT_INFRA : code;
	}
	return code;
}
