// SPDX-License-Identifier: GPL-2.0
/* Converts programs to lists of units and back. */
#include <string.h>
#include "lib/util.h"
#include "bpf/listing.h"

static u32 func_end(const struct code *code, u32 f)
{
	return f + 1 < code->nfuncs ? code->funcs[f + 1].start : code->cnt;
}

static s32 func_at(const struct code *code, s64 slot)
{
	for (u32 f = 0; f < code->nfuncs; f++)
		if (code->funcs[f].start == slot)
			return f;
	return -1;
}

/* Read a unit; its @target is a slot until all units are read. */
static bool read_unit(const struct code *code, u32 slot, u32 f, struct unit *u)
{
	const struct insn *i = &code->insns[slot];
	s64 next = (s64)slot + 1, to;

	*u = (struct unit){ .insn = { *i },
			    .slots = 1 + insn_is_wide(i),
			    .func = f,
			    .target = -1,
			    .callee = -1,
			    .line = code->lines ? code->lines[slot] : 0 };
	/* a map holds its targets as slots */
	if (insn_is_gotox(i))
		return false;
	if (slot + u->slots > code->cnt)
		return false;
	if (u->slots == 2)
		u->insn[1] = i[1];
	if (insn_is_jump(i)) {
		to = next + insn_jump_distance(i);
		if (to < code->funcs[f].start || to > func_end(code, f))
			return false;
		u->target = to;
	}
	if (insn_names_func(i)) {
		u->callee = func_at(code, next + i->imm);
		return u->callee > 0;
	}
	return true;
}

u32 listing_at(const struct listing *l, u32 slot)
{
	u32 at = 0, i = 0;

	for (; i < l->cnt && at < slot; i++)
		at += l->units[i].slots;
	return i;
}

static void own_funcs(struct listing *l, const struct code *code)
{
	l->nfuncs = code->nfuncs ? code->nfuncs : 1;
	l->funcs = xcalloc(l->nfuncs, sizeof(*l->funcs));
	l->funcs[0].nargs = 1;
	for (u32 f = 0; f < code->nfuncs; f++)
		l->funcs[f] = code->funcs[f];
	for (u32 f = 0; f < l->nfuncs; f++)
		l->funcs[f].name = xstrdup(code->nfuncs ? code->funcs[f].name : "main");
}

bool listing_open(struct listing *l, const struct code *orig)
{
	struct func main = { .name = "main", .nargs = 1 };
	struct code code = *orig;
	u32 f = 0, *unit_at = xcalloc(orig->cnt + 1, sizeof(*unit_at));
	bool ok = true;

	if (!code.nfuncs) {
		code.funcs = &main;
		code.nfuncs = 1;
	}
	memset(l, 0, sizeof(*l));
	own_funcs(l, orig);
	for (u32 slot = 0; slot < code.cnt && ok; l->cnt++) {
		while (f + 1 < code.nfuncs && code.funcs[f + 1].start <= slot)
			f++;
		ARRAY_GROW(l->units, l->cnt, l->cap);
		ok = read_unit(&code, slot, f, &l->units[l->cnt]);
		unit_at[slot] = l->cnt;
		slot += l->units[l->cnt].slots;
	}
	unit_at[code.cnt] = l->cnt;
	for (u32 i = 0; i < l->cnt && ok; i++)
		if (l->units[i].target >= 0)
			l->units[i].target = unit_at[l->units[i].target];
	free(unit_at);
	if (!ok)
		listing_free(l);
	return ok;
}

void listing_free(struct listing *l)
{
	for (u32 f = 0; f < l->nfuncs; f++)
		free(l->funcs[f].name);
	free(l->funcs);
	free(l->units);
	memset(l, 0, sizeof(*l));
}

void listing_insert(struct listing *l, u32 at, const struct unit *u, u32 func, bool seen)
{
	struct unit new = *u;

	for (u32 i = 0; i < l->cnt; i++)
		if (l->units[i].target > (s32)at || (l->units[i].target == (s32)at && !seen))
			l->units[i].target++;
	/* its own target was an index before the insertion */
	if (new.target >= (s32)at)
		new.target++;
	new.func = func;
	ARRAY_GROW(l->units, l->cnt, l->cap);
	memmove(&l->units[at + 1], &l->units[at], (l->cnt - at) * sizeof(*l->units));
	l->units[at] = new;
	l->cnt++;
}

struct unit unit_goto(u32 target)
{
	return (struct unit){
		.insn = { { .code = BPF_JMP | BPF_JA } }, .slots = 1, .target = target, .callee = -1
	};
}

/* ---- back to code ---- */

struct build {
	const struct listing *l;
	bool *gone;
	bool *reached;
	u32 *first, *end; /* units of each function */
	bool *live;	  /* functions */
};

