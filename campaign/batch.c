// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "campaign/batch.h"
#include "lib/strbuf.h"
#include "lib/util.h"
#include "session/judge.h"

struct batch_run *batch_run_new(struct campaign *c, const struct engine *e,
				struct plan_entry **entries, u32 cnt, struct batch *batch)
{
	struct prediction **cases = xcalloc(cnt, sizeof(*cases));
	struct batch_run *run = xcalloc(1, sizeof(*run));
	/* what must be refused is judged by the verifier's words */
	u32 flags = cnt == 1 && entries[0]->p.c->outcome == OUTCOME_REJECT ? WIRE_LOG : 0;

	for (u32 i = 0; i < cnt; i++)
		cases[i] = &entries[i]->p;
	run->engine = e;
	run->entries = xmemdup(entries, cnt * sizeof(*entries));
	run->cnt = cnt;
	run->batch = batch;
	run->x = exec_new(&c->session, e, cases, cnt, WRAPPER_WIDE, flags);
	if (run->x && batch)
		run->x->plain = batch->plain;
	free(cases);
	return run;
}

void batch_run_free(struct batch_run *run)
{
	exec_free(run->x);
	free(run->entries);
	free(run);
}

/* Does @run have generated cases of several groups? The JIT may refuse only one of them. */
static bool many_groups(struct campaign *c, const struct batch_run *run)
{
	const char *group = run->entries[0]->p.c->group;

	for (u32 i = 0; i < run->cnt; i++) {
		u32 n;
		struct plan_entry **lanes = entry_lanes(&run->entries[i], &n);

		for (u32 k = 0; k < n; k++)
			if (lanes[k]->p.c->group != group &&
			    !counts_refused(&c->counts, run->engine, lanes[k]))
				return true;
	}
	return false;
}

static bool well(const struct trial *t)
{
	return t->verdict == VERDICT_PASS || t->verdict == VERDICT_XFAIL ||
	       t->verdict == VERDICT_FALLBACK;
}

/* @t, an XFAIL of a pack, as the verdict of @lane alone: one that comes by no quirk passes. */
static struct trial lane_trial(const struct campaign *c, const struct engine *e,
			       const struct plan_entry *lane, const struct trial *t)
{
	const struct guest *g = &c->session.first;
	struct trial own = *t;

	own.quirks = predict_met(&lane->p, g->order, g->word_bits, &c->session.quirks[e->wire]);
	own.verdict = own.quirks ? VERDICT_XFAIL : VERDICT_PASS;
	return own;
}

/* Judge block @i. If it is well, give its lanes that verdict and return true. */
static bool take_block(struct campaign *c, struct batch_run *run, u32 i, const struct reply *reply)
{
	struct plan_entry **lanes;
	struct trial t;
	bool ok;
	u32 n;

	judge(&c->session, run->x, i, ATTEMPT_ANSWERED, reply, NULL, &t);
	ok = well(&t);
	lanes = entry_lanes(&run->entries[i], &n);
	for (u32 k = 0; ok && k < n; k++) {
		struct trial own = n > 1 && t.verdict == VERDICT_XFAIL
					   ? lane_trial(c, run->engine, lanes[k], &t)
					   : t;

		verdict_trial(c, run->engine, lanes[k], &own);
	}
	trial_free(&t);
	return ok;
}

/*
 * Judge the only case of @run, which may also be one that must or may be refused. If it is well,
 * give it that verdict and return true.
 */
static bool take_single(struct campaign *c, struct batch_run *run, const struct reply *reply)
{
	struct trial t;
	bool ok;

	if (run->cnt > 1 || run->entries[0]->lanes)
		return false;
	judge(&c->session, run->x, 0, ATTEMPT_ANSWERED, reply, NULL, &t);
	ok = well(&t) && !t.needs_jit;
	if (ok)
		verdict_trial(c, run->engine, run->entries[0], &t);
	trial_free(&t);
	return ok;
}

enum batch_result batch_take(struct campaign *c, struct batch_run *run, const struct reply *reply)
{
	const struct engine *e = run->engine;
	bool differs = false;

	if (!judge_by_block(&c->session, run->x, reply))
		return take_single(c, run, reply) ? BATCH_DONE : BATCH_SPLIT;
	if (e->native && !reply->jited_len && many_groups(c, run))
		return BATCH_GROUPS;
	if (run->batch && e->native && !e->blinded && !e->raw && !e->load_flags)
		run->batch->plain = (struct exec_size){ reply->xlated_len, reply->jited_len };
	for (u32 i = 0; i < run->cnt; i++)
		differs |= !take_block(c, run, i, reply);
	return differs ? BATCH_DIFFERS : BATCH_DONE;
}

