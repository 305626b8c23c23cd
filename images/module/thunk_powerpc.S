/* SPDX-License-Identifier: GPL-2.0 */
/* checkjit_thunk() of thunk.h, for both 64-bit ABIs and that of 32-bit PowerPC. */
#include <linux/linkage.h>
#include <asm/ppc_asm.h>
#include "thunk.h"

/* at 0(r1), the callee's: to save lr, cr and the TOC in, for ELFv1 eight arguments, too */
#ifdef CONFIG_PPC64_ELF_ABI_V1
#define HEADER	(48 + 64)
#define TOC_AT	40
#elif defined(CONFIG_PPC64)
#define HEADER	32
#define TOC_AT	24
#else
#define HEADER	8
#endif
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
	PPC_LL	r0, (\from_off + \i * WORD)(\from)
	PPC_STL	r0, (\to_off + \i * WORD)(\to)
	.endr
.endm

#ifdef CONFIG_PPC64
.macro at_found_sp reg
	bcl	20, 31, 0f
0:	mflr	\reg
	addis	\reg, \reg, (found_sp - 0b)@ha
	addi	\reg, \reg, (found_sp - 0b)@l
.endm

/* r2 is the module's TOC on entry, and again after the call if the callee kept r1 */
_GLOBAL_TOC(checkjit_thunk)
#else
.macro at_found_sp reg
	lis	\reg, found_sp@ha
	addi	\reg, \reg, found_sp@l
.endm

/* r2 is the kernel's current task, also while the program runs */
_GLOBAL(checkjit_thunk)
#endif
	mflr	r0
	PPC_STL	r0, PPC_LR_STKOFF(r1)
	PPC_STLU r1, -FRAME(r1)
	each_saved PPC_STL, r1, SAVED
	PPC_STL	r6, STATE(r1)
	copy_words WANT(CANARY), r6, HEADER, r1
	PPC_STL	r1, WANT(18)(r6)
	at_found_sp r7
	PPC_STL	r1, 0(r7)
#ifdef CONFIG_PPC64
	std	r2, TOC_AT(r1)
#else
	stw	r2, WANT(19)(r6)
#endif
	each_saved PPC_LL, r6, WANT(0)
#ifdef CONFIG_PPC64_ELF_ABI_V1
	ld	r12, 0(r5)		/* r5 points to a descriptor */
	ld	r2, 8(r5)
	ld	r11, 16(r5)
#else
	mr	r12, r5
#endif
	mtctr	r12
	bctrl
	mr	r5, r1
	at_found_sp r7
	PPC_LL	r1, 0(r7)
	PPC_LL	r6, STATE(r1)
#ifdef CONFIG_PPC64
	ld	r2, TOC_AT(r1)
#else
	stw	r2, GOT(19)(r6)
	lwz	r2, WANT(19)(r6)
#endif
	each_saved PPC_STL, r6, GOT(0)
	PPC_STL	r5, GOT(18)(r6)
	copy_words HEADER, r1, GOT(CANARY), r6
	each_saved PPC_LL, r1, SAVED
	addi	r1, r1, FRAME
	PPC_LL	r0, PPC_LR_STKOFF(r1)
	mtlr	r0
	blr
