/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Making an input smaller in steps, each of which somebody judges: runs of units of half the program, a quarter, … one; then vectors, other
 * programs, maps. Functions that nobody calls any more go by themselves.
 */
#ifndef CHECKJIT_FUZZ_TRIM_H
#define CHECKJIT_FUZZ_TRIM_H

#include "fuzz/mutator/edit.h"

struct trim {
	struct fuzz_input best;		/* the smallest that was good */
	struct fuzz_input next;		/* what trim_next() made of it */
	u8 kind;
	u32 prog, at, run;		/* where it is */
	u32 tries;
	struct edit edit;
};

/* Begin with @in. */
void trim_begin(struct trim *t, const struct fuzz_input *in);
/* Make t->next, another smaller input than t->best. False: there is no more. */
bool trim_next(struct trim *t);
/* t->next is as good as t->best, or not. */
void trim_judge(struct trim *t, bool good);

#endif
