/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The assembler dialect of bpf_conformance and ubpf: `mov %r0, 0`, `ldxh %r3, [%r1+12]`,
 * `jeq %r1, 5, label`, `lock fetch add32 [%r10-8], %r1`. The '%' of registers is optional. A suffix
 * gives the operand size, which is 64 without one. Unless a label `exit` is defined, it names the
 * first exit instruction.
 */
#ifndef CHECKJIT_CONF_ASM_H
#define CHECKJIT_CONF_ASM_H

#include "bpf/asm.h"

/*
 * Assemble @text, whose first line is @line of @file, to @code. The targets of `call local` become
 * subprograms. Returns 0, or with @diag filled -EINVAL if @text is malformed and -EOPNOTSUPP if it
 * needs what a single program cannot have (maps, indirect calls).
 */
int conf_assemble(const char *text, const char *file, int line, struct code *out,
		  struct diag *diag);

/*
 * Split @code into functions at the targets of its calls, for both forms of .data files.
 * Returns 0, or -EINVAL with @diag filled if a call leads out of the program.
 */
int conf_find_funcs(struct code *code, const char *file, int line, struct diag *diag);

/*
 * Print @code in this dialect. Returns 0, or -EOPNOTSUPP with the reason in @why (@size bytes) if
 * the dialect lacks an instruction.
 */
int conf_print(FILE *f, const struct code *code, char *why, size_t size);

#endif
