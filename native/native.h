/* SPDX-License-Identifier: GPL-2.0 */
/* Disassembles native code with capstone. Independent of guests and of BPF. */
#ifndef CHECKJIT_NATIVE_H
#define CHECKJIT_NATIVE_H

#include "lib/types.h"

#define NATIVE_TEXT 192 /* maximum size of an instruction's text in bytes */

/*
 * Call @emit with the offset, length and text of each instruction of @code, whose first byte is at
 * address @addr. @arch is a name from runners/qemu/arch/. Invalid instructions have the text "?".
 * Returns 0, the first nonzero value that @emit returns, which ends the walk, or -ENOTSUP if there
 * is no disassembler; native_why_not() tells why.
 */
int native_disasm(const char *arch, const u8 *code, u32 size, u64 addr,
		  int (*emit)(void *ctx, u32 off, u32 len, const char *text), void *ctx);

/*
 * Returns false if there is a disassembler for @arch. Else @why tells why not: "no disassembler for
 * riscv32 (capstone 4)".
 */
bool native_why_not(const char *arch, char why[NATIVE_TEXT]);

#endif
