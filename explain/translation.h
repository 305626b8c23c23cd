/* SPDX-License-Identifier: GPL-2.0 */
/* What verifier and JIT make of a case, with nothing run: the translated program, its native code,
 * and where each came from. */
#ifndef CHECKJIT_TRANSLATION_H
#define CHECKJIT_TRANSLATION_H

#include "session/trial.h"

#define NOWHERE UINT32_MAX

/* What one instruction of the program that was sent became; it reaches as far as the next origin.
 */
struct origin {
	u32 insn; /* first slot of the translated program */
	u32 slot; /* of prog.progs[0] */
	u32 off;  /* of its native code, or NOWHERE: it is in that of the origins before it */
};

struct native_func {
	u32 off, len; /* in the native code */
	u32 at;	      /* distance from the first function in memory, which calls are made of */
};

struct translation {
	char *reason;		  /* why there is nothing to show, or NULL */
	struct wrapper_prog prog; /* what was sent */
	struct insn *xlated;
	u32 nr_xlated;
	u8 *jited; /* all functions one after the other */
	u32 jited_size;
	struct origin
		*origins; /* ascending in everything; none where the kernel knows no line_info */
	u32 norigins;
	struct native_func *funcs;
	u32 nfuncs;
	bool inferred; /* offsets come from the lengths of growing prefixes: approximate */
};

/*
 * Load the case of @ask, run nothing. Where the JIT does not say which native code belongs to which
 * instruction, or with @infer in any case, its boundaries in the body are inferred. 0 with @out
 * filled (translation_free() it), -EINTR or -ENODEV as session_try().
 */
int translate_case(struct session *session, const struct trial_ask *ask, bool infer,
		   struct translation *out);
void translation_free(struct translation *t);

/* The tables of @reply, believed only where they make sense; t->prog is what was sent. */
void translation_read(struct translation *t, const struct guest *g, const struct reply *reply);

/* The native code of origin @i: from its offset to the next that is known, or the end of the
 * function. False: none. */
bool origin_native(const struct translation *t, u32 i, u32 *off, u32 *len);

/* An offset in the native code as it lies in memory, from the start of the first function: what
 * jumps and calls are relative to. */
u32 native_at(const struct translation *t, u32 off);

#endif
