/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Compares the literal expectations of a case with the model's state. A difference is a bug in the
 * case or in the model.
 */
#ifndef CHECKJIT_EXPECT_H
#define CHECKJIT_EXPECT_H

#include "bpf/model.h"

#define EXPECT_WHY 320

/*
 * Returns 0, or -EINVAL with file:line, place and both values in @why (EXPECT_WHY bytes) for the
 * first expectation that @st does not meet.
 */
int case_check_expects(const struct bpf_case *c, u32 vec, const struct model_state *st,
		       enum byte_order order, char *why);

#endif
