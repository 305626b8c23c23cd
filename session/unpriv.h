/* SPDX-License-Identifier: GPL-2.0 */
/* What somebody without capabilities may load, as a socket filter, or attach, of the classic kind.
 */
#ifndef CHECKJIT_RUNNERS_UNPRIV_H
#define CHECKJIT_RUNNERS_UNPRIV_H

#include "bpf/case.h"

#define UNPRIV_MAX_INSNS 4096 /* BPF_MAXINSNS */

/* Conditional jumps of main: what makes its verification long. */
u32 unpriv_branches(const struct bpf_case *c);

/* Why the verifier would refuse @c to such a loader, or NULL. */
const char *unpriv_lacks(const struct bpf_case *c);

#endif
