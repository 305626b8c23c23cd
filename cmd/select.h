/* SPDX-License-Identifier: GPL-2.0 */
/* Which cases a command is about: patterns of ids, and the options of sweeps. */
#ifndef CHECKJIT_SELECT_H
#define CHECKJIT_SELECT_H

#include "cmd/opts.h"
#include "gen/sweep.h"
#include "campaign/plan.h"

struct sweep_opts {
	struct sweep_conf conf;
	int stop_after; /* findings */
};

/* --sweep, --seed, --shard and --stop-after: rows about struct sweep_opts. */
extern const struct opt sweep_rows[];

/* For OPT_CALL("sweep", "PROFILE", ...) on an enum sweep_profile. */
int take_sweep(void *to, const char *profile);
/* For OPT_CALL("require-jit", "[=IDS]", ...) on a const char *: the IDs, or all. */
int take_require_jit(void *to, const char *ids);

/*
 * The written cases that the @n @patterns name into @plan; what they say of generated ones into
 * @sweep. @sel has its folder and its batches; .none: no written cases whatever the patterns. 0, or
 * -EINVAL, said on stderr.
 */
int select_cases(struct plan_select *sel, struct sweep_conf *sweep, char **patterns, int n,
		 struct plan *plan);

#endif
