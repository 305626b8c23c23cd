// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <getopt.h>
#include <string.h>
#include "cmd/cmd.h"
#include "cmd/open_run.h"
#include "gen/grid.h"
#include "gen/sweep.h"
#include "lib/util.h"
#include "report/record.h"

static void usage(FILE *f)
{
	fprintf(f, "usage: checkjit grid [--sweep PROFILE] [--cases DIR] [--run RUN --arch ARCH --engine ENGINE] [--all]\n\n"
		"Which instructions the cases exercise, with which classes of registers and at which edges of immediates and\n"
		"offsets; cells that no case has are named.\n\n"
		"  --sweep PROFILE   generated cases, too: none, quick, nightly (default)\n"
		"  --cases DIR       the written ones (default: cases)\n"
		"  --run RUN         count only what ran there (a directory, or last) …\n"
		"  --arch ARCH       … on this arch …\n"
		"  --engine ENGINE   … and this engine (default: jit)\n"
		"  --all             show also instructions of which nothing is missing\n");
}

struct counting {
	struct grid *grid;
	const struct run_set *set;	/* or NULL: all count */
	const char *arch, *engine;
};

/* Has an engine really run it? */
static bool ran(const struct counting *k, const struct bpf_case *c)
{
	struct record **rec;
	bool yes = false;
	u32 n;

	if (!k->set)
		return true;
	rec = run_set_opinions(k->set, c->id, &n);
	for (u32 i = 0; i < n; i++)
		yes |= !strcmp(rec[i]->arch, k->arch) && !strcmp(rec[i]->engine, k->engine) && verdicts[rec[i]->verdict].executed &&
		       rec[i]->verdict != VERDICT_NOT_TESTED && rec[i]->verdict != VERDICT_FALLBACK;
	free(rec);
	return yes;
}

static int count_case(void *ctx, struct bpf_case *c)
{
	struct counting *k = ctx;

	if (c->outcome != OUTCOME_REJECT && ran(k, c))
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
	static const struct option options[] = {
		{ "sweep", required_argument, NULL, 's' },
		{ "cases", required_argument, NULL, 'c' },
		{ "run", required_argument, NULL, 'r' },
		{ "arch", required_argument, NULL, 'a' },
		{ "engine", required_argument, NULL, 'e' },
		{ "all", no_argument, NULL, 'A' },
		{ "help", no_argument, NULL, 'h' },
		{}
	};
	const char *dir = "cases", *run = NULL;
	struct counting k = { .engine = "jit" };
	int opt, profile = SWEEP_NIGHTLY, ret;
	struct run_set set = {};
	bool all = false;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (opt) {
		case 's': profile = sweep_profile_by_name(optarg); break;
		case 'c': dir = optarg; break;
		case 'r': run = optarg; break;
		case 'a': k.arch = optarg; break;
		case 'e': k.engine = optarg; break;
		case 'A': all = true; break;
		case 'h':
			usage(stdout);
			return EXIT_OK;
		default:
			return EXIT_USAGE;
		}
		if (profile < 0) {
			pr_err("--sweep '%s' (expected none, quick or nightly)", optarg);
			return EXIT_USAGE;
		}
	}
	if (!run != !k.arch || optind < argc) {
		pr_err("grid: expected --run and --arch, or neither (`checkjit grid --help`)");
		return EXIT_USAGE;
	}
	ret = run ? open_run(run, &set) : EXIT_OK;
	if (ret)
		return ret;
	k.set = run ? &set : NULL;
	k.grid = grid_new();
	ret = count_written(&k, dir);
	if (!ret) {
		count_generated(&k, profile);
		grid_print(stdout, k.grid, all);
	}
	grid_free(k.grid);
	if (run)
		run_set_free(&set);
	return ret ? EXIT_USAGE : EXIT_OK;
}
