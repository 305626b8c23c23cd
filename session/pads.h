/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Holds native code against the places that are entered indirectly: where a kernel has landing pads
 * (native/pads.h), each of these places has one, and no other place.
 */
#ifndef CHECKJIT_SESSION_PADS_H
#define CHECKJIT_SESSION_PADS_H

#include "session/request.h"

/* Returns the flags (enum wire_run_flags) with which to ask for the code of @prog on @e; 0: none.
 */
u32 pads_flags(const struct engine *e, const struct wrapper_prog *prog);

/*
 * Returns what is wrong with the landing pads of @prog in @reply, in one line, or NULL; the caller
 * frees. NULL, too, if the kernel reports no functions, or its code has no landing pad at all: then
 * it is built without.
 */
char *pads_reply(const struct guest *g, const struct wrapper_prog *prog, const struct reply *reply);

#endif
