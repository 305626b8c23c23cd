/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trace: finds the first insn after which the observed state is not the model's. It runs one trial
 * for each step of the model's path through main (reduce/path.h), with the case ending there. If a
 * loop revisits a place, the case is restarted from the model's state; if the wrong step is a call,
 * the called function is traced as a main. Failures that need the removed insns are not found.
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
	u32 candidates;	  /* 1: it is this insn; more: it is among so many steps of the path */
	u32 step, steps;  /* it is the step-th (from 1) of the steps that main executes */
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
 * @c has one vector (case_dup_vec()) and shows @whole on @engine. @quick: bisect, which finds *a*
 * step from a right state to a wrong one; else find the first. @progress is called for each trial;
 * may be NULL. Returns 0, even if nothing was found, or -errno of session_try().
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
