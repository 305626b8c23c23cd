/* SPDX-License-Identifier: GPL-2.0 */
/* splitmix64: numbers that are the same on every machine, from a seed, which any number is good for. */
#ifndef CHECKJIT_RAND_H
#define CHECKJIT_RAND_H

#include "lib/types.h"

#define RAND_STEP 0x9e3779b97f4a7c15ull

/* A hash of @x: the number that rand_next() takes from the state @x. */
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

#endif
