/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts of generated cases. There may be a million of them, and nearly all pass. Verdicts that are
 * ok are counted by group (gen/<family>/<operation>), engine, verdict and reason; when the family
 * is done each count becomes one record, whose id ends in a *. A failure has a record of its own,
 * up to GROUP_FAILURES for a group on an engine; further ones are counted and not isolated.
 */
#ifndef CHECKJIT_COUNTS_H
#define CHECKJIT_COUNTS_H

#include "campaign/plan.h"
#include "report/record.h"

#define GROUP_FAILURES 6

struct counts {
	const struct known *known;
	struct results *results;
	const char *kernel; /* release, which selects rows of @known */
	bool resume;	    /* @results goes on with those of an interrupted run */
	struct group_state *groups;
	u32 ngroups, groups_cap;
	struct group_count *counts;
	u32 ncounts, counts_cap;
};

/* Count @rec, and free it, if it needs no record of its own. False: it needs one. */
bool counts_add(struct counts *t, const struct engine *e, const struct plan_entry *entry,
		struct record *rec);

/* Does the group of @entry have all the records of failures on @e that it gets? */
bool counts_enough(struct counts *t, const struct engine *e, const struct plan_entry *entry);

/*
 * Did the JIT leave something of @entry's group to the interpreter on @e? Then its cases share
 * programs with no others.
 */
bool counts_refused(struct counts *t, const struct engine *e, const struct plan_entry *entry);

/* Did the interrupted run that this one goes on with record the whole group? */
bool counts_resumed(struct counts *t, const struct engine *e, const struct plan_entry *entry);

/*
 * A family is done: write its records, and forget them. @complete false: only forget them. 0, or
 * -errno of results_add().
 */
int counts_flush(struct counts *t, bool complete);

#endif
