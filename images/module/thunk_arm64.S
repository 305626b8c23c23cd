/* SPDX-License-Identifier: GPL-2.0 */
/* checkjit_thunk() of thunk.h. Its stack frame: canaries, registers that it saves, its state. */
#include <linux/linkage.h>
#include <asm/assembler.h>
#include "thunk.h"

#define FRAME	112	/* of its own */

.macro copy_words from, from_off, to, to_off
	.irp	i, 0, 16, 32, 48
	ldp	x9, x10, [\from, #\from_off + \i]
	stp	x9, x10, [\to, #\to_off + \i]
	.endr
.endm

.macro each_pair op, base
	\op	x19, x20, [\base, #0]
	\op	x21, x22, [\base, #16]
	\op	x23, x24, [\base, #32]
	\op	x25, x26, [\base, #48]
	\op	x27, x28, [\base, #64]
.endm

SYM_FUNC_START(checkjit_thunk)
	stp	x29, x30, [sp, #-FRAME]!
	mov	x29, sp
	add	x9, sp, #16
	each_pair stp, x9
	str	x3, [sp, #96]
	sub	sp, sp, #CANARY_BYTES
	mov	x11, sp
	copy_words x3, WANT(CANARY), x11, 0
	str	x11, [x3, #WANT(11)]
	adr_l	x9, found_sp
	str	x11, [x9]
	ldr	x29, [x3, #WANT(10)]
	each_pair ldp, x3
	blr	x2
	mov	x12, sp
	adr_l	x9, found_sp
	ldr	x11, [x9]
	mov	sp, x11
	ldr	x3, [sp, #CANARY_BYTES + 96]
	str	x12, [x3, #GOT(11)]
	str	x29, [x3, #GOT(10)]
	add	x9, x3, #GOT(0)
	each_pair stp, x9
	copy_words x11, 0, x3, GOT(CANARY)
	add	sp, sp, #CANARY_BYTES
	add	x9, sp, #16
	each_pair ldp, x9
	ldp	x29, x30, [sp], #FRAME
	ret
SYM_FUNC_END(checkjit_thunk)
