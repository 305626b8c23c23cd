/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the runs of each arch say of its JIT: which instructions it compiles, which it leaves to the
 * interpreter, and what it does wrong. A document in Markdown (docs/arches.md): tables whose rows
 * begin with the name of an arch.
 */
#ifndef CHECKJIT_ARCHES_H
#define CHECKJIT_ARCHES_H

#include <stdio.h>
#include "bpf/case.h"
#include "report/record.h"

struct arches;

struct arches *arches_new(void);
void arches_free(struct arches *a);

/*
 * Add the runs of @set, which must live as long as @a. Runs of the same arch add up. Returns 0, or
 * -EINVAL after a message if results/known of an arch is malformed.
 */
int arches_add_runs(struct arches *a, const struct run_set *set);

/* Count the instructions of @c, which has its own id, for the arches of all runs added before. */
void arches_add_case(struct arches *a, const struct bpf_case *c);

/*
 * Print the document. @old: the document of before (NULL: none); rows of arches without a run are
 * copied from it. @coverage: a table whose rows begin with an arch and end with a percentage in
 * parentheses (docs/coverage.md), or NULL. @absent: lines ARCH TAB WHY TAB SOURCE for what has no
 * conf, or NULL.
 */
void arches_print(FILE *f, const struct arches *a, const char *old, const char *coverage,
		  const char *absent);

#endif
