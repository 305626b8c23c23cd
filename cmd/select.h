/* SPDX-License-Identifier: GPL-2.0 */
/* Which cases a command is about: patterns of ids, and the options of sweeps. */
#ifndef CHECKJIT_SELECT_H
#define CHECKJIT_SELECT_H

#include "gen/sweep.h"
#include "campaign/plan.h"

/* The arguments of --sweep, --seed and --shard: 0, or -EINVAL, said on stderr. */
int select_sweep(struct sweep_conf *conf, const char *text);
int select_seed(struct sweep_conf *conf, const char *text);
int select_shard(struct sweep_conf *conf, const char *text);

/*
 * The written cases that the @n @patterns name into @plan; what they say of generated ones into @sweep. @sel has its folder
 * and its batches; .none: no written cases whatever the patterns. 0, or -EINVAL, said on stderr.
 */
int select_cases(struct plan_select *sel, struct sweep_conf *sweep, char **patterns, int n, struct plan *plan);

#endif
