// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "lib/util.h"
#include "campaign/tally.h"

/* Of one group on one engine. */
struct tally_group {
	const char *group;	/* interned */
	const struct engine *engine;
	u32 failures;
	bool refused;
	int resumed;		/* 0: not asked yet, 1: yes, -1: no */
};

struct tally_count {
	const char *group;
	const struct engine *engine;
	enum verdict verdict;
	char *reason;
	u32 cases, vectors, jited;
};

static struct tally_group *group_of(struct runner *r, const struct engine *e, const struct member *m)
{
	struct tally *t = &r->tally;

	/* the last one first: neighbours ask */
	for (u32 i = t->ngroups; i--;)
		if (t->groups[i].group == m->c->group && t->groups[i].engine == e)
			return &t->groups[i];
	ARRAY_GROW(t->groups, t->ngroups, t->groups_cap);
	t->groups[t->ngroups] = (struct tally_group){ .group = m->c->group, .engine = e };
	return &t->groups[t->ngroups++];
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static struct tally_count *count_of(struct tally *t, const char *group, const struct engine *e, const struct record *rec)
{
	for (u32 i = t->ncounts; i--;) {
		struct tally_count *c = &t->counts[i];

		if (c->group == group && c->engine == e && c->verdict == rec->verdict && same_text(c->reason, rec->reason))
			return c;
	}
	ARRAY_GROW(t->counts, t->ncounts, t->counts_cap);
	t->counts[t->ncounts] = (struct tally_count){
		.group = group, .engine = e, .verdict = rec->verdict, .reason = rec->reason ? xstrdup(rec->reason) : NULL,
	};
	return &t->counts[t->ncounts++];
}

/* The group and a star; behind it, for verdicts other than PASS, the verdict's word. */
static char *count_id(const char *group, enum verdict v)
{
	return xasprintf("%s/*%s", group, v == VERDICT_PASS ? "" : verdicts[v].key);
}

/* Does results/known list @m, and not the whole of its group, as which the count of what failed would be looked up? */
static bool listed_by_name(const struct runner *r, const struct engine *e, const struct member *m)
{
	const struct known_row *row = known_find(r->known, m->c->id, e->name, r->first.release);
	char *all;
	bool whole;

	if (!row)
		return false;
	all = count_id(m->c->group, VERDICT_FAIL);
	whole = known_find(r->known, all, e->name, r->first.release) == row;
	free(all);
	return !whole;
}

bool tally_add(struct runner *r, const struct engine *e, const struct member *m, struct record *rec)
{
	bool well = verdicts[rec->verdict].ok || rec->verdict == VERDICT_NOTRUN;
	struct tally_count *c;

	if (!m->generated)
		return false;
	if (rec->verdict == VERDICT_FALLBACK)
		group_of(r, e, m)->refused = true;
	/* what results/known names is counted by name */
	if (well && known_find(r->known, rec->id, rec->engine, r->first.release))
		return false;
	if (!well && (listed_by_name(r, e, m) || ++group_of(r, e, m)->failures <= GROUP_FAILURES))
		return false;
	c = count_of(&r->tally, m->c->group, e, rec);
	c->cases++;
	c->vectors += rec->vectors;
	c->jited += rec->jited;
	record_free(rec);
	return true;
}

bool tally_enough(struct runner *r, const struct engine *e, const struct member *m)
{
	return m->generated && group_of(r, e, m)->failures >= GROUP_FAILURES && !listed_by_name(r, e, m);
}

bool tally_refused(struct runner *r, const struct engine *e, const struct member *m)
{
	return m->generated && group_of(r, e, m)->refused;
}

bool tally_resumed(struct runner *r, const struct engine *e, const struct member *m)
{
	struct tally_group *g;

	if (!m->generated || !r->conf->resume)
		return false;
	g = group_of(r, e, m);
	for (int v = 0; v < NR_VERDICTS && !g->resumed; v++) {
		char *id = count_id(m->c->group, v);

		if (results_has(r->results, id, e->name))
			g->resumed = 1;
		free(id);
	}
	if (!g->resumed)
		g->resumed = -1;
	return g->resumed > 0;
}

static void write_count(struct runner *r, const struct tally_count *c, u32 nr)
{
	char *id = count_id(c->group, c->verdict);
	struct record rec;
	int ret;

	/* one verdict for several reasons: the id is still one record's */
	if (nr) {
		char *more = xasprintf("%s%u", id, nr + 1);

		free(id);
		id = more;
	}
	record_init(&rec, id, c->engine->name, c->verdict);
	rec.cases = c->cases;
	rec.vectors = c->vectors;
	rec.jited = c->jited;
	rec.file = xstrdup("gen");
	if (verdicts[c->verdict].ok || c->verdict == VERDICT_NOTRUN)
		rec.reason = c->reason ? xstrdup(c->reason) : NULL;
	else
		rec.reason = xasprintf("%s; %u cases are shown alone, the rest is not isolated", c->reason ? c->reason : "as others of its group",
				       GROUP_FAILURES);
	ret = results_add(r->results, &rec);
	r->broken |= ret && ret != -EEXIST;
	record_free(&rec);
	free(id);
}

void tally_flush(struct runner *r, bool complete)
{
	struct tally *t = &r->tally;

	for (u32 i = 0; i < t->ncounts; i++) {
		u32 nr = 0;

		for (u32 k = 0; k < i; k++)
			nr += t->counts[k].group == t->counts[i].group && t->counts[k].engine == t->counts[i].engine &&
			      t->counts[k].verdict == t->counts[i].verdict;
		if (complete)
			write_count(r, &t->counts[i], nr);
	}
	for (u32 i = 0; i < t->ncounts; i++)
		free(t->counts[i].reason);
	free(t->counts);
	free(t->groups);
	*t = (struct tally){};
}
