/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts of generated cases. There may be a million of them, and nearly all pass. Verdicts that are
 * ok are counted by group (gen/<family>/<operation>), engine, verdict and reason. At the end of the
 * family each count becomes one record, whose id ends in a *. A failure has its own record, up to
 * GROUP_FAILURES per group and engine; further ones are counted and not isolated.
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
	bool resume;	    /* @results continues those of an interrupted run */
	struct group_state *groups;
	u32 ngroups, groups_cap;
	struct group_count *counts;
	u32 ncounts, counts_cap;
};

/* Count and free @rec. Returns false, without freeing it, if it needs its own record. */
bool counts_add(struct counts *t, const struct engine *e, const struct plan_entry *entry,
		struct record *rec);

/* Does the group of @entry have its maximum of failure records on @e? */
bool counts_enough(struct counts *t, const struct engine *e, const struct plan_entry *entry);

/*
 * Did the JIT leave a case of @entry's group to the interpreter on @e? Then the group shares
 * programs with no others.
 */
bool counts_refused(struct counts *t, const struct engine *e, const struct plan_entry *entry);

/* Did the interrupted run record the whole group? */
bool counts_resumed(struct counts *t, const struct engine *e, const struct plan_entry *entry);

/*
 * The family ends: write its records if @complete, and drop its counts. Returns 0, or -errno of
 * results_add().
 */
int counts_flush(struct counts *t, bool complete);

#endif
