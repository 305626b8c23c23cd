// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "cmd/cmd.h"
#include "cmd/open_run.h"
#include "cmd/opts.h"
#include "lib/util.h"
#include "report/merge.h"
#include "report/stats.h"

struct merge_opts {
	const char *out;
};

static const struct opt_usage usage = {
	.name = "merge",
	.head = "usage: checkjit merge --out RUN PART...\n\n"
		"Make one run of the runs of its parts: other shards (SHARD=), other engines "
		"(ENGINES=), other\n"
		"architectures, in any order. PART is a directory, or the name of one below "
		"results/.\n\n",
	.foot = "Exit codes: 0, 2 usage or no such run, 3 the parts do not fit together, some are "
		"missing, or\na file is damaged.\n",
};

static const struct opt rows[] = {
	OPT_TEXT("out", "RUN", struct merge_opts, out, "directory of the merged run"), {}
};

static int part_cmp(const void *a, const void *b)
{
	return parts_cmp(*(struct run *const *)a, *(struct run *const *)b);
}

/* Does a part of the same arch repeat what another one has? */
static int check_overlap(struct run *const *parts, u32 n)
{
	for (u32 i = 0; i < n; i++)
		for (u32 k = i + 1; k < n; k++)
			if (parts_overlap(parts[i], parts[k])) {
				pr_err("%s and %s have the same cases on the same engines "
				       "(expected other shards or engines)",
				       parts[i]->path, parts[k]->path);
				return EXIT_INFRA;
			}
	return EXIT_OK;
}

static char *dir_of(const struct run *run)
{
	const char *slash = strrchr(run->path, '/');

	return slash ? xstrndup(run->path, slash - run->path) : xstrdup(".");
}

static int merge_stats(struct run *const *parts, u32 n, const char *out)
{
	struct stats sum = {};
	int ret;

	for (u32 i = 0; i < n; i++) {
		char *dir = dir_of(parts[i]);

		stats_add(&sum, dir, parts[i]->info.arch);
		free(dir);
	}
	ret = stats_write(&sum, out, parts[0]->info.arch);
	stats_free(&sum);
	return ret ? EXIT_INFRA : EXIT_OK;
}

/* The parts of one arch. */
static int merge_arch(struct run **parts, u32 n, const char *out)
{
	struct run *whole = parts[0];
	struct merge_gap gap;
	struct diag diag;
	int ret = check_overlap(parts, n);

	if (ret)
		return ret;
	if (!parts_whole((const struct run *const *)parts, n, &gap)) {
		pr_err("%s: part %u of %u is missing on %s", whole->info.arch, gap.shard,
		       gap.nshards, gap.engine);
		whole->partial = true;
	}
	for (u32 i = 1; i < n; i++)
		if (run_merge(whole, parts[i], &diag)) {
			diag_print(&diag);
			return EXIT_INFRA;
		}
	run_whole_sweep(whole);
	run_canonical(whole);
	if (run_write(out, whole) || run_write_ktap(out, whole) || merge_stats(parts, n, out))
		return EXIT_INFRA;
	return whole->partial ? EXIT_INFRA : EXIT_OK;
}

static int merge_all(struct run **parts, u32 n, const char *out)
{
	int ret = EXIT_OK;

	qsort(parts, n, sizeof(*parts), part_cmp);
	for (u32 i = 0, k; i < n; i += k) {
		for (k = 1; i + k < n && !strcmp(parts[i + k]->info.arch, parts[i]->info.arch);)
			k++;
		if (merge_arch(parts + i, k, out))
			ret = EXIT_INFRA;
	}
	return ret;
}

int cmd_merge(int argc, char **argv)
{
	struct merge_opts o = {};
	const struct opt_table tables[] = { { rows, &o }, {} };
	int ret = opts_parse(&usage, tables, argc, argv);
	struct run **parts = NULL;
	u32 n = 0, cap = 0, nsets;
	struct run_set *sets;

	if (ret >= 0)
		return ret;
	if (!o.out || optind == argc) {
		pr_err("merge: expected --out RUN and the runs to merge (`checkjit merge --help`)");
		return EXIT_USAGE;
	}
	ret = make_dirs(o.out);
	if (ret) {
		pr_err("%s: %s", o.out, strerror(-ret));
		return EXIT_INFRA;
	}
	sets = xcalloc(argc, sizeof(*sets));
	for (nsets = 0; optind < argc && !ret; optind++) {
		ret = open_run(argv[optind], &sets[nsets]);
		for (u32 i = 0; !ret && i < sets[nsets].cnt; i++) {
			ARRAY_GROW(parts, n, cap);
			parts[n++] = &sets[nsets].runs[i];
		}
		nsets += !ret;
	}
	if (!ret)
		ret = merge_all(parts, n, o.out);
	while (nsets)
		run_set_free(&sets[--nsets]);
	free(sets);
	free(parts);
	return ret;
}
