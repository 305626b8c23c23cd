/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bugs that results/known lists and that leave no state to predict: they overwrite memory of the
 * kernel, or do not end. Inputs are changed so that they do not run into them, or recognised.
 */
#ifndef CHECKJIT_FUZZ_AVOID_H
#define CHECKJIT_FUZZ_AVOID_H

#include "fuzz/input.h"
#include "session/known.h"

/*
 * An interpreter runs a tail-called program on its caller's stack, however small. If @known lists
 * that (regress/interp_tailcall_stack) for kernel @release, make the first program of @in use
 * as much stack as the others may. Returns false if it needs that and has no room.
 */
bool avoid_small_stack(const struct known *known, const char *release, struct fuzz_input *in);

/*
 * Does a function of @in call itself, directly or through others, and does @known list
 * regress/verifier_recursion for kernel @release? That verifier can loop forever while it adds up
 * stack depths along the calls. A verifier accepts no recursion, so such inputs can be skipped.
 */
bool avoid_recursion(const struct known *known, const char *release, const struct fuzz_input *in);

#endif
