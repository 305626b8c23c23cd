// SPDX-License-Identifier: GPL-2.0
/* Pieces of the model's path as cases of their own. */
#include <errno.h>
#include <string.h>
#include "lib/util.h"
#include "reduce/edit.h"
#include "reduce/path.h"

#define MAX_STEPS_KEPT (1u << 16)

static void on_step(void *ctx, u32 prog, u32 slot, u32 depth)
{
	struct path *p = ctx;

	p->executed++;
	p->ran[prog][slot] = true;
	if (prog)
		return;
	if (depth) {
		if (depth == 1 && p->cnt && !p->steps[p->cnt - 1].callee && !p->truncated)
			p->steps[p->cnt - 1].callee = slot;
		return;
	}
	if (p->cnt == MAX_STEPS_KEPT) {
		p->truncated = true;
		return;
	}
	ARRAY_GROW(p->steps, p->cnt, p->cap);
	p->steps[p->cnt++] = (struct step){ .slot = slot };
}

int path_walk(const struct bpf_case *c, enum byte_order order, int word_bits, struct path *p)
{
	memset(p, 0, sizeof(*p));
	p->order = order;
	p->word_bits = word_bits;
	p->nprogs = c->nprogs;
	p->ran = xcalloc(c->nprogs, sizeof(*p->ran));
	for (u32 i = 0; i < c->nprogs; i++)
		p->ran[i] = xcalloc(c->progs[i].cnt + 1, sizeof(bool));
	if (!case_runs(c))
		return -EINVAL;
	if (model_run_watched(c, 0, order, word_bits, &p->end, NULL, on_step, p) != MODEL_OK)
		return -EINVAL;
	return 0;
}

void path_free(struct path *p)
{
	for (u32 i = 0; i < p->nprogs; i++)
		free(p->ran[i]);
	free(p->ran);
	free(p->steps);
	model_state_free(&p->end);
	memset(p, 0, sizeof(*p));
}

static u32 main_end(const struct listing *l)
{
	u32 i = 0;

	while (i < l->cnt && !l->units[i].func)
		i++;
	return i;
}

/* A copy of @c with program @l, or NULL. Takes ownership of @l. */
static struct bpf_case *with_listing(const struct bpf_case *c, struct listing *l, const bool *gone)
{
	struct bpf_case *new = NULL;
	struct code code;

	if (listing_build(l, gone, &code)) {
		new = case_dup(c);
		code_free(&new->progs[0]);
		new->progs[0] = code;
		case_fit_out(new, c);
	}
	listing_free(l);
	return new;
}

/* Remove our jump at @slot of main if it leads to the next insn. */
static struct bpf_case *without_idle_goto(struct bpf_case *c, u32 slot)
{
	const struct code *code = &c->progs[0];
	struct bpf_case *new;
	struct listing l;
	bool *gone;

	if (slot >= code_main_cnt(code) || !insn_is_goto(&code->insns[slot]) ||
	    insn_jump_distance(&code->insns[slot]) || !listing_open(&l, code))
		return c;
	gone = xcalloc(l.cnt, sizeof(*gone));
	gone[listing_at(&l, slot)] = true;
	new = with_listing(c, &l, gone);
	free(gone);
	if (!new)
		return c;
	bpf_case_free(c);
	return new;
}

/* ---- the end ---- */

/*
 * Make the untaken branch of jump @b, whose taken one continues with unit @to, lead to a mark at
 * the end of main.
 */
static void mark_astray(struct listing *l, u32 b, u32 to)
{
	struct unit mark = { .insn = { { .code = BPF_ALU64 | BPF_MOV | BPF_K,
					 .imm = PATH_ASTRAY } },
			     .slots = 1,
			     .target = -1,
			     .callee = -1 };
	bool taken = l->units[b].target == (s32)to;
	u32 end = main_end(l);
	struct unit over = unit_goto(end + 1), out;

	if (taken && to == b + 1)
		return;
	/* nothing jumps to the mark yet: jumps to the end keep their target */
	listing_insert(l, end, &mark, 0, false);
	listing_insert(l, end, &over, 0, true);
	out = unit_goto(end + 1);
	if (taken)
		listing_insert(l, b + 1, &out, 0, false);
	else
		l->units[b].target = end + 1;
}

