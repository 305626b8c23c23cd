/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs as lists of units in which jumps and calls name their target, so that instructions can come and go without
 * anybody counting slots.
 */
#ifndef CHECKJIT_LISTING_H
#define CHECKJIT_LISTING_H

#include "bpf/asm.h"

struct unit {
	struct insn insn[2];
	u8 slots;
	u32 line;
	u32 func;	/* index of the function that it is in */
	s32 target;	/* index of the unit jumped to; one behind the function's last: its end; -1: no jump */
	s32 callee;	/* index of the function that is called or named; -1: none */
};

struct listing {
	struct unit *units;
	u32 cnt, cap;
	struct func *funcs;	/* names are the listing's own; .start is not kept up to date */
	u32 nfuncs;
};

/* False where a jump or a call leads nowhere, or a gotox anywhere: then there is nothing to free. */
bool listing_open(struct listing *l, const struct code *code);
void listing_free(struct listing *l);

/* Index of the unit at slot @slot of the code that @l was made of (before anything was inserted). */
u32 listing_at(const struct listing *l, u32 slot);

/* Put @u before unit @at, into function @func. Jumps to @at come to the new unit where @seen, else to the old one. */
void listing_insert(struct listing *l, u32 at, const struct unit *u, u32 func, bool seen);

/* `goto` unit @target. */
struct unit unit_goto(u32 target);

/*
 * Make code of the units that are not @gone (NULL: none is). What cannot be reached any more goes too, as do functions
 * that nobody calls: the verifier would refuse the one and remove the other. A jump to what is gone leads to what
 * stands behind it. False where that is no program: a function without body, an offset out of range.
 */
bool listing_build(const struct listing *l, const bool *gone, struct code *out);

#endif
