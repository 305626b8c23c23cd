/* SPDX-License-Identifier: GPL-2.0 */
/* Chance that is the same for the same seed, on every machine. */
#ifndef CHECKJIT_FUZZ_RND_H
#define CHECKJIT_FUZZ_RND_H

#include "lib/types.h"

struct rnd {
	u64 state;
};

/* splitmix64 */
static inline u64 rnd_next(struct rnd *r)
{
	u64 x = r->state += 0x9e3779b97f4a7c15ull;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

/* 0 .. @n - 1; @n 0: 0. */
static inline u32 rnd_below(struct rnd *r, u32 n)
{
	return n ? (u32)((rnd_next(r) >> 32) * n >> 32) : 0;
}

static inline bool rnd_one_in(struct rnd *r, u32 n)
{
	return !rnd_below(r, n);
}

#endif
