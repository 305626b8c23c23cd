/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reducer: shrinks a case while a test of the caller's says that it is still what it was. It knows no guest; the test
 * on a lab is hold_test() of reduce/hold.h. `checkjit reduce` and the fuzzer call it.
 */
#ifndef CHECKJIT_REDUCE_H
#define CHECKJIT_REDUCE_H

#include "bpf/case.h"

struct reduce_stats {
	u32 steps;		/* tests that were made */
	u32 kept;		/* of them, the ones that said yes */
	u32 insns;		/* of the smallest case so far */
	double seconds;
};

struct reduce_conf {
	/* Is @c still what it was? 1 yes, 0 no, -errno: stop and return that. @c is not kept. */
	int (*test)(void *ctx, struct bpf_case *c);
	/* After each step; may be NULL. */
	void (*progress)(void *ctx, const struct reduce_stats *stats);
	void *ctx;
	enum byte_order order;	/* of the machine that the model is to be */
	int word_bits;
	u32 max_steps, max_seconds;	/* 0: no limit */
};

/*
 * Shrink *@best, which passed the test and has one vector (case_dup_vec()). It is replaced by smaller ones that
 * passed the test, and is at any return the smallest. 0: nothing found that is smaller; -ETIME: a limit was reached;
 * -errno of the test.
 */
int reduce_case(struct bpf_case **best, const struct reduce_conf *conf, struct reduce_stats *stats);

#endif
