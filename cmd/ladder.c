// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "cmd/cmd.h"
#include "cmd/open_run.h"
#include "cmd/opts.h"
#include "lib/util.h"
#include "report/ladder.h"

struct job {
	bool cases;
};

static const struct opt_usage usage = {
	.name = "ladder",
	.head = "usage: checkjit ladder ARCH RUN...\n"
		"       checkjit ladder --cases ARCH\n\n"
		"Which bug of results/known is on which release: runs of the same cases, oldest "
		"release first. A RUN\n"
		"without results of ARCH has a file `why`, the reason, and is named like its "
		"directory. `make ladder`\n"
		"makes the runs.\n\n",
	.foot = "Upper case contradicts results/known. Exit codes: 0, 1 something contradicts it, "
		"2 usage, 3 a file is\n"
		"damaged.\n",
};

static const struct opt rows[] = {
	OPT_FLAG("cases", struct job, cases,
		 "print the patterns of the cases that the rows of ARCH need"),
	{}
};

/* The reason in @dir/why, for the caller to free, or NULL after saying that there is none. */
static char *reason(const char *dir)
{
	char *path = xasprintf("%s/why", dir), *why = read_file(path, NULL);

	if (!why)
		pr_err("%s: %s (expected results, or a file `why`)", dir, strerror(errno));
	else
		why[strcspn(why, "\n")] = 0;
	free(path);
	return why;
}

static const struct run *run_of(const struct run_set *set, const char *arch)
{
	for (u32 i = 0; i < set->cnt; i++)
		if (!strcmp(set->runs[i].info.arch, arch))
			return &set->runs[i];
	return NULL;
}

/* What a rung's texts and its run are in. */
struct place {
	struct run_set set;
	char *why;
};

/* Returns an exit code. */
static int take_rung(const char *arch, const char *dir, struct ladder_rung *rung,
		     struct place *place)
{
	const char *name = strrchr(dir, '/');
	char *path = xasprintf("%s/why", dir);
	bool untested = !access(path, R_OK);
	int ret;

	free(path);
	rung->release = name ? name + 1 : dir;
	if (untested) {
		rung->why = place->why = reason(dir);
		return rung->why ? EXIT_OK : EXIT_USAGE;
	}
	ret = open_run(dir, &place->set);
	if (ret)
		return ret;
	rung->run = run_of(&place->set, arch);
	if (rung->run)
		return EXIT_OK;
	pr_err("%s: no results of %s", dir, arch);
	return EXIT_USAGE;
}

static int print(const char *arch, const struct known *known, char **dirs, u32 n)
{
	struct ladder_rung *rungs = xcalloc(n, sizeof(*rungs));
	struct place *places = xcalloc(n, sizeof(*places));
	int ret = EXIT_OK;

	for (u32 i = 0; i < n && !ret; i++)
		ret = take_rung(arch, dirs[i], &rungs[i], &places[i]);
	if (!ret)
		ret = ladder_print(stdout, known, rungs, n);
	for (u32 i = 0; i < n; i++) {
		run_set_free(&places[i].set);
		free(places[i].why);
	}
	free(places);
	free(rungs);
	return ret;
}

int cmd_ladder(int argc, char **argv)
{
	struct job job = {};
	const struct opt_table tables[] = { { rows, &job }, {} };
	int ret = opts_parse(&usage, tables, argc, argv), n;
	struct known known;

	if (ret >= 0)
		return ret;
	n = argc - optind;
	if (job.cases ? n != 1 : n < 2) {
		pr_err("ladder: %d arguments (expected ARCH%s)", n,
		       job.cases ? "" : " and at least one RUN");
		return EXIT_USAGE;
	}
	if (known_load_arch(argv[optind], &known))
		return EXIT_USAGE;
	if (job.cases) {
		char *text = ladder_cases(&known);

		printf("%s\n", text);
		free(text);
		ret = EXIT_OK;
	} else {
		ret = print(argv[optind], &known, argv + optind + 1, n - 1);
	}
	known_free(&known);
	return ret;
}
