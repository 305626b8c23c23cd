/* SPDX-License-Identifier: GPL-2.0 */
/* Free memory of the guest. */
#ifndef CHECKJIT_AGENT_MEMORY_H
#define CHECKJIT_AGENT_MEMORY_H

#include "agent/types.h"

/* Wait until deferred frees are done, then answer with struct wire_memory. */
void memory_request(u32 seq);

#endif
