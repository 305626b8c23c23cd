// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "lib/bytes.h"
#include "lib/util.h"
#include "session/diff.h"

u64 spilled_reg(const struct wrapper_block *b, enum wrapper_kind kind, const u8 *slot, int k,
		enum byte_order order)
{
	const u8 *p = slot + (b->out - b->start) + 8 * k;

	switch (kind) {
	case WRAPPER_WIDE:
	case WRAPPER_UNPRIV:
		return bytes_get(p, 8, order);
	case WRAPPER_HALVES:
		return bytes_get(p, 4, order) | bytes_get(p + 4, 4, order) << 32;
	default:
		return bytes_get(p, 4, order);
	}
}

/* A state of the model as the wrapper shows it, in buffers that are reused. */
static void show(struct shown_state *to, const struct exec *x, u32 vec,
		 const struct model_state *st, enum byte_order order)
{
	u32 ctx = x->cases[0]->c->vecs->win_size[REGION_CTX];

	to->retval = st->retval;
	if (!to->slot)
		to->slot = xmalloc(x->prog.blocks[0].size);
	wrapper_expect(&x->prog, 0, vec, st, order, to->slot);
	if (ctx && !to->ctx)
		to->ctx = xmalloc(ctx);
	if (ctx)
		memcpy(to->ctx, st->win[REGION_CTX], ctx);
}

static void shown_free(struct shown_state *s)
{
	free(s->slot);
	free(s->ctx);
}

static bool same(const struct exec *x, const struct shown_state *a, const struct shown_state *b)
{
	u32 ctx = x->cases[0]->c->vecs->win_size[REGION_CTX];

	return a->retval == b->retval && !memcmp(a->slot, b->slot, x->prog.blocks[0].size) &&
	       (!ctx || !memcmp(a->ctx, b->ctx, ctx));
}

static struct shown_state copy(const struct exec *x, const struct shown_state *s)
{
	u32 ctx = x->cases[0]->c->vecs->win_size[REGION_CTX];

	return (struct shown_state){ .retval = s->retval,
				     .slot = xmemdup(s->slot, x->prog.blocks[0].size),
				     .ctx = ctx ? xmemdup(s->ctx, ctx) : NULL };
}

enum agreement diff_dump(const struct exec *x, const struct reply *reply, enum byte_order order,
			 int word_bits, const struct quirks *q, const u8 *wired, struct diff *out,
			 quirk_set *met)
{
	const struct prediction *p = x->cases[0];
	u32 size = x->prog.blocks[0].size, ctx = p->c->vecs->win_size[REGION_CTX];
	struct model_state plain = { .quirks = *q, .standard = true, .wired = wired };
	struct model_state quirky = { .quirks = *q, .wired = wired };
	struct shown_state want = {}, predicted = {};
	bool standard = true;

	memset(out, 0, sizeof(*out));
	*met = 0;
	for (u32 i = 0; i < reply->nr_vecs; i++) {
		u8 *row = (u8 *)reply->dump + (size_t)i * (8 + size + ctx);
		struct shown_state got = { .retval = bytes_get(row, 4, order),
					   .slot = row + 8,
					   .ctx = ctx ? row + 8 + size : NULL };
		u32 vec = p->first_vec + i;
		bool other = false;

		if (model_run(p->c, vec, order, word_bits, &plain, NULL) != MODEL_OK)
			break;
		show(&want, x, vec, &plain, order);
		if (plain.met && !plain.miswired &&
		    model_run(p->c, vec, order, word_bits, &quirky, NULL) == MODEL_OK) {
			show(&predicted, x, vec, &quirky, order);
			other = !same(x, &predicted, &want);
			*met |= other ? quirky.met : 0;
		}
		standard &= same(x, &got, &want);
		if (same(x, &got, other ? &predicted : &want) || out->failed++)
			continue;
		out->vec = vec;
		out->block = x->prog.blocks[0];
		out->kind = x->prog.kind;
		out->got = copy(x, &got);
		out->want = copy(x, &want);
		if (other)
			out->predicted = copy(x, &predicted);
	}
	model_state_free(&plain);
	model_state_free(&quirky);
	shown_free(&want);
	shown_free(&predicted);
	if (standard) {
		diff_free(out);
		return AGREE_STANDARD;
	}
	return out->failed ? AGREE_NEITHER : AGREE_PREDICTED;
}

void diff_free(struct diff *d)
{
	shown_free(&d->got);
	shown_free(&d->want);
	shown_free(&d->predicted);
	memset(d, 0, sizeof(*d));
}
