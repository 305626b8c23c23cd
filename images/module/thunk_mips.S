/* SPDX-License-Identifier: GPL-2.0 */
/* checkjit_thunk() of thunk.h. Its stack frame: canaries, registers that it saves, its state. */
#include <linux/linkage.h>
#include <asm/asm.h>
#include <asm/regdef.h>
#include "thunk.h"

#ifdef CONFIG_32BIT
#define AREA	16			/* at 0(sp): the callee's, to save arguments in */
#else
#define AREA	0
#endif
#define OWN(i)	(AREA + CANARY_BYTES + (i) * WORD)
#define FRAME	((OWN(11) + 15) & ~15)	/* ra, s0-s8, state, and the alignment */

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
.endm

.macro copy_words from, from_off, to, to_off
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	REG_L	t0, (\from_off + \i * WORD)(\from)
	REG_S	t0, (\to_off + \i * WORD)(\to)
	.endr
.endm

	.set	noreorder
/* gp is the kernel's current thread, also while the program runs */
LEAF(checkjit_thunk)
	PTR_ADDIU	sp, sp, -FRAME
	REG_S	ra, OWN(0)(sp)
	each_s	REG_S, sp, OWN(1)
	REG_S	a3, OWN(10)(sp)
	copy_words a3, WANT(CANARY), sp, AREA
	REG_S	sp, WANT(9)(a3)
	REG_S	gp, WANT(10)(a3)
	PTR_LA	t0, found_sp
	REG_S	sp, (t0)
	each_s	REG_L, a3, WANT(0)
	jalr	a2
	 nop
	move	t1, sp
	PTR_LA	t0, found_sp
	REG_L	sp, (t0)
	REG_L	a3, OWN(10)(sp)
	REG_S	t1, GOT(9)(a3)
	REG_S	gp, GOT(10)(a3)
	REG_L	gp, WANT(10)(a3)
	each_s	REG_S, a3, GOT(0)
	copy_words sp, AREA, a3, GOT(CANARY)
	each_s	REG_L, sp, OWN(1)
	REG_L	ra, OWN(0)(sp)
	jr	ra
	 PTR_ADDIU	sp, sp, FRAME
END(checkjit_thunk)
