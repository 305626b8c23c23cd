/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reducer: shrinks a case while the caller's test says that it still fails in the same way. It
 * knows no guest; hold_test() of reduce/hold.h is the test on a session. Used by `checkjit reduce`
 * and the fuzzer.
 */
#ifndef CHECKJIT_REDUCE_H
#define CHECKJIT_REDUCE_H

#include "bpf/case.h"

struct reduce_stats {
	u32 steps; /* tests made */
	u32 kept;  /* tests that passed */
	u32 insns; /* of the smallest case so far */
	double seconds;
};

struct reduce_conf {
	/*
	 * Does @c still fail in the same way? Returns 1, 0, or -errno, which ends the reduction. @c
	 * is not kept.
	 */
	int (*test)(void *ctx, struct bpf_case *c);
	/* called after each step; may be NULL */
	void (*progress)(void *ctx, const struct reduce_stats *stats);
	void *ctx;
	enum byte_order order; /* byte order of the machine to model */
	int word_bits;
	u32 max_steps, max_seconds; /* 0: no limit */
};

/*
 * Shrink *@best, which passes the test and has one vector (case_dup_vec()). It is replaced by
 * smaller cases that pass the test. Returns 0 when nothing smaller is found, -ETIME when a limit is
 * reached, or the -errno of the test; *@best is the smallest case in any event.
 */
int reduce_case(struct bpf_case **best, const struct reduce_conf *conf, struct reduce_stats *stats);

#endif
