/* SPDX-License-Identifier: GPL-2.0 */
/* The cases that CASES= and ID= select. */
#ifndef CHECKJIT_CASE_SELECT_H
#define CHECKJIT_CASE_SELECT_H

#include "bpf/case.h"

/*
 * Does @pattern (lib/idmatch.h) select @c? @*vec is then the number of the vector that it names,
 * which @c has, or -1 for all.
 */
bool case_selected(const struct bpf_case *c, const char *pattern, long *vec);

#endif
