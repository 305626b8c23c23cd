/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CHECKJIT_AGENT_ERRNUM_H
#define CHECKJIT_AGENT_ERRNUM_H

#include "agent/types.h"

/* Returns the number on the wire of @err, a -errno of this machine or 0. */
u32 errnum_wire(int err);

#endif
