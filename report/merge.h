/* SPDX-License-Identifier: GPL-2.0 */
/* One run out of the runs of its parts, and the order that makes equal runs equal files. */
#ifndef CHECKJIT_MERGE_H
#define CHECKJIT_MERGE_H

#include "report/record.h"

/*
 * Bring the records of @run into an order that does not depend on how they came about: counts of
 * generated cases that say the same become one, and all are sorted by id and engine.
 */
void run_canonical(struct run *run);

/*
 * Add the records of @from to those of @to, a run of the same arch, kernel, checkjit and selection:
 * another shard, or other engines. What both have is taken once, the worse verdict of two. Takes
 * the records out of @from. Returns 0, or -EINVAL with @diag: what differs.
 */
int run_merge(struct run *to, struct run *from, struct diag *diag);

/* The run has all parts: it names no shard. */
void run_whole_sweep(struct run *run);

/* Do two runs of one arch have a case on an engine in common, apart from the null block? */
bool parts_overlap(const struct run *a, const struct run *b);
/* An order of parts: by arch, shard and engines. */
int parts_cmp(const struct run *a, const struct run *b);

/* A shard that an engine lacks, from 1 to @nshards. */
struct merge_gap {
	const char *engine;
	u32 shard, nshards;
};

/* Do the runs @parts of one arch have all shards of all their engines? If not, fill @gap. */
bool parts_whole(const struct run *const *parts, u32 n, struct merge_gap *gap);

#endif
