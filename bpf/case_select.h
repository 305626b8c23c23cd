/* SPDX-License-Identifier: GPL-2.0 */
/* What a user's CASES= or ID= means. */
#ifndef CHECKJIT_CASE_SELECT_H
#define CHECKJIT_CASE_SELECT_H

#include "bpf/case.h"

/*
 * Does @pattern name @c? It may be an id, an id with a vector (id.N), leading components of one ("alu", "alu/sdiv64"), or
 * a glob over any of these. @*vec: the vector's number, or -1 for all.
 */
bool case_selected(const struct bpf_case *c, const char *pattern, long *vec);

#endif
