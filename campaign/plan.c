// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "bpf/case_select.h"
#include "bpf/pack.h"
#include "lib/rand.h"
#include "lib/util.h"
#include "campaign/plan.h"
#include "campaign/reach.h"
#include "session/raw.h"

#define SWEEP_CASES 4096 /* in memory at a time */
#define LOOK_AHEAD  192	 /* cases after one that are tried as lanes of its wrapper */
/* Operations with fewer cases, and fewer instructions, run whole, unless programs are attached. */
#define MIN_SAMPLED	  8
#define MIN_SAMPLED_INSNS 1024

struct loading {
	struct plan *plan;
	const struct plan_select *sel;
	bool *used; /* by pattern */
};

static int add_entry(void *ctx, struct bpf_case *c)
{
	struct loading *l = ctx;
	struct plan *p = l->plan;
	bool wanted = !l->sel->npatterns;
	long vec = -1;

	for (u32 i = 0; i < l->sel->npatterns; i++) {
		long v;

		if (!case_selected(c, l->sel->patterns[i], &v))
			continue;
		l->used[i] = true;
		vec = wanted && v != vec ? -1 : v; /* several vectors match: run the whole case */
		wanted = true;
	}
	wanted &= !l->sel->nshards || rand_mix_text(c->group) % l->sel->nshards == l->sel->shard;
	if (!wanted) {
		bpf_case_free(c);
		return 0;
	}
	ARRAY_GROW(p->entries, p->cnt, p->cap);
	p->entries[p->cnt] = (struct plan_entry){
		.place = p->cnt,
		.p = { .c = c,
		       .first_vec = vec < 0 ? 0 : vec,
		       .nr_vecs = vec < 0 ? c->vecs->nvecs : 1 },
	};
	p->cnt++;
	return 0;
}

/* Do the raw engines run @c? What only the verifier's rewrites make defined, they do not. */
static bool is_raw(const struct bpf_case *c)
{
	char *why = NULL;

	if (raw_lacks(c, true) || raw_lacks(c, false))
		return false;
	why = raw_unchecked(c, 0, c->vecs->nvecs, ORDER_LE, 64);
	free(why);
	return !why;
}

static int by_reach(const void *pa, const void *pb)
{
	const struct plan_entry *a = pa, *b = pb;

	if (a->reach != b->reach)
		return a->reach > b->reach ? -1 : 1;
	return a->place < b->place ? -1 : 1;
}

static bool is_large(const struct plan_entry *group, u32 cnt)
{
	u32 insns = 0;

	for (u32 i = 0; i < cnt; i++)
		for (u32 k = 0; k < group[i].p.c->nprogs; k++)
			insns += group[i].p.c->progs[k].cnt;
	return cnt >= MIN_SAMPLED || insns >= MIN_SAMPLED_INSNS || group->p.c->attach;
}

/* The reaches of all written cases. In each group, those that may share a program come together. */
static void set_reaches(struct plan *p, const struct plan_select *sel)
{
	for (u32 i = 0, end; i < p->cnt; i = end) {
		const char *group = p->entries[i].p.c->group;
		bool sampled;

		for (end = i + 1; end < p->cnt && !strcmp(p->entries[end].p.c->group, group);)
			end++;
		sampled = sel->quick && is_large(&p->entries[i], end - i);
		for (u32 k = i; k < end; k++) {
			struct plan_entry *e = &p->entries[k];

			e->reach = !sel->sample ? REACH_ALL : reach_group(group, sel->seed);
			if (sampled)
				e->reach = reach_id(e->p.c->id, is_raw(e->p.c), sel->seed);
		}
		qsort(&p->entries[i], end - i, sizeof(*p->entries), by_reach);
	}
}

static bool same_needs(const struct bpf_case *a, const struct bpf_case *b)
{
	if (a->nneeds != b->nneeds)
		return false;
	for (u32 i = 0; i < a->nneeds; i++)
		if (strcmp(a->needs[i], b->needs[i]))
			return false;
	return true;
}

/* Generated cases of all operations of a family may share a program. */
static bool same_program(const struct plan_entry *a, const struct plan_entry *b)
{
	return !a->p.c->alone && !b->p.c->alone && a->p.c->wrapper == b->p.c->wrapper &&
	       a->p.c->vecs->key == b->p.c->vecs->key && a->reach == b->reach &&
	       a->p.c->type == b->p.c->type && a->p.first_vec == b->p.first_vec &&
	       a->p.nr_vecs == b->p.nr_vecs && same_needs(a->p.c, b->p.c) &&
	       ((a->generated && b->generated) || !strcmp(a->p.c->group, b->p.c->group));
}

/* Make a pack of @lanes, all of which must fit. */
static struct plan_entry *new_pack(struct plan_entry **lanes, const struct bpf_case **cases,
				   u32 cnt)
{
	struct plan_entry *e = xcalloc(1, sizeof(*e));

	e->p.c = pack_merge(cases, cnt);
	e->p.first_vec = lanes[0]->p.first_vec;
	e->p.nr_vecs = lanes[0]->p.nr_vecs;
	e->generated = lanes[0]->generated;
	e->lanes = xmemdup(lanes, cnt * sizeof(*lanes));
	e->nlanes = cnt;
	return e;
}

