// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "bpf/case_select.h"
#include "bpf/expect.h"
#include "bpf/pack.h"
#include "lib/bytes.h"
#include "lib/util.h"
#include "campaign/plan.h"
#include "campaign/reach.h"

#define SWEEP_CASES	4096	/* in memory at a time */
#define LOOK_AHEAD	192	/* cases behind one, among which lanes for its frame are looked for */

struct loading {
	struct plan *plan;
	const struct plan_select *sel;
	bool *used;		/* by pattern */
};

static int add_member(void *ctx, struct bpf_case *c)
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
		vec = wanted && v != vec ? -1 : v;	/* several vectors of it: the whole case */
		wanted = true;
	}
	if (!wanted) {
		bpf_case_free(c);
		return 0;
	}
	ARRAY_GROW(p->members, p->cnt, p->cap);
	p->members[p->cnt++] = (struct member){
		.reach = REACH_ALL,
		.c = c,
		.first_vec = vec < 0 ? 0 : vec,
		.nr_vecs = vec < 0 ? c->vecs->nvecs : 1,
	};
	return 0;
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

/* Of generated cases a program may hold all operations of a family. */
static bool same_program(const struct member *a, const struct member *b)
{
	return !a->c->alone && !b->c->alone && a->c->frame == b->c->frame && a->c->vecs->key == b->c->vecs->key &&
	       a->reach == b->reach && a->c->type == b->c->type &&
	       a->first_vec == b->first_vec && a->nr_vecs == b->nr_vecs && same_needs(a->c, b->c) &&
	       ((a->generated && b->generated) || !strcmp(a->c->group, b->c->group));
}

/* A pack of @lanes, all of which fit. */
static struct member *new_pack(struct member **lanes, const struct bpf_case **cases, u32 cnt)
{
	struct member *m = xcalloc(1, sizeof(*m));

	m->c = pack_merge(cases, cnt);
	m->first_vec = lanes[0]->first_vec;
	m->nr_vecs = lanes[0]->nr_vecs;
	m->lanes = xmemdup(lanes, cnt * sizeof(*lanes));
	m->nlanes = cnt;
	return m;
}

/* Members first .. end - 1 may share a program; which of them share a frame? The first that fits goes in. */
static void make_units(struct plan *p, u32 first, u32 end)
{
	bool *done = xcalloc(end - first, sizeof(*done));

	for (u32 i = first; i < end; i++) {
		const struct bpf_case *cases[PACK_MAX_LANES];
		struct member *lanes[PACK_MAX_LANES];
		u32 n = 0;

		if (done[i - first])
			continue;
		/* one that can be no lane stands alone */
		if (!pack_fits(cases, 0, p->members[i].c)) {
			p->units[p->nunits++] = &p->members[i];
			continue;
		}
		for (u32 k = i; k < end && k < i + LOOK_AHEAD && n < PACK_MAX_LANES; k++) {
			struct member *m = &p->members[k];

			if (done[k - first] || !pack_fits(cases, n, m->c))
				continue;
			cases[n] = m->c;
			lanes[n++] = m;
			done[k - first] = true;
		}
		p->units[p->nunits++] = n > 1 ? new_pack(lanes, cases, n) : &p->members[i];
	}
	free(done);
}

