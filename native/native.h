/* SPDX-License-Identifier: GPL-2.0 */
/* Native code as text: capstone, behind one function. Knows no guest and no BPF. */
#ifndef CHECKJIT_NATIVE_H
#define CHECKJIT_NATIVE_H

#include "lib/types.h"

#define NATIVE_TEXT	192	/* bytes that the text of an instruction takes at most */

/*
 * Call @emit for each instruction in @code, whose first byte has address @addr: its offset, its length and its text. @arch is
 * a name of runners/qemu/arch/. Bytes that are no instruction come as one, with the text "?".
 * Returns 0, what @emit returned where that is not 0, or -ENOTSUP where native_why_not() has a reason.
 */
int native_disasm(const char *arch, const u8 *code, u32 size, u64 addr,
		  int (*emit)(void *ctx, u32 off, u32 len, const char *text), void *ctx);

/* Why there is no disassembler for @arch ("no disassembler for riscv32 (capstone 4)"), in @why; false: there is one. */
bool native_why_not(const char *arch, char why[NATIVE_TEXT]);

#endif
