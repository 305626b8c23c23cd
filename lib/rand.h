/* SPDX-License-Identifier: GPL-2.0 */
/* splitmix64: the same numbers on every machine, from any seed. */
#ifndef CHECKJIT_RAND_H
#define CHECKJIT_RAND_H

#include "lib/types.h"

#define RAND_STEP 0x9e3779b97f4a7c15ull

/* A hash of @x: what rand_next() returns for the state @x. */
static inline u64 rand_mix(u64 x)
{
	x += RAND_STEP;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

static inline u64 rand_next(u64 *state)
{
	u64 x = rand_mix(*state);

	*state += RAND_STEP;
	return x;
}

/* A hash of @text. */
static inline u64 rand_mix_text(const char *text)
{
	u64 key = 0;

	for (; *text; text++)
		key = rand_mix(key ^ (u8)*text);
	return key;
}

/* A generator; its state is the seed. */
struct rand {
	u64 state;
};

/* Returns a number from 0 to @n - 1, 0 if @n is 0. */
static inline u32 rand_below(struct rand *r, u32 n)
{
	return n ? (u32)((rand_next(&r->state) >> 32) * n >> 32) : 0;
}

static inline bool rand_one_in(struct rand *r, u32 n)
{
	return !rand_below(r, n);
}

#endif
