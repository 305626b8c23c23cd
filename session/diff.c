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

/* Keep the observed @row of vector @vec and the expected state. */
static void keep_row(struct diff *d, const struct exec *x, u32 vec, const u8 *row, const u8 *want,
		     const struct model_state *st, enum byte_order order)
{
	u32 size = x->prog.blocks[0].size, ctx = x->cases[0]->c->vecs->win_size[REGION_CTX];

	d->vec = vec;
	d->block = x->prog.blocks[0];
	d->kind = x->prog.kind;
	d->retval = bytes_get(row, 4, order);
	d->want_retval = st->retval;
	d->slot = xmemdup(row + 8, size);
	d->want_slot = xmemdup(want, size);
	if (ctx) {
		d->ctx = xmemdup(row + 8 + size, ctx);
		d->want_ctx = xmemdup(st->win[REGION_CTX], ctx);
	}
}

void diff_dump(const struct exec *x, const struct reply *reply, enum byte_order order,
	       int word_bits, struct diff *out)
{
	const struct prediction *p = x->cases[0];
	u32 size = x->prog.blocks[0].size, ctx = p->c->vecs->win_size[REGION_CTX];
	struct model_state st = {};
	u8 *want = xmalloc(size);

	memset(out, 0, sizeof(*out));
	for (u32 i = 0; i < reply->nr_vecs; i++) {
		const u8 *row = reply->dump + (size_t)i * (8 + size + ctx);
		u32 vec = p->first_vec + i;

		if (model_run(p->c, vec, order, word_bits, &st, NULL) != MODEL_OK)
			break;
		wrapper_expect(&x->prog, 0, vec, &st, order, want);
		if (bytes_get(row, 4, order) == st.retval && !memcmp(row + 8, want, size) &&
		    (!ctx || !memcmp(row + 8 + size, st.win[REGION_CTX], ctx)))
			continue;
		if (!out->failed++)
			keep_row(out, x, vec, row, want, &st, order);
	}
	model_state_free(&st);
	free(want);
}

void diff_free(struct diff *d)
{
	free(d->slot);
	free(d->want_slot);
	free(d->ctx);
	free(d->want_ctx);
	memset(d, 0, sizeof(*d));
}