static void make_batches(struct plan *p, u32 max)
{
	u32 cap = 0;

	p->units = xcalloc(p->cnt, sizeof(*p->units));
	for (u32 i = 0, end; i < p->cnt; i = end) {
		u32 unit = p->nunits;

		for (end = i + 1; end < p->cnt && same_program(&p->members[i], &p->members[end]); end++)
			;
		make_units(p, i, end);
		for (; unit < p->nunits; unit += max) {
			u32 left = p->nunits - unit;

			ARRAY_GROW(p->batches, p->nbatches, cap);
			p->batches[p->nbatches++] = (struct batch){ .first = unit, .cnt = left < max ? left : max };
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
			ret = case_expand(&out->files[i], add_member, &l, diag);
	}
	for (u32 i = 0; !ret && i < sel->npatterns; i++)
		if (!l.used[i])
			ret = diag_set(diag, sel->dir, 0, 0, "no case matches '%s' (`checkjit list` shows all ids)",
				       sel->patterns[i]);
	free(l.used);
	case_paths_free(paths);
	if (ret)
		plan_free(out);
	else
		make_batches(out, sel->max_batch);
	return ret;
}

/* Cases with the same inputs side by side; else in the order of their ids. */
static int by_inputs(const void *pa, const void *pb)
{
	const struct member *a = pa, *b = pb;

	if (a->c->vecs->key != b->c->vecs->key)
		return a->c->vecs->key < b->c->vecs->key ? -1 : 1;
	if (a->c->nneeds != b->c->nneeds)
		return a->c->nneeds < b->c->nneeds ? -1 : 1;
	if (a->reach != b->reach)
		return a->reach > b->reach ? -1 : 1;
	return a->place < b->place ? -1 : 1;
}

bool plan_sweep(struct sweep *s, u32 share, u32 max_batch, struct plan *out)
{
	struct sweep_pick pick;
	struct bpf_case *c;

	memset(out, 0, sizeof(*out));
	while (out->cnt < SWEEP_CASES && (c = sweep_next(s, &pick))) {
		ARRAY_GROW(out->members, out->cnt, out->cap);
		out->members[out->cnt] = (struct member){
			.c = c,
			.generated = true,
			.place = out->cnt,
			.reach = reach_of(s, &pick, share),
			.first_vec = pick.vec < 0 ? 0 : pick.vec,
			.nr_vecs = pick.vec < 0 ? c->vecs->nvecs : 1,
		};
		out->cnt++;
	}
	if (!out->cnt)
		return false;
	qsort(out->members, out->cnt, sizeof(*out->members), by_inputs);
	make_batches(out, max_batch);
	return true;
}

struct member **member_lanes(struct member **m, u32 *cnt)
{
	*cnt = (*m)->lanes ? (*m)->nlanes : 1;
	return (*m)->lanes ? (*m)->lanes : m;
}

static void member_free(struct member *m)
{
	bpf_case_free(m->c);
	model_state_free(&m->first);
	free(m->fault);
	free(m->lanes);
}

void plan_free(struct plan *p)
{
	for (u32 i = 0; i < p->nunits; i++) {
		if (!p->units[i]->lanes)
			continue;
		member_free(p->units[i]);
		free(p->units[i]);
	}
	for (u32 i = 0; i < p->cnt; i++)
		member_free(&p->members[i]);
	for (u32 i = 0; i < p->nfiles; i++)
		case_file_free(&p->files[i]);
	free(p->members);
	free(p->units);
	free(p->batches);
	free(p->files);
	memset(p, 0, sizeof(*p));
}

/* The model cannot run vector @vec, or contradicts its literals: the case or the model is at fault. */
static void set_fault(struct member *m, u32 vec, const char *what, const char *why)
{
	u32 line = m->c->vecs->lines ? m->c->vecs->lines[vec] : m->c->line;

	m->fault = xasprintf("%s:%u: model: %s%s%s", m->c->file, line, what, *what ? ": " : "", why);
}

/* Vector @vec in the model, and against the case's literals; false with m->fault set where they disagree. */
static bool model_vec(struct member *m, u32 vec, enum byte_order order, int word_bits, struct model_state *st)
{
	enum model_stop stop;
	char why[EXPECT_WHY] = "";

	stop = model_run(m->c, vec, order, word_bits, st, why);
	if (stop != MODEL_OK) {
		set_fault(m, vec, model_stop_name(stop), why);
		return false;
	}
	if (m->c->nexpects && case_check_expects(m->c, vec, st, order, why)) {
		set_fault(m, vec, "", why);
		return false;
	}
	return true;
}

void member_model(struct member *m, enum byte_order order, int word_bits)
{
	if (m->modelled)
		return;
	m->modelled = true;
	if (m->c->outcome != OUTCOME_REJECT)
		model_vec(m, m->first_vec, order, word_bits, &m->first);
}

static void hash_bytes(struct wire_hash *h, const u8 *p, u32 len, enum byte_order order)
{
	for (u32 i = 0; i < len; i += 4)
		wire_hash_word(h, bytes_word(p + i, order));
}

struct wire_hash member_hash(struct member *m, const struct frame_prog *prog, u32 b, enum byte_order order, int word_bits)
{
	u32 size = prog->blocks[b].size, ctx = m->c->vecs->win_size[REGION_CTX];
	bool cached = prog->kind == FRAME_WIDE;
	struct model_state st = {};
	struct wire_hash h;
	u8 *slot;

	if (cached && m->hashed[!b])
		return m->hash[!b];
	slot = xmalloc(size);
	wire_hash_init(&h);
	for (u32 v = m->first_vec; v < m->first_vec + m->nr_vecs; v++) {
		if (!model_vec(m, v, order, word_bits, &st))
			break;
		frame_expect(prog, b, v, &st, order, slot);
		if (!b)
			wire_hash_word(&h, st.retval);
		hash_bytes(&h, slot, size, order);
		if (!b && ctx)
			hash_bytes(&h, st.win[REGION_CTX], ctx, order);
	}
	model_state_free(&st);
	free(slot);
	if (cached) {
		m->hash[!b] = h;
		m->hashed[!b] = true;
	}
	return h;
}

