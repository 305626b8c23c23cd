/* SPDX-License-Identifier: GPL-2.0 */
/* A program that holds several cases of the plan, and what its answer says of each. */
#ifndef CHECKJIT_BATCH_H
#define CHECKJIT_BATCH_H

#include "campaign/verdicts.h"

/* A batch on its way. */
struct batch_run {
	const struct engine *engine;
	struct plan_entry **entries;
	u32 cnt;
	struct batch *batch; /* of the plan, where this is the whole of it; or NULL */
	struct exec *x;	     /* NULL: the program is too large for the guest */
};

/* @cnt entries as one program, @batch of the plan or NULL. batch_run_free() it. */
struct batch_run *batch_run_new(struct campaign *c, const struct engine *e,
				struct plan_entry **entries, u32 cnt, struct batch *batch);
void batch_run_free(struct batch_run *run);

/* What is to be done after an answer. */
enum batch_result {
	BATCH_DONE,    /* every entry has its verdict */
	BATCH_SPLIT,   /* something is wrong with the program: try its entries apart */
	BATCH_GROUPS,  /* the JIT refuses something: try each group of generated cases apart */
	BATCH_DIFFERS, /* the entries that have no verdict by now computed something else */
};

/* Give verdicts to those entries of @run that passed, or all of which the JIT refused. */
enum batch_result batch_take(struct campaign *c, struct batch_run *run, const struct reply *reply);

/*
 * All cases of the block @lanes, which was wrong in a program with @others more blocks, have run
 * alone. Record those that passed: if all did, the block itself is the finding.
 */
void batch_passed_alone(struct campaign *c, const struct engine *e, struct plan_entry **lanes,
			u32 cnt, u32 others);

/*
 * The guest died of @how while it had @runs, and none of their cases does it again: record that,
 * with what the kernel said (or NULL).
 */
void batch_unattributed(struct campaign *c, const struct engine *e, enum attempt how,
			const char *console, struct batch_run *const *runs, u32 nruns);

#endif
