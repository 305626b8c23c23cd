// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "cmd/select.h"
#include "lib/util.h"

int take_sweep(void *to, const char *text)
{
	int profile = sweep_profile_by_name(text);

	if (profile < 0) {
		pr_err("--sweep '%s' (expected none, quick or nightly)", text);
		return -EINVAL;
	}
	*(enum sweep_profile *)to = profile;
	return 0;
}

static int take_seed(void *to, const char *text)
{
	char *end;

	*(u64 *)to = strtoull(text, &end, 0);
	if (!*end && end != text)
		return 0;
	pr_err("--seed '%s' (expected a number)", text);
	return -EINVAL;
}

static int take_shard(void *to, const char *text)
{
	struct sweep_conf *conf = to;

	if (!sweep_parse_shard(text, &conf->shard, &conf->nshards))
		return 0;
	pr_err("--shard '%s' (expected I/N, with I from 1 to N)", text);
	return -EINVAL;
}

const struct opt sweep_rows[] = {
	OPT_CALL("sweep", "PROFILE", struct sweep_opts, conf.profile, take_sweep,
		 "generated cases, too: none, quick, nightly (all);\nPATTERNs gen/... name some"),
	OPT_CALL("seed", "N", struct sweep_opts, conf.seed, take_seed,
		 "of what quick picks (default 0)"),
	OPT_CALL("shard", "I/N", struct sweep_opts, conf, take_shard,
		 "only this part of the cases"),
	OPT_NUMBER("stop-after", "N", struct sweep_opts, stop_after, 1, 1000000, "findings"),
	{}
};

int take_require_jit(void *to, const char *ids)
{
	*(const char **)to = ids ? ids : "*";
	return 0;
}

int select_cases(struct plan_select *sel, struct sweep_conf *sweep, char **patterns, int n,
		 struct plan *plan)
{
	struct diag diag;

	sel->patterns = (const char *const *)patterns;
	sel->npatterns = gen_patterns_last(patterns, n);
	sel->none |= !sel->npatterns && n;
	sel->sample = !n && sweep->profile != SWEEP_NIGHTLY;
	sel->quick = !n && sweep->profile == SWEEP_QUICK;
	sel->seed = sweep->seed;
	sel->shard = sweep->shard;
	sel->nshards = sweep->nshards;
	sweep->patterns = sel->patterns + sel->npatterns;
	sweep->npatterns = n - sel->npatterns;
	/* "gen" alone leaves the choice to the profile */
	if (sweep->npatterns == 1 && !strcmp(sweep->patterns[0], "gen"))
		sweep->npatterns = 0;
	else if (sel->npatterns && !sweep->npatterns)
		sweep->profile = SWEEP_NONE; /* naming written cases excludes generated ones */
	if (sweep->npatterns && sweep_open(&(struct sweep){}, sweep))
		return -EINVAL;
	if (!plan_load(sel, plan, &diag))
		return 0;
	diag_print(&diag);
	return -EINVAL;
}
