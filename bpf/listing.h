/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs as lists of units, in which jumps and calls name their target, so that instructions can
 * be added and removed without adjusting distances.
 */
#ifndef CHECKJIT_LISTING_H
#define CHECKJIT_LISTING_H

#include "bpf/asm.h"

struct unit {
	struct insn insn[2];
	u8 slots;
	u32 line;
	u32 func;   /* index of its function */
	s32 target; /* index of the unit jumped to, or of the first unit behind the function; -1: no
		       jump */
	s32 callee; /* index of the function that is called or whose address is taken; -1: none */
};

struct listing {
	struct unit *units;
	u32 cnt, cap;
	struct func *funcs; /* with names of their own; .start is not kept up to date */
	u32 nfuncs;
};

/*
 * Make @l from @code. Returns false, and there is nothing to free, if a jump or call leads out of
 * its function or program, or if there is a gotox.
 */
bool listing_open(struct listing *l, const struct code *code);
void listing_free(struct listing *l);

/* Returns the index of the unit at slot @slot, if nothing was inserted yet. */
u32 listing_at(const struct listing *l, u32 slot);

/* Insert @u before unit @at into function @func. With @seen, jumps to @at lead to the new unit. */
void listing_insert(struct listing *l, u32 at, const struct unit *u, u32 func, bool seen);

/* Returns a `goto` to unit @target. */
struct unit unit_goto(u32 target);

/*
 * Make code from the units that are not @gone (NULL: all). Unreachable units and unused functions
 * are dropped, as the verifier would reject or remove them. A jump to a dropped unit leads to the
 * next one that is left. Returns false if a function has no body or a distance does not fit.
 */
bool listing_build(const struct listing *l, const bool *gone, struct code *out);

#endif
