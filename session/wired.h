/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Conditional jumps that the verifier replaced because it knew where they lead. It knows what the
 * standard says: a faulty machine that computes another value follows the replacement all the same.
 */
#ifndef CHECKJIT_WIRED_H
#define CHECKJIT_WIRED_H

#include "session/request.h"

/*
 * Returns an enum wired for each slot of progs[0] of the only case of @p, for model_state.wired, as
 * the translated program and its lines in @reply show; the caller frees. NULL if @reply lacks these
 * (WIRE_XLATED | WIRE_LINFO), or has only a part of them.
 */
u8 *wired_read(const struct wrapper_prog *p, const struct guest *g, const struct reply *reply);

#endif
