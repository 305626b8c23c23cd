/* SPDX-License-Identifier: GPL-2.0 */
/* Internal to the passes of the reducer. */
#ifndef CHECKJIT_SHRINK_H
#define CHECKJIT_SHRINK_H

#include "reduce/edit.h"
#include "reduce/reduce.h"

struct shrink {
	const struct reduce_conf *conf;
	struct reduce_stats *stats;
	struct bpf_case *best;
	int stop; /* -errno: no more steps */
	double start;
	u64 *tried; /* hashes of tested cases, an open-addressing table */
	u32 ntried, tried_cap;
};

/*
 * Test @c (taken; NULL: it could not be made) and make it the best case if it passes. No case is
 * tested twice.
 */
bool shrink_try(struct shrink *s, struct bpf_case *c);

/* A pass returns whether it made the case smaller. */
typedef bool shrink_pass(struct shrink *s);

/* pass_prog.c: executed insns */
shrink_pass pass_slice, pass_unexecuted, pass_units, pass_branches, pass_progs, pass_maps;
/* pass_operand.c: operands */
shrink_pass pass_immediates, pass_offsets, pass_registers;
/* pass_input.c: inputs, and the lines outside of the program */
shrink_pass pass_regs_in, pass_windows, pass_lines;

/*
 * Make the value @v of a case smaller while the test passes: 0, 1 and 2 first, then fewer bits,
 * else -1. @with returns a new case with the value, or NULL.
 */
bool shrink_value(struct shrink *s, u64 v, int bits,
		  struct bpf_case *(*with)(struct shrink *s, void *ctx, u64 v), void *ctx);

#endif
