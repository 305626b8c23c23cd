/* SPDX-License-Identifier: GPL-2.0 */
/* checkjit_thunk() of thunk.h. Its stack frame: canaries, its state, registers that it saves. */
#include <linux/linkage.h>
#include "thunk.h"

#define STATE	CANARY_BYTES
#define SAVED	(4 * 4)
#define ARG(i)	(STATE + 4 + SAVED + 4 + (i) * 4)	/* of asmlinkage, on the stack */

.macro copy_words from_off, from, to_off, to
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	mov	(\from_off + \i * 4)(\from), %edx
	mov	%edx, (\to_off + \i * 4)(\to)
	.endr
.endm

/* the kernel passes arguments in eax and edx */
SYM_FUNC_START(checkjit_thunk)
	push	%ebx
	push	%ebp
	push	%esi
	push	%edi
	mov	(SAVED + 4 + 3 * 4)(%esp), %eax
	push	%eax
	sub	$CANARY_BYTES, %esp
	copy_words WANT(CANARY), %eax, 0, %esp
	mov	%esp, WANT(4)(%eax)
	mov	%esp, found_sp
	mov	WANT(0)(%eax), %ebx
	mov	WANT(1)(%eax), %ebp
	mov	WANT(2)(%eax), %esi
	mov	WANT(3)(%eax), %edi
	mov	ARG(0)(%esp), %eax
	mov	ARG(1)(%esp), %edx
	mov	ARG(2)(%esp), %ecx
	call	*%ecx
	mov	%esp, %edx
	mov	found_sp, %esp
	mov	STATE(%esp), %ecx
	mov	%ebx, GOT(0)(%ecx)
	mov	%ebp, GOT(1)(%ecx)
	mov	%esi, GOT(2)(%ecx)
	mov	%edi, GOT(3)(%ecx)
	mov	%edx, GOT(4)(%ecx)
	copy_words 0, %esp, GOT(CANARY), %ecx
	add	$(STATE + 4), %esp
	pop	%edi
	pop	%esi
	pop	%ebp
	pop	%ebx
	RET
SYM_FUNC_END(checkjit_thunk)
