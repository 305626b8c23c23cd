/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Several cases in one frame. Loading a program dominates, and most of what is loaded is fill and spill. Cases whose
 * bodies keep out of each other's way (none writes what another one writes, or what a later one reads) share a frame: each is a lane of
 * one merged case. The whole state is compared as ever. A merged case that is not well is taken apart again, so no
 * report ever shows one.
 */
#ifndef CHECKJIT_PACK_H
#define CHECKJIT_PACK_H

#include "bpf/case.h"

#define PACK_MAX_LANES 16

/* May @c become the next lane behind @lanes (which fit together in this order)? The needs of all are the caller's to compare. */
bool pack_fits(const struct bpf_case *const *lanes, u32 nlanes, const struct bpf_case *c);

/* The merged case of @lanes: their bodies one after the other. Its id is that of the first. The caller frees it. */
struct bpf_case *pack_merge(const struct bpf_case *const *lanes, u32 nlanes);

#endif
