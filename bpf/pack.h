/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Several cases in one frame. Loading a program dominates, and most of what is loaded is fill and spill; cases
 * whose bodies use different registers and leave memory alone can share them: each is a lane of one merged case. The whole
 * state is compared as ever. A merged case that is not well is taken apart again, so no report ever shows one.
 */
#ifndef CHECKJIT_PACK_H
#define CHECKJIT_PACK_H

#include "bpf/case.h"

#define PACK_MAX_LANES 10

/* May @c become a lane beside @lanes (which fit together)? */
bool pack_fits(const struct bpf_case *const *lanes, u32 nlanes, const struct bpf_case *c);

/* The merged case of @lanes: their bodies one after the other. Its id is that of the first. The caller frees it. */
struct bpf_case *pack_merge(const struct bpf_case *const *lanes, u32 nlanes);

#endif
