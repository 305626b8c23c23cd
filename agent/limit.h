/* SPDX-License-Identifier: GPL-2.0 */
/* A time limit for loads. */
#ifndef CHECKJIT_AGENT_LIMIT_H
#define CHECKJIT_AGENT_LIMIT_H

#include "agent/types.h"

/* A load that still runs @ms milliseconds later fails with -EAGAIN. */
void limit_begin(u32 ms);

/* Did the limit expire? */
int limit_expired(void);
void limit_end(void);

#endif
