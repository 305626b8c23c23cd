// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "bpf/values.h"
#include "fuzz/mutator/edit.h"
#include "lib/util.h"

/* ---- begin and end ---- */

void edit_open(struct edit *e, u32 prog)
{
	const struct fuzz_prog *p = &e->in->progs[prog];
	struct func funcs[FUZZ_MAX_FUNCS];
	struct code code = {
		.insns = &e->in->insns[p->first], .cnt = p->cnt, .funcs = funcs, .nfuncs = p->nfuncs
	};

	for (u32 f = 0; f < p->nfuncs; f++) {
		const struct fuzz_func *from = &e->in->funcs[p->first_func + f];

		funcs[f] = (struct func){ (char *)"", from->start, from->nargs, from->flags };
	}
	e->prog = prog;
	e->open = listing_open(&e->l, &code);
}

static bool put_back(struct edit *e, const struct code *code)
{
	struct fuzz_input *in = e->in;
	struct fuzz_prog *p = &in->progs[e->prog];
	u32 tail = in->ninsns - p->first - p->cnt,
	    func_tail = in->nfuncs - p->first_func - p->nfuncs;
	s32 more = (s32)code->cnt - p->cnt, more_funcs = (s32)code->nfuncs - p->nfuncs;

	if (in->ninsns + more > FUZZ_MAX_INSNS || in->nfuncs + more_funcs > FUZZ_MAX_FUNCS)
		return false;
	memmove(&in->insns[p->first + code->cnt], &in->insns[p->first + p->cnt],
		tail * sizeof(*in->insns));
	memmove(&in->funcs[p->first_func + code->nfuncs], &in->funcs[p->first_func + p->nfuncs],
		func_tail * sizeof(*in->funcs));
	memcpy(&in->insns[p->first], code->insns, code->cnt * sizeof(*code->insns));
	for (u32 f = 0; f < code->nfuncs; f++)
		in->funcs[p->first_func + f] =
			(struct fuzz_func){ code->funcs[f].start, code->funcs[f].nargs,
					    code->funcs[f].flags };
	p->cnt = code->cnt;
	p->nfuncs = code->nfuncs;
	for (u32 i = e->prog + 1; i < in->nprogs; i++) {
		in->progs[i].first += more;
		in->progs[i].first_func += more_funcs;
	}
	in->ninsns += more;
	in->nfuncs += more_funcs;
	return true;
}

bool edit_close_without(struct edit *e, const bool *gone)
{
	struct code code;
	bool ok;

	if (!e->open)
		return true;
	ok = listing_build(&e->l, gone, &code);
	if (ok) {
		ok = put_back(e, &code);
		code_free(&code);
	}
	listing_free(&e->l);
	e->open = false;
	return ok;
}

bool edit_close(struct edit *e)
{
	return edit_close_without(e, NULL);
}

void edit_flow(struct edit *e)
{
	flow_run(&e->flow, &e->l, e->in, e->prog);
}

/* ---- places ---- */

void edit_func(const struct edit *e, u32 func, u32 *first, u32 *end)
{
	u32 i = 0;

	while (i < e->l.cnt && e->l.units[i].func < func)
		i++;
	*first = i;
	while (i < e->l.cnt && e->l.units[i].func == func)
		i++;
	*end = i;
}

struct place edit_place_at(struct edit *e, u32 at)
{
	return (struct place){ at, e->l.units[at].func, &e->flow.at[at] };
}

s32 edit_unit(struct edit *e)
{
	u32 start = rand_below(&e->rand, e->l.cnt);

	for (u32 i = 0; i < e->l.cnt; i++) {
		u32 at = (start + i) % e->l.cnt;

		if (e->flow.at[at].reached)
			return at;
	}
	return -1;
}

bool edit_place(struct edit *e, struct place *p)
{
	u32 first, end;
	s32 at;

	edit_func(e, 0, &first, &end);
	if (is_wrapped(e->in, e->prog) && e->flow.end.reached &&
	    (first == end || rand_one_in(&e->rand, end - first + 1))) {
		*p = (struct place){ end, 0, &e->flow.end };
		return true;
	}
	at = edit_unit(e);
	if (at < 0)
		return false;
	*p = edit_place_at(e, at);
	return true;
}

