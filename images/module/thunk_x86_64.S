/* SPDX-License-Identifier: GPL-2.0 */
/* checkjit_thunk() of thunk.h. Its stack frame: canaries, registers that it saves, its state. */
#include <linux/linkage.h>
#include <asm/nospec-branch.h>
#include "thunk.h"

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