/* Entries first .. end - 1 may share a program. Give each wrapper the first lanes that fit. */
static void make_units(struct plan *p, u32 first, u32 end)
{
	bool *done = xcalloc(end - first, sizeof(*done));

	for (u32 i = first; i < end; i++) {
		const struct bpf_case *cases[PACK_MAX_LANES];
		struct plan_entry *lanes[PACK_MAX_LANES];
		u32 n = 0;

		if (done[i - first])
			continue;
		/* cases that cannot be lanes, or run one vector, get a wrapper of their own */
		if (p->entries[i].p.nr_vecs != p->entries[i].p.c->vecs->nvecs ||
		    !pack_fits(cases, 0, p->entries[i].p.c)) {
			p->units[p->nunits++] = &p->entries[i];
			continue;
		}
		for (u32 k = i; k < end && k < i + LOOK_AHEAD && n < PACK_MAX_LANES; k++) {
			struct plan_entry *e = &p->entries[k];

			if (done[k - first] || !pack_fits(cases, n, e->p.c))
				continue;
			cases[n] = e->p.c;
			lanes[n++] = e;
			done[k - first] = true;
		}
		p->units[p->nunits++] = n > 1 ? new_pack(lanes, cases, n) : &p->entries[i];
	}
	free(done);
}

static void make_batches(struct plan *p, u32 max)
{
	u32 cap = 0;

	p->units = xcalloc(p->cnt, sizeof(*p->units));
	for (u32 i = 0, end; i < p->cnt; i = end) {
		u32 unit = p->nunits;

		for (end = i + 1; end < p->cnt && same_program(&p->entries[i], &p->entries[end]);
		     end++)
			;
		make_units(p, i, end);
		for (; unit < p->nunits; unit += max) {
			u32 left = p->nunits - unit;

			ARRAY_GROW(p->batches, p->nbatches, cap);
			p->batches[p->nbatches++] =
				(struct batch){ .first = unit, .cnt = left < max ? left : max };
		}
	}
}

int plan_load(const struct plan_select *sel, struct plan *out, struct diag *diag)
{
	struct loading l = { .plan = out, .sel = sel };
	char **paths;
	int ret = 0;

	memset(out, 0, sizeof(*out));
	if (sel->none)
		return 0;
	paths = case_paths(sel->dir, diag);
	if (!paths)
		return -EINVAL;
	for (out->nfiles = 0; paths[out->nfiles]; out->nfiles++)
		;
	out->files = xcalloc(out->nfiles, sizeof(*out->files));
	l.used = xcalloc(sel->npatterns, sizeof(*l.used));
	for (u32 i = 0; !ret && i < out->nfiles; i++) {
		ret = case_parse_file(paths[i], NULL, &out->files[i], diag);
		if (!ret)
			ret = case_expand(&out->files[i], add_entry, &l, diag);
	}
	for (u32 i = 0; !ret && i < sel->npatterns; i++)
		if (!l.used[i])
			ret = diag_set(diag, sel->dir, 0, 0,
				       "no case matches '%s' (`checkjit list` shows all ids)",
				       sel->patterns[i]);
	free(l.used);
	case_paths_free(paths);
	if (ret) {
		plan_free(out);
		return ret;
	}
	set_reaches(out, sel);
	make_batches(out, sel->max_batch);
	return 0;
}

/* Sort cases with the same inputs together, then by id. */
static int by_inputs(const void *pa, const void *pb)
{
	const struct plan_entry *a = pa, *b = pb;

	if (a->p.c->vecs->key != b->p.c->vecs->key)
		return a->p.c->vecs->key < b->p.c->vecs->key ? -1 : 1;
	if (a->p.c->nneeds != b->p.c->nneeds)
		return a->p.c->nneeds < b->p.c->nneeds ? -1 : 1;
	return by_reach(pa, pb);
}

bool plan_sweep(struct sweep *s, u32 share, u32 max_batch, bool raw, struct plan *out)
{
	struct sweep_pick pick;

	memset(out, 0, sizeof(*out));
	while (out->cnt < SWEEP_CASES && sweep_step(s, &pick)) {
		u32 reach = reach_of(s, &pick, share);
		struct bpf_case *c = raw || reach != REACH_RAW ? sweep_case(s, &pick) : NULL;

		if (!c)
			continue;
		ARRAY_GROW(out->entries, out->cnt, out->cap);
		out->entries[out->cnt] = (struct plan_entry){
			.p = {
				.c = c,
				.first_vec = pick.vec < 0 ? 0 : pick.vec,
				.nr_vecs = pick.vec < 0 ? c->vecs->nvecs : 1,
			},
			.generated = true,
			.named = pick.named,
			.place = out->cnt,
			.reach = reach,
		};
		out->cnt++;
	}
	if (!out->cnt)
		return false;
	qsort(out->entries, out->cnt, sizeof(*out->entries), by_inputs);
	make_batches(out, max_batch);
	return true;
}

struct plan_entry **entry_lanes(struct plan_entry **e, u32 *cnt)
{
	*cnt = (*e)->lanes ? (*e)->nlanes : 1;
	return (*e)->lanes ? (*e)->lanes : e;
}

static void entry_free(struct plan_entry *e)
{
	bpf_case_free(e->p.c);
	prediction_free(&e->p);
	free(e->lanes);
}

void plan_free(struct plan *p)
{
	for (u32 i = 0; i < p->nunits; i++) {
		if (!p->units[i]->lanes)
			continue;
		entry_free(p->units[i]);
		free(p->units[i]);
	}
	for (u32 i = 0; i < p->cnt; i++)
		entry_free(&p->entries[i]);
	for (u32 i = 0; i < p->nfiles; i++)
		case_file_free(&p->files[i]);
	free(p->entries);
	free(p->units);
	free(p->batches);
	free(p->files);
	memset(p, 0, sizeof(*p));
}
