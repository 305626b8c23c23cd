/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Turns a case into a self-contained program, for test harnesses that pass no inputs and compare
 * 32 bits of r0: it sets up its inputs, runs the body and returns 1 if all 64 bits of the compared
 * register, and memory, are as expected.
 */
#ifndef CHECKJIT_INLINE_H
#define CHECKJIT_INLINE_H

#include "convert/export.h"

/* Where the inputs come from and where the window `mem` is. */
enum inline_kind {
	INLINE_CONST,  /* constants; mem is on the stack, below the stack window */
	INLINE_ARG,    /* constants; r1 is the address of mem at the start */
	INLINE_GLOBAL, /* the value of fd_array[1]: 10 u64 for the registers, the stack window, mem;
			* the verifier cannot decide branches on it as it would on constants */
};

#define INLINE_EQUAL 1 /* the program returns this if everything is as expected */

struct inlined {
	struct code code;
	u32 body, body_cnt;	  /* slots of the case's body */
	u32 stack;		  /* bytes of stack used */
	u32 retval;		  /* expected low half of r0 at the end */
	u64 regs[CASE_REGS];	  /* INLINE_GLOBAL: initial values of the registers */
	u32 stack_size, mem_size; /* bytes of the windows, without guards */
	const u8 *stack_win, *mem_win;
	int reg;  /* the register that is compared, or -1: memory only */
	bool raw; /* the case is a whole program and retval its own result */
	struct model_state st;
};

int inline_build(const struct export_ask *a, enum inline_kind kind, struct inlined *out,
		 char why[EXPORT_WHY]);
void inline_free(struct inlined *in);

#endif
