// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include "campaign/verdicts.h"
#include "lib/util.h"

static void add_note(struct record *rec, char *more)
{
	char *all = rec->note ? xasprintf("%s; %s", rec->note, more) : xstrdup(more);

	free(rec->note);
	free(more);
	rec->note = all;
}

void verdict_recheck(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		     struct record *rec)
{
	struct recheck *r = &c->recheck;
	bool counted;

	if (verdict_count(c, e, entry, rec))
		return;
	if (!c->conf->cpu2 || r->cnt == MAX_RECHECKS) {
		verdict_record(c, e, entry, rec);
		return;
	}
	counted = !known_row_of(c, e, entry);
	r->failures[r->cnt++] = (struct failure){
		.rec = *rec,
		.engine = e,
		.entry = entry,
		.counted = counted,
	};
	if (counted)
		verdict_found(c);
}

void recheck_release(struct recheck *r, struct plan *plan)
{
	for (u32 i = 0; i < r->cnt; i++) {
		struct plan_entry *entry = r->failures[i].entry;

		if (entry < plan->entries || entry >= plan->entries + plan->cnt)
			continue;
		ARRAY_GROW(r->kept, r->nkept, r->kept_cap);
		r->kept[r->nkept++] = *plan;
		return;
	}
	plan_free(plan);
}

/* Returns false if the session ends. */
static bool run_on_cpu(struct session *s, struct failure *f)
{
	const char *cpu = s->conf.cpu;
	struct trial t;
	bool go_on;

	trial_run(s, f->engine, &f->entry->p, WRAPPER_WIDE, WIRE_DUMP, &t);
	if (t.stage != WIRE_STAGE_OK || t.how != ATTEMPT_ANSWERED)
		add_note(&f->rec, xasprintf("could not be run on -cpu %s", cpu));
	else if (t.diff.failed)
		add_note(&f->rec, xasprintf("fails on -cpu %s too", cpu));
	else
		add_note(&f->rec,
			 xasprintf("passes on -cpu %s: suspect the emulation, or code for some "
				   "CPU feature",
				   cpu));
	go_on = t.how != ATTEMPT_STOPPED && t.how != ATTEMPT_NO_GUEST;
	trial_free(&t);
	return go_on;
}

void recheck_all(struct campaign *c, bool run)
{
	struct recheck *r = &c->recheck;

	if (r->cnt && run) {
		c->session.stop = false;
		session_end(&c->session);
		c->session.conf.cpu = c->conf->cpu2;
		for (u32 i = 0; i < r->cnt && run_on_cpu(&c->session, &r->failures[i]); i++)
			;
	}
	for (u32 i = 0; i < r->cnt; i++) {
		struct failure *f = &r->failures[i];

		c->findings -= f->counted;
		verdict_record(c, f->engine, f->entry, &f->rec);
	}
	r->cnt = 0;
}

void recheck_free(struct recheck *r)
{
	for (u32 i = 0; i < r->nkept; i++)
		plan_free(&r->kept[i]);
	free(r->kept);
	memset(r, 0, sizeof(*r));
}
