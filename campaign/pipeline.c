// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include "campaign/cost.h"
#include "campaign/isolate.h"
#include "campaign/pipeline.h"
#include "campaign/progress.h"
#include "campaign/reach.h"
#include "campaign/spoiled.h"
#include "lib/util.h"
#include "session/unpriv.h"

#define MAX_INFLIGHT 4 /* unanswered requests */

/* ---- which cases ---- */

/* Does @entry run on @e at all? */
static bool belongs(const struct campaign *c, const struct engine *e,
		    const struct plan_entry *entry)
{
	return reach_has(entry->reach, e, &c->session.first);
}

/* Give all cases of the current plan one verdict. */
static void skip_all(struct campaign *c, const struct engine *e, enum verdict v, const char *why)
{
	for (u32 i = 0; i < c->plan->cnt; i++) {
		struct plan_entry *entry = &c->plan->entries[i];

		if (belongs(c, e, entry) && !has_verdict(c, e, entry))
			verdict_simple(c, e, entry, v, why);
	}
}

/* Give SKIP if @why (taken over) is not NULL. */
static bool skip(struct campaign *c, const struct engine *e, struct plan_entry *entry, char *why)
{
	if (!why)
		return false;
	verdict_simple(c, e, entry, VERDICT_SKIP, why);
	free(why);
	return true;
}

/*
 * A known bug that kills the guest costs a boot: a quick run leaves it out. Returns why @entry is
 * left out on @e, or NULL; the caller frees.
 */
static char *known_to_kill(const struct campaign *c, const struct engine *e,
			   const struct plan_entry *entry)
{
	const struct sweep_conf *sweep = &c->conf->sweep;
	const struct known_row *row;

	if (sweep->profile != SWEEP_QUICK || sweep->npatterns)
		return NULL;
	row = known_row_of(c, e, entry);
	return known_kills(row) ? xasprintf("known to kill the guest, which CASES= and SWEEP=none "
					    "show: %s",
					    row->reason)
				: NULL;
}

/* Does @entry need the guest for a verdict on @e? Verdicts that need no guest are given at once. */
static bool wants_guest(struct campaign *c, const struct engine *e, struct plan_entry *entry)
{
	const struct guest *g = &c->session.first;
	const char *why;

	if (!belongs(c, e, entry) || has_verdict(c, e, entry))
		return false;
	if (skip(c, e, entry, engine_lacks(e, g, entry->p.c)) ||
	    skip(c, e, entry, spoiled_why(c, e, entry)) ||
	    skip(c, e, entry, known_to_kill(c, e, entry)))
		return false;
	why = quarantined(c, e, entry);
	if (why) {
		verdict_simple(c, e, entry, VERDICT_NOTRUN, why);
		return false;
	}
	predict_first(&entry->p, g->order, g->word_bits);
	if (entry->p.fault) {
		verdict_simple(c, e, entry, VERDICT_ERROR, entry->p.fault);
		return false;
	}
	return !skip(c, e, entry, session_unchecked(&c->session, e, &entry->p));
}

/*
 * Collect units of batch @b that need a verdict on @e in @to: a pack if all its lanes do and none
 * is a suspect, else single cases. @refused selects the groups that the JIT refuses, or all others.
 * Returns their number.
 */
static u32 wanted(struct campaign *c, const struct engine *e, const struct batch *b, bool refused,
		  struct plan_entry **to)
{
	const struct guest *g = &c->session.first;
	u32 cnt = 0;

	for (u32 i = b->first; i < b->first + b->cnt; i++) {
		struct plan_entry *unit = c->plan->units[i], **lanes;
		u32 n, from = cnt;
		bool suspect = false;

		lanes = entry_lanes(&unit, &n);
		for (u32 k = 0; k < n; k++) {
			suspect |= lanes[k]->suspect;
			if (counts_refused(&c->counts, e, lanes[k]) == refused &&
			    wants_guest(c, e, lanes[k]))
				to[cnt++] = lanes[k];
		}
		if (n == 1 || cnt - from != n || suspect)
			continue;
		predict_first(&unit->p, g->order, g->word_bits);
		if (!unit->p.fault) {
			to[from] = unit;
			cnt = from + 1;
		}
	}
	return cnt;
}

/* ---- requests in flight ---- */

/* A batch that is isolated once the pipeline is empty. */
struct later {
	struct batch_run *run;
	enum batch_result result;
};

struct pipeline {
	struct campaign *c;
	struct batch_run *inflight[MAX_INFLIGHT];
	u32 nr_inflight;
	struct later *later;
	u32 nlater, cap;
};

static bool take_death(struct pipeline *p, enum attempt how, char *console)
{
	u32 cnt = p->nr_inflight;
	bool go_on;

	p->nr_inflight = 0;
	go_on = isolate_death(p->c, p->inflight, cnt, how, console);
	free(console);
	return go_on;
}

/* Take the oldest answer. Returns false if the run must end. */
static bool pipeline_take(struct pipeline *p)
{
	struct batch_run *run = p->inflight[0];
	enum batch_result result;
	struct reply reply;
	char *console;
	enum attempt how = exec_receive(&p->c->session, run->x, &reply, &console);

	if (how != ATTEMPT_ANSWERED)
		return take_death(p, how, console);
	cost_part(p->c, run->engine, run->entries[0]);
	p->nr_inflight--;
	memmove(p->inflight, p->inflight + 1, p->nr_inflight * sizeof(*p->inflight));
	result = batch_take(p->c, run, &reply);
	if (result == BATCH_DONE) {
		batch_run_free(run);
		return true;
	}
	ARRAY_GROW(p->later, p->nlater, p->cap);
	p->later[p->nlater++] = (struct later){ run, result };
	return true;
}

