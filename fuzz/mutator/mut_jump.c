// SPDX-License-Identifier: GPL-2.0
/* Mutations of control flow. */
#include "fuzz/mutator/mutate.h"

#define BIT(r)	  (1u << (r))
#define MAX_JUMPS 24 /* conditional jumps: they multiply the paths that the verifier walks */

static u32 cond_jumps(const struct edit *e)
{
	u32 n = 0;

	for (u32 i = 0; i < e->l.cnt; i++)
		n += e->l.units[i].target >= 0 && !insn_is_goto(e->l.units[i].insn);
	return n;
}

/* A comparison of existing values, without its target. */
static bool compare(struct edit *e, const struct place *p, struct insn *out)
{
	const struct insn_desc *d;
	int a = pick_scalar(e, p->st, 0), b = pick_scalar(e, p->st, 0);

	if (a < 0 || cond_jumps(e) >= MAX_JUMPS)
		return false;
	do
		d = &insn_descs[rand_below(&e->rand, nr_insn_descs)];
	while (d->syntax != SYNTAX_JMP_X && d->syntax != SYNTAX_JMP_K);
	*out = (struct insn){ .code = d->code,
			      .dst = a,
			      .src = d->fields & F_SRC ? b : 0,
			      .imm = d->fields & F_IMM ? pick_imm(e) : 0 };
	return true;
}

/* The possible targets of a forward jump from unit @from. */
static s32 ahead(struct edit *e, u32 from, u32 func)
{
	u32 first, end, most;

	edit_func(e, func, &first, &end);
	/* a wrapped main ends in the spill, other functions in their last instruction */
	if (func || !is_wrapped(e->in, e->prog))
		end--;
	if (end <= from)
		return -1;
	most = end - from;
	return from + 1 + rand_below(&e->rand, rand_below(&e->rand, 4) && most > 12 ? 12 : most);
}

bool mut_jump(struct edit *e)
{
	struct seq s = {};
	struct insn insn;
	struct place p;
	s32 to;

	if (!edit_place(e, &p) || !compare(e, &p, &insn))
		return false;
	to = ahead(e, p.at, p.func);
	if (to < 0)
		return false;
	seq_insn(&s, insn);
	edit_insert(e, &p, &s, rand_below(&e->rand, 2));
	e->l.units[p.at].target = to + 1;
	return true;
}

bool mut_retarget(struct edit *e)
{
	u32 start = rand_below(&e->rand, e->l.cnt);

	for (u32 i = 0; i < e->l.cnt; i++) {
		u32 at = (start + i) % e->l.cnt;
		struct unit *u = &e->l.units[at];
		s32 to;

		if (u->target < 0 || !e->flow.at[at].reached)
			continue;
		to = ahead(e, at, u->func);
		if (to < 0 || to == u->target)
			return false;
		u->target = to;
		return true;
	}
	return false;
}

/* if … goto B; A: …; goto C; B: …; C: */
bool mut_diamond(struct edit *e)
{
	struct seq s = {};
	struct insn insn;
	struct place p;
	u32 over;

	if (!edit_place(e, &p) || !compare(e, &p, &insn))
		return false;
	seq_jump(&s, insn, 0);
	make_any(e, &p, &s);
	if (rand_below(&e->rand, 2))
		make_any(e, &p, &s);
	over = s.cnt;
	seq_jump(&s, (struct insn){ .code = BPF_JMP | BPF_JA }, 0);
	if (rand_one_in(&e->rand, 8))
		s.units[over].insn->code = BPF_JMP32 | BPF_JA;
	s.units[0].target = s.cnt;
	make_any(e, &p, &s);
	s.units[over].target = s.cnt;
	edit_insert(e, &p, &s, rand_below(&e->rand, 2));
	return true;
}

/* A register that no unit from @first to @last writes and whose value is dispensable, or -1. */
static int counter(struct edit *e, u32 first, u32 last)
{
	u32 start = rand_below(&e->rand, CASE_REGS);

	for (u32 k = 0; k < CASE_REGS; k++) {
		u8 reg = (start + k) % CASE_REGS;
		u8 hold = e->flow.at[first].r[reg].hold;
		bool used = hold != HOLD_SCALAR && hold != HOLD_UNSET;

		for (u32 i = first; i <= last && !used; i++)
			used = unit_writes(&e->l.units[i], reg);
		if (!used)
			return reg;
	}
	return -1;
}

/* Repeat a run of units with a counter, with or without a may_goto. */
bool mut_loop(struct edit *e)
{
	s32 i = edit_unit(e);
	struct seq head = {}, foot = {};
	struct place p;
	u32 first, end, last;
	bool may = rand_below(&e->rand, 2);
	int reg;

	if (i < 0)
		return false;
	edit_func(e, e->l.units[i].func, &first, &end);
	last = i + rand_below(&e->rand, 8);
	if (last + 1 >= end)
		return false;
	for (u32 k = i; k <= last; k++)
		if (!e->flow.at[k].reached || insn_is_exit(e->l.units[k].insn) ||
		    (e->l.units[k].target >= 0 && e->l.units[k].target <= (s32)k))
			return false;
	reg = counter(e, i, last);
	if (reg < 0)
		return false;
	p = edit_place_at(e, last + 1);
	seq_insn(&foot, INSN_K(BPF_SUB, reg, 1));
	seq_insn(&foot, (struct insn){ .code = BPF_JMP | BPF_JNE | BPF_K, .dst = reg });
	edit_insert(e, &p, &foot, true);
	e->l.units[last + 2].target = i;
	p = edit_place_at(e, i);
	seq_insn(&head, INSN_K(BPF_MOV, reg, 1 + rand_below(&e->rand, 4)));
	if (may)
		seq_insn(&head, (struct insn){ .code = BPF_JMP_MAY_GOTO });
	edit_insert(e, &p, &head, true);
	/* the jump back targeted the new units as well: it must not reset the counter */
	last += head.cnt;
	e->l.units[last + 2].target = i + 1;
	if (may)
		e->l.units[i + 1].target = last + 3;
	return true;
}

bool mut_may_goto(struct edit *e)
{
	struct seq s = {};
	struct place p;
	s32 to;

	if (!edit_place(e, &p))
		return false;
	to = ahead(e, p.at, p.func);
	if (to < 0)
		return false;
	seq_insn(&s, (struct insn){ .code = BPF_JMP_MAY_GOTO });
	edit_insert(e, &p, &s, rand_below(&e->rand, 2));
	e->l.units[p.at].target = to + 1;
	return true;
}
