/* SPDX-License-Identifier: GPL-2.0 */
/* checkjit_thunk() of thunk.h. Its stack frame: canaries, registers that it saves, its state. */
#include <linux/linkage.h>
#include <asm/asm.h>
#include "thunk.h"

#define FRAME	(24 * WORD)	/* canaries, ra, s0-s11, state, and the alignment */
#define OWN(i)	((THUNK_CANARIES + (i)) * WORD)

.macro each_s op, base, off
	\op	s0, (\off + 0 * WORD)(\base)
	\op	s1, (\off + 1 * WORD)(\base)
	\op	s2, (\off + 2 * WORD)(\base)
	\op	s3, (\off + 3 * WORD)(\base)
	\op	s4, (\off + 4 * WORD)(\base)
	\op	s5, (\off + 5 * WORD)(\base)
	\op	s6, (\off + 6 * WORD)(\base)
	\op	s7, (\off + 7 * WORD)(\base)
	\op	s8, (\off + 8 * WORD)(\base)
	\op	s9, (\off + 9 * WORD)(\base)
	\op	s10, (\off + 10 * WORD)(\base)
	\op	s11, (\off + 11 * WORD)(\base)
.endm

.macro copy_words from, from_off, to, to_off
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	REG_L	t0, (\from_off + \i * WORD)(\from)
	REG_S	t0, (\to_off + \i * WORD)(\to)
	.endr
.endm

SYM_FUNC_START(checkjit_thunk)
	addi	sp, sp, -FRAME
	REG_S	ra, OWN(0)(sp)
	each_s	REG_S, sp, OWN(1)
	REG_S	a3, OWN(13)(sp)
	copy_words a3, WANT(CANARY), sp, 0
	REG_S	sp, WANT(12)(a3)
	REG_S	gp, WANT(13)(a3)
	REG_S	tp, WANT(14)(a3)
	la	t0, found_sp
	REG_S	sp, (t0)
	each_s	REG_L, a3, WANT(0)
	jalr	a2
	mv	t1, sp
	la	t0, found_sp
	REG_L	sp, (t0)
	REG_L	a3, OWN(13)(sp)
	REG_S	t1, GOT(12)(a3)
	REG_S	gp, GOT(13)(a3)
	REG_S	tp, GOT(14)(a3)
	REG_L	gp, WANT(13)(a3)
	REG_L	tp, WANT(14)(a3)
	each_s	REG_S, a3, GOT(0)
	copy_words sp, 0, a3, GOT(CANARY)
	each_s	REG_L, sp, OWN(1)
	REG_L	ra, OWN(0)(sp)
	addi	sp, sp, FRAME
	ret
SYM_FUNC_END(checkjit_thunk)
