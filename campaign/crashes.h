/* SPDX-License-Identifier: GPL-2.0 */
/* Counts how often the cases of each family killed a guest, by engine. */
#ifndef CHECKJIT_CRASHES_H
#define CHECKJIT_CRASHES_H

#include "session/engine.h"

struct crashes {
	struct crash_count *counts;
	u32 cnt, cap;
};

/* Count that case @id killed a guest on @e. */
void crashes_add(struct crashes *c, const struct engine *e, const char *id);
/* Returns how often cases of the family of @id did. */
u32 crashes_of(const struct crashes *c, const struct engine *e, const char *id);
void crashes_free(struct crashes *c);

#endif
