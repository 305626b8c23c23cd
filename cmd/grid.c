// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "cmd/cmd.h"
#include "cmd/open_run.h"
#include "cmd/select.h"
#include "gen/grid.h"
#include "gen/sweep.h"
#include "lib/shipped.h"
#include "lib/util.h"
#include "report/record.h"
#include "session/engine.h"

struct grid_opts {
	enum sweep_profile profile;
	const char *dir, *run, *arch, *engine;
	bool all;
};

static const struct opt_usage usage = {
	.name = "grid",
	.head = "usage: checkjit grid [--sweep PROFILE] [--cases DIR] [--run RUN --arch ARCH "
		"--engine ENGINE] [--all]\n\n"
		"Which instructions the cases exercise, with which classes of registers and at "
		"which edges of\n"
		"immediates and offsets; cells that no case has are named.\n\n",
};

static const struct opt rows[] = {
	OPT_CALL("sweep", "PROFILE", struct grid_opts, profile, take_sweep,
		 "generated cases, too: none, quick, nightly (default)"),
	OPT_TEXT("cases", "DIR", struct grid_opts, dir, "the written ones (default: cases)"),
	OPT_TEXT("run", "RUN", struct grid_opts, run,
		 "count only what ran there (a directory, or last) ..."),
	OPT_TEXT("arch", "ARCH", struct grid_opts, arch, "... on this arch ..."),
	OPT_TEXT("engine", "ENGINE", struct grid_opts, engine,
		 "... and this engine (default: jit)"),
	OPT_FLAG("all", struct grid_opts, all,
		 "show also instructions of which nothing is missing"),
	{}
};

struct counting {
	struct grid *grid;
	const struct run_set *set; /* or NULL: count all cases */
	const char *arch, *engine;
};

/* Did an engine run it in the given run? */
static bool ran(const struct counting *k, const struct bpf_case *c)
{
	struct record **rec;
	bool yes = false;
	u32 n;

	if (!k->set)
		return true;
	rec = run_set_opinions(k->set, c->id, &n);
	for (u32 i = 0; i < n; i++)
		yes |= !strcmp(rec[i]->arch, k->arch) && !strcmp(rec[i]->engine, k->engine) &&
		       verdicts[rec[i]->verdict].executed &&
		       rec[i]->verdict != VERDICT_NOT_TESTED && rec[i]->verdict != VERDICT_FALLBACK;
	free(rec);
	return yes;
}

static int count_case(void *ctx, struct bpf_case *c)
{
	struct counting *k = ctx;

	if (case_runs(c) && ran(k, c))
		grid_add(k->grid, c);
	bpf_case_free(c);
	return 0;
}

static int count_written(struct counting *k, const char *dir)
{
	struct diag diag;
	int ret = case_expand_all(dir, count_case, k, &diag);

	if (ret)
		diag_print(&diag);
	return ret;
}

static void count_generated(struct counting *k, enum sweep_profile profile)
{
	struct sweep_pick pick;
	struct bpf_case *c;
	struct sweep s;

	if (sweep_open(&s, &(struct sweep_conf){ .profile = profile }))
		return;
	while (sweep_family(&s))
		while ((c = sweep_next(&s, &pick)))
			count_case(k, c);
}

int cmd_grid(int argc, char **argv)
{
	struct grid_opts o = { .profile = SWEEP_NIGHTLY,
			       .dir = shipped("cases"),
			       .engine = engines[WIRE_JIT].name };
	const struct opt_table tables[] = { { rows, &o }, {} };
	int ret = opts_parse(&usage, tables, argc, argv);
	struct counting k = { .arch = o.arch, .engine = o.engine };
	struct run_set set = {};

	if (ret >= 0)
		return ret;
	if (!o.run != !o.arch || optind < argc) {
		pr_err("grid: expected --run and --arch, or neither (`checkjit grid --help`)");
		return EXIT_USAGE;
	}
	ret = o.run ? open_run(o.run, &set) : EXIT_OK;
	if (ret)
		return ret;
	k.set = o.run ? &set : NULL;
	k.grid = grid_new();
	ret = count_written(&k, o.dir);
	if (!ret) {
		count_generated(&k, o.profile);
		grid_print(stdout, k.grid, o.all);
	}
	grid_free(k.grid);
	if (o.run)
		run_set_free(&set);
	return ret ? EXIT_USAGE : EXIT_OK;
}
