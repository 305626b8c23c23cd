/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Endless loops in programs that a process without capabilities loads. Code that no path reaches is
 * removed from other programs; in these the verifier replaces each insn of it by a jump to itself
 * (sanitize_dead_code() of kernel/bpf/verifier.c). A faulty machine that computes a value which the
 * verifier ruled out may get there, and hangs.
 */
#ifndef CHECKJIT_TRAP_H
#define CHECKJIT_TRAP_H

#include "bpf/model.h"

/*
 * Returns why a machine with the quirks @q may hang on vectors @first .. @first + @n - 1 of @c: it
 * goes where the standard goes on no vector. The caller frees; NULL: it does not.
 */
char *trap_reached(const struct bpf_case *c, u32 first, u32 n, enum byte_order order, int word_bits,
		   const struct quirks *q);

#endif
