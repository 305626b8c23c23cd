/* SPDX-License-Identifier: GPL-2.0 */
/* Compares a dumped state with the model's: which vectors fail, and how the first one differs. */
#ifndef CHECKJIT_DIFF_H
#define CHECKJIT_DIFF_H

#include "session/exec.h"

/* How the states of all vectors of a case compare with the model's. */
enum agreement {
	AGREE_STANDARD,
	AGREE_PREDICTED, /* with those of a machine that has quirks */
	AGREE_NEITHER,
};

/* One vector's state as the wrapper shows it. */
struct shown_state {
	u32 retval;
	u8 *slot; /* the block's, in the I/O map */
	u8 *ctx;  /* NULL: the case has no context */
};

struct diff {
	u32 failed; /* number of vectors with AGREE_NEITHER; if 0, nothing below is valid */
	u32 vec;    /* the first of them */
	struct shown_state got, want, predicted; /* predicted.slot NULL: no quirk comes by */
	struct wrapper_block block;
	enum wrapper_kind kind;
};

/*
 * Compare the dump in @reply with the model, also as a machine with the quirks @q that runs the
 * jumps @wired, or, if NULL, those that were sent; @x has one case. *@met: the quirks that change
 * the state of a vector. Release @out with diff_free().
 */
enum agreement diff_dump(const struct exec *x, const struct reply *reply, enum byte_order order,
			 int word_bits, const struct quirks *q, const u8 *wired, struct diff *out,
			 quirk_set *met);
void diff_free(struct diff *d);

/* Register @k as spilled in @slot: all of it if the wrapper @kind stores all, else its low half. */
u64 spilled_reg(const struct wrapper_block *b, enum wrapper_kind kind, const u8 *slot, int k,
		enum byte_order order);

#endif
