// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fnmatch.h>
#include <string.h>
#include <unistd.h>
#include "cmd/cmd.h"
#include "cmd/open_run.h"
#include "cmd/opts.h"
#include "lib/util.h"
#include "report/json.h"
#include "report/report.h"

enum form {
	FORM_JSON,
	FORM_COLUMNS,
	FORM_MATRIX,
	FORM_FAILURES,
	FORM_JUNIT,
	FORM_KCIDB,
	FORM_KTAP,
	FORM_LAVA,
	FORM_GITHUB,
	FORM_SUMMARY,
	FORM_VERDICTS,
};

struct request {
	int form;
	const char *run, *arch, *engine, *glob, *expect, *columns;
	bool failures;
};

/* Set the form @opt->min. Forms exclude each other. */
static int value_form(const struct opt *opt, void *to, const char *value)
{
	struct request *q = to;

	if (q->form != FORM_JSON && q->form != opt->min) {
		pr_err("results: two forms of output (expected one)");
		return -EINVAL;
	}
	q->form = opt->min;
	if (q->form == FORM_COLUMNS)
		q->columns = value;
	return 0;
}

#define OPT_FORM(name, arg, form, help)                       \
	{                                                     \
		name, arg, help, value_form, 0, form, 0, NULL \
	}

static void print_columns(FILE *f)
{
	fprintf(f, "Columns:\n");
	columns_help(f);
	fprintf(f, "\n");
}

static const struct opt_usage usage = {
	.name = "results",
	.head = "usage: checkjit results RUN [OPTION...] [GLOB]\n\n"
		"Prints the records of a run, one JSON object a line. RUN is a directory, the name "
		"of one\n"
		"below results/, or 'last'. GLOB selects ids: 'alu/sdiv*'; with an id, also what "
		"counts its case.\n\n",
	.more = print_columns,
	.foot = "Exit codes: 0, 2 usage or no such run, 3 a file is damaged or partial.\n",
};

static const struct opt rows[] = {
	OPT_TEXT("arch", "ARCH", struct request, arch, "only this arch"),
	OPT_TEXT("engine", "ENGINE", struct request, engine, "only this engine"),
	OPT_FLAG("failures", struct request, failures, "only what failed"),
	OPT_FORM("columns", "LIST", FORM_COLUMNS,
		 "one line per record: the columns in LIST (id,engine,verdict) with tabs\n"
		 "between them; tabs, newlines and backslashes in a field are \\t, \\n\n"
		 "and \\\\"),
	OPT_FORM("text", NULL, FORM_FAILURES, "the failures as text, none folded"),
	OPT_FORM("matrix", NULL, FORM_MATRIX, "family x arch and engine"),
	OPT_FORM("junit", NULL, FORM_JUNIT, "JUnit XML"),
	OPT_FORM("kcidb", NULL, FORM_KCIDB, "KCIDB v5.3 JSON"),
	OPT_FORM("ktap", NULL, FORM_KTAP, "KTAP, of the arch that --arch names"),
	OPT_FORM("lava", NULL, FORM_LAVA, "signals for LAVA"),
	OPT_FORM("github", NULL, FORM_GITHUB, "findings as annotations for GitHub Actions"),
	OPT_FORM("summary", NULL, FORM_SUMMARY,
		 "matrix, folded failures, totals; writes junit.xml and kcidb.json.gz into\n"
		 "RUN. The exit code is the run's: 0 nothing new, 1 findings,\n"
		 "3 infrastructure"),
	OPT_TEXT("expect", "ARCHS", struct request, expect,
		 "with --summary: the architectures that must be there"),
	OPT_FORM("verdicts", NULL, FORM_VERDICTS, "the table of verdicts (needs no RUN)"),
	{}
};

/* Returns -1 to go on, else the exit code. */
static int parse_options(int argc, char **argv, struct request *q)
{
	const struct opt_table tables[] = { { rows, q }, {} };
	struct diag diag;
	int ret = opts_parse(&usage, tables, argc, argv);

	if (ret >= 0 || q->form == FORM_VERDICTS)
		return ret;
	if (q->columns && columns_check(q->columns, &diag)) {
		pr_err("results: %s: %s (expected some of those that `checkjit results --help` "
		       "lists)",
		       diag.file, diag.msg);
		return EXIT_USAGE;
	}
	if (optind == argc || argc - optind > 2) {
		pr_err("results: %s (expected RUN [GLOB])",
		       optind == argc ? "no run" : "too many arguments");
		return EXIT_USAGE;
	}
	q->run = argv[optind++];
	q->glob = argv[optind];
	if (q->form == FORM_SUMMARY && (q->arch || q->engine || q->glob || q->failures)) {
		pr_err("results: --summary is of the whole run (expected no selection)");
		return EXIT_USAGE;
	}
	return -1;
}

