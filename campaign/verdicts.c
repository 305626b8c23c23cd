// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "campaign/verdicts.h"
#include "lib/util.h"
#include "report/trial.h"

#define MAX_DEATHS 24 /* guests in a row that died without an answer: give up the engine */

/* The insns under test as text: the first insn of the body, and "…" if more follow. */
static char *body_text(const struct bpf_case *c)
{
	const struct code *code = &c->progs[0];
	u32 cnt = code_main_cnt(code);
	char first[128];

	if (!cnt)
		return xstrdup("(nothing)");
	code_insn_print(first, sizeof(first), code, 0);
	return cnt > 1u + insn_is_wide(code->insns) ? xasprintf("%s; …", first) : xstrdup(first);
}

bool has_verdict(struct campaign *c, const struct engine *e, const struct plan_entry *entry)
{
	if (entry->done & engine_bit(e))
		return true;
	return c->conf->resume && (results_has(c->results, entry->p.c->id, e->name) ||
				   counts_resumed(&c->counts, e, entry));
}

void record_add(struct campaign *c, struct record *rec)
{
	int ret = results_add(c->results, rec);

	c->broken |= ret && ret != -EEXIST;
	c->session.stop |= c->broken;
	if (verdicts[rec->verdict].exit == EXIT_FINDINGS)
		verdict_found(c);
	record_free(rec);
}

bool verdict_count(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		   struct record *rec)
{
	struct campaign_stats *stats = &c->stats;

	entry->done |= engine_bit(e);
	if (rec->verdict == VERDICT_FAIL)
		entry->failed |= engine_bit(e);
	stats->cases++;
	stats->work += verdict_work(e);
	stats->checks += rec->vectors;
	stats->predicted += rec->verdict == VERDICT_XFAIL;
	if (rec->vectors && !stats->first_ms && entry != &c->null_entry)
		stats->first_ms = (clock_us() - stats->start_us) / 1000;
	return counts_add(&c->counts, e, entry, rec);
}

void verdict_found(struct campaign *c)
{
	c->findings++;
	c->session.stop |= c->conf->stop_after && c->findings >= c->conf->stop_after;
}

void verdict_record(struct campaign *c, const struct engine *e, const struct plan_entry *entry,
		    struct record *rec)
{
	const struct bpf_case *subject = entry->p.c;

	/* a resumed run repeats the null block */
	if (entry == &c->null_entry && results_has(c->results, rec->id, e->name)) {
		record_free(rec);
		return;
	}
	rec->file = xstrdup(subject->file);
	if (!rec->line)
		rec->line = subject->line;
	if (!verdicts[rec->verdict].ok && !rec->insn)
		rec->insn = body_text(subject);
	record_add(c, rec);
}

void verdict_trial(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		   const struct trial *t)
{
	struct record rec;

	record_init(&rec, entry->p.c->id, e->name, t->verdict);
	record_trial(&rec, t, entry->p.c, c->session.first.order);
	if (!verdict_count(c, e, entry, &rec))
		verdict_record(c, e, entry, &rec);
}

void verdict_simple(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		    enum verdict v, const char *reason)
{
	struct trial t = { .verdict = v, .reason = (char *)reason };

	verdict_trial(c, e, entry, &t);
}

void verdict_died(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		  const struct trial *t)
{
	entry->suspect = true;
	/* what is known to kill is no reason to spare the rest */
	if (!known_killer(c, e, entry))
		crashes_add(&c->crashes, e, entry->p.c->id);
	c->blamed++;
	verdict_trial(c, e, entry, t);
}

const char *quarantined(const struct campaign *c, const struct engine *e,
			const struct plan_entry *entry)
{
	if (c->session.deaths >= MAX_DEATHS)
		return "given up: too many guests in a row died without an answer";
	if (crashes_of(&c->crashes, e, entry->p.c->id) >= c->conf->max_crashes)
		return "quarantined: too many crashes in its family";
	return NULL;
}

const struct known_row *known_row_of(const struct campaign *c, const struct engine *e,
				     const struct plan_entry *entry)
{
	return known_find(c->known, entry->p.c->id, e->name, c->session.first.release);
}

bool known_killer(const struct campaign *c, const struct engine *e, const struct plan_entry *entry)
{
	return known_kills(known_row_of(c, e, entry));
}

bool known_hanger(const struct campaign *c, const struct engine *e, const struct plan_entry *entry)
{
	return known_hangs(known_row_of(c, e, entry));
}
