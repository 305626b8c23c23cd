/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The enumeration of all generated cases goes on from night to night. A round runs each family
 * once, part by part. The next part is of the family that has cost least in this round, so that
 * slow families take turns with quick ones, and what fails goes to the end of the queue.
 */
#ifndef CHECKJIT_HISTORY_ROUNDS_H
#define CHECKJIT_HISTORY_ROUNDS_H

#include "gen/gen.h"
#include "history/history.h"

struct rounds {
	const struct gen_family *const *families;
	u32 nfamilies;
	u64 *versions; /* of gen_version(), one a family */
};

/* gen_families[], or those of a test. */
void rounds_open(struct rounds *r, const struct gen_family *const *families, u32 nfamilies);
void rounds_close(struct rounds *r);

/* A part of a family, as its cursor stands. */
struct round_part {
	const struct gen_family *family;
	struct history_cursor cursor; /* arch and variant are those that were asked for */
	double seconds;		      /* that it takes, as far as can be told */
};

/*
 * The next part on @arch and @variant that takes at most @seconds, with its cursor set. A family
 * that is begun is cut into parts of @part_seconds. Returns 1, 0 if nothing fits, or -errno.
 */
int rounds_next(const struct rounds *r, struct history *h, const char *arch, const char *variant,
		double seconds, double part_seconds, struct round_part *out, struct diag *diag);

/* How far a target is in its present round. */
struct round_progress {
	u32 round;
	double share; /* of the cases, from 0 to 1 */
	u32 skipped;  /* parts that gave no results */
};

int rounds_progress(const struct rounds *r, struct history *h, const char *arch,
		    const char *variant, struct round_progress *out, struct diag *diag);

#endif
