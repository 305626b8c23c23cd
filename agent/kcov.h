/* SPDX-License-Identifier: GPL-2.0 */
/* KCOV: the edges of the kernel that a load goes through. */
#ifndef CHECKJIT_AGENT_KCOV_H
#define CHECKJIT_AGENT_KCOV_H

#include "agent/types.h"

/* Returns 0 if this kernel has KCOV, else -errno. */
int kcov_probe(void);

/* Forget what was recorded. Returns 0 or -errno. */
int kcov_begin(void);

/* Record this process between the two calls. */
void kcov_on(void);
void kcov_off(void);

/*
 * The edges recorded since kcov_begin(): @edges has room for WIRE_MAX_EDGES. Returns their number;
 * *@nr_pcs is the number of places that they were made of.
 */
u32 kcov_edges(u16 *edges, u32 *nr_pcs);

#endif
