/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shared by thunk_*.S and their caller: an array of words before the call, and the same words after
 * it.
 */
#ifndef CHECKJIT_THUNK_H
#define CHECKJIT_THUNK_H

#define THUNK_REGS     20 /* at most: callee-saved registers and the stack pointer */
#define THUNK_CANARIES 8  /* words of the caller's stack frame, right above the callee's */
#define THUNK_WORDS    (THUNK_REGS + THUNK_CANARIES)

#ifdef __ASSEMBLY__
#define WORD	     __SIZEOF_LONG__
#define WANT(i)	     ((i)*WORD)
#define GOT(i)	     ((THUNK_WORDS + (i)) * WORD)
#define CANARY	     THUNK_REGS /* index of the first */
#define CANARY_BYTES (THUNK_CANARIES * WORD)

/* clang-format off */
	.section .bss
	.balign	8
found_sp:
	.space	8
	.text
/* clang-format on */
#else

struct thunk_state {
	unsigned long want[THUNK_WORDS], got[THUNK_WORDS];
};

/* clang-format off */
/* Names of want[0 .. THUNK_REGS - 1], in the order of thunk_*.S; NULL: this arch has fewer. */
#if defined(CONFIG_X86_64)
#define THUNK_NAMES	{ "rbx", "rbp", "r12", "r13", "r14", "r15", "rsp" }
#elif defined(CONFIG_X86_32)
#define THUNK_NAMES	{ "ebx", "ebp", "esi", "edi", "esp" }
#elif defined(CONFIG_ARM)
#define THUNK_NAMES	{ "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "sp" }
#elif defined(CONFIG_SPARC64)
#define THUNK_NAMES \
	{ "l0", "l1", "l2", "l3", "l4", "l5", "l6", "l7", "i0", "i1", \
	  "i2", "i3", "i4", "i5", "sp", "fp", "g4", "g5", "g6" }
#elif defined(CONFIG_PPC)
#define THUNK_SAVED \
	"r14", "r15", "r16", "r17", "r18", "r19", "r20", "r21", "r22", "r23", \
	"r24", "r25", "r26", "r27", "r28", "r29", "r30", "r31", "r1"
#ifdef CONFIG_PPC32
#define THUNK_NAMES	{ THUNK_SAVED, "r2" }
#else
#define THUNK_NAMES	{ THUNK_SAVED }
#endif
#elif defined(CONFIG_ARM64)
#define THUNK_NAMES \
	{ "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "sp" }
#elif defined(CONFIG_RISCV)
#define THUNK_NAMES \
	{ "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", \
	  "s8", "s9", "s10", "s11", "sp", "gp", "tp" }
#elif defined(CONFIG_S390)
#define THUNK_NAMES	{ "r6", "r7", "r8", "r9", "r10", "r11", "r12", "r13", "r15" }
#elif defined(CONFIG_MIPS)
#define THUNK_NAMES \
	{ "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "sp", "gp" }
#elif defined(CONFIG_LOONGARCH)
#define THUNK_NAMES \
	{ "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "fp", "sp", "tp", "u0" }
#elif defined(CONFIG_PARISC)
#define THUNK_SAVED \
	"r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", \
	"r16", "r17", "r18", "sp"
#ifdef CONFIG_64BIT
#define THUNK_NAMES	{ THUNK_SAVED }
#else
#define THUNK_NAMES	{ THUNK_SAVED, "r27" }
#endif
#elif defined(CONFIG_M68K)
#define THUNK_NAMES	{ "d2", "d3", "d4", "d5", "d6", "d7", "a3", "a4", "a5", "a6", "sp", "a2" }
#endif
/* clang-format on */

#ifdef THUNK_NAMES
#define HAVE_THUNK 1
/*
 * Call fn(ctx, insns) with want[] in the registers and above the stack; their values afterwards are
 * in got[]. The thunk itself writes want[] for the stack pointer and for registers that the kernel
 * needs unchanged even in between. One call at a time: a variable restores a lost stack pointer.
 */
asmlinkage unsigned int checkjit_thunk(const void *ctx, const struct bpf_insn *insns,
				       unsigned int (*fn)(const void *, const struct bpf_insn *),
				       struct thunk_state *st);
#endif

#endif
#endif
