/* SPDX-License-Identifier: GPL-2.0 */
/* Compares a dumped state with the model's: which vectors fail, and how the first one differs. */
#ifndef CHECKJIT_DIFF_H
#define CHECKJIT_DIFF_H

#include "session/exec.h"

struct diff {
	u32 failed; /* number of vectors that differ; if 0, nothing below is valid */
	u32 vec;    /* the first vector that differs */
	u32 retval, want_retval;
	u8 *slot, *want_slot; /* the block's slot in the I/O map after that vector */
	u8 *ctx, *want_ctx;   /* NULL: the case has no context */
	struct wrapper_block block;
	enum wrapper_kind kind;
};

/* Compare the dump in @reply with the model; @x has one case. Release @out with diff_free(). */
void diff_dump(const struct exec *x, const struct reply *reply, enum byte_order order,
	       int word_bits, struct diff *out);
void diff_free(struct diff *d);

/* Register @k as spilled in @slot: all of it if the wrapper @kind stores all, else its low half. */
u64 spilled_reg(const struct wrapper_block *b, enum wrapper_kind kind, const u8 *slot, int k,
		enum byte_order order);

#endif
