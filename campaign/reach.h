/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which engines a quick run gives a case. Most of the cost is loading through the verifier, so most
 * generated cases, and half of the written ones of a large operation, run only on the raw engines
 * where these can. Every other engine gets one in so many (one_in in proto/engines.h) of the rest:
 * those whose reach is at least that number.
 */
#ifndef CHECKJIT_REACH_H
#define CHECKJIT_REACH_H

#include "gen/sweep.h"
#include "session/engine.h"

#define REACH_RAW 0u  /* only raw engines */
#define REACH_ALL ~0u /* every engine */
/* Of a written case: where the guest has no raw engines, only those with load flags run a part. */
#define REACH_IF_RAW (1u << 16)

/*
 * Returns the reach of @pick from the current family of @s. @share: an arch with a slow verifier
 * loads one in so many of the cases that others load (0: all of them).
 */
u32 reach_of(const struct sweep *s, const struct sweep_pick *pick, u32 share);

/*
 * Returns the reach of the written cases of @group where a run does not take everything: all
 * engines, but those with the largest one_in run one group in so many.
 */
u32 reach_group(const char *group, u64 seed);

/* Returns the reach of the written case @id of a large operation. @raw: the raw engines run it. */
u32 reach_id(const char *id, bool raw, u64 seed);

/* Does a case of @reach run on @e of guest @g? Without a JIT, interpreters get its cases. */
bool reach_has(u32 reach, const struct engine *e, const struct guest *g);

#endif