bool unit_writes(const struct unit *u, u8 reg)
{
	const struct insn_desc *d = insn_lookup(u->insn);
	u8 class = insn_class(u->insn);

	if (insn_is_call(u->insn))
		return reg < 6;
	if (class == BPF_STX)
		return !d || (d->syntax == SYNTAX_CMPXCHG
				      ? !reg
				      : d->syntax != SYNTAX_STX &&
						(u->insn->src == reg || u->insn->dst == reg));
	return class != BPF_ST && !insn_is_jmp_class(u->insn) && u->insn->dst == reg;
}

/* ---- new units ---- */

void seq_jump(struct seq *s, struct insn insn, u32 target)
{
	if (s->cnt < MAX_SEQ)
		s->units[s->cnt++] = (struct unit){
			.insn = { insn }, .slots = 1, .target = target, .callee = -1
		};
}

void seq_insn(struct seq *s, struct insn insn)
{
	seq_jump(s, insn, -1);
}

void seq_imm64(struct seq *s, u8 dst, u8 src, s32 lo, s32 hi)
{
	if (s->cnt < MAX_SEQ)
		s->units[s->cnt++] = (struct unit){
			.insn = { { .code = BPF_LD | BPF_IMM | BPF_DW,
				    .dst = dst,
				    .src = src,
				    .imm = lo },
				  { .imm = hi } },
			.slots = 2,
			.target = -1,
			.callee = -1,
		};
}

void edit_insert(struct edit *e, const struct place *p, const struct seq *s, bool seen)
{
	if (e->l.cnt + s->cnt > FLOW_MAX_UNITS)
		return;
	for (u32 k = 0; k < s->cnt; k++) {
		struct unit u = s->units[k];

		u.target = -1;
		listing_insert(&e->l, p->at + k, &u, p->func, !k && seen);
	}
	for (u32 k = 0; k < s->cnt; k++)
		if (s->units[k].target >= 0)
			e->l.units[p->at + k].target = p->at + s->units[k].target;
}

/* ---- values ---- */

static u64 of_set(struct edit *e, const char *name)
{
	const struct values *set = values_find(name);

	return set->vals[rand_below(&e->rand, set->cnt)];
}

u64 pick_value(struct edit *e)
{
	switch (rand_below(&e->rand, 8)) {
	case 0:
		return rand_next(&e->rand.state);
	case 1:
		return of_set(e, "count64");
	case 2:
		return of_set(e, "edge32");
	case 3:
		return 1ull << rand_below(&e->rand, 64);
	case 4:
		return rand_below(&e->rand, 300);
	default:
		return of_set(e, "edge64");
	}
}

s32 pick_imm(struct edit *e)
{
	switch (rand_below(&e->rand, 6)) {
	case 0:
		return (s32)rand_next(&e->rand.state);
	case 1:
		return rand_below(&e->rand, 70) - 4;
	default:
		return (s32)of_set(e, "imm32");
	}
}

s32 pick_shift(struct edit *e, u32 size)
{
	return rand_below(&e->rand, 3) ? (s32)rand_below(&e->rand, 8 * size)
				       : (s32)(of_set(e, "shift64") & (8 * size - 1));
}

/* ---- registers ---- */

int pick_scalar(struct edit *e, const struct flow_state *st, u32 not )
{
	u32 start = rand_below(&e->rand, CASE_REGS);

	for (u32 i = 0; i < CASE_REGS; i++) {
		u32 reg = (start + i) % CASE_REGS;

		if (st->r[reg].hold == HOLD_SCALAR && !(not >> reg & 1))
			return reg;
	}
	return -1;
}

