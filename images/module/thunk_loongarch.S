/* SPDX-License-Identifier: GPL-2.0 */
/* checkjit_thunk() of thunk.h. Its stack frame: canaries, registers that it saves, its state. */
#include <linux/linkage.h>
#include <asm/asm.h>
#include <asm/regdef.h>
#include "thunk.h"

#define OWN(i)	(CANARY_BYTES + (i) * WORD)
#define FRAME	OWN(12)			/* ra, s0-s8, fp, state */

.macro each_s op, base, off
	\op	s0, \base, \off + 0 * WORD
	\op	s1, \base, \off + 1 * WORD
	\op	s2, \base, \off + 2 * WORD
	\op	s3, \base, \off + 3 * WORD
	\op	s4, \base, \off + 4 * WORD
	\op	s5, \base, \off + 5 * WORD
	\op	s6, \base, \off + 6 * WORD
	\op	s7, \base, \off + 7 * WORD
	\op	s8, \base, \off + 8 * WORD
	\op	fp, \base, \off + 9 * WORD
.endm

/* The kernel needs these, also while the program runs: its thread and its CPU's data. */
.macro store_kernels base, off
	REG_S	tp, \base, \off
	REG_S	u0, \base, \off + WORD
.endm

.macro copy_words from, from_off, to, to_off
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	REG_L	t0, \from, \from_off + \i * WORD
	REG_S	t0, \to, \to_off + \i * WORD
	.endr
.endm

SYM_FUNC_START(checkjit_thunk)
	addi.d	sp, sp, -FRAME
	REG_S	ra, sp, OWN(0)
	each_s	REG_S, sp, OWN(1)
	REG_S	a3, sp, OWN(11)
	copy_words a3, WANT(CANARY), sp, 0
	REG_S	sp, a3, WANT(10)
	store_kernels a3, WANT(11)
	la.pcrel t0, found_sp
	REG_S	sp, t0, 0
	each_s	REG_L, a3, WANT(0)
	jirl	ra, a2, 0
	move	t1, sp
	la.pcrel t0, found_sp
	REG_L	sp, t0, 0
	REG_L	a3, sp, OWN(11)
	REG_S	t1, a3, GOT(10)
	store_kernels a3, GOT(11)
	REG_L	tp, a3, WANT(11)
	REG_L	u0, a3, WANT(12)
	each_s	REG_S, a3, GOT(0)
	copy_words sp, 0, a3, GOT(CANARY)
	each_s	REG_L, sp, OWN(1)
	REG_L	ra, sp, OWN(0)
	addi.d	sp, sp, FRAME
	jr	ra
SYM_FUNC_END(checkjit_thunk)
