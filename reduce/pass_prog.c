// SPDX-License-Identifier: GPL-2.0
/* Passes that remove insns, functions, programs and maps. */
#include <string.h>
#include "lib/util.h"
#include "reduce/path.h"
#include "reduce/shrink.h"

/* The best case so far with @code (taken) as program @prog. */
static struct bpf_case *with_code(const struct shrink *s, u32 prog, struct code *code)
{
	struct bpf_case *c = case_dup(s->best);

	code_free(&c->progs[prog]);
	c->progs[prog] = *code;
	if (!prog)
		case_fit_out(c, s->best);
	return c;
}

static struct bpf_case *without(const struct shrink *s, u32 prog, const struct listing *l,
				const bool *gone)
{
	struct code code;

	if (!listing_build(l, gone, &code))
		return NULL;
	return with_code(s, prog, &code);
}

/* ---- a piece of the way ---- */

/* Find the shortest prefix of @base that passes: half, a quarter … */
static bool slice_end(struct shrink *s, const struct bpf_case *base, const struct path *p)
{
	u32 lo = 0, hi = p->cnt;
	bool any = false;

	while (hi - lo > 1 && !s->stop) {
		u32 mid = lo + (hi - lo) / 2, at = mid;
		struct bpf_case *c = NULL;

		while (at < hi && !(c = path_cut(base, p, at)))
			at++;
		if (c && shrink_try(s, c)) {
			any = true;
			hi = at;
		} else {
			lo = mid;
		}
	}
	return any;
}

/* Find the shortest suffix: the last step alone, the last two, four … */
static bool slice_start(struct shrink *s)
{
	const struct reduce_conf *conf = s->conf;
	struct bpf_case *base = case_dup(s->best);
	bool any = false;
	struct path p;

	if (!path_walk(base, conf->order, conf->word_bits, &p))
		for (u32 back = 1; back < p.cnt && !any && !s->stop; back *= 2)
			any = shrink_try(s, path_advance(base, &p, p.cnt - back));
	path_free(&p);
	bpf_case_free(base);
	return any;
}

/* A called function in place of main. */
static bool slice_callee(struct shrink *s)
{
	const struct reduce_conf *conf = s->conf;
	struct bpf_case *base = case_dup(s->best);
	u32 budget = 8; /* calls that are tried, from the last one */
	bool any = false;
	struct path p;

	if (!path_walk(base, conf->order, conf->word_bits, &p))
		for (u32 i = p.cnt; i-- > 0 && budget && !any && !s->stop;) {
			budget -= !!p.steps[i].callee;
			any = shrink_try(s, path_dive(base, &p, i));
		}
	path_free(&p);
	bpf_case_free(base);
	return any;
}

bool pass_slice(struct shrink *s)
{
	struct bpf_case *base = case_dup(s->best);
	bool any = false;
	struct path p;

	if (!path_walk(base, s->conf->order, s->conf->word_bits, &p) && !p.truncated)
		any = slice_end(s, base, &p);
	path_free(&p);
	bpf_case_free(base);
	any |= slice_start(s);
	return any | slice_callee(s);
}

/* ---- instructions ---- */

bool pass_unexecuted(struct shrink *s)
{
	bool any = false;
	struct path p;

	if (path_walk(s->best, s->conf->order, s->conf->word_bits, &p)) {
		path_free(&p);
		return false;
	}
	for (u32 prog = 0; prog < s->best->nprogs && !s->stop; prog++) {
		struct listing l;
		bool *gone;

		if (!listing_open(&l, &s->best->progs[prog]))
			continue;
		gone = xcalloc(l.cnt + 1, sizeof(*gone));
		for (u32 i = 0, slot = 0; i < l.cnt; slot += l.units[i++].slots)
			gone[i] = !p.ran[prog][slot];
		any |= shrink_try(s, without(s, prog, &l, gone));
		free(gone);
		listing_free(&l);
	}
	path_free(&p);
	return any;
}

/* Without the units @at … @at + @n - 1. */
static bool try_without(struct shrink *s, u32 prog, u32 at, u32 n)
{
	struct listing l;
	bool *gone, any;

	if (!listing_open(&l, &s->best->progs[prog]))
		return false;
	gone = xcalloc(l.cnt + 1, sizeof(*gone));
	for (u32 i = at; i < at + n && i < l.cnt; i++)
		gone[i] = true;
	any = shrink_try(s, without(s, prog, &l, gone));
	free(gone);
	listing_free(&l);
	return any;
}

static u32 unit_count(const struct code *code)
{
	u32 n = 0;

	for (u32 i = 0; i < code->cnt; i++, n++)
		i += insn_is_wide(&code->insns[i]);
	return n;
}

