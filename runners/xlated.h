/* SPDX-License-Identifier: GPL-2.0 */
/* The translated program as text: what the kernel makes for itself has no assembler syntax. */
#ifndef CHECKJIT_XLATED_H
#define CHECKJIT_XLATED_H

#include "bpf/asm.h"

/*
 * The text of the translated instruction at @insn (@insn[1] is read for ld_imm64). @sent and @slot: the program that was sent,
 * and the slot that the instruction comes from; NOWHERE: the kernel inserted it.
 */
void xlated_print(char *buf, size_t size, const struct insn *insn, const struct code *sent, u32 slot);

#endif
