/* SPDX-License-Identifier: GPL-2.0 */
/* A night on one screen: the end of `make nightly`, and the body of its mail. */
#ifndef CHECKJIT_HISTORY_DIGEST_H
#define CHECKJIT_HISTORY_DIGEST_H

#include <stdio.h>
#include "history/rounds.h"

/* How many cases are what, over all arches. */
struct digest_totals {
	u32 kinds[NR_HISTORY_KINDS]; /* compared with the last good night */
	u32 failing;		     /* at present, without those that results/known explains */
};

/* "2 new, 0 changed, 1 fixed, 0 flaky, 5 failing in all"; the caller frees it. */
char *digest_headline(const struct digest_totals *t);

/*
 * Compare @night with the good one before, and write the text to @f. @trouble: lines about what has
 * no results, or "". Returns 0 or -errno.
 */
int digest_write(FILE *f, struct history *h, const struct rounds *rounds, s64 night,
		 const char *trouble, struct digest_totals *totals, struct diag *diag);

#endif
