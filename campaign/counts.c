// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "lib/util.h"
#include "campaign/counts.h"
#include "report/report.h"

/* State of one group on one engine. */
struct group_state {
	const char *group; /* interned */
	const struct engine *engine;
	u32 failures;
	bool refused;
	int resumed; /* 0: not looked up, 1: yes, -1: no */
};

struct group_count {
	const char *group;
	const struct engine *engine;
	enum verdict verdict;
	char *reason;
	char *quirks;
	u32 cases, vectors, jited;
};

static struct group_state *group_of(struct counts *t, const struct engine *e,
				    const struct plan_entry *entry)
{
	/* backwards: lookups come in runs of the same group */
	for (u32 i = t->ngroups; i--;)
		if (t->groups[i].group == entry->p.c->group && t->groups[i].engine == e)
			return &t->groups[i];
	ARRAY_GROW(t->groups, t->ngroups, t->groups_cap);
	t->groups[t->ngroups] = (struct group_state){ .group = entry->p.c->group, .engine = e };
	return &t->groups[t->ngroups++];
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static struct group_count *count_of(struct counts *t, const char *group, const struct engine *e,
				    const struct record *rec)
{
	for (u32 i = t->ncounts; i--;) {
		struct group_count *c = &t->counts[i];

		if (c->group == group && c->engine == e && c->verdict == rec->verdict &&
		    same_text(c->reason, rec->reason) && same_text(c->quirks, rec->quirks))
			return c;
	}
	ARRAY_GROW(t->counts, t->ncounts, t->counts_cap);
	t->counts[t->ncounts] = (struct group_count){
		.group = group,
		.engine = e,
		.verdict = rec->verdict,
		.reason = rec->reason ? xstrdup(rec->reason) : NULL,
		.quirks = rec->quirks ? xstrdup(rec->quirks) : NULL,
	};
	return &t->counts[t->ncounts++];
}

/* Was @entry asked for by its id, or does results/known have a row for it? */
static bool listed(const struct counts *t, const struct engine *e, const struct plan_entry *entry)
{
	return entry->named || known_find(t->known, entry->p.c->id, e->name, t->kernel);
}

bool counts_add(struct counts *t, const struct engine *e, const struct plan_entry *entry,
		struct record *rec)
{
	bool well = verdicts[rec->verdict].ok || rec->verdict == VERDICT_NOTRUN;
	struct group_count *c;

	if (!entry->generated)
		return false;
	if (rec->verdict == VERDICT_FALLBACK)
		group_of(t, e, entry)->refused = true;
	/* cases that are named, or that results/known lists, get their own record */
	if (listed(t, e, entry) || (!well && ++group_of(t, e, entry)->failures <= GROUP_FAILURES))
		return false;
	c = count_of(t, entry->p.c->group, e, rec);
	c->cases++;
	c->vectors += rec->vectors;
	c->jited += rec->jited != 0;
	record_free(rec);
	return true;
}

bool counts_enough(struct counts *t, const struct engine *e, const struct plan_entry *entry)
{
	return entry->generated && group_of(t, e, entry)->failures >= GROUP_FAILURES &&
	       !listed(t, e, entry);
}

bool counts_refused(struct counts *t, const struct engine *e, const struct plan_entry *entry)
{
	return entry->generated && group_of(t, e, entry)->refused;
}

bool counts_resumed(struct counts *t, const struct engine *e, const struct plan_entry *entry)
{
	struct group_state *g;

	if (!entry->generated || !t->resume)
		return false;
	g = group_of(t, e, entry);
	for (int v = 0; v < NR_VERDICTS && !g->resumed; v++) {
		char *id = count_id(entry->p.c->group, v);

		if (results_has(t->results, id, e->name))
			g->resumed = 1;
		free(id);
	}
	if (!g->resumed)
		g->resumed = -1;
	return g->resumed > 0;
}

static int write_count(struct counts *t, const struct group_count *c, u32 nr)
{
	char *id = count_id(c->group, c->verdict);
	struct record rec;
	int ret;

	/* the id is taken by a record with another reason */
	if (nr) {
		char *more = xasprintf("%s%u", id, nr + 1);

		free(id);
		id = more;
	}
	record_init(&rec, id, c->engine->name, c->verdict);
	rec.cases = c->cases;
	rec.vectors = c->vectors;
	rec.jited = c->jited;
	rec.quirks = c->quirks ? xstrdup(c->quirks) : NULL;
	if (verdicts[c->verdict].ok || c->verdict == VERDICT_NOTRUN)
		rec.reason = c->reason ? xstrdup(c->reason) : NULL;
	else
		rec.reason = xasprintf(
			"%s; %u cases have records of their own, the rest is not isolated",
			c->reason ? c->reason : "as others of its group", GROUP_FAILURES);
	ret = results_add(t->results, &rec);
	record_free(&rec);
	free(id);
	return ret == -EEXIST ? 0 : ret;
}

int counts_flush(struct counts *t, bool complete)
{
	int ret = 0;

	for (u32 i = 0; i < t->ncounts; i++) {
		u32 nr = 0;

		for (u32 k = 0; k < i; k++)
			nr += t->counts[k].group == t->counts[i].group &&
			      t->counts[k].engine == t->counts[i].engine &&
			      t->counts[k].verdict == t->counts[i].verdict;
		if (complete && !ret)
			ret = write_count(t, &t->counts[i], nr);
	}
	for (u32 i = 0; i < t->ncounts; i++) {
		free(t->counts[i].reason);
		free(t->counts[i].quirks);
	}
	free(t->counts);
	free(t->groups);
	t->groups = NULL;
	t->counts = NULL;
	t->ngroups = t->groups_cap = t->ncounts = t->counts_cap = 0;
	return ret;
}
