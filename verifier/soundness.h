/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is the verifier right? At log level 2 it states what each register can be at each instruction; the model says what it is.
 * A value outside of what is stated on the way that the model takes is a bug of the verifier (or of the model, or of the
 * reading of the log), of the most serious kind: a program may then do anything.
 *
 * Compared are numbers, with ranges of 64 and 32 bits and known bits, addresses, with their offsets, and stack slots, each
 * where it is stated and nowhere else. What the model does not know is not compared. The way ends where the log says
 * "safe": after that the verifier relies on a state like this one that was found to be harmless, and what it states of
 * that one need not hold here.
 */
#ifndef CHECKJIT_SOUNDNESS_H
#define CHECKJIT_SOUNDNESS_H

#include <stdio.h>
#include "bpf/case.h"
#include "bpf/frame.h"
#include "bpf/model.h"

/* The program that the log is about. */
struct soundness_where {
	struct frame_place place;	/* of the case's instructions: frame_place() */
	enum byte_order order;
	int word_bits;
	bool accepted;			/* a branch that the log does not have is one that the verifier takes for impossible */
};

#define SOUNDNESS_PATH	24		/* instructions that a report shows */

struct soundness_report {
	u64 compared;			/* single statements: a bound, known bits, an offset */
	u32 vectors;			/* followed, until … */
	u32 ended, pruned, left;	/* … the model's end or stop; "safe"; where the log has no such way */
	u32 malformed;			/* states in the log that do not read as one */

	bool found;			/* what follows is about the first value outside */
	u32 vec;
	u32 slot, insn;			/* the instruction after which it is stated: in the case's progs[0], in the log */
	char what[8];			/* "R3", "fp-8" */
	char stated[160];		/* as the log has it: "R3=scalar(…)" */
	char broken[64];		/* the one that does not hold: "umax=255"; "this way is impossible" */
	u64 value;			/* of the model: a number, an address's offset */
	u32 path[SOUNDNESS_PATH];	/* the last instructions up to it, in the log's numbers */
	u32 path_len, steps;		/* kept; in all */
};

/*
 * Compare all vectors of @c, or the @nr_vecs from @first_vec on, with @log. 1: found, 0: not, -EINVAL: this is no log of
 * the program (none of the ways begins). @out is filled in any case.
 */
int fuzz_soundness(const struct soundness_where *where, const struct bpf_case *c, u32 first_vec, u32 nr_vecs,
		   const char *log, size_t len, struct soundness_report *out);

/* What was found, in a few lines that begin with @prefix. */
void soundness_print(FILE *f, const struct soundness_report *rep, const struct bpf_case *c, const char *prefix);

#endif
