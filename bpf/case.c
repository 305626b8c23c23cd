// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "bpf/case.h"
#include "lib/strset.h"
#include "lib/util.h"

const char *region_name(enum region region)
{
	static const char *const names[NR_REGIONS] = { "scalar", "mem", "stack", "ctx" };

	return region < NR_REGIONS ? names[region] : "?";
}

const char *case_type_name(enum case_type type)
{
	static const char *const names[NR_CASE_TYPES] = { "syscall", "raw_tp", "socket", "classic",
							  "xdp" };

	return type < NR_CASE_TYPES ? names[type] : "?";
}

void vectors_put(struct vectors *t)
{
	if (!t || --t->refs)
		return;
	if (t->bytes[ORDER_BE] != t->bytes[ORDER_LE])
		free(t->bytes[ORDER_BE]);
	free(t->bytes[ORDER_LE]);
	free(t->cols);
	free(t->lines);
	free(t);
}

struct vectors *vectors_get(struct vectors *t)
{
	t->refs++;
	return t;
}

bool case_needs(const struct bpf_case *c, const char *need)
{
	for (u32 i = 0; i < c->nneeds; i++)
		if (!strcmp(c->needs[i], need))
			return true;
	return false;
}

void bpf_case_free(struct bpf_case *c)
{
	if (!c)
		return;
	for (u32 i = 0; i < c->nprogs; i++) {
		code_free(&c->progs[i]);
		free(c->prog_names[i]);
	}
	for (u32 i = 0; i < c->nmaps; i++) {
		free(c->maps[i].name);
		free(c->maps[i].slots);
	}
	for (u32 i = 0; i < c->nneeds; i++)
		free(c->needs[i]);
	free(c->progs);
	free(c->prog_names);
	free(c->attach);
	free(c->maps);
	for (u32 i = 0; i < c->nrefusals; i++)
		free(c->refusals[i].log);
	free(c->refusals);
	free(c->needs);
	free(c->guards);
	free(c->doc);
	free(c->expects);
	vectors_put(c->vecs);
	free(c);
}

void case_copy_refusals(struct bpf_case *to, const struct bpf_case *from)
{
	to->nrefusals = from->nrefusals;
	to->refusals = NULL;
	if (!from->nrefusals)
		return;
	to->refusals = xmemdup(from->refusals, from->nrefusals * sizeof(*from->refusals));
	for (u32 i = 0; i < to->nrefusals; i++)
		if (to->refusals[i].log)
			to->refusals[i].log = xstrdup(to->refusals[i].log);
}

u64 case_reg_in(const struct bpf_case *c, u32 vec, int reg)
{
	const struct reg_in *in = &c->regs[reg];
	const struct vectors *t = c->vecs;

	if (in->region != REGION_NONE)
		return (s64)in->off;
	vec = (vec + in->turn) % t->nvecs;
	return t->cols[(size_t)vec * t->ncols + in->col];
}

const u8 *vec_window(const struct vectors *t, u32 vec, enum region region, enum byte_order order)
{
	const u8 *p = t->bytes[order];

	if (!p)
		return NULL;
	p += (size_t)vec * t->win_bytes;
	for (int r = REGION_NONE; r < (int)region; r++)
		p += t->win_size[r];
	return p;
}

const char *case_intern(const char *s)
{
	static struct strset interned;
	const struct strset_entry *e = strset_find(&interned, s);

	if (!e)
		e = strset_add(&interned, s, 0);
	return e->key;
}
