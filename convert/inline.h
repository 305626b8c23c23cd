/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A case as a program of its own: it makes its inputs, runs the body, and returns 1 if all 64 bits of what is compared are
 * as expected. For test harnesses that pass nothing in and look at 32 bits of r0.
 */
#ifndef CHECKJIT_INLINE_H
#define CHECKJIT_INLINE_H

#include "convert/export.h"

/* Where inputs come from and where the window `mem` lies. */
enum inline_kind {
	INLINE_CONST,	/* constants; mem is on the stack, below the stack window */
	INLINE_ARG,	/* constants; r1 is the address of mem at the start */
	INLINE_GLOBAL,	/* fd_array[1]'s value: 10 u64 for the registers, the stack window, mem. A verifier that sees
			 * constants would decide branches by itself. */
};

#define INLINE_EQUAL 1	/* what the program returns where all is as expected */

struct inlined {
	struct code code;
	u32 body, body_cnt;	/* slots of the case's own body in it */
	u32 stack;		/* bytes of stack that it uses */
	u32 retval;		/* the low half of r0 at its end */
	u64 regs[CASE_REGS];	/* INLINE_GLOBAL: the values to put there */
	u32 stack_size, mem_size;	/* bytes of the windows, without guards */
	const u8 *stack_win, *mem_win;
	int reg;		/* compared, or -1: memory only */
	bool raw;		/* the case is a whole program: retval is its own */
	struct model_state st;
};

int inline_build(const struct export_ask *a, enum inline_kind kind, struct inlined *out, char why[EXPORT_WHY]);
void inline_free(struct inlined *in);

#endif
