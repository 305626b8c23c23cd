/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which native instructions each arch needs for what other CPUs may see of a program. A guest has
 * one CPU, so a JIT that leaves out a LOCK or a barrier computes every state right: its code is
 * held against a table instead.
 */
#ifndef CHECKJIT_IDIOMS_H
#define CHECKJIT_IDIOMS_H

#include "lib/types.h"

/* What an instruction demands, by Documentation/atomic_t.txt and memory-barriers.txt of the kernel.
 */
enum demand {
	DEMAND_ATOMIC,	/* one access for other CPUs, without order: it has no result */
	DEMAND_ORDERED, /* the same, and fully ordered: it has a result */
	DEMAND_CMPXCHG, /* the same, but without order where it fails */
	DEMAND_ACQUIRE,
	DEMAND_RELEASE,
	DEMAND_NOSPEC, /* no CPU speculates beyond it */
	NR_DEMANDS,
	DEMAND_WIDE = 0x10, /* or'ed to one of the above: it is of 64 bits */
};

#define IDIOM_TEXT 96

/* The first demand that native code does not meet. */
struct unmet {
	u32 nr;			/* index of the demand; the number of demands: an atomic too many */
	char want[IDIOM_TEXT];	/* "ldxr stlxr dmb | lse_al"; empty: nothing */
	char found[IDIOM_TEXT]; /* the next instructions of that kind, or "nothing" */
};

/*
 * Hold @code, the native code of all functions of a program, against @demands, which are in the
 * order of the program's instructions. Returns 0 if each is met; -EILSEQ with @unmet filled;
 * -ENOTSUP if there is no disassembler or no table for @arch.
 */
int idioms_check(const char *arch, const u8 *code, u32 size, const enum demand *demands, u32 cnt,
		 struct unmet *unmet);

#endif
