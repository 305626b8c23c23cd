/* SPDX-License-Identifier: GPL-2.0 */
/* Instructions as C: in the constants of <linux/bpf.h>, and in the macros of include/linux/filter.h. */
#ifndef CHECKJIT_CTEXT_H
#define CHECKJIT_CTEXT_H

#include "bpf/asm.h"

#define CTEXT_MAX 160

/* "BPF_ALU64 | BPF_LSH | BPF_X" */
void ctext_code(char buf[CTEXT_MAX], u8 code);

/* "BPF_ALU64_REG(BPF_LSH, R3, R4)"; a wide instruction is one macro. */
void ctext_macro(char buf[CTEXT_MAX], const struct insn *insn);

#endif