/* ---- a block that is wrong although each of its cases is right ---- */

static void pass_alone(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		       enum verdict v, char *reason)
{
	struct trial t = {
		.verdict = v,
		.reason = reason,
		.jited_len = entry->jited_alone,
		.vectors = entry->p.nr_vecs,
	};

	entry->passed_alone = false;
	verdict_trial(c, e, entry, &t);
}

void batch_passed_alone(struct campaign *c, const struct engine *e, struct plan_entry **lanes,
			u32 cnt, u32 others)
{
	bool found = false;

	for (u32 i = 0; i < cnt; i++)
		found |= !lanes[i]->passed_alone;
	for (u32 i = 0; i < cnt; i++) {
		char *why;

		if (!lanes[i]->passed_alone)
			continue;
		if (found) {
			pass_alone(c, e, lanes[i], VERDICT_PASS, NULL);
			continue;
		}
		/* distance, size or neighbours matter: one lane gets the verdict for the block */
		why = xasprintf("wrong in one program with others of %s (%u in its wrapper, %u "
				"blocks beside it), right alone",
				lanes[i]->p.c->group, cnt - 1, others);
		pass_alone(c, e, lanes[i], VERDICT_FAIL, why);
		free(why);
		found = true;
	}
}

/* ---- deaths that no case repeats ---- */

/* "a … b (64), c (1)" */
static char *runs_text(struct batch_run *const *runs, u32 nruns)
{
	struct strbuf text = { 0 };

	for (u32 i = 0; i < nruns; i++) {
		const struct batch_run *run = runs[i];
		const char *first = run->entries[0]->p.c->id;
		const char *last = run->entries[run->cnt - 1]->p.c->id;

		strbuf_join(&text, ", ", "%s%s%s (%u)", first, run->cnt > 1 ? " … " : "",
			    run->cnt > 1 ? last : "", run->cnt);
	}
	return strbuf_take(&text);
}

/* Counts the lanes of @entry that have failed since; sets *@example to the last one's id. */
static u32 lanes_failed(struct plan_entry *entry, const struct engine *e, const char **example)
{
	u32 failed = 0, n;
	struct plan_entry **lanes = entry_lanes(&entry, &n);

	for (u32 i = 0; i < n; i++) {
		if (!(lanes[i]->failed & engine_bit(e)))
			continue;
		*example = lanes[i]->p.c->id;
		failed++;
	}
	return failed;
}

static u32 runs_failed(struct batch_run *const *runs, u32 nruns, const char **example)
{
	u32 failed = 0;

	*example = NULL;
	for (u32 i = 0; i < nruns; i++)
		for (u32 k = 0; k < runs[i]->cnt; k++)
			failed += lanes_failed(runs[i]->entries[k], runs[i]->engine, example);
	return failed;
}

static const char *death(enum attempt how)
{
	return how == ATTEMPT_HUNG	? "hung"
	       : how == ATTEMPT_GARBAGE ? "sent a malformed message"
					: "died";
}

void batch_unattributed(struct campaign *c, const struct engine *e, enum attempt how,
			const char *console, struct batch_run *const *runs, u32 nruns)
{
	char *id = NULL, *text = runs_text(runs, nruns);
	const char *example;
	u32 boot = c->session.boots, failed = runs_failed(runs, nruns, &example);
	struct record rec;

	/* a resumed run counts its boots from zero */
	do {
		free(id);
		id = xasprintf("session/unattributed/boot%u", boot++);
	} while (results_has(c->results, id, e->name));
	record_init(&rec, id, e->name, judge_death(how));
	rec.reason = xasprintf("the guest %s, and no case in flight repeats it from a "
			       "fresh boot",
			       death(how));
	/* in a program of many, one's wrong value may be another's address or divisor */
	rec.note = !failed ? xasprintf("in flight: %s", nruns ? text : "nothing")
			   : xasprintf("run apart, %u of those in flight fail, which may be why "
				       "(%s); in flight: %s",
				       failed, example, text);
	rec.console = console ? xstrdup(console) : NULL;
	record_add(c, &rec);
	c->blamed++;
	free(text);
	free(id);
}
