/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is the verifier right? At log level 2 it states what each register can be at each insn; the model
 * computes what it is. A value outside of the stated range, on the path that the model takes, is a
 * bug of the verifier (or of the model, or of the log's parser). Such bugs are the most serious
 * kind, because a program may then do anything.
 *
 * Numbers are compared with ranges of 64 and 32 bits and known bits, addresses with their offsets,
 * and stack slots likewise, each only where it is stated. What the model does not know is not
 * compared. The path ends where the log says "safe": from there on the verifier relies on an
 * earlier state like this one that it found harmless, and what it states about that one need not
 * hold here.
 */
#ifndef CHECKJIT_SOUNDNESS_H
#define CHECKJIT_SOUNDNESS_H

#include <stdio.h>
#include "bpf/case.h"
#include "bpf/wrapper.h"
#include "bpf/model.h"

/* The program that the log is about. */
struct soundness_where {
	struct wrapper_place place; /* of the case's insns: wrapper_place() */
	enum byte_order order;
	int word_bits;
	bool accepted; /* a branch missing in the log is one the verifier believes impossible */
};

#define SOUNDNESS_PATH 24 /* insns that a report shows */

struct soundness_report {
	u64 compared; /* single statements: a bound, known bits, an offset */
	u32 vectors;  /* followed until … */
	u32 ended, pruned,
		left;  /* … the model's end or stop; "safe"; a branch that the log lacks */
	u32 malformed; /* states in the log that could not be parsed */

	bool found; /* the rest is about the first value outside of its range */
	u32 vec;
	u32 slot, insn;	  /* the insn before the statement: in the case's progs[0], in the log */
	char what[8];	  /* "R3", "fp-8" */
	char stated[160]; /* as printed in the log: "R3=scalar(…)" */
	char broken[64];  /* the violated part: "umax=255"; "this path is impossible" */
	u64 value;	  /* the model's: a number, or the offset of an address */
	u32 path[SOUNDNESS_PATH]; /* the last insns before it, in the log's numbering */
	u32 path_len, steps;	  /* stored; in all */
};

/*
 * Compare the vectors of @c, all or the @nr_vecs from @first_vec on, with @log. Returns 1 if a
 * value is outside of its range, 0 if not, -EINVAL if this is not a log of the program (no path
 * begins). @out is filled in any case.
 */
int fuzz_soundness(const struct soundness_where *where, const struct bpf_case *c, u32 first_vec,
		   u32 nr_vecs, const char *log, size_t len, struct soundness_report *out);

/* Print the finding in a few lines, each with @prefix. */
void soundness_print(FILE *f, const struct soundness_report *rep, const struct bpf_case *c,
		     const char *prefix);

#endif