static bool pipeline_drain(struct pipeline *p)
{
	bool go_on = true;

	while (go_on && p->nr_inflight)
		go_on = pipeline_take(p);
	for (u32 i = 0; i < p->nlater; i++) {
		struct batch_run *run = p->later[i].run;

		if (go_on && p->later[i].result != BATCH_SPLIT)
			go_on = isolate_batch(p->c, run, p->later[i].result);
		if (go_on)
			go_on = isolate(p->c, run->engine, run->entries, run->cnt);
		cost_part(p->c, run->engine, run->entries[0]);
		batch_run_free(run);
	}
	p->nlater = 0;
	return go_on;
}

/* A dying guest loses its coverage counters: fetch them now and then. */
static bool fetch_counters(struct pipeline *p)
{
	struct session *s = &p->c->session;

	if (!s->up || !session_counters_due(s))
		return true;
	if (!pipeline_drain(p))
		return false;
	if (s->up)
		session_counters(s);
	return true;
}

static bool pipeline_put(struct pipeline *p, const struct engine *e, struct plan_entry **entries,
			 u32 cnt, struct batch *b)
{
	struct session *s = &p->c->session;
	struct batch_run *run;

	if (!fetch_counters(p) || session_boot(s))
		return false;
	run = batch_run_new(p->c, e, entries, cnt, cnt == b->cnt ? b : NULL);
	if (!run->x || exec_send(s, run->x)) {
		batch_run_free(run);
		return pipeline_drain(p) && isolate(p->c, e, entries, cnt);
	}
	p->inflight[p->nr_inflight++] = run;
	return p->nr_inflight < MAX_INFLIGHT || pipeline_take(p);
}

static void pipeline_free(struct pipeline *p)
{
	for (u32 i = 0; i < p->nr_inflight; i++)
		batch_run_free(p->inflight[i]);
	for (u32 i = 0; i < p->nlater; i++)
		batch_run_free(p->later[i].run);
	free(p->later);
}

/* ---- batches ---- */

#define UNPRIV_BRANCHES 16 /* limit for a program; a single case may have more */

/* Returns how many of @entries can share a program that is loaded without capabilities. */
static u32 unpriv_together(struct plan_entry **entries, u32 cnt)
{
	u32 n, branches = 0;

	for (n = 0; n < cnt; n++) {
		branches += unpriv_branches(entries[n]->p.c);
		if (n && branches > UNPRIV_BRANCHES)
			break;
	}
	return n;
}

/* Must these run with nothing else in flight? */
static bool run_apart(struct campaign *c, const struct engine *e, struct plan_entry **entries,
		      u32 cnt)
{
	for (u32 i = 0; i < cnt; i++)
		if (entries[i]->suspect)
			return true;
	return cnt == 1 && !entries[0]->generated && known_killer(c, e, entries[0]);
}

static bool send_program(struct pipeline *p, const struct engine *e, struct plan_entry **entries,
			 u32 cnt, struct batch *b)
{
	if (run_apart(p->c, e, entries, cnt)) {
		bool go_on = pipeline_drain(p) && isolate(p->c, e, entries, cnt);

		cost_part(p->c, e, entries[0]);
		return go_on;
	}
	return pipeline_put(p, e, entries, cnt, b);
}

/*
 * Send one program, or several on an engine without capabilities: there the verifier also walks the
 * paths that a speculating CPU might take through all branches.
 */
static bool send_entries(struct pipeline *p, const struct engine *e, struct plan_entry **entries,
			 u32 cnt, struct batch *b)
{
	bool go_on = true;

	for (u32 n; go_on && cnt; entries += n, cnt -= n) {
		n = e->unpriv ? unpriv_together(entries, cnt) : cnt;
		go_on = send_program(p, e, entries, n, b);
	}
	return go_on;
}

/* Send one program, or two if the JIT refuses some groups. @room has space for the whole batch. */
static bool run_batch(struct pipeline *p, const struct engine *e, struct batch *b,
		      struct plan_entry **room)
{
	/* collect both first: an answer meanwhile may add a refused group */
	u32 cnt = wanted(p->c, e, b, false, room);
	u32 refused = wanted(p->c, e, b, true, room + cnt);

	return send_entries(p, e, room, cnt, b) && send_entries(p, e, room + cnt, refused, b);
}

static bool run_plan(struct campaign *c, const struct engine *e)
{
	const struct plan *plan = c->plan;
	struct pipeline p = { .c = c };
	struct plan_entry **room = xcalloc(plan->cnt + 1, sizeof(*room));
	bool go_on = true;

	for (u32 i = 0; go_on && i < plan->nbatches; i++) {
		if (!plan->entries->generated)
			progress_show(c, e->name);
		go_on = run_batch(&p, e, &plan->batches[i], room);
	}
	if (go_on)
		go_on = pipeline_drain(&p);
	pipeline_free(&p);
	free(room);
	return go_on;
}

bool engine_begin(struct campaign *c, u32 i)
{
	const struct engine *e = c->conf->engines[i];

	if (c->session.first.have[e->cap])
		return isolate_null_case(c, e, &c->trusted[i]) &&
		       (!c->trusted[i] || spoiled_find(c, e));
	verdict_simple(c, e, &c->null_entry, VERDICT_SKIP, e->missing);
	return true;
}

bool engine_run(struct campaign *c, u32 i)
{
	const struct engine *e = c->conf->engines[i];

	if (!c->plan->cnt)
		return true;
	if (!c->session.first.have[e->cap])
		skip_all(c, e, VERDICT_SKIP, e->missing);
	else if (!c->trusted[i])
		skip_all(c, e, VERDICT_NOTRUN,
			 "the null block fails on this engine: its results cannot be trusted");
	else
		return run_plan(c, e);
	return true;
}
