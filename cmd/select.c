// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "cmd/select.h"
#include "lib/util.h"

int select_sweep(struct sweep_conf *conf, const char *text)
{
	int profile = sweep_profile_by_name(text);

	if (profile < 0) {
		pr_err("--sweep '%s' (expected none, quick or nightly)", text);
		return -EINVAL;
	}
	conf->profile = profile;
	return 0;
}

int select_seed(struct sweep_conf *conf, const char *text)
{
	char *end;

	conf->seed = strtoull(text, &end, 0);
	if (!*end && end != text)
		return 0;
	pr_err("--seed '%s' (expected a number)", text);
	return -EINVAL;
}

int select_shard(struct sweep_conf *conf, const char *text)
{
	if (!sweep_parse_shard(text, &conf->shard, &conf->nshards))
		return 0;
	pr_err("--shard '%s' (expected I/N, with I from 1 to N)", text);
	return -EINVAL;
}

int select_cases(struct plan_select *sel, struct sweep_conf *sweep, char **patterns, int n, struct plan *plan)
{
	struct diag diag;

	sel->patterns = (const char *const *)patterns;
	sel->npatterns = gen_patterns_last(patterns, n);
	sel->none |= !sel->npatterns && n;
	sweep->patterns = sel->patterns + sel->npatterns;
	sweep->npatterns = n - sel->npatterns;
	/* "gen" alone leaves it to the profile which ones */
	if (sweep->npatterns == 1 && !strcmp(sweep->patterns[0], "gen"))
		sweep->npatterns = 0;
	else if (sel->npatterns && !sweep->npatterns)
		sweep->profile = SWEEP_NONE;	/* written cases that were asked for by name bring no generated ones */
	if (sweep->npatterns && sweep_open(&(struct sweep){}, sweep))
		return -EINVAL;
	if (!plan_load(sel, plan, &diag))
		return 0;
	diag_print(&diag);
	return -EINVAL;
}
