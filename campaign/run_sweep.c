// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include "campaign/cost.h"
#include "campaign/pipeline.h"
#include "campaign/progress.h"
#include "campaign/run_sweep.h"
#include "lib/util.h"

/* Run @part on every engine of the pass. */
static bool run_part(struct campaign *c, struct plan *part)
{
	bool go_on = true;

	c->plan = part;
	for (u32 i = 0; go_on && i < c->conf->nengines; i++) {
		struct cost before = cost_now(c);

		if (!in_pass(c, i))
			continue;
		go_on = engine_run(c, i);
		cost_spent(c, "sweep", c->conf->engines[i]->name, &before);
	}
	return go_on;
}

/* Run all cases of the current family. */
static bool run_family(struct campaign *c, struct sweep *s)
{
	struct cost before = cost_now(c);
	char *where = xasprintf("gen/%s", s->f->name);
	struct plan part;
	bool go_on = true;

	while (go_on && plan_sweep(s, c->conf->share, c->conf->max_batch, c->raw, &part)) {
		go_on = run_part(c, &part);
		recheck_release(&c->recheck, &part);
		progress_show(c, where);
	}
	c->broken |= counts_flush(&c->counts, go_on) != 0;
	c->session.stop |= c->broken;
	cost_spent(c, "family", s->f->name, &before);
	free(where);
	return go_on;
}

bool run_sweep(struct campaign *c)
{
	struct plan *written = c->plan;
	struct sweep s;
	bool go_on = true;

	if (!sweep_count(&c->conf->sweep) || sweep_open(&s, &c->conf->sweep))
		return true;
	while (go_on && sweep_family(&s))
		go_on = run_family(c, &s);
	c->plan = written;
	return go_on;
}
