/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which engines the quick sweep gives a generated case. Loading through the verifier is what costs,
 * so most cases go to the raw engines alone. Of the others an engine gets one in so many (one_in in
 * proto/engines.h): those whose reach is at least that number.
 */
#ifndef CHECKJIT_REACH_H
#define CHECKJIT_REACH_H

#include "gen/sweep.h"
#include "session/engine.h"

#define REACH_RAW 0u  /* raw engines alone */
#define REACH_ALL ~0u /* every engine; written cases have it */

/*
 * The reach of @pick, made by the family at hand of @s. @share: an arch with a slow verifier loads
 * one in so many of what others load (0: all of it).
 */
u32 reach_of(const struct sweep *s, const struct sweep_pick *pick, u32 share);

/* Does a case of @reach run on @e of guest @g? Where there is no JIT, interpreters get its part. */
bool reach_has(u32 reach, const struct engine *e, const struct guest *g);

#endif
