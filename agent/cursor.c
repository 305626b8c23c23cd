// SPDX-License-Identifier: GPL-2.0
/* Takes a payload apart piece by piece. */
#include "agent/cursor.h"
#include "agent/transport.h"

const void *take(struct cursor *c, u32 n, u32 size, const char *what)
{
	u64 bytes = ((u64)n * size + 7) & ~7ull;
	const void *p = c->p;

	if (bytes > c->left)
		protocol_error("%s: %u x %u bytes, %u are there", what, n, size, c->left);
	c->p += bytes;
	c->left -= bytes;
	return p;
}
