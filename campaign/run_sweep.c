// SPDX-License-Identifier: GPL-2.0
/* The generated cases of a run: some thousand at a time on every engine, then the next ones. */
#include <stdlib.h>
#include <unistd.h>
#include "lib/util.h"
#include "campaign/cost.h"
#include "campaign/tally.h"

static void sweep_progress(struct runner *r, const struct sweep *s, u64 total, bool last)
{
	u64 done = s->position < total ? s->position : total;

	if (!r->conf->progress || (!isatty(2) && !last))
		return;
	fprintf(stderr, "%s%-8s sweep         %llu/%llu cases, %s%s", isatty(2) ? "\r" : "", r->conf->guest.arch,
		(unsigned long long)(last ? total : done), (unsigned long long)total,
		last ? "done" : s->f->name, last ? "          \n" : "          ");
}

/* Doubts about members of the plan at hand outlive it. */
static void keep_or_free(struct runner *r, const struct plan *p)
{
	for (u32 i = 0; i < r->ndoubts; i++) {
		if (r->doubts[i].m < p->members || r->doubts[i].m >= p->members + p->cnt)
			continue;
		ARRAY_GROW(r->kept, r->nkept, r->kept_cap);
		r->kept[r->nkept++] = *p;
		return;
	}
	plan_free((struct plan *)p);
}

bool run_sweep(struct runner *r, FILE *stats)
{
	struct cost costs[ARRAY_SIZE(r->believed)] = {};
	struct plan *written = r->plan, part;
	u64 total = sweep_count(&r->conf->sweep);
	struct sweep s;
	bool go_on = true;

	if (!total || sweep_open(&s, &r->conf->sweep))
		return true;
	while (go_on && sweep_family(&s)) {
		struct cost begin = cost_now(r), end, family = {};

		while (go_on && plan_sweep(&s, r->conf->share, r->conf->max_batch, &part)) {
			r->plan = &part;
			for (u32 i = 0; go_on && i < r->conf->nengines; i++) {
				struct cost before = cost_now(r), after;

				go_on = run_engine(r, i);
				after = cost_now(r);
				cost_add(&costs[i], &before, &after);
			}
			keep_or_free(r, &part);
			sweep_progress(r, &s, total, false);
		}
		tally_flush(r, go_on);
		end = cost_now(r);
		cost_add(&family, &begin, &end);
		stats_line(stats, "family", s.f->name, &family, "");
	}
	r->plan = written;
	if (go_on)
		sweep_progress(r, &s, total, true);
	for (u32 i = 0; i < r->conf->nengines; i++)
		stats_line(stats, "sweep", r->conf->engines[i]->name, &costs[i], "");
	return go_on;
}
