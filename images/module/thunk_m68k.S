/* SPDX-License-Identifier: GPL-2.0 */
/* checkjit_thunk() of thunk.h. Its stack frame: canaries, registers that it saves, its state. */
#include <linux/linkage.h>
#include "thunk.h"

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
