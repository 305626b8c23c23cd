/* SPDX-License-Identifier: GPL-2.0 */
/*
 * checkjit_thunk() of thunk.h, for the V9 ABI. The callee has a register window of its own: it must
 * leave %l0-%l7 and %i0-%i7 of this one.
 */
#include <linux/linkage.h>
#include "thunk.h"

#define BIAS	 2047
#define CANARIES (BIAS + 176)		/* below: this window, and the callee's arguments */
#define STATE	 (CANARIES + CANARY_BYTES)
#define FRAME	 ((STATE - BIAS + WORD + 15) & ~15)

/* %i3 is the last: load_wanted takes all from where it points. */
.macro each_checked op
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	\op	%l\i, \i
	.endr
	.irp	i, 0, 1, 2, 4, 5, 3
	\op	%i\i, 8 + \i
	.endr
.endm

.macro load_wanted reg, i
	ldx	[%i3 + WANT(\i)], \reg
.endm

.macro store_got reg, i
	stx	\reg, [%o2 + GOT(\i)]
.endm

/* The kernel needs these, also while the program runs. */
.macro store_kernels base, off
	stx	%fp, [\base + \off + 1 * WORD]
	stx	%g4, [\base + \off + 2 * WORD]
	stx	%g5, [\base + \off + 3 * WORD]
	stx	%g6, [\base + \off + 4 * WORD]
.endm

.macro copy_words from, from_off, to, to_off
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	ldx	[\from + \from_off + \i * WORD], %o3
	stx	%o3, [\to + \to_off + \i * WORD]
	.endr
.endm

SYM_FUNC_START(checkjit_thunk)
	save	%sp, -FRAME, %sp
	stx	%i3, [%sp + STATE]
	copy_words %i3, WANT(CANARY), %sp, CANARIES
	stx	%sp, [%i3 + WANT(14)]
	store_kernels %i3, WANT(14)
	sethi	%hi(found_sp), %o3
	stx	%sp, [%o3 + %lo(found_sp)]
	mov	%i0, %o0
	mov	%i1, %o1
	mov	%i2, %o2
	each_checked load_wanted
	call	%o2
	 nop
	mov	%sp, %o1
	sethi	%hi(found_sp), %o3
	ldx	[%o3 + %lo(found_sp)], %sp
	ldx	[%sp + STATE], %o2
	each_checked store_got
	stx	%o1, [%o2 + GOT(14)]
	store_kernels %o2, GOT(14)
	copy_words %sp, CANARIES, %o2, GOT(CANARY)
	mov	%o0, %i0
	ret
	 restore
SYM_FUNC_END(checkjit_thunk)
