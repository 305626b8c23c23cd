/* SPDX-License-Identifier: GPL-2.0 */
/* How often the cases of each family killed a guest, engine by engine. */
#ifndef CHECKJIT_CRASHES_H
#define CHECKJIT_CRASHES_H

#include "session/engine.h"

struct crashes {
	struct crash_count *counts;
	u32 cnt, cap;
};

/* Case @id killed a guest on @e. */
void crashes_add(struct crashes *c, const struct engine *e, const char *id);
/* How many of the family of @id did so. */
u32 crashes_of(const struct crashes *c, const struct engine *e, const char *id);
void crashes_free(struct crashes *c);

#endif
