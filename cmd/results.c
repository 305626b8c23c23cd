// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fnmatch.h>
#include <getopt.h>
#include <string.h>
#include <unistd.h>
#include "cmd/cmd.h"
#include "cmd/open_run.h"
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
	FORM_SUMMARY,
	FORM_VERDICTS,
};

struct request {
	int form;
	const char *run, *arch, *engine, *glob, *expect, *columns;
	bool failures;
};

static void usage(FILE *f)
{
	fprintf(f,
		"usage: checkjit results RUN [OPTION...] [GLOB]\n\n"
		"Prints the records of a run, one JSON object a line. RUN is a directory, the name of one below results/,\n"
		"or 'last'. GLOB selects ids: 'alu/sdiv*'.\n\n"
		"  --arch ARCH      only this arch\n"
		"  --engine ENGINE  only this engine\n"
		"  --failures       only what failed\n\n"
		"Other forms:\n"
		"  --columns LIST   a line a record: the columns of LIST (id,engine,verdict) with tabs between\n"
		"                   them; tabs, newlines and backslashes in a field are \\t, \\n and \\\\\n"
		"  --text           the failures as text, none folded\n"
		"  --matrix         family x arch and engine\n"
		"  --junit          JUnit XML\n"
		"  --kcidb          KCIDB v5.3 JSON\n"
		"  --ktap           KTAP, of the arch that --arch names\n"
		"  --summary        matrix, folded failures, totals; writes junit.xml and kcidb.json into RUN. The exit code\n"
		"                   is the run's: 0 nothing new, 1 findings, 3 infrastructure. With --expect 'ARCH...': those\n"
		"                   must be there\n"
		"  --verdicts       the table of verdicts (needs no RUN)\n\n"
		"Columns:\n");
	columns_help(f);
	fprintf(f, "\nExit codes: 0, 2 usage or no such run, 3 a file is damaged or partial.\n");
}

static int set_form(struct request *q, int form)
{
	if (q->form != FORM_JSON && q->form != form) {
		pr_err("results: two forms of output (expected one)");
		return -EINVAL;
	}
	q->form = form;
	return 0;
}

static int parse_options(int argc, char **argv, struct request *q)
{
	static const struct option options[] = {
		{ "arch", required_argument, NULL, 'a' },	{ "engine", required_argument, NULL, 'e' },
		{ "failures", no_argument, NULL, 'f' },		{ "expect", required_argument, NULL, 'x' },
		{ "columns", required_argument, NULL, 'c' },
		{ "text", no_argument, NULL, 256 + FORM_FAILURES },
		{ "matrix", no_argument, NULL, 256 + FORM_MATRIX },
		{ "junit", no_argument, NULL, 256 + FORM_JUNIT },
		{ "kcidb", no_argument, NULL, 256 + FORM_KCIDB },
		{ "ktap", no_argument, NULL, 256 + FORM_KTAP },
		{ "summary", no_argument, NULL, 256 + FORM_SUMMARY },
		{ "verdicts", no_argument, NULL, 256 + FORM_VERDICTS },
		{ "help", no_argument, NULL, 'h' },		{ 0 },
	};
	struct diag diag;
	int c, ret = 0;

	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'a':
			q->arch = optarg;
			break;
		case 'e':
			q->engine = optarg;
			break;
		case 'f':
			q->failures = true;
			break;
		case 'x':
			q->expect = optarg;
			break;
		case 'c':
			q->columns = optarg;
			ret = set_form(q, FORM_COLUMNS);
			break;
		case 'h':
			usage(stdout);
			return 1;
		case '?':
		case ':':
			pr_err("results: bad option '%s' (expected one of those that `checkjit results --help` lists)",
			       argv[optind - 1]);
			return -EINVAL;
		default:
			ret = set_form(q, c - 256);
		}
		if (ret)
			return ret;
	}
	if (q->form == FORM_VERDICTS)
		return 0;
	if (q->columns && columns_check(q->columns, &diag)) {
		pr_err("results: %s: %s (expected some of those that `checkjit results --help` lists)",
		       diag.file, diag.msg);
		return -EINVAL;
	}
	if (optind == argc || argc - optind > 2) {
		pr_err("results: %s (expected RUN [GLOB])", optind == argc ? "no run" : "too many arguments");
		return -EINVAL;
	}
	q->run = argv[optind++];
	q->glob = argv[optind];
	if (q->form == FORM_SUMMARY && (q->arch || q->engine || q->glob || q->failures)) {
		pr_err("results: --summary is of the whole run (expected no selection)");
		return -EINVAL;
	}
	return 0;
}

static bool wanted(const struct request *q, const struct record *r)
{
	char *with_vector;
	bool match;

	if ((q->engine && strcmp(q->engine, r->engine)) || (q->failures && verdicts[r->verdict].ok))
		return false;
	if (!q->glob || !fnmatch(q->glob, r->id, 0))
		return true;
	with_vector = xasprintf("%s.%d", r->id, r->vector);
	match = r->vector >= 0 && !fnmatch(q->glob, with_vector, 0);
	free(with_vector);
	return match;
}

/* Drop what was not asked for. Returns how many records were there under GLOB and --engine, before --failures. */
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
			json_t *j = record_to_json(&set->runs[a].recs[i], &set->runs[a].info);
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
		pr_err("results: KTAP is of one arch (expected --arch, one of this run's %u)", set->cnt);
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
	default:
		return print_json(set);
	}
}

/* Records of a run that was cut short are shown; the exit code says that there should be more. */
static bool warn_partial(const struct run_set *set)
{
	bool partial = false;

	for (u32 i = 0; i < set->cnt; i++) {
		const struct run *run = &set->runs[i];

		if (!run->partial)
			continue;
		partial = true;
		if (run->cut)
			fprintf(stderr, "%s:%u: cut short: partial results\n", run->path, run->lines);
		else
			fprintf(stderr, "%s:%u: no totals behind it: partial results\n", run->path, run->lines);
	}
	return partial;
}

int cmd_results(int argc, char **argv)
{
	struct request q = { 0 };
	struct run_set set;
	int ret = parse_options(argc, argv, &q);
	bool partial;

	if (ret)
		return ret < 0 ? EXIT_USAGE : EXIT_OK;
	if (q.form == FORM_VERDICTS) {
		verdict_print_table(stdout);
		return EXIT_OK;
	}
	if (q.form == FORM_SUMMARY)
		return report_run(q.run, q.expect);
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
