/* SPDX-License-Identifier: GPL-2.0 */
/* checkjit_thunk() of thunk.h. Its stack frame: canaries, its state, registers that it saves. */
#include <linux/linkage.h>
#include "thunk.h"

#define STATE	CANARY_BYTES

ENTRY(checkjit_thunk)
	push	{r3-r11, lr}
	sub	sp, sp, #CANARY_BYTES
	add	r12, r3, #WANT(CANARY)
	ldmia	r12, {r4-r11}
	stmia	sp, {r4-r11}
	mov	r12, sp
	str	r12, [r3, #WANT(8)]
	ldr	r4, =found_sp
	str	r12, [r4]
	ldmia	r3, {r4-r11}
	blx	r2
	mov	r2, sp
	ldr	r12, =found_sp
	ldr	r12, [r12]
	mov	sp, r12
	ldr	r3, [sp, #STATE]
	str	r2, [r3, #GOT(8)]
	add	r12, r3, #GOT(0)
	stmia	r12, {r4-r11}
	add	r12, r3, #GOT(CANARY)
	ldmia	sp, {r4-r11}
	stmia	r12, {r4-r11}
	add	sp, sp, #CANARY_BYTES
	pop	{r3-r11, pc}
	.ltorg
ENDPROC(checkjit_thunk)
