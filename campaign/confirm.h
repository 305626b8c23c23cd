/* SPDX-License-Identifier: GPL-2.0 */
/* A wrong state is run again before it is reported. */
#ifndef CHECKJIT_CONFIRM_H
#define CHECKJIT_CONFIRM_H

#include "campaign/verdicts.h"

/*
 * The verdict on @entry from @t, of a run alone with its state compared by hash. Where the state
 * differs: run it again, with the state shown, then under the second wrapper. No
 * verdict if the run ends in between, so that it can be resumed.
 */
void verdict_confirmed(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		       const struct trial *t);

#endif
