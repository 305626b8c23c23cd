// SPDX-License-Identifier: GPL-2.0
#include "campaign/confirm.h"
#include "lib/util.h"
#include "report/trial.h"

static bool ran(const struct trial *t)
{
	return t->how == ATTEMPT_ANSWERED && t->stage == WIRE_STAGE_OK;
}

/* Run @entry again under the wrapper @kind, with its state dumped. */
static void run_dumped(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		       enum wrapper_kind kind, struct trial *t)
{
	trial_run(&c->session, e, &entry->p, kind, WIRE_DUMP, t);
}

/* Run @entry under the second wrapper. Returns the result as a note, or NULL if it has none. */
static char *second_wrapper(struct campaign *c, const struct engine *e, struct plan_entry *entry)
{
	struct trial t;
	char *note;

	if (entry->p.c->wrapper != CASE_WRAPPER_WIDE || entry->p.c->raw || e->unpriv)
		return NULL;
	run_dumped(c, e, entry, WRAPPER_HALVES, &t);
	note = xstrdup(!ran(&t)	       ? "the second wrapper could not be run"
		       : t.diff.failed ? "confirmed under the second wrapper"
				       : "only under the wide wrapper, not under the second one");
	trial_free(&t);
	return note;
}

#define MAX_CODES 200 /* records of a run that have their code, or a log of all states */

/* The code of @entry, or NULL. */
static char *code_of(struct campaign *c, const struct engine *e, struct plan_entry *entry)
{
	if (!c->conf->code || c->codes == MAX_CODES)
		return NULL;
	c->codes++;
	return c->conf->code(&c->session, e, entry->p.c);
}

/* Record @entry after its second run @t. */
static void verdict_again(struct campaign *c, const struct engine *e, struct plan_entry *entry,
			  struct trial *t)
{
	struct record rec;

	record_init(&rec, entry->p.c->id, e->name, VERDICT_FAIL);
	if (t->diff.failed) {
		record_trial(&rec, t, entry->p.c, c->session.first.order);
		rec.note = second_wrapper(c, e, entry);
		rec.code = code_of(c, e, entry);
	} else {
		rec.jited = t->jited_len;
		rec.vectors = entry->p.nr_vecs;
		rec.note = xstrdup("flaky: it failed once and passed when it was run again");
	}
	rec.verdict = VERDICT_FAIL;
	verdict_recheck(c, e, entry, &rec);
}

static void confirm(struct campaign *c, const struct engine *e, struct plan_entry *entry)
{
	struct trial t;

	run_dumped(c, e, entry, WRAPPER_WIDE, &t);
	if (attempt_died(t.how)) {
		trial_free(&t);
		run_dumped(c, e, entry, WRAPPER_WIDE, &t);
	}
	if (attempt_died(t.how))
		verdict_died(c, e, entry, &t);
	else if (ran(&t))
		verdict_again(c, e, entry, &t);
	else if (t.how == ATTEMPT_ANSWERED || t.how == ATTEMPT_FAILED)
		verdict_simple(c, e, entry, VERDICT_LOST,
			       "failed once, and was refused when it was run again");
	trial_free(&t);
}

static bool was_accepted(const struct plan_entry *entry, const struct trial *t)
{
	return t->verdict == VERDICT_FAIL && ran(t) && entry->p.c->outcome == OUTCOME_REJECT;
}

/* Record @entry, which should have been refused, with all that the verifier says of it. */
static void record_accepted(struct campaign *c, const struct engine *e, struct plan_entry *entry,
			    const struct trial *t)
{
	struct trial again;

	c->codes++;
	trial_run(&c->session, e, &entry->p, WRAPPER_WIDE, WIRE_LOG2, &again);
	verdict_trial(c, e, entry, was_accepted(entry, &again) ? &again : t);
	trial_free(&again);
}

void verdict_confirmed(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		       const struct trial *t)
{
	if (t->verdict == VERDICT_FAIL && t->differs)
		confirm(c, e, entry);
	else if (was_accepted(entry, t) && c->codes < MAX_CODES)
		record_accepted(c, e, entry, t);
	else
		verdict_trial(c, e, entry, t);
}
