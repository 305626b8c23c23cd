// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include "lib/bytes.h"
#include "lib/strbuf.h"
#include "lib/util.h"
#include "explain/diff.h"

u64 spilled_reg(const struct frame_block *b, enum frame_kind kind, const u8 *slot, int k, enum byte_order order)
{
	const u8 *p = slot + (b->out - b->start) + 8 * k;

	switch (kind) {
	case FRAME_WIDE:
	case FRAME_UNPRIV:
		return bytes_get(p, 8, order);
	case FRAME_HALVES:
		return bytes_get(p, 4, order) | bytes_get(p + 4, 4, order) << 32;
	default:
		return bytes_get(p, 4, order);
	}
}

static void keep_vec(struct diff *d, const struct job *job, u32 vec, const u8 *row, const u8 *want,
		     const struct model_state *st, u32 size, u32 ctx, enum byte_order order)
{
	d->vec = vec;
	d->block = job->prog.blocks[0];
	d->kind = job->kind;
	d->retval = bytes_get(row, 4, order);
	d->want_retval = st->retval;
	d->slot = xmemdup(row + 8, size);
	d->want_slot = xmemdup(want, size);
	if (ctx) {
		d->ctx = xmemdup(row + 8 + size, ctx);
		d->want_ctx = xmemdup(st->win[REGION_CTX], ctx);
	}
}

void diff_dump(const struct job *job, const struct reply *reply, enum byte_order order, int word_bits, struct diff *out)
{
	struct member *m = job->members[0];
	u32 size = job->prog.blocks[0].size, ctx = m->c->vecs->win_size[REGION_CTX];
	struct model_state st = {};
	u8 *want = xmalloc(size);

	memset(out, 0, sizeof(*out));
	for (u32 i = 0; i < reply->nr_vecs; i++) {
		const u8 *row = reply->dump + (size_t)i * (8 + size + ctx);
		u32 vec = m->first_vec + i;

		if (model_run(m->c, vec, order, word_bits, &st, NULL) != MODEL_OK)
			break;
		frame_expect(&job->prog, 0, vec, &st, order, want);
		if (bytes_get(row, 4, order) == st.retval && !memcmp(row + 8, want, size) &&
		    (!ctx || !memcmp(row + 8 + size, st.win[REGION_CTX], ctx)))
			continue;
		if (!out->failed++)
			keep_vec(out, job, vec, row, want, &st, size, ctx, order);
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

/* "r3=0x8000000000000000 r4=…": what the body reads, with the registers that it names first and only. */
static char *inputs_text(const struct bpf_case *c, u32 vec)
{
	const struct code *code = &c->progs[0];
	u32 cnt = code_main_cnt(code);
	u16 named = 0;
	struct strbuf text = { 0 };

	for (u32 i = 0; i < cnt; i++) {
		named |= 1 << code->insns[i].dst | 1 << code->insns[i].src;
		i += insn_is_wide(&code->insns[i]);
	}
	for (int k = 0; k < CASE_REGS; k++) {
		if (!(named & (1 << k)) || c->regs[k].region)
			continue;
		strbuf_join(&text, " ", "r%d=0x%llx", k, (unsigned long long)case_reg_in(c, vec, k));
	}
	return strbuf_take(&text);
}

static void record_state(const struct diff *d, const struct bpf_case *c, enum byte_order order, struct record *rec)
{
	const struct frame_block *b = &d->block;
	const u32 *size = c->vecs->win_size;
	u32 win = b->win - b->start, out = b->out - b->start;
	char name[16];

	for (int k = 0; k < CASE_REGS; k++) {
		snprintf(name, sizeof(name), "r%d", k);
		record_diff_reg(rec, name, spilled_reg(b, d->kind, d->want_slot, k, order),
				spilled_reg(b, d->kind, d->slot, k, order));
	}
	record_diff_u32(rec, "retval", d->want_retval, d->retval);
	if (size[REGION_MEM])
		record_diff_window(rec, "mem", 0, d->want_slot + win, d->slot + win, size[REGION_MEM], CASE_GUARD, CASE_GUARD);
	if (size[REGION_STACK])
		record_diff_window(rec, "stack", -(long)(size[REGION_STACK] - CASE_GUARD), d->want_slot + out + 8 * CASE_REGS,
				   d->slot + out + 8 * CASE_REGS, size[REGION_STACK], CASE_GUARD, 0);
	if (d->ctx)
		record_diff_window(rec, "ctx", 0, d->want_ctx, d->ctx, size[REGION_CTX], guard_before(REGION_CTX),
				   guard_behind(REGION_CTX));
	/* what the frame itself must leave alone: the inputs in the map */
	record_diff_window(rec, "frame", 0, d->want_slot, d->slot, 8 * CASE_REGS, 0, 0);
}

void diff_record(const struct diff *d, const struct member *m, enum byte_order order, struct record *rec)
{
	rec->vector = d->vec;
	rec->failed_vectors = d->failed;
	if (m->c->vecs->lines)
		rec->line = m->c->vecs->lines[d->vec];
	rec->inputs = inputs_text(m->c, d->vec);
	record_state(d, m->c, order, rec);
}
