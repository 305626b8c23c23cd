/* SPDX-License-Identifier: GPL-2.0 */
/* Runs a wrong state again before it is reported. */
#ifndef CHECKJIT_CONFIRM_H
#define CHECKJIT_CONFIRM_H

#include "campaign/verdicts.h"

/*
 * Give @entry its verdict from @t, a run alone with its state compared by hash. If the state
 * differs, run it again with the state dumped, then under the second wrapper. If the run ends
 * meanwhile, @entry gets no verdict, so that it can be resumed.
 */
void verdict_confirmed(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		       const struct trial *t);

#endif
