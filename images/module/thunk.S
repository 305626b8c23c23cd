/* SPDX-License-Identifier: GPL-2.0 */
/*
 * checkjit_thunk() of thunk.h, once for each arch. Its stack frame: canaries, registers that it
 * saves, its state.
 */
#include <linux/linkage.h>
#include "thunk.h"

#define CANARY_BYTES	(THUNK_CANARIES * WORD)

	.section .bss
	.balign	8
found_sp:
	.space	8
	.text

#if defined(CONFIG_X86_64)
#include <asm/nospec-branch.h>

.macro copy_words from_off, from, to_off, to
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	movq	(\from_off + \i * 8)(\from), %rax
	movq	%rax, (\to_off + \i * 8)(\to)
	.endr
.endm

SYM_FUNC_START(checkjit_thunk)
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	push	%rcx
	sub	$CANARY_BYTES, %rsp
	copy_words WANT(CANARY), %rcx, 0, %rsp
	mov	%rsp, WANT(6)(%rcx)
	mov	%rsp, found_sp(%rip)
	mov	WANT(0)(%rcx), %rbx
	mov	WANT(1)(%rcx), %rbp
	mov	WANT(2)(%rcx), %r12
	mov	WANT(3)(%rcx), %r13
	mov	WANT(4)(%rcx), %r14
	mov	WANT(5)(%rcx), %r15
	ANNOTATE_RETPOLINE_SAFE
	call	*%rdx
	mov	%rsp, %rdx
	mov	found_sp(%rip), %rsp
	mov	CANARY_BYTES(%rsp), %rcx
	mov	%rbx, GOT(0)(%rcx)
	mov	%rbp, GOT(1)(%rcx)
	mov	%r12, GOT(2)(%rcx)
	mov	%r13, GOT(3)(%rcx)
	mov	%r14, GOT(4)(%rcx)
	mov	%r15, GOT(5)(%rcx)
	mov	%rdx, GOT(6)(%rcx)
	mov	%rax, %rbx
	copy_words 0, %rsp, GOT(CANARY), %rcx
	mov	%rbx, %rax
	add	$(CANARY_BYTES + 8), %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	RET
SYM_FUNC_END(checkjit_thunk)

#elif defined(CONFIG_ARM64)
#include <asm/assembler.h>

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

#elif defined(CONFIG_RISCV)
#include <asm/asm.h>

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

#elif defined(CONFIG_S390)

#define AREA	160			/* at 0(%r15): the callee's, to save registers in */
#define STATE	(AREA + CANARY_BYTES)
#define FRAME	(STATE + 16)

SYM_FUNC_START(checkjit_thunk)
	stmg	%r6,%r15,48(%r15)
	lgr	%r1,%r15
	aghi	%r15,-FRAME
	stg	%r1,0(%r15)
	stg	%r5,STATE(%r15)
	mvc	AREA(CANARY_BYTES,%r15),WANT(CANARY)(%r5)
	stg	%r15,WANT(8)(%r5)
	larl	%r1,found_sp
	stg	%r15,0(%r1)
	lmg	%r6,%r13,WANT(0)(%r5)
	basr	%r14,%r4
	lgr	%r0,%r15
	larl	%r1,found_sp
	lg	%r15,0(%r1)
	lg	%r1,STATE(%r15)
	stmg	%r6,%r13,GOT(0)(%r1)
	stg	%r0,GOT(8)(%r1)
	mvc	GOT(CANARY)(CANARY_BYTES,%r1),AREA(%r15)
	lmg	%r6,%r15,FRAME+48(%r15)
	br	%r14
SYM_FUNC_END(checkjit_thunk)

#elif defined(CONFIG_MIPS)
#include <asm/asm.h>
#include <asm/regdef.h>

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

#elif defined(CONFIG_M68K)

#define SAVED	(11 * 4)
#define STATE	CANARY_BYTES
#define FRAME	(CANARY_BYTES + 4 + SAVED)
#define ARG(i)	(FRAME + 4 + (i) * 4)

/* a2 is the kernel's current task, here and in what interrupts */
SYM_FUNC_START(checkjit_thunk)
	movem.l	%d2-%d7/%a2-%a6,-(%sp)
	move.l	SAVED+4+3*4(%sp),%a0
	move.l	%a0,-(%sp)
	lea	-CANARY_BYTES(%sp),%sp
	movem.l	WANT(CANARY)(%a0),%d0-%d7
	movem.l	%d0-%d7,(%sp)
	move.l	ARG(2)(%sp),%a1
	move.l	ARG(1)(%sp),-(%sp)
	move.l	4+ARG(0)(%sp),-(%sp)
	move.l	%sp,WANT(10)(%a0)
	move.l	%a2,WANT(11)(%a0)
	move.l	%sp,found_sp
	movem.l	WANT(0)(%a0),%d2-%d7/%a3-%a6
	jsr	(%a1)
	move.l	%sp,%d1
	move.l	found_sp,%sp
	addq.l	#8,%sp
	move.l	STATE(%sp),%a0
	movem.l	%d2-%d7/%a3-%a6,GOT(0)(%a0)
	move.l	%d1,GOT(10)(%a0)
	move.l	%a2,GOT(11)(%a0)
	movem.l	(%sp),%d2-%d7/%a3-%a4
	movem.l	%d2-%d7/%a3-%a4,GOT(CANARY)(%a0)
	lea	CANARY_BYTES+4(%sp),%sp
	movem.l	(%sp)+,%d2-%d7/%a2-%a6
	rts
SYM_FUNC_END(checkjit_thunk)

#endif
