/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CHECKJIT_RUN_SWEEP_H
#define CHECKJIT_RUN_SWEEP_H

#include "campaign/campaign.h"

/*
 * Run the generated cases, some thousand at a time on every engine. @stats gets a line for each
 * family and engine; it may be NULL. Returns false if the run must end.
 */
bool run_sweep(struct campaign *c, FILE *stats);

#endif
