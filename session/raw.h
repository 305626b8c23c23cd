/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the raw route (images/module) cannot run. It has no verifier: nothing is checked, and no
 * fixup makes undefined operations defined before the JIT sees them.
 */
#ifndef CHECKJIT_SESSION_RAW_H
#define CHECKJIT_SESSION_RAW_H

#include "bpf/model.h"

/* Returns why the raw JIT (@native) or the raw interpreter can run @c on no kernel, or NULL. */
const char *raw_lacks(const struct bpf_case *c, bool native);

/*
 * Returns the operation in vectors @first .. @first + @n - 1 of @c that only the verifier's
 * rewrites make defined, as a reason (caller frees), or NULL. Without them it says nothing about a
 * JIT and may kill the guest.
 */
char *raw_unchecked(const struct bpf_case *c, u32 first, u32 n, enum byte_order order,
		    int word_bits);

#endif
