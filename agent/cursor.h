/* SPDX-License-Identifier: GPL-2.0 */
/* Takes a payload apart piece by piece, checked against its end. */
#ifndef CHECKJIT_AGENT_CURSOR_H
#define CHECKJIT_AGENT_CURSOR_H

#include "agent/types.h"

struct cursor {
	const u8 *p;
	u32 left;
};

/*
 * Take @n x @size bytes and the padding to 8. Ends with protocol_error() if they are not there;
 * @what names them.
 */
const void *take(struct cursor *c, u32 n, u32 size, const char *what);

#endif
