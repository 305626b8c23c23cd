/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Isolation: a program of several cases failed. Find the case at fault by halving, with nothing
 * else in flight, and after a death from a fresh boot. All functions return false if the run must
 * end.
 */
#ifndef CHECKJIT_ISOLATE_H
#define CHECKJIT_ISOLATE_H

#include "campaign/batch.h"

/* Give each case of @entries its verdict. */
bool isolate(struct campaign *c, const struct engine *e, struct plan_entry **entries, u32 cnt);

/* The same for the cases of @run, at least two, for which batch_take() returned @result. */
bool isolate_batch(struct campaign *c, struct batch_run *run, enum batch_result result);

/* The same for all @runs that were in flight when the guest died (@how). Frees them. */
bool isolate_death(struct campaign *c, struct batch_run **runs, u32 nruns, enum attempt how,
		   const char *console);

/* Run the null block on @e. *@trusted: it passed, so verdicts on @e can be trusted. */
bool isolate_null_case(struct campaign *c, const struct engine *e, bool *trusted);

#endif
