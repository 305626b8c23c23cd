/* SPDX-License-Identifier: GPL-2.0 */
/* checkjit_thunk() of thunk.h. Its stack frame: canaries, registers that it saves, its state. */
#include <linux/linkage.h>
#include "thunk.h"

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
