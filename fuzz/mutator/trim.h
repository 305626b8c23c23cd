/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes an input smaller in steps; the caller judges each. Runs of units go first (half the
 * program, a quarter, … one), then vectors, programs and maps. Functions without callers are
 * dropped automatically.
 */
#ifndef CHECKJIT_FUZZ_TRIM_H
#define CHECKJIT_FUZZ_TRIM_H

#include "fuzz/mutator/edit.h"

struct trim {
	struct fuzz_input best; /* the smallest accepted so far */
	struct fuzz_input next; /* the candidate from trim_next() */
	u8 kind;
	u32 prog, at, run; /* position of the next step */
	u32 tries;
	struct edit edit;
};

/* Begin with @in. */
void trim_begin(struct trim *t, const struct fuzz_input *in);
/* Make t->next, another input smaller than t->best. Returns false at the end. */
bool trim_next(struct trim *t);
/* Accept or reject t->next. */
void trim_judge(struct trim *t, bool good);

#endif