u8 pick_dst(struct edit *e, const struct flow_state *st, u32 not )
{
	u32 start = rand_below(&e->rand, CASE_REGS);
	bool spare = rand_below(&e->rand, 12);

	for (u32 i = 0; i < CASE_REGS; i++) {
		u32 reg = (start + i) % CASE_REGS;

		if (!(not >> reg & 1) &&
		    (!spare || st->r[reg].hold == HOLD_SCALAR || st->r[reg].hold == HOLD_UNSET))
			return reg;
	}
	while (not >> start & 1)
		start = (start + 1) % CASE_REGS;
	return start;
}

/* Smallest and largest offset for an access of @size bytes through @h; false if there is none. */
static bool offsets(const struct edit *e, const struct place *p, const struct held *h, u32 size,
		    u32 access, s32 *lo, s32 *hi)
{
	if (!held_is_pointer(h) && h->hold != HOLD_ARENA &&
	    (h->hold != HOLD_KEY || access & ACCESS_WRITE))
		return false;
	if (h->hold == HOLD_CTX &&
	    (e->in->type == CASE_TYPE_SOCKET || access & ACCESS_ATOMIC ||
	     (e->in->type == CASE_TYPE_RAW_TP && (access & ACCESS_WRITE || size != 8))))
		return false;
	if (!held_bounds(e->in, e->prog, p->func, h, lo, hi))
		return false;
	*lo -= h->off;
	*hi -= h->off + (s32)h->max + (s32)size;
	/* a pointer that moves in single bytes has no guaranteed alignment */
	if (h->max && size > 1 && h->hold != HOLD_ARENA && h->hold != HOLD_MEM &&
	    h->hold != HOLD_VALUE)
		return false;
	*lo = *lo < INT16_MIN ? INT16_MIN : *lo;
	*hi = *hi > INT16_MAX ? INT16_MAX : *hi;
	return *lo <= *hi;
}

static bool slots_set(const struct place *p, s32 at, u32 size)
{
	for (s32 b = at; b < at + (s32)size; b++)
		if (b < -8 * FLOW_SLOTS || b >= 0 ||
		    p->st->slots[(b + 8 * FLOW_SLOTS) / 8] != SLOT_DATA)
			return false;
	return true;
}

bool can_access(const struct edit *e, const struct place *p, u8 reg, s16 off, u32 size, u32 access)
{
	struct held h = flow_reg(p->st, reg);
	s32 lo, hi;

	if (h.hold == HOLD_ANY)
		return true;
	if (!offsets(e, p, &h, size, access, &lo, &hi) || off < lo || off > hi)
		return false;
	if (access & ACCESS_ATOMIC || h.hold == HOLD_STACK || h.hold == HOLD_CTX)
		return !h.max && !((h.off + off) % (s32)size);
	return true;
}

bool pick_memory(struct edit *e, const struct place *p, u32 size, u32 access, u8 *reg, s16 *off)
{
	u32 start = rand_below(&e->rand, CASE_REGS + 1);

	for (u32 i = 0; i <= CASE_REGS; i++) {
		u8 r = (start + i) % (CASE_REGS + 1);
		struct held h = flow_reg(p->st, r);
		bool own = h.hold == HOLD_STACK && !h.which && !h.max;
		s32 lo, hi, at;

		if (!offsets(e, p, &h, size, access, &lo, &hi))
			continue;
		if (access & ACCESS_ATOMIC && h.max)
			continue;
		for (u32 round = 0; round < 4; round++) {
			at = lo + (s32)rand_below(&e->rand, hi - lo + 1) + h.off;
			at -= ((at % (s32)size) + (s32)size) % (s32)size;
			if (at - h.off < lo)
				at += size;
			if (at - h.off > hi ||
			    (own && access & ACCESS_READ && !slots_set(p, at, size)))
				continue;
			*reg = r;
			*off = at - h.off;
			return true;
		}
	}
	return false;
}

void need_memory(struct edit *e, const struct place *p, struct seq *s, u32 size, u32 access,
		 u8 scratch, u8 *reg, s16 *off)
{
	u32 slots;

	if (!rand_below(&e->rand, 40) || !pick_memory(e, p, size, access, reg, off)) {
		need_window(e, REGION_MEM, 8);
		slots = e->in->win[REGION_MEM] / size;
		*reg = scratch;
		*off = rand_below(&e->rand, slots) * size;
		seq_imm64(s, scratch, BPF_PSEUDO_MAP_IDX_VALUE, 0, 0);
	}
}

