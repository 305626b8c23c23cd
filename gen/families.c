// SPDX-License-Identifier: GPL-2.0
#include "gen/families.h"
#include "lib/util.h"

const struct gen_family *const gen_families[] = {
#define X(name) &family_##name,
	GEN_FAMILIES(X)
#undef X
};

const u32 nr_gen_families = ARRAY_SIZE(gen_families);
