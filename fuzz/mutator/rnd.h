/* SPDX-License-Identifier: GPL-2.0 */
/* Chance that is the same for the same seed, on every machine. */
#ifndef CHECKJIT_FUZZ_RND_H
#define CHECKJIT_FUZZ_RND_H

#include "lib/rand.h"

struct rnd {
	u64 state;
};

static inline u64 rnd_next(struct rnd *r)
{
	return rand_next(&r->state);
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
