/* SPDX-License-Identifier: GPL-2.0 */
/* Between the passes of the reducer only. */
#ifndef CHECKJIT_SHRINK_H
#define CHECKJIT_SHRINK_H

#include "reduce/edit.h"
#include "reduce/reduce.h"

struct shrink {
	const struct reduce_conf *conf;
	struct reduce_stats *stats;
	struct bpf_case *best;
	int stop;		/* -errno: no more steps */
	double start;
	u64 *tried;		/* hashes of what was tested, a table of open addresses */
	u32 ntried, tried_cap;
};

/* Test @c (taken; NULL could not be made) and make it the best if it passes. Nothing is tested twice. */
bool shrink_try(struct shrink *s, struct bpf_case *c);

/* A pass returns whether it found something. */
typedef bool shrink_pass(struct shrink *s);

/* pass_prog.c: what is executed */
shrink_pass pass_slice, pass_unexecuted, pass_units, pass_branches, pass_progs, pass_maps;
/* pass_operand.c: what the instructions name */
shrink_pass pass_immediates, pass_offsets, pass_registers;
/* pass_input.c: what goes in, and the lines around the program */
shrink_pass pass_regs_in, pass_windows, pass_lines;

/*
 * A value that the caller can set in a case: make @v smaller while the test passes. @with gives a new case with the value,
 * or NULL. 0, 1 and 2 first, then fewer bits, else -1.
 */
bool shrink_value(struct shrink *s, u64 v, int bits, struct bpf_case *(*with)(struct shrink *s, void *ctx, u64 v), void *ctx);

#endif
