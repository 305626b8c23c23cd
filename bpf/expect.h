/* SPDX-License-Identifier: GPL-2.0 */
/* The literal expectations of a case against the model's state: a difference is a fault of the case
 * or of the model. */
#ifndef CHECKJIT_EXPECT_H
#define CHECKJIT_EXPECT_H

#include "bpf/model.h"

#define EXPECT_WHY 320

/* 0, or -EINVAL with file:line, place and both values in @why (EXPECT_WHY bytes) for the first that
 * @st does not meet. */
int case_check_expects(const struct bpf_case *c, u32 vec, const struct model_state *st,
		       enum byte_order order, char *why);

#endif
