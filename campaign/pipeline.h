/* SPDX-License-Identifier: GPL-2.0 */
/* A plan on an engine: batch after batch, several in flight. Both: false where the run must end. */
#ifndef CHECKJIT_PIPELINE_H
#define CHECKJIT_PIPELINE_H

#include "campaign/campaign.h"

/* The null case on engine @i of the run: sets trusted[i]. */
bool engine_begin(struct campaign *c, u32 i);
/* The plan at hand on engine @i. */
bool engine_run(struct campaign *c, u32 i);

#endif
