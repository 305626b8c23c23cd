// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <unistd.h>
#include "cmd/cmd.h"
#include "cmd/open_history.h"
#include "cmd/open_run.h"
#include "cmd/opts.h"
#include "html/html.h"
#include "lib/shipped.h"
#include "lib/util.h"

static const struct opt_usage usage = {
	.name = "report",
	.head = "usage: checkjit report RUN [OPTION...]\n\n"
		"Write the report that people read, as static HTML: open DIR/index.html. It needs "
		"no server and no\n"
		"network. RUN is a directory, that of a night, the name of one below results/, "
		"or 'last'.\n\n",
	.foot = "Exit codes: 0, 2 usage or no such run, 3 a file is damaged or cannot be "
		"written.\n",
};

static const struct opt rows[] = { OPT_TEXT("out", "DIR", struct html_conf, dir,
					    "where it goes (default: RUN/html)"),
				   OPT_TEXT("cases", "DIR", struct html_conf, cases,
					    "where the *.case files are (default: cases)"),
				   {} };

struct wanted {
	char *dir;
	s64 id;
};

/* The night whose directory it is. */
static int take_night(void *arg, const struct history_night *night)
{
	struct wanted *w = arg;
	char *dir = realpath(night->dir, NULL);

	if (dir && !strcmp(dir, w->dir))
		w->id = night->id;
	free(dir);
	return w->id;
}

/* Open the history, and find the night in it that @dir belongs to. */
static int find_past(struct html_conf *conf, const char *dir)
{
	struct wanted wanted = { .dir = realpath(dir, NULL) };
	struct diag diag;
	int ret = open_history(NULL, HISTORY_READ, &conf->history);

	if (!ret && wanted.dir &&
	    history_each_night(conf->history, 0, take_night, &wanted, &diag) < 0) {
		diag_print(&diag);
		ret = EXIT_INFRA;
	}
	conf->night = wanted.id;
	free(wanted.dir);
	return ret;
}

int cmd_report(int argc, char **argv)
{
	struct html_conf conf = { .cases = shipped("cases") };
	const struct opt_table tables[] = { { rows, &conf }, {} };
	struct run_set set;
	char *dir = NULL;
	int ret = opts_parse(&usage, tables, argc, argv);

	if (ret >= 0)
		return ret;
	if (argc - optind != 1) {
		pr_err("report: %d runs (expected one)", argc - optind);
		return EXIT_USAGE;
	}
	ret = open_run(argv[optind], &set);
	if (ret)
		return ret;
	if (!conf.dir)
		conf.dir = dir = xasprintf("%s/html", set.dir);
	/* most runs have none */
	if (!access(history_path(), F_OK))
		ret = find_past(&conf, set.dir);
	if (!ret && html_write(&set, &conf))
		ret = EXIT_INFRA;
	if (!ret)
		printf("%s/index.html\n", conf.dir);
	history_close(conf.history);
	run_set_free(&set);
	free(dir);
	return ret;
}
