/* SPDX-License-Identifier: GPL-2.0 */
/* Answers a RUN. */
#ifndef CHECKJIT_AGENT_RUN_H
#define CHECKJIT_AGENT_RUN_H

#include "agent/types.h"

void run_request(const void *payload, u32 len, u32 seq);

#endif