static u32 surviving(const struct build *b, u32 i)
{
	while (i < b->l->cnt && b->gone[i])
		i++;
	return i;
}

static void reach(struct build *b, u32 *stack, u32 *n, u32 i)
{
	i = surviving(b, i);
	if (i >= b->l->cnt || b->reached[i])
		return;
	b->reached[i] = true;
	stack[(*n)++] = i;
}

/*
 * Mark the reachable units as the verifier does: from main, by jumps, calls and addresses of
 * functions.
 */
static void walk(struct build *b)
{
	const struct listing *l = b->l;
	u32 *stack = xcalloc(l->cnt + 1, sizeof(*stack)), n = 0;

	b->live[0] = true;
	if (b->first[0] < b->end[0] && surviving(b, b->first[0]) < b->end[0])
		reach(b, stack, &n, b->first[0]);
	while (n) {
		u32 i = stack[--n];
		const struct unit *u = &l->units[i];
		u32 end = b->end[u->func];
		bool ends = insn_is_exit(&u->insn[0]) || insn_is_goto(&u->insn[0]);

		if (!ends && surviving(b, i + 1) < end)
			reach(b, stack, &n, i + 1);
		if (u->target >= 0 && surviving(b, u->target) < end)
			reach(b, stack, &n, u->target);
		if (u->callee >= 0) {
			b->live[u->callee] = true;
			reach(b, stack, &n, b->first[u->callee]);
		}
	}
	free(stack);
}

static bool put_unit(const struct build *b, const u32 *pos, const u32 *func_pos, u32 i,
		     struct insn *to)
{
	const struct unit *u = &b->l->units[i];
	s64 next = (s64)pos[i] + 1, delta;

	to[0] = u->insn[0];
	if (u->slots == 2)
		to[1] = u->insn[1];
	if (u->target >= 0) {
		/*
		 * the unit behind a function's last is its end, not the start of the next function
		 */
		delta = pos[u->target] - next;
		if (!insn_set_jump_distance(to, delta))
			return false;
	}
	if (u->callee >= 0)
		to->imm = func_pos[u->callee] - next;
	return true;
}

static bool put_code(const struct build *b, struct code *out)
{
	const struct listing *l = b->l;
	u32 *pos = xcalloc(l->cnt + 1, sizeof(*pos)),
	    *func_pos = xcalloc(l->nfuncs, sizeof(*func_pos)), at = 0;
	bool ok = true;

	for (u32 i = 0; i < l->cnt; i++) {
		pos[i] = at;
		at += b->reached[i] ? l->units[i].slots : 0;
	}
	pos[l->cnt] = at;
	*out = (struct code){ .cnt = at };
	out->insns = xcalloc(at + 1, sizeof(*out->insns));
	out->lines = xcalloc(at + 1, sizeof(*out->lines));
	out->funcs = xcalloc(l->nfuncs, sizeof(*out->funcs));
	for (u32 f = 0; f < l->nfuncs; f++) {
		func_pos[f] = pos[b->first[f]];
		if (!b->live[f])
			continue;
		out->funcs[out->nfuncs] = l->funcs[f];
		out->funcs[out->nfuncs].name = xstrdup(l->funcs[f].name);
		out->funcs[out->nfuncs++].start = func_pos[f];
		ok &= !f || pos[b->end[f]] > func_pos[f];
	}
	for (u32 i = 0; i < l->cnt && ok; i++) {
		if (!b->reached[i])
			continue;
		for (u32 s = 0; s < l->units[i].slots; s++)
			out->lines[pos[i] + s] = l->units[i].line;
		ok = put_unit(b, pos, func_pos, i, &out->insns[pos[i]]);
	}
	free(pos);
	free(func_pos);
	if (!ok)
		code_free(out);
	return ok;
}

bool listing_build(const struct listing *l, const bool *gone, struct code *out)
{
	struct build b = {
		.l = l,
		.gone = gone ? xmemdup(gone, l->cnt * sizeof(*gone))
			     : xcalloc(l->cnt + 1, sizeof(bool)),
		.reached = xcalloc(l->cnt + 1, sizeof(bool)),
		.first = xcalloc(l->nfuncs, sizeof(u32)),
		.end = xcalloc(l->nfuncs, sizeof(u32)),
		.live = xcalloc(l->nfuncs, sizeof(bool)),
	};
	bool ok;

	for (u32 f = 0, i = 0; f < l->nfuncs; f++) {
		b.first[f] = i;
		while (i < l->cnt && l->units[i].func == f)
			i++;
		b.end[f] = i;
	}
	walk(&b);
	ok = put_code(&b, out);
	free(b.gone);
	free(b.reached);
	free(b.first);
	free(b.end);
	free(b.live);
	return ok;
}
