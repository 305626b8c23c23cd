// SPDX-License-Identifier: GPL-2.0
/*
 * Mutations that take a piece of another input: a run of units, or all of main, with the functions
 * and maps they use.
 */
#include <string.h>
#include "fuzz/mutator/mutate.h"
#include "lib/util.h"

#define MAX_PIECE 160 /* units */

struct piece {
	struct edit *e;
	struct edit *from;
	u32 func; /* function of @from that contains the run */
	u32 first, cnt;
	s32 func_map[FUZZ_MAX_FUNCS]; /* functions of @from in @e; -1: not copied yet */
	s32 map_map[FUZZ_MAX_MAPS];
};

/* The map of @e->in for map @nr of the other input, or -1 if there is no room. */
static s32 adopt_map(struct piece *p, u32 nr)
{
	struct fuzz_input *in = p->e->in;
	const struct fuzz_input *other = p->from->in;
	const struct fuzz_map *m;

	if (nr >= other->nmaps)
		return -1;
	m = &other->maps[nr];
	if (p->map_map[nr] >= 0)
		return p->map_map[nr];
	for (u32 i = 0; i < in->nmaps; i++)
		if (in->maps[i].shape == m->shape ||
		    (fuzz_shapes[m->shape].kind == MAP_ARENA &&
		     fuzz_shapes[in->maps[i].shape].kind == MAP_ARENA))
			return p->map_map[nr] = i;
	if (in->nmaps == FUZZ_MAX_MAPS)
		return -1;
	in->maps[in->nmaps] = *m;
	for (u32 k = 0; k < FUZZ_MAX_SLOTS; k++)
		if (m->slots[k] >= in->nprogs)
			in->maps[in->nmaps].slots[k] = -1;
	return p->map_map[nr] = in->nmaps++;
}

static s32 adopt_function(struct piece *p, u32 func);

/*
 * Translate unit @u of the other input. Returns false if that is impossible; a jump by 0 replaces
 * it.
 */
static bool adopt(struct piece *p, struct unit *u)
{
	struct insn *insn = u->insn;
	s32 to;

	if (u->callee >= 0) {
		u->callee = adopt_function(p, u->callee);
		return u->callee >= 0;
	}
	if (insn_names_map(insn) && insn->imm) {
		to = adopt_map(p, insn->imm - 1);
		insn->imm = to + 1;
		return to >= 0;
	}
	return true;
}

static struct unit nothing(void)
{
	return (struct unit){
		.insn = { { .code = BPF_JMP | BPF_JA } }, .slots = 1, .target = -1, .callee = -1
	};
}

/* Insert units [@first, @first + @cnt) of the other listing before unit @at of function @func. */
static void put_units(struct piece *p, u32 first, u32 cnt, u32 at, u32 func, bool seen)
{
	struct listing *l = &p->e->l;

	for (u32 k = 0; k < cnt; k++) {
		struct unit u = p->from->l.units[first + k];

		u.target = u.callee = -1;
		listing_insert(l, at + k, &u, func, !k && seen);
	}
	/* targets and functions last: functions are appended and move nothing */
	for (u32 k = 0; k < cnt; k++) {
		struct unit u = p->from->l.units[first + k];

		if (u.target >= 0)
			u.target = u.target >= (s32)first && u.target < (s32)(first + cnt)
					   ? (s32)at + u.target - (s32)first
					   : (s32)(at + cnt);
		if (!adopt(p, &u)) {
			u = nothing();
			u.target = at + k + 1;
		}
		u.func = func;
		l->units[at + k] = u;
	}
}

static s32 adopt_function(struct piece *p, u32 func)
{
	struct listing *l = &p->e->l;
	const struct func *f = &p->from->l.funcs[func];
	u32 first, end;

	if (p->func_map[func] >= 0)
		return p->func_map[func];
	edit_func(p->from, func, &first, &end);
	if (func == 0 || first == end || end - first > MAX_PIECE ||
	    l->nfuncs + 1 >= FUZZ_MAX_FUNCS || l->cnt + end - first > FUZZ_MAX_INSNS)
		return -1;
	l->funcs = xrealloc(l->funcs, (l->nfuncs + 1) * sizeof(*l->funcs));
	l->funcs[l->nfuncs++] =
		(struct func){ .name = xstrdup(""), .nargs = f->nargs, .flags = f->flags };
	p->func_map[func] = l->nfuncs - 1;
	put_units(p, first, end - first, l->cnt, l->nfuncs - 1, true);
	return p->func_map[func];
}

/* A copy of the other input, to be searched by an edit of its own. */
static bool open_other(struct edit *e, struct edit *from, struct fuzz_input *copy)
{
	memcpy(copy, e->other, sizeof(*copy));
	from->rand = e->rand;
	from->in = copy;
	edit_open(from, rand_one_in(&e->rand, 4) ? rand_below(&e->rand, copy->nprogs) : 0);
	return from->open;
}

static void adopt_inputs(struct edit *e, const struct fuzz_input *other)
{
	for (int r = REGION_MEM; r <= REGION_STACK; r++)
		if (other->win[r] && !(r == REGION_STACK && e->in->flags & FUZZ_RAW))
			need_window(e, r, other->win[r]);
}

static bool splice(struct edit *e, bool whole)
{
	static __thread struct edit from;
	static __thread struct fuzz_input copy;
	struct piece p = { .e = e, .from = &from };
	struct place at;
	u32 first, end;

	if (!e->other || !edit_place(e, &at) || !open_other(e, &from, &copy))
		return false;
	memset(p.func_map, -1, sizeof(p.func_map));
	memset(p.map_map, -1, sizeof(p.map_map));
	p.func = whole ? 0 : rand_below(&e->rand, from.l.nfuncs);
	edit_func(&from, p.func, &first, &end);
	/* exits end a function, and a piece is inserted in the middle of one */
	while (end > first && insn_is_exit(from.l.units[end - 1].insn))
		end--;
	p.first = whole || first == end ? first : first + rand_below(&e->rand, end - first);
	p.cnt = whole ? end - first : first == end ? 0 : 1 + rand_below(&e->rand, end - p.first);
	if (p.cnt > MAX_PIECE)
		p.cnt = MAX_PIECE;
	for (u32 k = 0; k < p.cnt; k++)
		if (insn_is_exit(from.l.units[p.first + k].insn))
			p.cnt = k;
	if (p.cnt && e->l.cnt + p.cnt < FUZZ_MAX_INSNS) {
		adopt_inputs(e, &copy);
		put_units(&p, p.first, p.cnt, at.at, at.func, rand_below(&e->rand, 2));
	} else {
		p.cnt = 0;
	}
	listing_free(&from.l);
	from.open = false;
	return p.cnt;
}

bool mut_splice(struct edit *e)
{
	return splice(e, false);
}

bool mut_append(struct edit *e)
{
	return splice(e, true);
}
