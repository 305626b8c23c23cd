// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "bpf/case_select.h"
#include "bpf/expect.h"
#include "lib/util.h"
#include "runners/plan.h"

struct loading {
	struct plan *plan;
	const struct plan_select *sel;
	bool *used;		/* by pattern */
};

static int add_member(void *ctx, struct bpf_case *c)
{
	struct loading *l = ctx;
	struct plan *p = l->plan;
	long vec = -1;
	bool wanted = !l->sel->npatterns;

	for (u32 i = 0; i < l->sel->npatterns; i++) {
		long v;

		if (!case_selected(c, l->sel->patterns[i], &v))
			continue;
		l->used[i] = true;
		vec = v;
		wanted = true;
	}
	if (!wanted) {
		bpf_case_free(c);
		return 0;
	}
	ARRAY_GROW(p->members, p->cnt, p->cap);
	p->members[p->cnt++] = (struct member){
		.c = c,
		.first_vec = vec < 0 ? 0 : vec,
		.nr_vecs = vec < 0 ? c->vecs->nvecs : 1,
	};
	return 0;
}

static bool same_program(const struct member *a, const struct member *b)
{
	return !a->c->alone && !b->c->alone && a->c->frame == b->c->frame && a->c->vecs->key == b->c->vecs->key &&
	       a->first_vec == b->first_vec && a->nr_vecs == b->nr_vecs && !strcmp(a->c->group, b->c->group);
}

static void make_batches(struct plan *p, u32 max)
{
	u32 cap = 0;

	for (u32 i = 0; i < p->cnt; i++) {
		struct batch *last = p->nbatches ? &p->batches[p->nbatches - 1] : NULL;

		if (last && last->cnt < max && same_program(&p->members[last->first], &p->members[i])) {
			last->cnt++;
			continue;
		}
		ARRAY_GROW(p->batches, p->nbatches, cap);
		p->batches[p->nbatches++] = (struct batch){ .first = i, .cnt = 1 };
	}
}

int plan_load(const struct plan_select *sel, struct plan *out, struct diag *diag)
{
	struct loading l = { .plan = out, .sel = sel };
	char **paths;
	int ret = 0;

	memset(out, 0, sizeof(*out));
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

void plan_free(struct plan *p)
{
	for (u32 i = 0; i < p->cnt; i++) {
		bpf_case_free(p->members[i].c);
		model_state_free(&p->members[i].first);
		free(p->members[i].fault);
	}
	for (u32 i = 0; i < p->nfiles; i++)
		case_file_free(&p->files[i]);
	free(p->members);
	free(p->batches);
	free(p->files);
	memset(p, 0, sizeof(*p));
}

/* Vector @vec in the model, and against the case's literals; false with m->fault set where they disagree. */
static bool model_vec(struct member *m, u32 vec, enum byte_order order, int word_bits, struct model_state *st)
{
	enum model_stop stop;
	char why[EXPECT_WHY] = "";

	stop = model_run(m->c, vec, order, word_bits, st, why);
	if (stop != MODEL_OK) {
		m->fault = xasprintf("model: %s: %s", model_stop_name(stop), why);
		return false;
	}
	if (m->c->nexpects && case_check_expects(m->c, vec, st, order, why)) {
		m->fault = xasprintf("model: %s", why);
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

static u32 word_at(const u8 *p, enum byte_order order)
{
	if (order == ORDER_LE)
		return p[0] | p[1] << 8 | p[2] << 16 | (u32)p[3] << 24;
	return p[3] | p[2] << 8 | p[1] << 16 | (u32)p[0] << 24;
}

static void hash_bytes(struct wire_hash *h, const u8 *p, u32 len, enum byte_order order)
{
	for (u32 i = 0; i < len; i += 4)
		wire_hash_word(h, word_at(p + i, order));
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

