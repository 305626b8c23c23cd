/* SPDX-License-Identifier: GPL-2.0 */
/* What a process without capabilities may load as a socket filter, or as a classic filter. */
#ifndef CHECKJIT_SESSION_UNPRIV_H
#define CHECKJIT_SESSION_UNPRIV_H

#include "bpf/case.h"

#define UNPRIV_MAX_INSNS 4096 /* BPF_MAXINSNS */

/* Number of conditional jumps in main, which make verification long. */
u32 unpriv_branches(const struct bpf_case *c);

/* Returns why the verifier would refuse @c to such a process, or NULL. */
const char *unpriv_lacks(const struct bpf_case *c);

#endif
