/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CHECKJIT_NULL_CASE_H
#define CHECKJIT_NULL_CASE_H

#include "bpf/case.h"

/*
 * Returns the null block frame/null/one, a wrapper around no insns: if its state is wrong on an
 * engine, no verdict on that engine can be trusted. The caller frees.
 */
struct bpf_case *null_case(void);

#endif
