// SPDX-License-Identifier: GPL-2.0
#include "campaign/reach.h"
#include "lib/rand.h"

/* One in so many that the raw engines run is also loaded through the verifier. */
#define QUICK_VERIFIED	 16 /* of generated cases */
#define WRITTEN_VERIFIED 2  /* of the written cases of a large operation */

static u32 max_one_in(void)
{
	u32 max = 1;

	for (u32 i = 0; i < nr_engines; i++)
		if (engines[i].one_in > max)
			max = engines[i].one_in;
	return max;
}

/*
 * Reach of a turn: every second one is for engines with one_in 2, every fourth for those with 4, …,
 * and 0 for all. It is the one_in of some engine, so that few reaches keep cases apart.
 */
static u32 reach_of_turn(u64 turn)
{
	u32 reach = 1;

	if (!(turn %= max_one_in()))
		return REACH_ALL;
	for (u32 i = 0; i < nr_engines; i++)
		if (engines[i].one_in > reach && !(turn % engines[i].one_in))
			reach = engines[i].one_in;
	return reach;
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

u32 reach_group(const char *group, u64 seed)
{
	u32 max = max_one_in();

	return rand_mix(rand_mix_text(group) ^ seed) % max ? max - 1 : REACH_ALL;
}

u32 reach_id(const char *id, bool raw, u64 seed)
{
	u64 turn = rand_mix(rand_mix_text(id) ^ seed);

	if (!raw)
		return reach_of_turn(turn);
	return REACH_IF_RAW |
	       (turn % WRITTEN_VERIFIED ? REACH_RAW : reach_of_turn(turn / WRITTEN_VERIFIED));
}

bool reach_has(u32 reach, const struct engine *e, const struct guest *g)
{
	bool raw = g->have[e->native ? CAP_RAW_JIT : CAP_RAW_INTERP];

	if (e->raw)
		return true;
	if (reach & REACH_IF_RAW && !raw && !e->load_flags)
		return true;
	reach &= ~REACH_IF_RAW;
	/* without a JIT, the interpreter gets the JIT's cases */
	if (!e->native && !g->have[CAP_JIT])
		return reach;
	return reach >= e->one_in;
}