/* ---- things of the input ---- */

int need_map(struct edit *e, u32 kinds)
{
	struct fuzz_input *in = e->in;
	u32 start = rand_below(&e->rand, nr_fuzz_shapes);
	bool has_arena = false;

	for (u32 i = 0; i < in->nmaps; i++) {
		u8 kind = fuzz_shapes[in->maps[i].shape].kind;

		has_arena |= kind == MAP_ARENA;
		if (kinds >> kind & 1 && (in->nmaps == FUZZ_MAX_MAPS || rand_below(&e->rand, 6)))
			return i;
	}
	if (in->nmaps == FUZZ_MAX_MAPS)
		return -1;
	for (u32 i = 0; i < nr_fuzz_shapes; i++) {
		u32 s = (start + i) % nr_fuzz_shapes;
		struct fuzz_map *m = &in->maps[in->nmaps];

		if (!(kinds >> fuzz_shapes[s].kind & 1) ||
		    (has_arena && fuzz_shapes[s].kind == MAP_ARENA))
			continue;
		m->shape = s;
		memset(m->slots, -1, sizeof(m->slots));
		for (u32 k = 0; fuzz_shapes[s].kind == MAP_PROG_ARRAY && k < fuzz_shapes[s].entries;
		     k++)
			m->slots[k] = (s8)rand_below(&e->rand, in->nprogs + 1) - 1;
		return in->nmaps++;
	}
	return -1;
}

int need_prog(struct edit *e)
{
	struct fuzz_input *in = e->in;
	struct fuzz_prog *p = &in->progs[in->nprogs];
	u32 regs = in->win[REGION_CTX] >= 8 && in->type == CASE_TYPE_SYSCALL ? 2 : 1;

	if (in->nprogs > 1 && (in->nprogs == FUZZ_MAX_PROGS || rand_below(&e->rand, 8)))
		return 1 + rand_below(&e->rand, in->nprogs - 1);
	if (in->nprogs == FUZZ_MAX_PROGS || in->ninsns + 4 > FUZZ_MAX_INSNS ||
	    in->nfuncs == FUZZ_MAX_FUNCS)
		return -1;
	*p = (struct fuzz_prog){ in->ninsns, 2, in->nfuncs, 1 };
	in->funcs[in->nfuncs++] = (struct fuzz_func){ .nargs = 1 };
	in->insns[in->ninsns++] = INSN_K(BPF_MOV, 0, pick_imm(e));
	if (regs == 2) {
		in->insns[in->ninsns++] = INSN_ST(BPF_DW, 1, 0, pick_imm(e));
		p->cnt++;
	}
	in->insns[in->ninsns++] = EXIT_INSN;
	return in->nprogs++;
}

void need_window(struct edit *e, enum region region, u32 bytes)
{
	struct fuzz_input *in = e->in;
	u32 old = in->win[region];
	int from = fuzz_input_widen(in, region, (bytes + 7) & ~7u);

	if (from < 0)
		return;
	for (u32 v = 0; v < in->nvecs; v++)
		for (u32 i = 0; i < in->win[region] - old; i++)
			in->vecs[v].win[from + i] = rand_next(&e->rand.state);
}

int add_function(struct edit *e, const struct seq *s, u8 nargs, u8 flags)
{
	struct listing *l = &e->l;
	struct place p = { .at = l->cnt, .func = l->nfuncs };

	if (e->in->nfuncs - e->in->progs[e->prog].nfuncs + l->nfuncs >= FUZZ_MAX_FUNCS || !s->cnt)
		return -1;
	l->funcs = xrealloc(l->funcs, (l->nfuncs + 1) * sizeof(*l->funcs));
	l->funcs[l->nfuncs++] =
		(struct func){ .name = xstrdup(""), .nargs = nargs, .flags = flags };
	/* jumps to the end of the last function stay there */
	edit_insert(e, &p, s, true);
	return p.func;
}
