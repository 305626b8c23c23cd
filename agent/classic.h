/* SPDX-License-Identifier: GPL-2.0 */
/* Classic filters. */
#ifndef CHECKJIT_AGENT_CLASSIC_H
#define CHECKJIT_AGENT_CLASSIC_H

#include <linux/bpf.h>
#include "agent/types.h"

/*
 * Attach the filter @insns, which are struct sock_filter, to a socket, and make it the program of
 * raw.c. @unprivileged: attach it without capabilities. Returns 0 or -errno.
 */
int classic_load(const struct bpf_insn *insns, u32 nr_insns, int unprivileged, u32 *nr_xlated,
		 u32 *jited_len);

#endif
