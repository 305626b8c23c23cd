/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landing pads: the instructions at which an indirect jump or call may arrive, where the CPU checks
 * that (x86's IBT, arm64's BTI). QEMU's x86 CPUs do not check.
 */
#ifndef CHECKJIT_PADS_H
#define CHECKJIT_PADS_H

#include "lib/types.h"

/*
 * Call @emit with the offset of each landing pad of @code. Returns 0, the first nonzero value that
 * @emit returns, which ends the walk, or -ENOTSUP if @arch has none or there is no disassembler.
 */
int native_pads(const char *arch, const u8 *code, u32 size, int (*emit)(void *ctx, u32 off),
		void *ctx);

#endif
