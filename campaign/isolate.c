// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include "bpf/pack.h"
#include "campaign/confirm.h"
#include "campaign/isolate.h"
#include "lib/util.h"

static bool session_ends(const struct trial *t)
{
	return t->how == ATTEMPT_STOPPED || t->how == ATTEMPT_NO_GUEST;
}

/* Run it again, from the fresh boot that follows a death. If it now passes, no case is blamed. */
static void run_again(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		      u32 flags, struct trial *t)
{
	struct batch_run run = { .engine = e, .entries = &entry, .cnt = 1 }, *runs = &run;
	struct trial before = *t;

	trial_run(&c->session, e, &entry->p, WRAPPER_WIDE, flags, t);
	if (t->how == ATTEMPT_ANSWERED)
		batch_unattributed(c, e, before.how, before.console, &runs, 1);
	trial_free(&before);
}

/* What is known to hang is not waited for as long as what may be slow. */
static void try_one(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		    struct trial *t)
{
	int patience = c->session.conf.reply_timeout;

	if (known_hanger(c, e, entry))
		session_hurry(&c->session);
	trial_run(&c->session, e, &entry->p, WRAPPER_WIDE, WIRE_LOG, t);
	session_patience(&c->session, patience);
}

/* Run @entry alone. @batched: it was in a batch that failed. */
static bool run_one(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		    bool batched)
{
	bool fresh = !c->session.up || !c->session.answers, go_on;
	struct trial t;

	try_one(c, e, entry, &t);
	/* an expected death needs no fresh boot as proof */
	if (attempt_died(t.how) && !fresh && !known_killer(c, e, entry))
		run_again(c, e, entry, WIRE_LOG, &t);
	go_on = !session_ends(&t);
	if (attempt_died(t.how)) {
		verdict_died(c, e, entry, &t);
	} else if (go_on && batched && t.verdict == VERDICT_PASS) {
		entry->passed_alone = true;
		entry->jited_alone = t.jited_len;
	} else if (go_on) {
		verdict_confirmed(c, e, entry, &t);
	}
	trial_free(&t);
	return go_on;
}

static bool halves(struct campaign *c, const struct engine *e, struct plan_entry **entries, u32 cnt)
{
	u32 half = cnt / 2;

	return isolate(c, e, entries, half) && isolate(c, e, entries + half, cnt - half);
}

/* Run several entries in one program. */
static bool run_many(struct campaign *c, const struct engine *e, struct plan_entry **entries,
		     u32 cnt)
{
	struct batch_run *run = batch_run_new(c, e, entries, cnt, NULL);
	u32 blamed = c->blamed;
	struct reply reply;
	char *console;
	enum attempt how = exec_run(&c->session, run->x, &reply, &console);
	bool go_on = how != ATTEMPT_STOPPED && how != ATTEMPT_NO_GUEST;

	if (how == ATTEMPT_ANSWERED)
		go_on = isolate_batch(c, run, batch_take(c, run, &reply));
	else if (go_on)
		go_on = halves(c, e, entries, cnt);
	if (go_on && attempt_died(how) && c->blamed == blamed)
		batch_unattributed(c, e, how, console, &run, 1);
	free(console);
	batch_run_free(run);
	return go_on;
}

static bool run_some(struct campaign *c, const struct engine *e, struct plan_entry **entries,
		     u32 cnt)
{
	return cnt == 1 ? run_one(c, e, entries[0], false) : run_many(c, e, entries, cnt);
}

/* Copy the entries in @from that need a verdict on @e to @to. Returns their number. */
static u32 without_verdict(struct campaign *c, const struct engine *e, struct plan_entry **from,
			   u32 cnt, struct plan_entry **to)
{
	u32 left = 0;

	for (u32 i = 0; i < cnt; i++) {
		const char *why;

		if (has_verdict(c, e, from[i]))
			continue;
		why = counts_enough(&c->counts, e, from[i])
			      ? "not isolated: enough cases of its group failed"
			      : quarantined(c, e, from[i]);
		if (why)
			verdict_simple(c, e, from[i], VERDICT_NOTRUN, why);
		else
			to[left++] = from[i];
	}
	return left;
}

/* Returns all cases in @entries, with packs taken apart; sets *@cnt to their number. */
static struct plan_entry **all_lanes(struct plan_entry **entries, u32 *cnt)
{
	struct plan_entry **all = xcalloc((size_t)*cnt * PACK_MAX_LANES, sizeof(*all));
	u32 total = 0;

