/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The assembler dialect of bpf_conformance and ubpf: `mov %r0, 0`, `ldxh %r3, [%r1+12]`, `jeq %r1, 5, label`,
 * `lock fetch add32 [%r10-8], %r1`. Registers also without '%'; sizes as suffix, none is 64; `exit` is a label for the first
 * exit if no other is.
 */
#ifndef CHECKJIT_CONF_ASM_H
#define CHECKJIT_CONF_ASM_H

#include "bpf/asm.h"

/*
 * Assemble @text, whose first line is @line of @file. Functions that `call local` names become subprograms. 0; -EINVAL with
 * @diag: malformed; -EOPNOTSUPP with @diag: written correctly, but not for a program on its own (maps, indirect calls).
 */
int conf_assemble(const char *text, const char *file, int line, struct code *out, struct diag *diag);

/* Give @code functions where calls lead: what both forms of a .data file have in common. -EINVAL: a call out of it. */
int conf_find_funcs(struct code *code, const char *file, int line, struct diag *diag);

/* @code in this dialect. -EOPNOTSUPP with @why (@size bytes) where it has no words for it. */
int conf_print(FILE *f, const struct code *code, char *why, size_t size);

#endif
