// SPDX-License-Identifier: GPL-2.0
#include "campaign/reach.h"

#define QUICK_VERIFIED 8 /* one in so many is also loaded through the verifier */

static u32 max_one_in(void)
{
	u32 max = 1;

	for (u32 i = 0; i < nr_engines; i++)
		if (engines[i].one_in > max)
			max = engines[i].one_in;
	return max;
}

/* Reach of a turn: odd ones are for engines with one_in 1, multiples of 2 up to 2, …, 0 for all. */
static u32 reach_of_turn(u64 turn)
{
	turn %= max_one_in();
	return turn ? turn & -turn : REACH_ALL;
}

/* All arches load what a slow arch loads, so that they can be compared. */
u32 reach_of(const struct sweep *s, const struct sweep_pick *pick, u32 share)
{
	const struct gen_family *f = s->f;
	bool sampled = !f->verified && !f->quick;
	u64 loaded = sampled ? s->take / QUICK_VERIFIED : s->take, i = pick->position;

	if (!sweep_is_quick(s))
		return REACH_ALL;
	if (f->raw || (sampled && i % QUICK_VERIFIED))
		return REACH_RAW;
	if (sampled)
		i /= QUICK_VERIFIED;
	if (share > loaded)
		share = loaded; /* at least one */
	if (share > 1 && i % share)
		return REACH_RAW;
	/* name and seed decide which turns a family of one or two cases takes */
	return reach_of_turn(i / (share ? share : 1) + s->key + s->conf.seed);
}

bool reach_has(u32 reach, const struct engine *e, const struct guest *g)
{
	return reach >= (e->native || e->raw || g->have[CAP_JIT] ? e->one_in : 1);
}
