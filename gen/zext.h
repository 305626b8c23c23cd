/* SPDX-License-Identifier: GPL-2.0 */
/* Instructions that define 32 bits of a register, for the families that look at the upper half. */
#ifndef CHECKJIT_GEN_ZEXT_H
#define CHECKJIT_GEN_ZEXT_H

#include "gen/gen.h"

/* Does @d clear the upper half of a register? */
bool zext_row(const struct insn_desc *d);

/* Is @d a shift? Its count must be below the width. */
bool zext_is_shift(const struct insn_desc *d);

/* The constant of @d where it takes one. */
s32 zext_imm(const struct insn_desc *d);

#endif
