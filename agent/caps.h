/* SPDX-License-Identifier: GPL-2.0 */
/* What this kernel can do. */
#ifndef CHECKJIT_AGENT_CAPS_H
#define CHECKJIT_AGENT_CAPS_H

#include "agent/types.h"
#include "proto/caps.h"

/* Probe every capability of proto/caps.h. */
void caps_probe(struct wire_cap caps[NR_CAPS]);

#endif
