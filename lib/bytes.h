/* SPDX-License-Identifier: GPL-2.0 */
/* Integers in memory of a given byte order, at any alignment. */
#ifndef CHECKJIT_BYTES_H
#define CHECKJIT_BYTES_H

#include "lib/types.h"

/* Store the low @size bytes (at most 8) of @value at @p. */
static inline void bytes_put(u8 *p, u32 size, u64 value, enum byte_order order)
{
	for (u32 i = 0; i < size; i++)
		p[order == ORDER_LE ? i : size - 1 - i] = (u8)(value >> (8 * i));
}

/* Load @size bytes (at most 8) from @p. */
static inline u64 bytes_get(const u8 *p, u32 size, enum byte_order order)
{
	u64 v = 0;

	for (u32 i = 0; i < size; i++)
		v |= (u64)p[order == ORDER_LE ? i : size - 1 - i] << (8 * i);
	return v;
}

/* bytes_get() of 4 bytes without a loop, fast enough for hashing states. */
static inline u32 bytes_word(const u8 *p, enum byte_order order)
{
	if (order == ORDER_LE)
		return p[0] | p[1] << 8 | p[2] << 16 | (u32)p[3] << 24;
	return p[3] | p[2] << 8 | p[1] << 16 | (u32)p[0] << 24;
}

#endif
