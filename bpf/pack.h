/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Merges several cases under one wrapper. Most of the time goes into loading, and most of a loaded
 * program is fill and spill. Cases can be merged if no body writes what another one writes or a
 * later one reads; each becomes a lane of the merged case. The whole state is still compared. If a
 * merged case fails, its lanes run alone, so reports never show a merged case.
 *
 * Each lane meets every vector, but lanes that share no register meet different ones at a time.
 */
#ifndef CHECKJIT_PACK_H
#define CHECKJIT_PACK_H

#include "bpf/case.h"

#define PACK_MAX_LANES 16

/*
 * Can @c be the next lane behind @lanes, which fit in this order? The caller compares what they
 * need.
 */
bool pack_fits(const struct bpf_case *const *lanes, u32 nlanes, const struct bpf_case *c);

/*
 * Returns the merged case of @lanes, with the id of the first, which the caller frees. All vectors
 * of it must run.
 */
struct bpf_case *pack_merge(const struct bpf_case *const *lanes, u32 nlanes);

#endif
