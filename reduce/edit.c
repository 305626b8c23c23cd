// SPDX-License-Identifier: GPL-2.0
/* Copies of cases. */
#include <string.h>
#include "bpf/case_tmpl.h"
#include "lib/util.h"
#include "reduce/edit.h"

static char *dup_text(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static void dup_maps(struct bpf_case *c)
{
	c->maps = c->nmaps ? xmemdup(c->maps, c->nmaps * sizeof(*c->maps)) : NULL;
	for (u32 i = 0; i < c->nmaps; i++) {
		struct case_map *m = &c->maps[i];

		m->name = xstrdup(m->name);
		if (m->slots)
			m->slots = xmemdup(m->slots, m->entries * sizeof(*m->slots));
	}
}

struct bpf_case *case_dup(const struct bpf_case *orig)
{
	struct bpf_case *c = xmemdup(orig, sizeof(*orig));

	c->progs = xcalloc(c->nprogs, sizeof(*c->progs));
	c->prog_names = xcalloc(c->nprogs, sizeof(*c->prog_names));
	for (u32 i = 0; i < c->nprogs; i++) {
		code_copy(&c->progs[i], &orig->progs[i]);
		c->prog_names[i] = xstrdup(orig->prog_names[i]);
	}
	c->attach = c->attach ? xmemdup(c->attach, c->nprogs * sizeof(*c->attach)) : NULL;
	dup_maps(c);
	c->needs = c->nneeds ? xmemdup(c->needs, c->nneeds * sizeof(*c->needs)) : NULL;
	for (u32 i = 0; i < c->nneeds; i++)
		c->needs[i] = xstrdup(c->needs[i]);
	case_copy_refusals(c, orig);
	c->guards = dup_text(c->guards);
	c->doc = dup_text(c->doc);
	c->expects = c->nexpects ? xmemdup(c->expects, c->nexpects * sizeof(*c->expects)) : NULL;
	c->vecs = vectors_get(c->vecs);
	return c;
}

static u64 fnv(u64 h, const void *data, size_t len)
{
	const u8 *p = data;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 0x100000001b3ull;
	return h;
}

#define FNV_START 0xcbf29ce484222325ull

static u64 hash_u64(u64 h, u64 v)
{
	return fnv(h, &v, sizeof(v));
}

static u64 table_key(const struct vectors *t)
{
	u64 h = fnv(FNV_START, t->win_size, sizeof(t->win_size));

	h = fnv(h, t->cols, (size_t)t->nvecs * t->ncols * sizeof(*t->cols));
	h = fnv(h, t->bytes[ORDER_LE], (size_t)t->nvecs * t->win_bytes);
	return h ? h : 1;
}

struct bpf_case *case_dup_vec(const struct bpf_case *orig, u32 vec, enum byte_order order)
{
	struct bpf_case *c = case_dup(orig);
	const struct vectors *from = orig->vecs;
	struct vectors *t = xcalloc(1, sizeof(*t));

	t->refs = 1;
	t->nvecs = 1;
	t->ncols = CASE_REGS;
	t->cols = xcalloc(CASE_REGS, sizeof(*t->cols));
	for (int k = 0; k < CASE_REGS; k++) {
		t->cols[k] = c->regs[k].region || !from->ncols ? 0 : case_reg_in(orig, vec, k);
		c->regs[k].col = k;
	}
	memcpy(t->win_size, from->win_size, sizeof(t->win_size));
	t->win_bytes = from->win_bytes;
	t->bytes[ORDER_LE] = t->bytes[ORDER_BE] = xcalloc(1, t->win_bytes + 1);
	if (t->win_bytes)
		memcpy(t->bytes[ORDER_LE], from->bytes[order] + (size_t)vec * from->win_bytes,
		       t->win_bytes);
	t->key = table_key(t);
	vectors_put(c->vecs);
	c->vecs = t;
	free(c->expects);
	c->expects = NULL;
	c->nexpects = 0;
	return c;
}

struct vectors *case_own_vecs(struct bpf_case *c)
{
	struct vectors *old = c->vecs, *t = xmemdup(old, sizeof(*old));

	t->refs = 1;
	t->lines = NULL;
	t->cols = xmemdup(old->cols, (size_t)t->nvecs * t->ncols * sizeof(*t->cols));
	t->bytes[ORDER_LE] = t->bytes[ORDER_BE] =
		xmemdup(old->bytes[ORDER_LE], t->nvecs * t->win_bytes + 1);
	vectors_put(old);
	c->vecs = t;
	return t;
}

void case_seal(struct bpf_case *c)
{
	c->vecs->key = table_key(c->vecs);
}

static u64 hash_insn(u64 h, const struct insn *i)
{
	return hash_u64(h, (u64)i->code << 56 | (u64)i->dst << 52 | (u64)i->src << 48 |
				   (u64)(u16)i->off << 32 | (u32)i->imm);
}

static u64 hash_code(u64 h, const struct code *code)
{
	h = hash_u64(h, code->cnt);
	for (u32 i = 0; i < code->cnt; i++)
		h = hash_insn(h, &code->insns[i]);
	for (u32 i = 0; i < code->nfuncs; i++)
		h = hash_u64(h, (u64)code->funcs[i].start << 16 | code->funcs[i].nargs << 8 |
					code->funcs[i].flags);
	return h;
}

u64 case_hash(const struct bpf_case *c)
{
	u64 h = FNV_START;

	for (u32 i = 0; i < c->nprogs; i++)
		h = hash_code(h, &c->progs[i]);
	for (u32 i = 0; i < c->nmaps; i++) {
		const struct case_map *m = &c->maps[i];

		h = hash_u64(hash_u64(h, (u64)m->key_size << 32 | m->value_size),
			     (u64)m->entries << 8 | m->kind);
		if (m->slots)
			h = fnv(h, m->slots, m->entries * sizeof(*m->slots));
	}
	for (u32 i = 0; c->attach && i < c->nprogs; i++) {
		const struct case_attach *a = &c->attach[i];

		h = hash_u64(hash_u64(h, (u64)a->kind << 40 | (u64)a->prog << 32 | a->func),
			     a->cookie ^ (u32)a->kfunc ^ (u64)a->stay << 62);
		for (u32 k = 0; k < a->nmore; k++)
			h = hash_u64(hash_u64(h, a->more[k].kfunc), a->more[k].cookie);
	}
	for (int k = 0; k < CASE_REGS; k++)
		h = hash_u64(h, (u64)c->regs[k].region << 32 | c->regs[k].col << 16 |
					(u16)c->regs[k].off);
	for (u32 i = 0; i < c->nneeds; i++)
		h = fnv(h, c->needs[i], strlen(c->needs[i]));
	h = hash_u64(h, (u64)c->out_regs << 8 | c->folds << 5 | c->alone << 4 | c->raw << 2 |
				c->wrapper | (u64)c->type << 32);
	return hash_u64(h, c->vecs->key);
}

u32 case_insns(const struct bpf_case *c)
{
	u32 n = 0;

	for (u32 i = 0; i < c->nprogs; i++)
		for (u32 k = 0; k < c->progs[i].cnt; k++, n++)
			k += insn_is_wide(&c->progs[i].insns[k]);
	return n;
}

void case_fit_out(struct bpf_case *c, const struct bpf_case *orig)
{
	u16 left_out = case_default_out(orig) & ~orig->out_regs;

	c->out_regs = case_default_out(c) & ~left_out;
}
