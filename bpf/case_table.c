// SPDX-License-Identifier: GPL-2.0
/* The vectors of an instance: noise, then what its vec lines assign. */
#include <errno.h>
#include <string.h>
#include "bpf/case_vec.h"
#include "lib/bytes.h"
#include "lib/rand.h"
#include "lib/util.h"

#define MAX_TABLE (256u << 20) /* bytes of one table */

struct vec_cache {
	struct vec_cache *next;
	u64 sig;
	struct vectors *table;
};

/*
 * Indices of case_noise(): registers by number, columns that a vector leaves out, words of the
 * windows.
 */
enum {
	NOISE_REGS = 0,
	NOISE_COLS = 16,
	NOISE_WINDOWS = 128, /* + 128 for each region before */
};

/* Noise that a lost half, a wrong extension or a swap always changes. */
static bool is_lively(u64 x)
{
	u32 hi = x >> 32, lo = x;

	return hi && lo && ~hi && ~lo && hi != lo && (u16)lo != lo >> 16 && (u16)hi != hi >> 16 &&
	       x != __builtin_bswap64(x);
}

u64 case_noise(u32 vec, u32 idx)
{
	u64 x = rand_mix((u64)vec << 32 | idx);

	while (!is_lively(x))
		x = rand_mix(x);
	return x;
}

static u64 mix_in(u64 h, u64 v)
{
	h = (h ^ v) * 0xff51afd7ed558ccdull;
	return h ^ h >> 32;
}

static u64 mix_bytes(u64 h, const void *p, size_t n)
{
	const u8 *b = p;
	u64 w;

	for (; n >= 8; n -= 8, b += 8) {
		memcpy(&w, b, 8);
		h = mix_in(h, w);
	}
	while (n--)
		h = mix_in(h, *b++);
	return h;
}

/* A hash of all that the table is made from: equal signatures make equal tables. */
static u64 signature(const struct instance *m)
{
	u64 h = mix_in(m->nvecs, m->ncols);

	for (int r = REGION_MEM; r < NR_REGIONS; r++)
		h = mix_in(h, m->win[r]);
	for (u32 i = 0; i < m->nvecs; i++) {
		const struct instance_vec *v = &m->vecs[i];

		h = mix_in(h, v->nassigns);
		for (u32 k = 0; k < v->nassigns; k++) {
			const struct assign *a = &v->assigns[k];

			h = mix_in(h, (u64)a->off << 32 | a->size << 16 | a->col << 8 | a->is_reg);
			h = mix_in(h, a->cnt);
			if (a->raw)
				h = mix_bytes(h, a->raw, a->cnt);
			else
				h = mix_bytes(h, a->vals ? a->vals : &a->one, 8 * (size_t)a->cnt);
		}
	}
	return h;
}

static void fill_noise(struct vectors *t, u32 vec, u32 named)
{
	u64 *cols = t->cols + (size_t)vec * t->ncols;
	u8 *bytes = t->bytes[ORDER_LE] + (size_t)vec * t->win_bytes;

	for (u32 i = 0; i < named; i++)
		cols[i] = case_noise(vec, NOISE_COLS + i);
	for (u32 i = 0; i < CASE_REGS; i++)
		cols[named + i] = case_noise(vec, NOISE_REGS + i);
	for (int r = REGION_MEM; r < NR_REGIONS; r++) {
		for (u32 i = 0; i < t->win_size[r] / 8; i++, bytes += 8)
			bytes_put(bytes, 8, case_noise(vec, NOISE_WINDOWS * r + i), ORDER_LE);
	}
}

static void fill_assign(struct vectors *t, u32 vec, const struct assign *a, u32 pick)
{
	u64 v = a->raw ? 0 : a->vals ? a->vals[pick] : a->one;

	if (a->is_reg) {
		t->cols[(size_t)vec * t->ncols + a->col] = v;
		return;
	}
	for (int o = 0; o < NR_ORDERS; o++) {
		u8 *p = t->bytes[o] + (size_t)vec * t->win_bytes + a->off;

		if (o && t->bytes[o] == t->bytes[0])
			break;
		if (a->raw)
			memcpy(p, a->raw, a->cnt);
		else
			bytes_put(p, a->size, v, o);
	}
}

/* Fill in the product of the values of one line; the last assignment varies fastest. */
static void fill_line(struct vectors *t, u32 first, const struct instance_vec *v)
{
	for (u32 i = 0; i < v->nvecs; i++) {
		u32 rest = i, picks = v->nvecs;

		t->lines[first + i] = v->line;
		for (u32 k = 0; k < v->nassigns; k++) {
			const struct assign *a = &v->assigns[k];
			u32 cnt = a->raw ? 1 : a->cnt;

			picks /= cnt;
			fill_assign(t, first + i, a, rest / picks);
			rest %= picks;
		}
	}
}

static bool has_multibyte(const struct instance *m)
{
	for (u32 i = 0; i < m->nvecs; i++)
		for (u32 k = 0; k < m->vecs[i].nassigns; k++)
			if (!m->vecs[i].assigns[k].is_reg && m->vecs[i].assigns[k].size > 1)
				return true;
	return false;
}

