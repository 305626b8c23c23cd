/* SPDX-License-Identifier: GPL-2.0 */
/* Prints translated insns: those that the kernel makes for itself have no assembler syntax. */
#ifndef CHECKJIT_XLATED_H
#define CHECKJIT_XLATED_H

#include "bpf/wrapper.h"

/*
 * Print the translated insn at @insn (@insn[1] is read for ld_imm64). @p is the program that was
 * sent; the insn comes from @slot of p->progs[0], which names its functions and maps. A @slot
 * beyond the end: the kernel inserted it.
 */
void xlated_print(char *buf, size_t size, const struct insn *insn, const struct wrapper_prog *p,
		  u32 slot);

#endif
