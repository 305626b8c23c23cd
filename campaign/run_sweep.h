/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CHECKJIT_RUN_SWEEP_H
#define CHECKJIT_RUN_SWEEP_H

#include "campaign/campaign.h"

/*
 * The generated cases of the run: some thousand at a time on every engine, then the next ones.
 * @stats gets a line for each family and engine; it may be NULL. False where the run must end.
 */
bool run_sweep(struct campaign *c, FILE *stats);

#endif
