/* SPDX-License-Identifier: GPL-2.0 */
/* Costs of the parts of a run: <arch>.stats, which `make bench` reads. */
#ifndef CHECKJIT_COST_H
#define CHECKJIT_COST_H

#include "campaign/campaign.h"

/* Totals since the start; a cost is the difference of two of these. */
struct cost {
	double seconds;
	u64 cases, checks, predicted, load_us, run_us;
};

struct cost cost_now(const struct campaign *c);
void cost_add(struct cost *to, const struct cost *from, const struct cost *until);

/*
 * Write a line of key=value words. There is one for the written cases on each engine, one for each
 * family of the sweep, one for the sweep on each engine, and one for the whole run. @f may be NULL.
 */
void stats_line(FILE *f, const char *key, const char *value, const struct cost *c,
		const char *more);

#endif
