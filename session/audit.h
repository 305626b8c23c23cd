/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The native audit: holds native code against what no state of a guest with one CPU shows:
 * atomicity, order, barriers against speculation (native/idioms.h), and landing pads
 * (session/pads.h).
 */
#ifndef CHECKJIT_AUDIT_H
#define CHECKJIT_AUDIT_H

#include "session/request.h"

/* Returns the flags (enum wire_run_flags) with which to ask for the code of @prog on @e; 0: none.
 */
u32 audit_flags(const struct engine *e, const struct wrapper_prog *prog);

/*
 * Returns what is wrong with the native code of @prog in @reply, in one line without numbers of
 * this run, or NULL; the caller frees. NULL, too, if there is no native code or no disassembler for
 * the arch.
 */
char *audit_reply(const struct guest *g, const struct wrapper_prog *prog,
		  const struct reply *reply);

#endif