static struct bpf_case *cut(const struct bpf_case *c, const struct path *p, u32 pos, bool mark)
{
	struct bpf_case *new;
	struct unit out;
	struct listing l;
	u32 at, last;

	if (!listing_open(&l, &c->progs[0]))
		return NULL;
	at = listing_at(&l, p->steps[pos].slot);
	out = unit_goto(main_end(&l));
	listing_insert(&l, at, &out, 0, true);
	last = listing_at(&l, p->steps[pos - 1].slot);
	if (p->steps[pos - 1].slot > p->steps[pos].slot)
		last = listing_at(&l, p->steps[pos - 1].slot + 1);
	if (mark && insn_is_cond_jump(&l.units[last].insn[0]))
		mark_astray(&l, last, at);
	new = with_listing(c, &l, NULL);
	return new ? without_idle_goto(new, code_main_cnt(&new->progs[0]) - 1) : NULL;
}

/* Does the model execute @pos steps of @c without reaching the mark? */
static bool goes(const struct bpf_case *c, const struct path *p, u32 pos)
{
	struct path q;
	bool ok = !path_walk(c, p->order, p->word_bits, &q) && q.cnt >= pos && q.cnt <= pos + 2 &&
		  !q.end.early_exit && (q.end.region[0] || q.end.r[0] != PATH_ASTRAY);

	path_free(&q);
	return ok;
}

struct bpf_case *path_cut(const struct bpf_case *c, const struct path *p, u32 pos)
{
	struct bpf_case *new;

	if (c->raw || pos > p->cnt || !pos)
		return NULL;
	if (pos == p->cnt)
		return p->truncated ? NULL : case_dup(c);
	for (u32 i = 0; i < pos; i++)
		if (p->steps[i].slot == p->steps[pos].slot)
			return NULL;
	for (int mark = 1; mark >= 0; mark--) {
		new = cut(c, p, pos, mark);
		if (new &&goes(new, p, pos))
			return new;
		bpf_case_free(new);
	}
	return NULL;
}

/* ---- the beginning ---- */

/* Set the inputs of @new to the model's state before step @pos. */
static bool take_state(struct bpf_case *new, const struct bpf_case *c, const struct path *p,
		       u32 pos)
{
	struct bpf_case *before = pos ? path_cut(c, p, pos) : NULL;
	struct model_state st = {};
	struct vectors *t;
	bool ok;

	if (!pos)
		return true;
	ok = before && model_run(before, 0, p->order, p->word_bits, &st, NULL) == MODEL_OK &&
	     !st.early_exit;
	bpf_case_free(before);
	t = ok ? case_own_vecs(new) : NULL;
	for (int k = 0; k < CASE_REGS && ok; k++) {
		bool ptr = st.region[k] != REGION_NONE;

		new->regs[k].region = st.region[k];
		new->regs[k].off = ptr ? (s16)st.r[k] : 0;
		ok = !ptr || (s64)st.r[k] == new->regs[k].off;
		t->cols[k] = ptr ? 0 : st.r[k];
	}
	for (int r = REGION_MEM, at = 0; r < NR_REGIONS && ok; at += t->win_size[r++])
		if (t->win_size[r])
			memcpy(t->bytes[ORDER_LE] + at, st.win[r], t->win_size[r]);
	if (t)
		case_seal(new);
	model_state_free(&st);
	return ok;
}

struct bpf_case *path_advance(const struct bpf_case *c, const struct path *p, u32 pos)
{
	struct bpf_case *new;
	struct listing l;
	struct unit start;

