/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The known-issue filter: recognises known failures that the instruction and its operands do not
 * show, by an experiment.
 */
#ifndef CHECKJIT_FUZZ_KNOWN_ISSUE_H
#define CHECKJIT_FUZZ_KNOWN_ISSUE_H

#include "fuzz/input.h"
#include "report/known.h"
#include "session/trial.h"

/*
 * Make the first program use KNOWN_ISSUE_DEEPER more bytes of stack. Returns false if there is no
 * room.
 */
bool known_issue_deepen(struct fuzz_input *in);
#define KNOWN_ISSUE_DEEPER                                                                   \
	224 /* what tail-called programs of cases/ and the mutator use, with the 16 bytes of \
	       may_goto */

/*
 * Is the failure of @in on @engine regress/interp_tailcall_stack, and does @known list that for
 * this kernel? An interpreter runs a tail-called program on its caller's stack, however small; with
 * a larger one, @in passes.
 */
bool known_issue_stack(struct session *session, const struct known *known,
		       const struct engine *engine, const struct fuzz_input *in);

/*
 * Returns a copy of @c that clears the upper half of the first argument in all functions but main,
 * or NULL if that is impossible.
 */
struct bpf_case *known_issue_cut_r1(const struct bpf_case *c);

/*
 * Is the failure regress/riscv32_subprog_r1, and does @known list that? The JIT loses that upper
 * half, so the case passes if no function uses it.
 */
bool known_issue_r1(struct session *session, const struct known *known, const struct engine *engine,
		    const struct bpf_case *c, u32 nr_vecs);

/*
 * Does a function of @in call itself, directly or through others, and does @known list
 * regress/verifier_recursion for kernel @release? That verifier can loop forever while it adds up
 * stack depths along the calls.
 */
bool known_issue_recursion(const struct known *known, const char *release,
			   const struct fuzz_input *in);

#endif
