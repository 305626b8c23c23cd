/* SPDX-License-Identifier: GPL-2.0 */
/* The translated program as text: what the kernel makes for itself has no assembler syntax. */
#ifndef CHECKJIT_XLATED_H
#define CHECKJIT_XLATED_H

#include "bpf/wrapper.h"

/*
 * The text of the translated instruction at @insn (@insn[1] is read for ld_imm64). @p is what was
 * sent, @slot of p->progs[0] where the instruction comes from, whose names of functions and maps it
 * gets; beyond the end: the kernel inserted it.
 */
void xlated_print(char *buf, size_t size, const struct insn *insn, const struct wrapper_prog *p,
		  u32 slot);

#endif
