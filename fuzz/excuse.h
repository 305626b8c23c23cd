/* SPDX-License-Identifier: GPL-2.0 */
/* Known failures that an instruction and its operands do not show: an experiment does. */
#ifndef CHECKJIT_FUZZ_EXCUSE_H
#define CHECKJIT_FUZZ_EXCUSE_H

#include "fuzz/input.h"
#include "report/known.h"
#include "session/trial.h"

/* Make the first program use EXCUSE_DEEPER more bytes of its stack, for nothing. False where it cannot have so many. */
bool excuse_deepen(struct fuzz_input *in);
#define EXCUSE_DEEPER	224	/* what cases/ and the mutator's programs reach when they are tail-called, with a may_goto's 16 */

/*
 * Is what fails with @in on @engine regress/interp_tailcall_stack, if @known lists that for this kernel? An interpreter runs what is
 * tail-called on its caller's stack, however small that is: with a larger one, @in passes.
 */
bool excuse_stack(struct session *session, const struct known *known, const struct engine *engine, const struct fuzz_input *in);

/* A copy of @c whose functions, but main, have no upper half of their first argument; NULL where that cannot be. */
struct bpf_case *excuse_cut_r1(const struct bpf_case *c);

/* Is what fails regress/riscv32_subprog_r1, if @known lists that? It passes where nobody wants that upper half, which the JIT loses. */
bool excuse_r1(struct session *session, const struct known *known, const struct engine *engine, const struct bpf_case *c, u32 nr_vecs);

/*
 * Does a function of @in call itself, through others perhaps, if @known lists regress/verifier_recursion for kernel @release? Its
 * verifier, adding up the stack of such a chain, may go round in it for ever.
 */
bool excuse_recursion(const struct known *known, const char *release, const struct fuzz_input *in);

#endif
