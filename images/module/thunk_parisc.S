/* SPDX-License-Identifier: GPL-2.0 */
/*
 * checkjit_thunk() of thunk.h, for both word sizes. The stack grows upwards: right below the
 * callee's frame are the words that it may write (FRAME_SIZE), and below these the canaries.
 */
#include <linux/linkage.h>
#include <asm/assembly.h>
#include "thunk.h"

#define CANARIES (-(FRAME_SIZE + CANARY_BYTES))
#define OWN(i)	 (CANARIES - (1 + (i)) * WORD)
#define FRAME	 ((-OWN(18) + 63) & ~63)	/* r3-r18, state, r27, and the alignment */

.macro each_saved op
	.irp	i, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18
	\op	%r\i, (\i - 3)
	.endr
.endm

.macro keep reg, i
	STREG	\reg, OWN(\i)(%sp)
.endm

.macro restore reg, i
	LDREG	OWN(\i)(%sp), \reg
.endm

.macro load_wanted reg, i
	LDREG	WANT(\i)(%r23), \reg
.endm

.macro store_got reg, i
	STREG	\reg, GOT(\i)(%r23)
.endm

.macro copy_words from, from_off, to, to_off
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	LDREG	(\from_off + \i * WORD)(\from), %r20
	STREG	%r20, (\to_off + \i * WORD)(\to)
	.endr
.endm

/* The address of found_sp, without the global pointer, which a program may have changed. */
.macro at_found_sp reg
	.align	8
	BL	1f, \reg
	depi	0, 31, 2, \reg
1:	LDREG	(.Lwhere - 1b)(\reg), \reg
.endm

	.level	PA_ASM_LEVEL
ENTRY(checkjit_thunk)
	STREG	%rp, -RP_OFFSET(%sp)
	ldo	FRAME(%sp), %sp
	each_saved keep
	keep	%r23, 16
	copy_words %r23, WANT(CANARY), %sp, CANARIES
	STREG	%sp, WANT(16)(%r23)
	at_found_sp %r20
	STREG	%sp, 0(%r20)
#ifdef CONFIG_64BIT
	ldd	16(%r24), %rp		/* r24 points to a descriptor */
	ldd	24(%r24), %r22
	keep	%r27, 17
	each_saved load_wanted
	bve,l	(%rp), %rp
	copy	%r22, %r27
#else
	STREG	%r27, WANT(17)(%r23)
	each_saved load_wanted
	blr	%r0, %rp
	bv,n	%r0(%r24)
#endif
	copy	%sp, %r21
	at_found_sp %r20
	LDREG	0(%r20), %sp
	restore	%r23, 16
	STREG	%r21, GOT(16)(%r23)
#ifdef CONFIG_64BIT
	restore	%r27, 17
#else
	STREG	%r27, GOT(17)(%r23)
	LDREG	WANT(17)(%r23), %r27
#endif
	each_saved store_got
	copy_words %sp, CANARIES, %r23, GOT(CANARY)
	each_saved restore
	ldo	-FRAME(%sp), %sp
	LDREG	-RP_OFFSET(%sp), %rp
	bv	%r0(%rp)
	nop
	.align	8
.Lwhere:
#ifdef CONFIG_64BIT
	.dword	found_sp
#else
	.word	found_sp
#endif
ENDPROC(checkjit_thunk)
