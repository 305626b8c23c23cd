/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Engines on which any program may fail as a known bug does: a row of results/known with SKIP among
 * its verdicts. Its case runs first. While it fails so, the other cases of the engine are left out,
 * or those that the row names.
 */
#ifndef CHECKJIT_SPOILED_H
#define CHECKJIT_SPOILED_H

#include "campaign/campaign.h"

/*
 * Run the cases of such rows for @e, and set spoiled[]. Where @e cannot run one, another engine of
 * the row does. They get no records. Returns false if the run must end.
 */
bool spoiled_find(struct campaign *c, const struct engine *e);

/* Returns why @entry is left out on @e, or NULL: it runs. The caller frees. */
char *spoiled_why(const struct campaign *c, const struct engine *e, const struct plan_entry *entry);

#endif
