/* SPDX-License-Identifier: GPL-2.0 */
/* A program that holds several cases of the plan, and what its answer says about each. */
#ifndef CHECKJIT_BATCH_H
#define CHECKJIT_BATCH_H

#include "campaign/verdicts.h"

/* A batch that was sent. */
struct batch_run {
	const struct engine *engine;
	struct plan_entry **entries;
	u32 cnt;
	struct batch *batch; /* of the plan, if @entries are all of it; or NULL */
	struct exec *x;	     /* NULL: the program is too large for the guest */
};

/* Put @cnt entries into one program; @batch of the plan, or NULL. Release with batch_run_free(). */
struct batch_run *batch_run_new(struct campaign *c, const struct engine *e,
				struct plan_entry **entries, u32 cnt, struct batch *batch);
void batch_run_free(struct batch_run *run);

/* What to do after an answer. */
enum batch_result {
	BATCH_DONE,    /* every entry has its verdict */
	BATCH_SPLIT,   /* the whole program failed: try its entries apart */
	BATCH_GROUPS,  /* the JIT refuses it: try each group of generated cases apart */
	BATCH_DIFFERS, /* entries without a verdict computed something else */
};

/* Give verdicts to the entries of @run that passed or were left to the interpreter. */
enum batch_result batch_take(struct campaign *c, struct batch_run *run, const struct reply *reply);

/*
 * All cases of the block @lanes have run alone, because it was wrong in a program with @others more
 * blocks. Record those that passed: if all did, the block itself is the finding.
 */
void batch_passed_alone(struct campaign *c, const struct engine *e, struct plan_entry **lanes,
			u32 cnt, u32 others);

/*
 * The guest died (@how) with @runs in flight, and none of their cases repeats it. Record that, with
 * what the kernel printed (or NULL).
 */
void batch_unattributed(struct campaign *c, const struct engine *e, enum attempt how,
			const char *console, struct batch_run *const *runs, u32 nruns);

#endif