void vectors_seal(struct vectors *t)
{
	t->key = mix_in(mix_in(t->nvecs, t->ncols), t->win_bytes);
	t->key = mix_bytes(t->key, t->win_size, sizeof(t->win_size));
	t->key = mix_bytes(t->key, t->cols, (size_t)t->nvecs * t->ncols * sizeof(*t->cols));
	for (int o = 0; o < NR_ORDERS; o++)
		t->key = mix_bytes(t->key, t->bytes[o], (size_t)t->nvecs * t->win_bytes);
}

static struct vectors *build_table(const struct instance *m, u32 nvecs, u32 line)
{
	struct vectors *t = xcalloc(1, sizeof(*t));
	u32 first = 0;

	t->refs = 1;
	t->nvecs = nvecs;
	t->ncols = m->ncols + CASE_REGS;
	for (int r = REGION_MEM; r < NR_REGIONS; r++) {
		t->win_size[r] = instance_win_size(m, r);
		t->win_bytes += t->win_size[r];
	}
	t->cols = xmalloc((size_t)nvecs * t->ncols * sizeof(*t->cols));
	t->lines = xmalloc(nvecs * sizeof(*t->lines));
	t->bytes[ORDER_LE] = xmalloc((size_t)nvecs * t->win_bytes);
	for (u32 i = 0; i < nvecs; i++)
		fill_noise(t, i, m->ncols);
	t->bytes[ORDER_BE] = t->bytes[ORDER_LE];
	if (has_multibyte(m))
		t->bytes[ORDER_BE] = xmemdup(t->bytes[ORDER_LE], (size_t)nvecs * t->win_bytes);
	if (!m->nvecs)
		t->lines[0] = line;
	for (u32 i = 0; i < m->nvecs; i++) {
		fill_line(t, first, &m->vecs[i]);
		first += m->vecs[i].nvecs;
	}

	vectors_seal(t);
	return t;
}

static int add_expects(struct instance *m, struct scan *where)
{
	struct bpf_case *c = m->c;
	u32 cap = 0, first = 0;

	for (u32 i = 0; i < m->nvecs; first += m->vecs[i++].nvecs) {
		const struct instance_vec *v = &m->vecs[i];

		for (u32 k = 0; k < v->nexpects; k++) {
			const struct expect *e = &v->expects[k];

			if (e->item.what == EXPECT_REG && !(c->out_regs & (1 << e->item.reg)))
				return diag_set(where->diag, where->file, v->line, e->col,
						"r%d is not compared in this case (%s)",
						e->item.reg,
						c->raw	       ? "raw cases show retval and memory"
						: m->out_given ? "see its out line"
							       : "calls leave r1-r5 unreadable");
		}
		for (u32 n = 0; n < v->nvecs; n++) {
			for (u32 k = 0; k < v->nexpects; k++) {
				ARRAY_GROW(c->expects, c->nexpects, cap);
				c->expects[c->nexpects] = v->expects[k].item;
				c->expects[c->nexpects++].vec = first + n;
			}
		}
	}
	return 0;
}

int vecs_build(struct instance *m, struct vec_cache **cache, struct scan *where)
{
	struct bpf_case *c = m->c;
	u64 sig = signature(m), nvecs = 0, row = 0;
	struct vec_cache *e;
	bool aliased = false;

	for (u32 i = 0; i < m->nvecs; i++)
		nvecs += m->vecs[i].nvecs;
	nvecs = nvecs ? nvecs : 1;
	for (int r = REGION_MEM; r < NR_REGIONS; r++)
		row += instance_win_size(m, r);
	if (nvecs > CASE_MAX_VECS)
		return scan_err(where, where->text,
				"%llu vectors in this case (expected at most %d)",
				(unsigned long long)nvecs, CASE_MAX_VECS);
	if (nvecs * (8 * (m->ncols + CASE_REGS) + NR_ORDERS * row) > MAX_TABLE)
		return scan_err(where, where->text, "the vectors of this case take more than %u MB",
				MAX_TABLE >> 20);

	for (e = *cache; e && e->sig != sig; e = e->next)
		;
	if (!e) {
		e = xmalloc(sizeof(*e));
		e->sig = sig;
		e->table = build_table(m, nvecs, where->line);
		e->next = *cache;
		*cache = e;
	}
	c->vecs = vectors_get(e->table);

	for (int r = 0; r < CASE_REGS; r++)
		if (c->regs[r].region == REGION_NONE)
			c->regs[r].col = m->ncols + r;
	for (u32 i = 0; i < m->ncols; i++) {
		struct reg_in *in = &c->regs[m->cols[i].reg];

		aliased |= in->col < m->ncols;
		in->col = i;
	}
	return aliased ? 0 : add_expects(m, where);
}

void vec_cache_free(struct vec_cache *cache)
{
	while (cache) {
		struct vec_cache *next = cache->next;

		vectors_put(cache->table);
		free(cache);
		cache = next;
	}
}
