// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include "campaign/cost.h"
#include "campaign/pipeline.h"
#include "campaign/progress.h"
#include "campaign/run_sweep.h"
#include "lib/util.h"

/* Run @part on every engine and add the cost of each to @costs. */
static bool run_part(struct campaign *c, struct plan *part, struct cost *costs)
{
	bool go_on = true;

	c->plan = part;
	for (u32 i = 0; go_on && i < c->conf->nengines; i++) {
		struct cost before = cost_now(c), after;

		go_on = engine_run(c, i);
		after = cost_now(c);
		cost_add(&costs[i], &before, &after);
	}
	return go_on;
}

/* Run all cases of the current family. */
static bool run_family(struct campaign *c, struct sweep *s, struct cost *costs, FILE *stats)
{
	struct cost begin = cost_now(c), end, cost = {};
	char *where = xasprintf("gen/%s", s->f->name);
	struct plan part;
	bool go_on = true;

	while (go_on && plan_sweep(s, c->conf->share, c->conf->max_batch, &part)) {
		go_on = run_part(c, &part, costs);
		recheck_release(&c->recheck, &part);
		progress_show(c, where);
	}
	c->broken |= counts_flush(&c->counts, go_on) != 0;
	c->session.stop |= c->broken;
	end = cost_now(c);
	cost_add(&cost, &begin, &end);
	stats_line(stats, "family", s->f->name, &cost, "");
	free(where);
	return go_on;
}

bool run_sweep(struct campaign *c, FILE *stats)
{
	struct plan *written = c->plan;
	struct cost costs[NR_ENGINES] = {};
	struct sweep s;
	bool go_on = true;

	if (!sweep_count(&c->conf->sweep) || sweep_open(&s, &c->conf->sweep))
		return true;
	while (go_on && sweep_family(&s))
		go_on = run_family(c, &s, costs, stats);
	c->plan = written;
	for (u32 i = 0; i < c->conf->nengines; i++)
		stats_line(stats, "sweep", c->conf->engines[i]->name, &costs[i], "");
	return go_on;
}
