// SPDX-License-Identifier: GPL-2.0
/* Counts what is well by operation, so that a run is small however many cases it has. */
#include <string.h>
#include "lib/strset.h"
#include "lib/util.h"
#include "report/compact.h"
#include "report/report.h"

/* The records of an operation on an engine that say the same of their cases. */
struct class
{
	u32 first; /* index of the first */
	u32 cases, vectors;
};

/* An operation on an engine. */
struct group {
	u32 largest; /* of its classes */
	bool any;    /* it has one */
	bool stays; /* a case has no verdict, or some are counted already: a resumed run has to know
		       which ones */
};

struct compaction {
	struct strset group_keys, class_keys;
	struct group *groups;
	struct class *classes;
	u32 ngroups, groups_cap, nclasses, classes_cap;
	u32 *group_of, *class_of; /* by index of the record */
};

#define NO_CLASS UINT32_MAX

/* Does the verdict say all there is to say? Generated cases are counted while they run. */
static bool is_plain(const struct record *r)
{
	return verdicts[r->verdict].ok && !r->cases && !r->known.row && !r->ndiffs && !r->log &&
	       !r->console && !r->note && !r->quirks && strncmp(r->id, "gen/", 4);
}

static u32 group_at(struct compaction *c, const char *engine, const char *operation)
{
	char *key = xasprintf("%s %s", engine, operation);
	const struct strset_entry *e = strset_find(&c->group_keys, key);

	if (!e) {
		ARRAY_GROW(c->groups, c->ngroups, c->groups_cap);
		c->groups[c->ngroups] = (struct group){};
		e = strset_add(&c->group_keys, key, c->ngroups++);
	}
	free(key);
	return e->value;
}

static u32 class_at(struct compaction *c, u32 group, const struct record *r, u32 index)
{
	char *key = xasprintf("%u %d %d %d %s", group, r->verdict, r->err, r->jited != 0,
			      r->reason ? r->reason : "");
	const struct strset_entry *e = strset_find(&c->class_keys, key);

	if (!e) {
		ARRAY_GROW(c->classes, c->nclasses, c->classes_cap);
		c->classes[c->nclasses] = (struct class){ .first = index };
		e = strset_add(&c->class_keys, key, c->nclasses++);
	}
	free(key);
	return e->value;
}

static void sort_record(struct compaction *c, const struct record *r, u32 index)
{
	char *operation = id_operation(r->id);
	struct group *g;
	struct class *k;

	c->group_of[index] = group_at(c, r->engine, operation);
	c->class_of[index] = NO_CLASS;
	free(operation);
	g = &c->groups[c->group_of[index]];
	g->stays |= r->cases || verdicts[r->verdict].exit == EXIT_INFRA;
	if (!is_plain(r))
		return;
	c->class_of[index] = class_at(c, c->group_of[index], r, index);
	k = &c->classes[c->class_of[index]];
	k->cases++;
	k->vectors += r->vectors;
	if (!g->any || k->cases > c->classes[g->largest].cases)
		g->largest = c->class_of[index];
	g->any = true;
}

/* Is the record at @index one of those that become a count? */
static bool is_counted(const struct compaction *c, u32 index)
{
	const struct group *g = &c->groups[c->group_of[index]];

	return c->class_of[index] != NO_CLASS && !g->stays && c->class_of[index] == g->largest &&
	       c->classes[g->largest].cases > 1;
}

/* Where a case is written is in the list of cases, too. */
static void forget_place(struct record *r)
{
	free(r->file);
	r->file = NULL;
	r->line = 0;
}

static void become_count(struct record *r, const struct class *k,
			 const struct operations *operations)
{
	char *operation = id_operation(r->id), *id = count_id(operation, r->verdict);

	free(operation);
	free(r->id);
	r->id = id;
	r->cases = k->cases;
	r->vectors = k->vectors;
	r->jited = r->jited ? k->cases : 0;
	r->operations = operations;
}

/* List all cases of the operations that are counted on some engine. */
static void list_operations(struct compaction *c, struct run *run)
{
	struct strset counted = {};

	for (u32 i = 0; i < run->cnt; i++) {
		char *operation = id_operation(run->recs[i].id);

		if (is_counted(c, i) && !strset_find(&counted, operation))
			strset_add(&counted, operation, 0);
		free(operation);
	}
	for (u32 i = 0; i < run->cnt; i++) {
		char *operation = id_operation(run->recs[i].id);

		if (!run->recs[i].cases && strset_find(&counted, operation))
			operations_add(run->operations, run->recs[i].id);
		free(operation);
	}
	operations_sort(run->operations);
	strset_free(&counted);
}

void run_compact(struct run *run)
{
	struct compaction c = { .group_of = xcalloc(run->cnt + 1, sizeof(*c.group_of)),
				.class_of = xcalloc(run->cnt + 1, sizeof(*c.class_of)) };
	u32 keep = 0;

	for (u32 i = 0; i < run->cnt; i++)
		sort_record(&c, &run->recs[i], i);
	list_operations(&c, run);
	for (u32 i = 0; i < run->cnt; i++) {
		struct record *r = &run->recs[i];

		if (is_plain(r))
			forget_place(r);
		if (is_counted(&c, i)) {
			const struct class *k = &c.classes[c.class_of[i]];

			if (i != k->first) {
				record_free(r);
				continue;
			}
			become_count(r, k, run->operations);
		}
		run->recs[keep++] = *r;
	}
	run->cnt = keep;
	strset_free(&c.group_keys);
	strset_free(&c.class_keys);
	free(c.groups);
	free(c.classes);
	free(c.group_of);
	free(c.class_of);
}
