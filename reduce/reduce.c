// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <time.h>
#include "lib/util.h"
#include "reduce/shrink.h"

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* ---- what was tested already ---- */

static u64 *place(u64 *table, u32 cap, u64 hash)
{
	u32 i = hash & (cap - 1);

	while (table[i] && table[i] != hash)
		i = (i + 1) & (cap - 1);
	return &table[i];
}

static void grow(struct shrink *s)
{
	u32 cap = s->tried_cap ? 2 * s->tried_cap : 1024;
	u64 *table = xcalloc(cap, sizeof(*table));

	for (u32 i = 0; i < s->tried_cap; i++)
		if (s->tried[i])
			*place(table, cap, s->tried[i]) = s->tried[i];
	free(s->tried);
	s->tried = table;
	s->tried_cap = cap;
}

static bool seen(struct shrink *s, const struct bpf_case *c)
{
	u64 hash = case_hash(c) | 1, *at;

	if (2 * s->ntried >= s->tried_cap)
		grow(s);
	at = place(s->tried, s->tried_cap, hash);
	if (*at)
		return true;
	*at = hash;
	s->ntried++;
	return false;
}

/*
 * Can the case be written as text? cases/README.md: pointers lie in their windows, whole programs
 * and packets are not empty.
 */
static bool can_be_written(const struct bpf_case *c)
{
	if (case_type_has_packet(c->type) && !c->vecs->win_size[REGION_CTX])
		return false;
	for (int k = 0; k < CASE_REGS; k++) {
		const struct reg_in *in = &c->regs[k];
		int size = c->vecs->win_size[in->region],
		    guards = guard_before(in->region) + guard_behind(in->region);

		if (in->region == REGION_NONE)
			continue;
		size -= guards;
		if (size <= 0 || (in->region == REGION_STACK ? in->off >= 0 || in->off < -size
							     : in->off < 0 || in->off > size))
			return false;
	}
	for (u32 i = c->raw ? 0 : 1; i < c->nprogs; i++)
		if (!code_main_cnt(&c->progs[i]))
			return false;
	return true;
}

bool shrink_try(struct shrink *s, struct bpf_case *c)
{
	const struct reduce_conf *conf = s->conf;
	int ret;

	if (!c || s->stop || !can_be_written(c) || seen(s, c)) {
		bpf_case_free(c);
		return false;
	}
	s->stats->seconds = now() - s->start;
	if ((conf->max_steps && s->stats->steps >= conf->max_steps) ||
	    (conf->max_seconds && s->stats->seconds >= conf->max_seconds)) {
		s->stop = -ETIME;
		bpf_case_free(c);
		return false;
	}
	ret = conf->test(conf->ctx, c);
	s->stats->steps++;
	if (ret > 0) {
		bpf_case_free(s->best);
		s->best = c;
		s->stats->kept++;
		s->stats->insns = case_insns(c);
	} else {
		bpf_case_free(c);
		if (ret < 0)
			s->stop = ret;
	}
	s->stats->seconds = now() - s->start;
	if (conf->progress)
		conf->progress(conf->ctx, s->stats);
	return ret > 0;
}

bool shrink_value(struct shrink *s, u64 v, int bits,
		  struct bpf_case *(*with)(struct shrink *s, void *ctx, u64 v), void *ctx)
{
	u64 mask = bits < 64 ? ((u64)1 << bits) - 1 : ~(u64)0;
	bool any = false;

	v &= mask;
	for (u64 simple = 0; simple <= 2; simple++) {
		/* earlier values are simpler: only they are an improvement */
		if (simple == v)
			return any;
		if (shrink_try(s, with(s, ctx, simple)))
			return true;
	}
	/*
	 * -1 is the simplest value with that many bits; otherwise fewer bits are simpler, whole
	 * halves first.
	 */
	for (int chunk = bits / 2; chunk >= 1 && v != mask && !s->stop; chunk /= 2) {
		for (int at = bits - chunk; at >= 0; at -= chunk) {
			u64 part = (((u64)1 << chunk) - 1) << at;

			if (!(v & part) || !shrink_try(s, with(s, ctx, v & ~part)))
				continue;
			v &= ~part;
			any = true;
		}
	}
	if (v != mask && __builtin_popcountll(v) > 2)
		any |= shrink_try(s, with(s, ctx, mask));
	return any;
}

/* Big cuts first: if each success costs a boot, they are worth it. */
static shrink_pass *const passes[] = {
	pass_slice,   pass_unexecuted, pass_units,	pass_branches, pass_progs,     pass_maps,
	pass_regs_in, pass_windows,    pass_immediates, pass_offsets,  pass_registers, pass_lines,
};

int reduce_case(struct bpf_case **best, const struct reduce_conf *conf, struct reduce_stats *stats)
{
	struct shrink s = { .conf = conf, .stats = stats, .best = *best, .start = now() };
	bool any;

	memset(stats, 0, sizeof(*stats));
	stats->insns = case_insns(*best);
	seen(&s, *best);
	do {
		any = false;
		for (size_t i = 0; i < ARRAY_SIZE(passes) && !s.stop; i++)
			any |= passes[i](&s);
	} while (any && !s.stop);
	free(s.tried);
	*best = s.best;
	return s.stop;
}
