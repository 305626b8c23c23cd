/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trace: the first instruction after which the observed state is not the model's. One trial for
 * each step of the model's way through main (reduce/path.h), the case ending there. Where a loop
 * passes a place again, the case begins anew with the model's state; where the wrong step is a
 * call, the called function is looked into as a main of its own. What only shows in the company of
 * what was cut away is not found.
 */
#ifndef CHECKJIT_TRACE_H
#define CHECKJIT_TRACE_H

#include "reduce/hold.h"
#include "report/record.h"

#define TRACE_DEPTH 8 /* called functions entered */

struct trace_call {
	u32 slot, line; /* of the call */
};

struct trace {
	bool found;
	struct finding finding; /* how it shows */
	u32 slot, line; /* slot of the first wrong insn, or of the first of @last - @slot + 1 … */
	struct insn insn[2];
	u32 candidates;	  /* 1: it is this one; more: it is among this many steps of the path */
	u32 step, steps;  /* it is the step-th (from 1) of this many insns that main executes */
	const char *func; /* interned */
	struct trace_call calls[TRACE_DEPTH];
	u32 ncalls;
	u32 read;	       /* registers that it names */
	u64 before[CASE_REGS]; /* their values before it */
	u8 before_region[CASE_REGS];
	bool astray;	     /* a jump that took the other branch */
	struct record diffs; /* differences of its state; only .diffs and .ndiffs are used */
	u32 trials;
};

/*
 * @c has one vector (case_dup_vec()) and shows @whole on @engine. @quick: by halves, which finds
 * *a* step from a right state to a wrong one; else the first. @progress may be NULL: it is told of
 * each trial. 0, also where nothing was found; -errno of session_try().
 */
int trace_run(struct session *session, const struct engine *engine, const struct bpf_case *c,
	      const struct finding *whole, bool quick,
	      void (*progress)(u32 trials, u32 step, u32 steps), struct trace *out);
void trace_free(struct trace *t);

/* Print the first wrong insn, in a case @orig that trace_run() was given. */
void trace_insn(char *text, size_t size, const struct trace *t, const struct bpf_case *orig);

/* Print everything on one screen. */
void trace_print(FILE *f, const struct trace *t, const struct bpf_case *orig, long vec,
		 const struct session *session, const struct engine *engine);

#endif
