// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "cmd/cmd.h"
#include "cmd/open_run.h"
#include "lib/idmatch.h"
#include "cmd/select.h"
#include "lib/util.h"
#include "report/compare.h"
#include "report/report.h"

static const struct opt_usage usage = {
	.name = "compare",
	.head = "usage: checkjit compare [OPTION...] A B\n\n"
		"What changed from run A to run B: new, fixed, changed and vanished cases, what is "
		"no longer JITed,\n"
		"capabilities. A and B are directories, names of ones below results/, or "
		"'last'.\n\n",
	.foot = "A part of the cases (CASES=, ID=), or a run that was cut short, is compared as "
		"far as it goes.\n"
		"Exit codes: 0, 1 something is worse, 2 usage or no such run, 3 a file is "
		"damaged.\n",
};

static const struct opt rows[] = {
	OPT_CALL("require-jit", "[=IDS]", struct compare_opts, require_jit, take_require_jit,
		 "what B leaves to the interpreter is a regression, whatever A says:\nall, or "
		 "those of IDS, families and globs ('atomics alu/s*')"),
	OPT_FLAG("all", struct compare_opts, all, "print all of each list"),
	{}
};

static bool any_matches(const char *word, size_t len, const struct run_set *set)
{
	char *one = xstrndup(word, len);
	bool any = false;

	for (u32 i = 0; i < set->nrecords && !any; i++)
		any = idlist_has(one, set->by_id[i]->id);
	free(one);
	return any;
}

/* A word that matches no case is a typing error, and would require nothing. */
static int check_words(const char *list, const struct run_set *set)
{
	const char *word;
	size_t len;

	for (word = list ? idlist_next(list, &len) : NULL; word;
	     word = idlist_next(word + len, &len)) {
		if (any_matches(word, len, set))
			continue;
		pr_err("compare: REQUIRE_JIT: no case of %s matches '%.*s' (expected families or "
		       "globs of ids)",
		       set->dir, (int)len, word);
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

int cmd_compare(int argc, char **argv)
{
	struct compare_opts opts = { 0 };
	const struct opt_table tables[] = { { rows, &opts }, {} };
	struct run_set a, b;
	int ret = opts_parse(&usage, tables, argc, argv);

	if (ret >= 0)
		return ret;
	if (argc - optind != 2) {
		pr_err("compare: %d runs (expected two, A and B)", argc - optind);
		return EXIT_USAGE;
	}
	ret = open_run(argv[optind], &a);
	if (ret)
		return ret;
	ret = open_run(argv[optind + 1], &b);
	if (!ret)
		ret = check_words(opts.require_jit, &b);
	if (!ret) {
		ret = compare_print(stdout, &a, &b, &opts);
		if (fflush(stdout)) {
			pr_err("compare: %s", strerror(errno));
			ret = EXIT_INFRA;
		}
		run_set_free(&b);
	}
	run_set_free(&a);
	return ret;
}
