/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The recheck: at the end of a run, failures run again on the arch's second CPU model of QEMU. A
 * case that passes there suggests a bug of the emulation, or of JIT code that depends on CPU
 * features.
 */
#ifndef CHECKJIT_RECHECK_H
#define CHECKJIT_RECHECK_H

#include "campaign/plan.h"
#include "report/record.h"

#define MAX_RECHECKS 64 /* limit; a port with more failures has other problems */

struct campaign;

/* A failure that is still to be rechecked. */
struct failure {
	struct record rec;
	const struct engine *engine;
	struct plan_entry *entry;
	bool counted; /* as a finding: no row by id lists it */
};

struct recheck {
	struct failure failures[MAX_RECHECKS];
	u32 cnt;
	struct plan *kept; /* plans of generated cases with failures */
	u32 nkept, kept_cap;
};

/*
 * Take the verdict @rec on @entry: record it in recheck_all(), or at once if there is no second CPU
 * model or no room.
 */
void verdict_recheck(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		     struct record *rec);

/* Free the contents of @plan, or keep them while one of its entries has a failure here. */
void recheck_release(struct recheck *r, struct plan *plan);

/* Run all of them on the second CPU model unless @run is false, and record them. */
void recheck_all(struct campaign *c, bool run);
void recheck_free(struct recheck *r);

#endif
