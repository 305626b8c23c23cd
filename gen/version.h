/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CHECKJIT_GEN_VERSION_H
#define CHECKJIT_GEN_VERSION_H

#include "gen/gen.h"

/*
 * Returns a hash of what @f generates: how many cases, and the ids and texts of some of them. It is
 * another one where ids and indices no longer belong together, and mostly where cases changed.
 */
u64 gen_version(const struct gen_family *f);

#endif