static bool wanted(const struct request *q, const struct record *r)
{
	char *with_vector;
	bool match;

	if ((q->engine && strcmp(q->engine, r->engine)) || (q->failures && verdicts[r->verdict].ok))
		return false;
	if (!q->glob || !fnmatch(q->glob, r->id, 0) || record_counts(r, q->glob))
		return true;
	with_vector = xasprintf("%s.%d", r->id, r->vector);
	match = r->vector >= 0 && !fnmatch(q->glob, with_vector, 0);
	free(with_vector);
	return match;
}

/*
 * Drop records that were not asked for. Returns how many match GLOB and --engine, before
 * --failures.
 */
static u32 narrow(const struct request *q, struct run_set *set)
{
	struct request all = *q;
	u32 asked = 0, k = 0;

	all.failures = false;
	for (u32 a = 0; a < set->cnt; a++) {
		struct run *run = &set->runs[a];
		u32 keep = 0;

		if (q->arch && strcmp(q->arch, run->info.arch)) {
			run_free(run);
			continue;
		}
		run->totals = (struct run_totals){ 0 };
		for (u32 i = 0; i < run->cnt; i++) {
			asked += wanted(&all, &run->recs[i]);
			if (!wanted(q, &run->recs[i])) {
				record_free(&run->recs[i]);
				continue;
			}
			totals_add(&run->totals, &run->recs[i]);
			run->recs[keep++] = run->recs[i];
		}
		run->cnt = keep;
		set->runs[k++] = *run;
	}
	set->cnt = k;
	free(set->by_id);
	run_set_index(set);
	return asked;
}

static int print_json(const struct run_set *set)
{
	for (u32 a = 0; a < set->cnt; a++)
		for (u32 i = 0; i < set->runs[a].cnt; i++) {
			json_t *j = record_to_json(&set->runs[a].recs[i], &set->runs[a].info, true);
			char *s = json_dumps(j, JSON_COMPACT);

			json_decref(j);
			if (s)
				puts(s);
			free(s);
		}
	return ferror(stdout) ? -EIO : 0;
}

static int print_ktap(struct run_set *set)
{
	if (set->cnt != 1) {
		pr_err("results: KTAP is of one arch (expected --arch, one of this run's %u)",
		       set->cnt);
		return -EINVAL;
	}
	set->runs[0].info.planned = set->runs[0].cnt;
	return ktap_write(stdout, &set->runs[0]);
}

static int print(const struct request *q, struct run_set *set)
{
	switch (q->form) {
	case FORM_COLUMNS:
		return columns_write(stdout, set, q->columns);
	case FORM_MATRIX:
		matrix_print(stdout, set, isatty(STDOUT_FILENO) && !getenv("NO_COLOR"));
		return 0;
	case FORM_FAILURES:
		failures_print(stdout, set, true);
		return 0;
	case FORM_JUNIT:
		return junit_write(stdout, set);
	case FORM_KCIDB:
		return kcidb_write(stdout, set);
	case FORM_KTAP:
		return print_ktap(set);
	case FORM_LAVA:
		return lava_write(stdout, set);
	case FORM_GITHUB:
		return github_write(stdout, set);
	default:
		return print_json(set);
	}
}

/* Records of an incomplete run are shown; the exit code tells that some are missing. */
static bool warn_partial(const struct run_set *set)
{
	bool partial = false;

	for (u32 i = 0; i < set->cnt; i++) {
		const struct run *run = &set->runs[i];

		if (!run->partial)
			continue;
		partial = true;
		if (run->cut)
			fprintf(stderr, "%s:%u: cut short: partial results\n", run->path,
				run->lines);
		else
			fprintf(stderr, "%s:%u: no totals behind it: partial results\n", run->path,
				run->lines);
	}
	return partial;
}

int cmd_results(int argc, char **argv)
{
	struct request q = { 0 };
	struct run_set set;
	int ret = parse_options(argc, argv, &q);
	bool partial;

	if (ret >= 0)
		return ret;
	if (q.form == FORM_VERDICTS) {
		verdict_print_table(stdout);
		return EXIT_OK;
	}
	if (q.form == FORM_SUMMARY)
		return report_run(q.run, q.expect, true);
	ret = open_run(q.run, &set);
	if (ret)
		return ret;
	partial = warn_partial(&set);
	if (!narrow(&q, &set) && (q.arch || q.engine || q.glob)) {
		pr_err("results: no record matches (expected an arch, engine and id of this run)");
		run_set_free(&set);
		return partial ? EXIT_INFRA : EXIT_USAGE;
	}
	ret = print(&q, &set);
	run_set_free(&set);
	if (ret == -EINVAL)
		return EXIT_USAGE;
	if (ret || fflush(stdout)) {
		pr_err("results: %s", strerror(ret ? -ret : errno));
		return EXIT_INFRA;
	}
	return partial ? EXIT_INFRA : EXIT_OK;
}
