/* SPDX-License-Identifier: GPL-2.0 */
/* A dumped state against the model's: which vectors fail, and what differs in the first. */
#ifndef CHECKJIT_DIFF_H
#define CHECKJIT_DIFF_H

#include "report/record.h"
#include "campaign/runner.h"

struct diff {
	u32 failed;		/* vectors that differ */
	u32 vec;		/* the first of them */
	u32 retval;		/* its observed state … */
	u8 *slot, *ctx;
	u8 *want_slot, *want_ctx;	/* … and the expected one */
	u32 want_retval;
	struct frame_block block;
	enum frame_kind kind;
};

/* Compare the dump in @reply, of a job of one member. */
void diff_dump(const struct job *job, const struct reply *reply, enum byte_order order, int word_bits, struct diff *out);

/* Put what differs, the inputs and the vector's place into @rec. */
void diff_record(const struct diff *d, const struct member *m, enum byte_order order, struct record *rec);
void diff_free(struct diff *d);

/* Register k as the spill shows it: under the wide and halves frames whole, else its low half. */
u64 spilled_reg(const struct frame_block *b, enum frame_kind kind, const u8 *slot, int k, enum byte_order order);

#endif
