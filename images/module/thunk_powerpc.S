/* SPDX-License-Identifier: GPL-2.0 */
/* checkjit_thunk() of thunk.h, for the ELFv2 ABI. */
#include <linux/linkage.h>
#include <asm/ppc_asm.h>
#include "thunk.h"

#define HEADER	32			/* at 0(r1): the callee's, to save lr, cr and the TOC in */
#define SAVED	(HEADER + CANARY_BYTES)
#define STATE	(SAVED + 18 * WORD)	/* r14-r31 */
#define FRAME	((STATE + WORD + 15) & ~15)

.macro each_saved op, base, off
	.irp	i, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op	\i, (\off + (\i - 14) * WORD)(\base)
	.endr
.endm

.macro copy_words from_off, from, to_off, to
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	ld	r0, (\from_off + \i * WORD)(\from)
	std	r0, (\to_off + \i * WORD)(\to)
	.endr
.endm

/* r2 is the module's TOC on entry, and again after the call if the callee kept r1 */
_GLOBAL_TOC(checkjit_thunk)
	mflr	r0
	std	r0, 16(r1)
	stdu	r1, -FRAME(r1)
	each_saved std, r1, SAVED
	std	r6, STATE(r1)
	copy_words WANT(CANARY), r6, HEADER, r1
	std	r1, WANT(18)(r6)
	bcl	20, 31, 0f
0:	mflr	r7
	addis	r7, r7, (found_sp - 0b)@ha
	addi	r7, r7, (found_sp - 0b)@l
	std	r1, 0(r7)
	std	r2, 24(r1)
	each_saved ld, r6, WANT(0)
	mr	r12, r5
	mtctr	r12
	bctrl
	mr	r5, r1
	bcl	20, 31, 1f
1:	mflr	r7
	addis	r7, r7, (found_sp - 1b)@ha
	addi	r7, r7, (found_sp - 1b)@l
	ld	r1, 0(r7)
	ld	r2, 24(r1)
	ld	r6, STATE(r1)
	each_saved std, r6, GOT(0)
	std	r5, GOT(18)(r6)
	copy_words HEADER, r1, GOT(CANARY), r6
	each_saved ld, r1, SAVED
	addi	r1, r1, FRAME
	ld	r0, 16(r1)
	mtlr	r0
	blr
