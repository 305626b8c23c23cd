/* SPDX-License-Identifier: GPL-2.0 */
/* Which engine runs a program: the sysctls that decide it. */
#ifndef CHECKJIT_AGENT_SYSCTL_H
#define CHECKJIT_AGENT_SYSCTL_H

#include "agent/types.h"

/*
 * Open the sysctls. As a program, lock them and remember their values: -EBUSY if another agent has
 * the lock, -errno if none can be set.
 */
int sysctl_init(void);

/* Write back the values that sysctl_init() found. */
void sysctl_restore(void);

/* Programs that are loaded from now on run on @engine. Returns 0 or -errno. */
int engine_set(enum wire_engine engine);

/* The verifier looks at @insns insns at most from now on, if this kernel can do that. */
void verifier_bound(u32 insns);

/* enum engine_flags of proto/engines.h */
u32 engine_flags(enum wire_engine engine);

static inline int is_raw(enum wire_engine engine)
{
	return !!(engine_flags(engine) & ENGINE_RAW);
}

static inline int is_unpriv(enum wire_engine engine)
{
	return !!(engine_flags(engine) & ENGINE_UNPRIV);
}

#endif