	if (c->raw || !pos || pos >= p->cnt || !listing_open(&l, &c->progs[0]))
		return NULL;
	start = unit_goto(listing_at(&l, p->steps[pos].slot));
	listing_insert(&l, 0, &start, 0, false);
	new = with_listing(c, &l, NULL);
	if (new)
		new = without_idle_goto(new, 0);
	if (new &&take_state(new, c, p, pos))
		return new;
	bpf_case_free(new);
	return NULL;
}

/* ---- into a called function ---- */

/* The units of function @f as main, followed by all other functions. */
static bool dive_listing(const struct listing *l, u32 f, struct listing *out)
{
	u32 first = 0, end, rest = main_end(l), cnt;

	while (first < l->cnt && l->units[first].func != f)
		first++;
	for (end = first; end < l->cnt && l->units[end].func == f;)
		end++;
	cnt = end - first;
	*out = (struct listing){ .cnt = cnt + l->cnt - rest, .nfuncs = l->nfuncs };
	out->cap = out->cnt;
	out->units = xcalloc(out->cnt + 1, sizeof(*out->units));
	out->funcs = xmemdup(l->funcs, l->nfuncs * sizeof(*l->funcs));
	for (u32 i = 0; i < l->nfuncs; i++)
		out->funcs[i].name = xstrdup(l->funcs[i].name);
	for (u32 i = 0; i < cnt; i++) {
		struct unit *u = &out->units[i];

		*u = l->units[first + i];
		u->func = 0;
		if (u->target >= 0)
			u->target -= first;
		if (insn_is_exit(&u->insn[0])) {
			u32 line = u->line;

			*u = unit_goto(cnt);
			u->line = line;
		}
	}
	for (u32 i = rest; i < l->cnt; i++) {
		struct unit *u = &out->units[cnt + i - rest];

		*u = l->units[i];
		if (u->target >= 0)
			u->target += (s32)(cnt - rest);
	}
	return cnt > 0;
}

static void stack_window(struct bpf_case *c, u32 size)
{
	struct vectors *t = case_own_vecs(c);
	u32 before = t->win_size[REGION_MEM], old = t->win_size[REGION_STACK],
	    ctx = t->win_size[REGION_CTX];
	u8 *bytes = xcalloc(1, before + size + ctx + 1), *was = t->bytes[ORDER_LE];

	memcpy(bytes, was, before);
	memcpy(bytes + before + size, was + before + old, ctx);
	free(was);
	t->bytes[ORDER_LE] = t->bytes[ORDER_BE] = bytes;
	t->win_size[REGION_STACK] = size;
	t->win_bytes = before + size + ctx;
	case_seal(c);
}

static bool points_to_stack(const struct bpf_case *c)
{
	for (int k = 0; k < CASE_REGS; k++)
		if (c->regs[k].region == REGION_STACK)
			return true;
	return false;
}

/* Replace main's stack by the function's own, in the smallest possible window. */
static bool fit_stack(struct bpf_case *c, const struct path *p)
{
	static const u32 sizes[] = { 0, 64, 256, 480 };
	struct path q;
	bool ok;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		if (!points_to_stack(c))
			stack_window(c, sizes[i] ? sizes[i] + CASE_GUARD : 0);
		ok = !path_walk(c, p->order, p->word_bits, &q);
		path_free(&q);
		if (ok)
			return true;
	}
	return false;
}

struct bpf_case *path_dive(const struct bpf_case *c, const struct path *p, u32 pos)
{
	struct bpf_case *new = NULL;
	struct listing l, in;
	u32 f;

	if (c->raw || pos >= p->cnt || !p->steps[pos].callee || !listing_open(&l, &c->progs[0]))
		return NULL;
	f = l.units[listing_at(&l, p->steps[pos].callee)].func;
	if (dive_listing(&l, f, &in))
		new = with_listing(c, &in, NULL);
	else
		listing_free(&in);
	listing_free(&l);
	if (new)
		new = without_idle_goto(new, code_main_cnt(&new->progs[0]) - 1);
	if (new &&take_state(new, c, p, pos) && fit_stack(new, p))
		return new;
	bpf_case_free(new);
	return NULL;
}
