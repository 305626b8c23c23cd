// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "cmd/cmd.h"
#include "cmd/open_run.h"
#include "cmd/opts.h"
#include "lib/outfile.h"
#include "lib/shipped.h"
#include "lib/util.h"
#include "report/arches.h"

struct job {
	const char *out, *coverage, *absent, *cases;
};

static const struct opt_usage usage = {
	.name = "arches",
	.head = "usage: checkjit arches [OPTION...] RUN...\n\n"
		"What the JIT of each arch compiles, leaves to the interpreter and does wrong, "
		"from "
		"the records of RUNs,\n"
		"as Markdown. Runs of the same arch add up.\n\n",
};

static const struct opt rows[] = {
	OPT_TEXT("out", "FILE", struct job, out,
		 "write FILE instead, and keep its rows of other arches"),
	OPT_TEXT("coverage", "FILE", struct job, coverage,
		 "a table whose rows begin with an arch and end with (N %)"),
	OPT_TEXT("absent", "FILE", struct job, absent,
		 "lines ARCH, WHY, SOURCE, separated by tabs, of what has no conf"),
	OPT_TEXT("cases", "DIR", struct job, cases, "the written cases (default: cases)"),
	{}
};

static int add_case(void *ctx, struct bpf_case *c)
{
	arches_add_case(ctx, c);
	bpf_case_free(c);
	return 0;
}

static int count(const struct job *job, struct arches *a)
{
	struct diag diag;

	if (!case_expand_all(job->cases, add_case, a, &diag))
		return EXIT_OK;
	diag_print(&diag);
	return EXIT_USAGE;
}

/* Returns the text of @path, NULL if there is no path, with *@ret set if it cannot be read. */
static char *text_of(const char *path, int *ret)
{
	char *text = path ? read_file(path, NULL) : NULL;

	if (path && !text) {
		pr_err("%s: %s", path, strerror(errno));
		*ret = EXIT_USAGE;
	}
	return text;
}

static int print(const struct job *job, const struct arches *a)
{
	int ret = EXIT_OK;
	char *coverage = text_of(job->coverage, &ret), *absent = text_of(job->absent, &ret);
	char *old = job->out ? read_file(job->out, NULL) : NULL;
	struct outfile out;

	if (!ret)
		ret = outfile_open(&out, job->out) ? EXIT_INFRA : EXIT_OK;
	if (!ret) {
		arches_print(out.f, a, old, coverage, absent);
		ret = outfile_close(&out, true) ? EXIT_INFRA : EXIT_OK;
	}
	free(coverage);
	free(absent);
	free(old);
	return ret;
}

int cmd_arches(int argc, char **argv)
{
	struct job job = { .cases = shipped("cases") };
	const struct opt_table tables[] = { { rows, &job }, {} };
	int ret = opts_parse(&usage, tables, argc, argv);
	u32 n, loaded = 0;
	struct run_set *sets;
	struct arches *a;

	if (ret >= 0)
		return ret;
	if (optind == argc) {
		pr_err("arches: no runs (expected directories of results, or last)");
		return EXIT_USAGE;
	}
	n = argc - optind;
	sets = xcalloc(n, sizeof(*sets));
	a = arches_new();
	for (ret = EXIT_OK; !ret && loaded < n; loaded += !ret) {
		ret = open_run(argv[optind + loaded], &sets[loaded]);
		if (!ret && arches_add_runs(a, &sets[loaded]))
			ret = EXIT_USAGE;
	}
	if (!ret)
		ret = count(&job, a);
	if (!ret)
		ret = print(&job, a);
	arches_free(a);
	for (u32 i = 0; i < loaded; i++)
		run_set_free(&sets[i]);
	free(sets);
	return ret;
}
