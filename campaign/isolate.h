/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Isolation: something is wrong with a program of several cases. Find the one at fault by halving,
 * each attempt without anything else in flight, and after a death from a fresh boot. All functions
 * return false where the run must end.
 */
#ifndef CHECKJIT_ISOLATE_H
#define CHECKJIT_ISOLATE_H

#include "campaign/batch.h"

/* Give each case of @entries its verdict, whatever it takes. */
bool isolate(struct campaign *c, const struct engine *e, struct plan_entry **entries, u32 cnt);

/* The same for the cases of @run, of which batch_take() said @result; there are several. */
bool isolate_batch(struct campaign *c, struct batch_run *run, enum batch_result result);

/* The same for all @runs that were in flight when the guest died of @how. They are freed. */
bool isolate_death(struct campaign *c, struct batch_run **runs, u32 nruns, enum attempt how,
		   const char *console);

/* The null case on @e: *@trusted says whether it passed, so that verdicts on @e mean something. */
bool isolate_null_case(struct campaign *c, const struct engine *e, bool *trusted);

#endif
