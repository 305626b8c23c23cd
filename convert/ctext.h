/* SPDX-License-Identifier: GPL-2.0 */
/* Prints instructions as C: as constants of <linux/bpf.h> or macros of include/linux/filter.h. */
#ifndef CHECKJIT_CTEXT_H
#define CHECKJIT_CTEXT_H

#include "bpf/asm.h"

#define CTEXT_MAX 160

/* Print opcode @code as "BPF_ALU64 | BPF_LSH | BPF_X". */
void ctext_code(char buf[CTEXT_MAX], u8 code);

/* Print @insn as "BPF_ALU64_REG(BPF_LSH, R3, R4)". An instruction of two slots is one macro. */
void ctext_macro(char buf[CTEXT_MAX], const struct insn *insn);

#endif
