/* SPDX-License-Identifier: GPL-2.0 */
/* Tables of vectors, which the host sends once and names in many runs. */
#ifndef CHECKJIT_AGENT_VECTORS_H
#define CHECKJIT_AGENT_VECTORS_H

#include "agent/types.h"

#define MAX_COLS 255u /* a block names column 0xff for zero */

struct vectors {
	u32 nvecs, ncols, win_bytes;
	const u64 *cols;
	const u8 *bytes;
};

/* Keep the table of a WIRE_VECTORS message under its id. */
void vectors_store(const void *payload, u32 len);

/* Returns NULL if there is no table @id. */
const struct vectors *vectors_get(u32 id);

#endif