/* Delta debugging: remove chunks of half the program, a quarter, … single insns, from the end. */
bool pass_units(struct shrink *s)
{
	bool any = false;

	for (u32 prog = 0; prog < s->best->nprogs; prog++) {
		u32 n = unit_count(&s->best->progs[prog]), chunk = n > 1 ? n / 2 : n;

		for (; chunk && !s->stop; chunk /= 2) {
			for (u32 at = unit_count(&s->best->progs[prog]); at > 0 && !s->stop;) {
				u32 from = at > chunk ? at - chunk : 0;

				any |= try_without(s, prog, from, at - from);
				n = unit_count(&s->best->progs[prog]);
				/* unreachable units were dropped as well */
				at = from < n ? from : n;
			}
		}
	}
	return any;
}

/*
 * Make a conditional jump unconditional (removing it is pass_units()), or let it lead directly to
 * where the unconditional jump at its target leads.
 */
static struct bpf_case *simpler_branch(const struct shrink *s, u32 prog, u32 i, bool over)
{
	struct bpf_case *c = NULL;
	struct listing l;
	struct unit *u;
	bool *gone;

	if (!listing_open(&l, &s->best->progs[prog]))
		return NULL;
	gone = xcalloc(l.cnt + 1, sizeof(*gone));
	u = &l.units[i];
	if (u->target >= 0 && !insn_is_goto(u->insn)) {
		if (!over) {
			u->insn[0] = (struct insn){ .code = BPF_JMP | BPF_JA };
			c = without(s, prog, &l, gone);
		} else if (i + 1 < l.cnt && insn_is_goto(u[1].insn) && u[1].func == u->func) {
			u->target = u[1].target;
			gone[i + 1] = true;
			c = without(s, prog, &l, gone);
		}
	}
	free(gone);
	listing_free(&l);
	return c;
}

bool pass_branches(struct shrink *s)
{
	bool any = false;

	for (u32 prog = 0; prog < s->best->nprogs; prog++)
		for (u32 i = 0; i < unit_count(&s->best->progs[prog]) && !s->stop; i++)
			any |= shrink_try(s, simpler_branch(s, prog, i, false)) ||
			       shrink_try(s, simpler_branch(s, prog, i, true));
	return any;
}

/* ---- programs and maps ---- */

static struct bpf_case *without_prog(const struct bpf_case *best, u32 prog)
{
	struct bpf_case *c = case_dup(best);

	for (u32 m = 0; m < c->nmaps; m++)
		for (u32 k = 0; c->maps[m].slots && k < c->maps[m].entries; k++) {
			s16 *slot = &c->maps[m].slots[k];

			*slot = *slot == (s16)prog ? -1 : *slot - (*slot > (s16)prog);
		}
	code_free(&c->progs[prog]);
	free(c->prog_names[prog]);
	memmove(&c->progs[prog], &c->progs[prog + 1], (c->nprogs - prog - 1) * sizeof(*c->progs));
	memmove(&c->prog_names[prog], &c->prog_names[prog + 1],
		(c->nprogs - prog - 1) * sizeof(*c->prog_names));
	c->nprogs--;
	return c;
}

bool pass_progs(struct shrink *s)
{
	bool any = false;

	for (u32 prog = s->best->nprogs; prog-- > 1;)
		any |= shrink_try(s, without_prog(s->best, prog));
	return any;
}

/* Without map @map. Programs that still use it are skipped. */
static struct bpf_case *without_map(const struct bpf_case *best, u32 map)
{
	struct bpf_case *c = case_dup(best);
	s32 index = map + 1; /* fd_array[0] is the I/O map */

	for (u32 p = 0; p < c->nprogs; p++)
		for (u32 i = 0; i < c->progs[p].cnt; i++) {
			struct insn *insn = &c->progs[p].insns[i];

			if (insn_names_map(insn) && insn->imm == index) {
				bpf_case_free(c);
				return NULL;
			}
			if (insn_names_map(insn) && insn->imm > index)
				insn->imm--;
			i += insn_is_wide(insn);
		}
	free(c->maps[map].name);
	free(c->maps[map].slots);
	memmove(&c->maps[map], &c->maps[map + 1], (c->nmaps - map - 1) * sizeof(*c->maps));
	c->nmaps--;
	return c;
}

static struct bpf_case *smaller_map(const struct bpf_case *best, u32 map)
{
	struct bpf_case *c = case_dup(best);
	struct case_map *m = &c->maps[map];
	u32 used = 0;

	if (m->kind != MAP_PROG_ARRAY) {
		m->entries = m->kind == MAP_RINGBUF ? m->entries : 1;
		m->value_size = m->value_size > 8 ? 8 : m->value_size;
		return c;
	}
	for (u32 k = 0; k < m->entries; k++)
		if (m->slots[k] >= 0)
			used = k + 1;
	m->entries = used ? used : 1;
	return c;
}

bool pass_maps(struct shrink *s)
{
	bool any = false;

	for (u32 map = s->best->nmaps; map-- > 0;) {
		bool gone = shrink_try(s, without_map(s->best, map));

		any |= gone || shrink_try(s, smaller_map(s->best, map));
	}
	return any;
}
