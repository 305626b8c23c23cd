/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How verifier and JIT translate a case: the translated program, its native code, and the origin of
 * each. Nothing is run.
 */
#ifndef CHECKJIT_TRANSLATION_H
#define CHECKJIT_TRANSLATION_H

#include "session/trial.h"

#define NOWHERE UINT32_MAX

/* Maps an insn of the program that was sent to its translation, which ends at the next origin. */
struct origin {
	u32 insn; /* first slot of the translated program */
	u32 slot; /* in prog.progs[0] */
	u32 off;  /* of its native code; NOWHERE: inside that of earlier origins */
};

struct native_func {
	u32 off, len; /* in the native code */
	u32 at;	      /* distance from the first function in memory, as calls use it */
};

struct translation {
	char *reason;		  /* why there is nothing to show, or NULL */
	struct wrapper_prog prog; /* the program that was sent */
	struct insn *xlated;
	u32 nr_xlated;
	u8 *jited; /* all functions, one after the other */
	u32 jited_size;
	struct origin *origins; /* ascending in all members; empty if the kernel lacks line_info */
	u32 norigins;
	struct native_func *funcs;
	u32 nfuncs;
	bool inferred; /* offsets are approximate: inferred from the lengths of growing prefixes */
};

/*
 * Load the case of @ask without running it. If the JIT does not report which native code belongs to
 * which insn, or if @infer, infer the boundaries in the body. Returns 0 with @out filled, for
 * translation_free(); -EINTR or -ENODEV as session_try().
 */
int translate_case(struct session *session, const struct trial_ask *ask, bool infer,
		   struct translation *out);
void translation_free(struct translation *t);

/* Read the tables of @reply, ignoring entries that make no sense; t->prog must be what was sent. */
void translation_read(struct translation *t, const struct guest *g, const struct reply *reply);

/*
 * Find the native code of origin @i: from its offset to the next known one, or to the end of the
 * function. Returns false if there is none.
 */
bool origin_native(const struct translation *t, u32 i, u32 *off, u32 *len);

/*
 * Returns where offset @off of the native code is in memory, relative to the first function: jumps
 * and calls use these addresses.
 */
u32 native_at(const struct translation *t, u32 off);

#endif
