/* SPDX-License-Identifier: GPL-2.0 */
/* Prints translated insns: those that the kernel makes for itself have no assembler syntax. */
#ifndef CHECKJIT_XLATED_H
#define CHECKJIT_XLATED_H

#include "bpf/wrapper.h"

/* A barrier against speculation, which the verifier inserts (BPF_NOSPEC of include/linux/filter.h).
 */
static inline bool xlated_is_nospec(const struct insn *insn)
{
	return insn->code == (BPF_ST | 0xc0);
}

/* An atomic, also one whose fault the kernel handles (BPF_PROBE_ATOMIC). */
static inline bool xlated_is_atomic(const struct insn *insn)
{
	return insn_class(insn) == BPF_STX &&
	       (BPF_MODE(insn->code) == BPF_ATOMIC || BPF_MODE(insn->code) == 0xe0);
}

/*
 * Print the translated insn at @insn (@insn[1] is read for ld_imm64). @p is the program that was
 * sent; the insn comes from @slot of p->progs[0], which names its functions and maps. A @slot
 * beyond the end: the kernel inserted it.
 */
void xlated_print(char *buf, size_t size, const struct insn *insn, const struct wrapper_prog *p,
		  u32 slot);

#endif
