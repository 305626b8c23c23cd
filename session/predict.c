// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "bpf/expect.h"
#include "lib/bytes.h"
#include "lib/util.h"
#include "session/predict.h"

static void set_fault(struct prediction *p, u32 vec, const char *what, const char *why)
{
	u32 line = p->c->vecs->lines ? p->c->vecs->lines[vec] : p->c->line;

	p->fault =
		xasprintf("%s:%u: model: %s%s%s", p->c->file, line, what, *what ? ": " : "", why);
}

/*
 * Run vector @vec in the model and compare with the case's literals. Returns false with fault set
 * if the model cannot run it or the literals contradict it.
 */
static bool model_vec(struct prediction *p, u32 vec, enum byte_order order, int word_bits,
		      struct model_state *st)
{
	enum model_stop stop;
	char why[EXPECT_WHY] = "";

	stop = model_run(p->c, vec, order, word_bits, st, why);
	if (stop != MODEL_OK) {
		set_fault(p, vec, model_stop_name(stop), why);
		return false;
	}
	if (p->c->nexpects && case_check_expects(p->c, vec, st, order, why)) {
		set_fault(p, vec, "", why);
		return false;
	}
	return true;
}

void predict_first(struct prediction *p, enum byte_order order, int word_bits)
{
	if (p->modelled)
		return;
	p->modelled = true;
	if (case_runs(p->c))
		model_vec(p, p->first_vec, order, word_bits, &p->first);
}

bool predict_all(struct prediction *p, enum byte_order order, int word_bits)
{
	struct model_state st = {};

	predict_first(p, order, word_bits);
	if (!case_runs(p->c))
		return true;
	for (u32 v = p->first_vec + 1; v < p->first_vec + p->nr_vecs && !p->fault; v++)
		model_vec(p, v, order, word_bits, &st);
	model_state_free(&st);
	return !p->fault;
}

static void hash_bytes(struct wire_hash *h, const u8 *p, u32 len, enum byte_order order)
{
	for (u32 i = 0; i < len; i += 4)
		wire_hash_word(h, bytes_word(p + i, order));
}

/* Add the state of one vector to the hash of a block. @slot: a buffer for it. */
static void hash_state(struct wire_hash *h, const struct prediction *p,
		       const struct wrapper_prog *prog, u32 b, u32 vec,
		       const struct model_state *st, enum byte_order order, u8 *slot)
{
	u32 ctx = p->c->vecs->win_size[REGION_CTX];

	wrapper_expect(prog, b, vec, st, order, slot);
	if (!b)
		wire_hash_word(h, st->retval);
	hash_bytes(h, slot, prog->blocks[b].size, order);
	if (!b && ctx)
		hash_bytes(h, st->win[REGION_CTX], ctx, order);
}

struct wire_hash predict_hash(struct prediction *p, const struct wrapper_prog *prog, u32 b,
			      enum byte_order order, int word_bits, quirk_set watch)
{
	bool cached = prog->kind == WRAPPER_WIDE;
	/* unverified machines come by all that verified ones do */
	struct model_state st = { .quirks.set = watch, .standard = true };
	struct wire_hash h;
	u8 *slot;

	if (cached && p->hashed[!b])
		return p->hash[!b];
	slot = xmalloc(prog->blocks[b].size);
	wire_hash_init(&h);
	p->met = 0;
	for (u32 v = p->first_vec; v < p->first_vec + p->nr_vecs; v++) {
		if (!model_vec(p, v, order, word_bits, &st))
			break;
		hash_state(&h, p, prog, b, v, &st, order, slot);
		p->met |= st.met;
	}
	model_state_free(&st);
	free(slot);
	if (cached) {
		p->hash[!b] = h;
		p->hashed[!b] = true;
	}
	return h;
}

bool predict_quirks(const struct prediction *p, const struct wrapper_prog *prog, u32 b,
		    enum byte_order order, int word_bits, const struct quirks *q,
		    struct wire_hash *h, quirk_set *met)
{
	struct model_state st = { .quirks = *q };
	bool ok = true;
	u8 *slot;

	*met = 0;
	if (!(p->met & q->set))
		return false;
	slot = xmalloc(prog->blocks[b].size);
	wire_hash_init(h);
	for (u32 v = p->first_vec; ok && v < p->first_vec + p->nr_vecs; v++) {
		ok = model_run(p->c, v, order, word_bits, &st, NULL) == MODEL_OK;
		if (ok)
			hash_state(h, p, prog, b, v, &st, order, slot);
		*met |= st.met;
	}
	model_state_free(&st);
	free(slot);
	return ok;
}

quirk_set predict_met(const struct prediction *p, enum byte_order order, int word_bits,
		      const struct quirks *q)
{
	struct model_state plain = { .quirks = *q, .standard = true }, st = { .quirks = *q };
	bool differs = false;
	quirk_set met = 0;

	for (u32 v = p->first_vec; v < p->first_vec + p->nr_vecs; v++) {
		if (model_run(p->c, v, order, word_bits, &plain, NULL) != MODEL_OK)
			break;
		if (!plain.met)
			continue;
		if (model_run(p->c, v, order, word_bits, &st, NULL) != MODEL_OK)
			break;
		differs |= !model_state_equal(p->c, &plain, &st);
		met |= st.met;
	}
	model_state_free(&plain);
	model_state_free(&st);
	return differs ? met : 0;
}

void prediction_free(struct prediction *p)
{
	model_state_free(&p->first);
	free(p->fault);
}