	for (u32 i = 0; i < *cnt; i++) {
		u32 n;
		struct plan_entry **lanes = entry_lanes(&entries[i], &n);

		memcpy(all + total, lanes, n * sizeof(*all));
		total += n;
	}
	*cnt = total;
	return all;
}

bool isolate(struct campaign *c, const struct engine *e, struct plan_entry **entries, u32 cnt)
{
	const struct guest *g = &c->session.first;
	struct plan_entry **left = all_lanes(entries, &cnt);
	bool go_on = true;

	for (u32 i = 0; i < cnt; i++)
		predict_first(&left[i]->p, g->order, g->word_bits);
	cnt = without_verdict(c, e, left, cnt, left);
	/* entries that killed a guest on another engine run first, and alone */
	for (u32 i = 0; go_on && i < cnt; i++)
		if (left[i]->suspect && cnt > 1)
			go_on = run_one(c, e, left[i], false);
	cnt = without_verdict(c, e, left, cnt, left);
	if (go_on && cnt)
		go_on = run_some(c, e, left, cnt);
	free(left);
	return go_on;
}

/* Isolate one group of generated cases after the other. */
static bool isolate_groups(struct campaign *c, const struct engine *e, struct plan_entry **entries,
			   u32 cnt)
{
	struct plan_entry **left = all_lanes(entries, &cnt), **group = xcalloc(cnt, sizeof(*group));
	bool go_on = true;

	while (go_on && cnt) {
		const char *name = left[0]->p.c->group;
		u32 n = 0, rest = 0;

		for (u32 i = 0; i < cnt; i++) {
			if (left[i]->p.c->group == name)
				group[n++] = left[i];
			else
				left[rest++] = left[i];
		}
		cnt = rest;
		go_on = isolate(c, e, group, n);
	}
	free(left);
	free(group);
	return go_on;
}

/* Run the lanes of a block whose state differs, each alone. */
static bool isolate_block(struct campaign *c, const struct engine *e, struct plan_entry **lanes,
			  u32 cnt, u32 others)
{
	bool go_on = true;

	for (u32 i = 0; go_on && i < cnt; i++) {
		if (counts_enough(&c->counts, e, lanes[i]))
			verdict_simple(c, e, lanes[i], VERDICT_FAIL,
				       "in a wrapper whose state differs");
		else
			go_on = run_one(c, e, lanes[i], true);
	}
	if (go_on)
		batch_passed_alone(c, e, lanes, cnt, others);
	return go_on;
}

static bool isolate_differing(struct campaign *c, struct batch_run *run)
{
	bool go_on = true;

	for (u32 i = 0; go_on && i < run->cnt; i++) {
		u32 n;
		struct plan_entry **lanes = entry_lanes(&run->entries[i], &n);

		if (!has_verdict(c, run->engine, lanes[0]))
			go_on = isolate_block(c, run->engine, lanes, n, run->cnt - 1);
	}
	return go_on;
}

bool isolate_batch(struct campaign *c, struct batch_run *run, enum batch_result result)
{
	switch (result) {
	case BATCH_SPLIT:
		return halves(c, run->engine, run->entries, run->cnt);
	case BATCH_GROUPS:
		return isolate_groups(c, run->engine, run->entries, run->cnt);
	case BATCH_DIFFERS:
		return isolate_differing(c, run);
	default:
		return true;
	}
}

bool isolate_death(struct campaign *c, struct batch_run **runs, u32 nruns, enum attempt how,
		   const char *console)
{
	bool go_on = how != ATTEMPT_STOPPED;
	u32 blamed = c->blamed;

	for (u32 i = 0; go_on && i < nruns; i++)
		go_on = isolate(c, runs[i]->engine, runs[i]->entries, runs[i]->cnt);
	if (go_on && c->blamed == blamed)
		batch_unattributed(c, runs[0]->engine, how, console, runs, nruns);
	for (u32 i = 0; i < nruns; i++)
		batch_run_free(runs[i]);
	return go_on;
}

bool isolate_null_case(struct campaign *c, const struct engine *e, bool *trusted)
{
	struct plan_entry *entry = &c->null_entry;
	struct trial t;
	bool go_on;

	trial_run(&c->session, e, &entry->p, WRAPPER_WIDE, 0, &t);
	if (attempt_died(t.how))
		run_again(c, e, entry, 0, &t);
	go_on = !session_ends(&t);
	*trusted = t.verdict == VERDICT_PASS || t.verdict == VERDICT_FALLBACK;
	if (attempt_died(t.how))
		verdict_died(c, e, entry, &t);
	else if (go_on)
		verdict_confirmed(c, e, entry, &t);
	trial_free(&t);
	return go_on;
}
