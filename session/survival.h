/* SPDX-License-Identifier: GPL-2.0 */
/* The survival check: the insns under test must still be in the translated program. */
#ifndef CHECKJIT_SURVIVAL_H
#define CHECKJIT_SURVIVAL_H

#include "bpf/insn.h"

/*
 * The bits of @insn that the translated program must still have, as @value and @mask, each in
 * @order. False: the verifier may rewrite @insn (kernel/bpf/fixups.c), so that it is not checked.
 */
bool insn_survivor(const struct insn *insn, enum byte_order order, u8 value[INSN_SIZE],
		   u8 mask[INSN_SIZE]);

#endif
