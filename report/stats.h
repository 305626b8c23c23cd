/* SPDX-License-Identifier: GPL-2.0 */
/* Sums of <arch>.stats: where the time of several parts of a run went. */
#ifndef CHECKJIT_STATS_H
#define CHECKJIT_STATS_H

#include "lib/strset.h"

struct stats {
	struct strset keys; /* "engine=jit" */
	struct stats_line *lines;
	u32 cnt, cap;
};

/* Add the lines of @dir/<arch>.stats, if it is there. */
void stats_add(struct stats *s, const char *dir, const char *arch);
/* Write @dir/<arch>.stats. Returns 0, or -errno after a message on stderr. */
int stats_write(const struct stats *s, const char *dir, const char *arch);
#define SPEED_SLOWER  0.7 /* of the checks per second of before */
#define SPEED_SECONDS 5	  /* a shorter run says nothing about speed */

void stats_free(struct stats *s);

#endif
