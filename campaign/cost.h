/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of a run cost: <arch>.stats, which `make bench` reads. */
#ifndef CHECKJIT_COST_H
#define CHECKJIT_COST_H

#include "campaign/campaign.h"

/* What something cost: the difference of two of these. */
struct cost {
	double seconds;
	u64 cases, checks, load_us, run_us;
};

struct cost cost_now(const struct campaign *c);
void cost_add(struct cost *to, const struct cost *from, const struct cost *until);

/*
 * A line of key=value words: one for the written cases on each engine, one for each family of the
 * sweep and one for the sweep on each engine, one for the whole. @f may be NULL.
 */
void stats_line(FILE *f, const char *key, const char *value, const struct cost *c,
		const char *more);

#endif
