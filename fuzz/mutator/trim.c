// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "fuzz/mutator/trim.h"
#include "lib/util.h"

#define MAX_TRIES 400 /* runs of the target */

enum { TRIM_UNITS, TRIM_VECTORS, TRIM_PROGS, TRIM_MAPS, TRIM_DONE };

void trim_begin(struct trim *t, const struct fuzz_input *in)
{
	t->best = *in;
	t->kind = TRIM_UNITS;
	t->prog = t->at = t->run = t->tries = 0;
}

/* Make t->next without units [@at, @at + @run). Returns false if that is invalid or not smaller. */
static bool without_units(struct trim *t)
{
	struct edit *e = &t->edit;
	bool *gone, ok;

	e->in = &t->next;
	edit_open(e, t->prog);
	if (!e->open)
		return false;
	gone = xcalloc(e->l.cnt + 1, sizeof(*gone));
	for (u32 i = t->at; i < t->at + t->run && i < e->l.cnt; i++)
		gone[i] = true;
	ok = edit_close_without(e, gone) && t->next.ninsns < t->best.ninsns;
	free(gone);
	return ok;
}

static u32 units_of(struct trim *t)
{
	struct edit *e = &t->edit;
	u32 cnt;

	e->in = &t->best;
	edit_open(e, t->prog);
	cnt = e->open ? e->l.cnt : 0;
	if (e->open)
		listing_free(&e->l);
	e->open = false;
	return cnt;
}

/* The next run of units, or the next kind of step. */
static bool next_units(struct trim *t)
{
	u32 cnt = units_of(t);

	if (!t->run)
		t->run = (cnt + 1) / 2;
	while (t->at >= cnt) {
		t->at = 0;
		t->run /= 2;
		if (t->run)
			continue;
		if (++t->prog == t->best.nprogs) {
			t->prog = 0;
			t->kind++;
			return false;
		}
		cnt = units_of(t);
		t->run = (cnt + 1) / 2;
		if (!cnt)
			t->at = 1;
	}
	return without_units(t);
}

static bool without_vector(struct trim *t)
{
	if (t->best.nvecs < 2 || t->at >= t->best.nvecs) {
		t->kind++;
		t->at = 0;
		return false;
	}
	memmove(&t->next.vecs[t->at], &t->next.vecs[t->at + 1],
		(t->next.nvecs - t->at - 1) * sizeof(*t->next.vecs));
	t->next.nvecs--;
	return true;
}

/* Remove the last program, also from the maps that hold it. */
static bool without_prog(struct trim *t)
{
	struct fuzz_input *in = &t->next;
	u32 last = in->nprogs - 1;

	t->kind++;
	t->at = 0;
	if (!last)
		return false;
	for (u32 i = 0; i < in->nmaps; i++)
		for (u32 k = 0; k < FUZZ_MAX_SLOTS; k++)
			if (in->maps[i].slots[k] == (s8)last)
				in->maps[i].slots[k] = -1;
	in->ninsns -= in->progs[last].cnt;
	in->nfuncs -= in->progs[last].nfuncs;
	in->nprogs--;
	t->kind--;
	return true;
}

static bool without_map(struct trim *t)
{
	struct fuzz_input *in = &t->next;

	if (!in->nmaps) {
		t->kind++;
		return false;
	}
	for (u32 i = 0; i < in->ninsns; i++) {
		const struct insn *insn = &in->insns[i];

		if (insn_names_map(insn) && insn->imm == in->nmaps) {
			t->kind++;
			return false;
		}
		i += insn_is_wide(insn);
	}
	in->nmaps--;
	return true;
}

static bool trim_step(struct trim *t)
{
	t->next = t->best;
	switch (t->kind) {
	case TRIM_UNITS:
		return next_units(t);
	case TRIM_VECTORS:
		return without_vector(t);
	case TRIM_PROGS:
		return without_prog(t);
	default:
		return without_map(t);
	}
}

bool trim_next(struct trim *t)
{
	while (t->kind < TRIM_DONE && t->tries < MAX_TRIES) {
		u8 kind = t->kind;

		if (trim_step(t) && !fuzz_input_check(&t->next, NULL)) {
			t->tries++;
			return true;
		}
		/* skip what cannot be removed */
		if (t->kind == kind && kind == TRIM_UNITS)
			t->at += t->run ? t->run : 1;
		else if (t->kind == kind && kind == TRIM_VECTORS)
			t->at++;
		else if (t->kind == kind)
			t->kind++;
	}
	return false;
}

void trim_judge(struct trim *t, bool good)
{
	if (good) {
		t->best = t->next;
		return;
	}
	switch (t->kind) {
	case TRIM_UNITS:
		t->at += t->run;
		break;
	case TRIM_VECTORS:
		t->at++;
		break;
	default:
		t->kind++;
		t->at = 0;
	}
}
