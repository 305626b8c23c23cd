/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The recheck: at the end of a run failures are run once more on the arch's second CPU model of
 * QEMU. A case that passes there is a suspect of emulation, or of what the JIT does by CPU feature.
 */
#ifndef CHECKJIT_RECHECK_H
#define CHECKJIT_RECHECK_H

#include "campaign/plan.h"
#include "report/record.h"

#define MAX_RECHECKS 64 /* so many are run again; a port with more of them has other worries */

struct campaign;

/* A failure that the second CPU model has not been asked about yet. */
struct failure {
	struct record rec;
	const struct engine *engine;
	struct plan_entry *entry;
};

struct recheck {
	struct failure failures[MAX_RECHECKS];
	u32 cnt;
	struct plan *kept; /* plans of generated cases that have failures */
	u32 nkept, kept_cap;
};

/*
 * The verdict on @entry is @rec (taken over): record it after recheck_all(), or at once where there
 * is no second CPU model or no room.
 */
void verdict_recheck(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		     struct record *rec);

/* Free @plan (not the struct itself), or keep it where one of its entries has a failure here. */
void recheck_release(struct recheck *r, struct plan *plan);

/* Run all of them on the second CPU model (not if @run is false), and record them. */
void recheck_all(struct campaign *c, bool run);
void recheck_free(struct recheck *r);

#endif
