/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the raw route (images/module) cannot be asked for. There is no verifier in it, so that
 * nothing is checked, and nothing rewritten of what the kernel's fixups would have made defined
 * before a JIT sees it.
 */
#ifndef CHECKJIT_RUNNERS_RAW_H
#define CHECKJIT_RUNNERS_RAW_H

#include "bpf/model.h"

/* Why @c is out of its reach on every kernel, or NULL. */
const char *raw_lacks(const struct bpf_case *c);

/*
 * What some of the vectors @first .. @first + @n - 1 of @c lead to that is defined only by what the
 * verifier puts around it, so that it proves nothing about a JIT, and may kill the guest: a text
 * (caller frees), or NULL.
 */
char *raw_unchecked(const struct bpf_case *c, u32 first, u32 n, enum byte_order order,
		    int word_bits);

#endif
