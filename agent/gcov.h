/* SPDX-License-Identifier: GPL-2.0 */
/* Coverage counters of a kernel built with COVERAGE=1. */
#ifndef CHECKJIT_AGENT_GCOV_H
#define CHECKJIT_AGENT_GCOV_H

#include "agent/types.h"

/* Send every .gcda file as a message, then an empty one. */
void gcov_request(u32 seq);

#endif
