/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs a plan on an engine: batch after batch, several in flight. Functions return false if the run
 * must end.
 */
#ifndef CHECKJIT_PIPELINE_H
#define CHECKJIT_PIPELINE_H

#include "campaign/campaign.h"

/* Run the null block on engine @i of the run; sets trusted[i] and spoiled[]. */
bool engine_begin(struct campaign *c, u32 i);
/* Run the current plan on engine @i. */
bool engine_run(struct campaign *c, u32 i);

#endif
