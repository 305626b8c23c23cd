/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CHECKJIT_RUN_SWEEP_H
#define CHECKJIT_RUN_SWEEP_H

#include "campaign/campaign.h"

/*
 * Run the generated cases on the engines of the pass, some thousand at a time. Returns false if the
 * run must end.
 */
bool run_sweep(struct campaign *c);

#endif
