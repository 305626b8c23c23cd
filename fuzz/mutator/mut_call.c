// SPDX-License-Identifier: GPL-2.0
/*
 * Mutations of calls: helpers, functions and their argument counts, stack arguments, callee-saved
 * state.
 */
#include "fuzz/mutator/mutate.h"

#define BIT(r)	     (1u << (r))
#define CALL_SUBPROG ((struct insn){ .code = BPF_JMP_CALL, .src = BPF_PSEUDO_CALL })

bool mut_helper(struct edit *e)
{
	struct seq s = {};
	struct place p;

	if (!edit_place(e, &p) || !make_helper_call(e, &p, &s))
		return false;
	edit_insert(e, &p, &s, rand_below(&e->rand, 2));
	return true;
}

/* Callee-saved registers that a function changes, and its own stack frame. */
static void body_begin(struct edit *e, struct seq *s, u32 nargs, u32 *slots)
{
	u32 saved = rand_below(&e->rand, 16);

	for (u8 r = 0; r < 4; r++)
		if (saved >> r & 1)
			seq_insn(s,
				 rand_below(&e->rand, 2) && nargs
					 ? INSN_X(BPF_MOV, 6 + r,
						  1 + rand_below(&e->rand, nargs < 5 ? nargs : 5))
					 : INSN_K(BPF_MOV, 6 + r, pick_imm(e)));
	*slots = rand_below(&e->rand, 4);
	for (u32 k = 1; k <= *slots; k++) {
		if (nargs && rand_below(&e->rand, 2))
			seq_insn(s, INSN_STX(BPF_DW, BPF_REG_FP, -8 * (s16)k,
					     1 + rand_below(&e->rand, nargs < 5 ? nargs : 5)));
		else
			seq_insn(s, INSN_ST(BPF_DW, BPF_REG_FP, -8 * (s16)k, pick_imm(e)));
	}
}

/* Combine all arguments into the return value. */
static void body(struct edit *e, struct seq *s, u32 nargs)
{
	static const u8 ops[] = { BPF_ADD, BPF_SUB, BPF_XOR, BPF_MUL, BPF_OR, BPF_AND };
	u32 on_stack = nargs > 5 ? nargs - 5 : 0, slots;

	/* stack arguments are read before r11 is used otherwise, and before any call */
	if (on_stack) {
		seq_insn(s, INSN_LDX(BPF_DW, 0, BPF_REG_PARAMS, 8));
		for (u32 k = 2; k <= on_stack; k++) {
			seq_insn(s, INSN_LDX(BPF_DW, 6, BPF_REG_PARAMS, 8 * (s16)k));
			seq_insn(s, INSN_X(ops[rand_below(&e->rand, 3)], 0, 6));
		}
	} else {
		seq_insn(s, INSN_K(BPF_MOV, 0, pick_imm(e)));
	}
	body_begin(e, s, nargs, &slots);
	for (u8 r = 1; r <= nargs && r <= 5; r++)
		seq_insn(s,
			 (struct insn){ .code = (rand_below(&e->rand, 4) ? BPF_ALU64 : BPF_ALU) |
						ops[rand_below(&e->rand, ARRAY_SIZE(ops))] | BPF_X,
					.dst = 0,
					.src = r });
	for (u32 k = 1; k <= slots; k++) {
		seq_insn(s, INSN_LDX(BPF_DW, 1, BPF_REG_FP, -8 * (s16)k));
		seq_insn(s, INSN_X(ops[rand_below(&e->rand, 3)], 0, 1));
	}
	seq_insn(s, EXIT_INSN);
}

/* Load r1 … r5 and the stack with arguments for @func. */
static void arguments(struct edit *e, const struct place *p, struct seq *s, u32 nargs)
{
	for (u32 k = 6; k <= nargs; k++) {
		int src = pick_scalar(e, p->st, 0);

		if (src < 0 || rand_one_in(&e->rand, 3))
			seq_insn(s,
				 INSN_ST(BPF_DW, BPF_REG_PARAMS, -8 * (s16)(k - 5), pick_imm(e)));
		else
			seq_insn(s, INSN_STX(BPF_DW, BPF_REG_PARAMS, -8 * (s16)(k - 5), src));
	}
	for (u32 k = 1; k <= nargs && k <= 5; k++) {
		/* earlier argument registers are already taken */
		int src = pick_scalar(e, p->st, BIT(k) - 2);

		if (src < 0 || rand_one_in(&e->rand, 5))
			seq_insn(s, INSN_K(BPF_MOV, k, pick_imm(e)));
		else if (src != (int)k)
			seq_insn(s, INSN_X(BPF_MOV, k, src));
	}
}

static void call(struct edit *e, const struct place *p, struct seq *s, u32 func)
{
	arguments(e, p, s, e->l.funcs[func].nargs);
	seq_insn(s, CALL_SUBPROG);
	s->units[s->cnt - 1].callee = func;
	if (rand_one_in(&e->rand, 3))
		seq_insn(s, INSN_X(BPF_MOV, 6 + rand_below(&e->rand, 4), 0));
}

static bool new_function(struct edit *e, u32 nargs)
{
	struct seq s = {}, calls = {};
	struct place p;
	int func;

	if (!edit_place(e, &p))
		return false;
	body(e, &s, nargs);
	func = add_function(e, &s, nargs, nargs <= 5 && rand_one_in(&e->rand, 8) ? FUNC_GLOBAL : 0);
	if (func < 0)
		return false;
	call(e, &p, &calls, func);
	edit_insert(e, &p, &calls, rand_below(&e->rand, 2));
	return true;
}

bool mut_subprog(struct edit *e)
{
	return new_function(e, rand_below(&e->rand, 6));
}

bool mut_stack_args(struct edit *e)
{
	return new_function(e, 6 + rand_below(&e->rand, MAX_SUBPROG_ARGS - 5));
}

/* Call an existing function from another place. */
bool mut_call_again(struct edit *e)
{
	struct seq s = {};
	struct place p;
	u32 func;

	if (e->l.nfuncs < 2 || !edit_place(e, &p))
		return false;
	func = 1 + rand_below(&e->rand, e->l.nfuncs - 1);
	/* recursion is refused: functions call only later ones */
	if (func <= p.func || e->l.funcs[func].flags & FUNC_CALLBACK)
		return false;
	call(e, &p, &s, func);
	edit_insert(e, &p, &s, rand_below(&e->rand, 2));
	return true;
}

/* Change the number of arguments of a function, and its BTF. */
bool mut_args(struct edit *e)
{
	struct func *f;
	u32 first, end, at;
	struct seq s = {};
	struct place p;

	if (e->l.nfuncs < 2)
		return false;
	at = 1 + rand_below(&e->rand, e->l.nfuncs - 1);
	f = &e->l.funcs[at];
	edit_func(e, at, &first, &end);
	if (f->flags & FUNC_CALLBACK || first == end)
		return false;
	if (!e->bound) {
		f->nargs = rand_below(&e->rand, MAX_SUBPROG_ARGS + 1);
		f->flags ^= 1 << rand_below(&e->rand, 3);
		return true;
	}
	if (f->nargs >= 5)
		return false;
	/* use the new argument */
	f->nargs++;
	p = edit_place_at(e, first);
	seq_insn(&s, INSN_X(BPF_MOV, 0, f->nargs));
	edit_insert(e, &p, &s, true);
	if (rand_one_in(&e->rand, 6))
		f->flags ^= FUNC_GLOBAL;
	return true;
}

/* Spill a register to the stack and reload it later; pointers stay pointers. */
bool mut_spill(struct edit *e)
{
	s32 i = edit_unit(e);
	struct seq away = {}, back = {};
	struct place p;
	u32 first, end, func;
	s16 off = -8 * (s16)(1 + rand_below(&e->rand, 4));
	s32 later;
	u8 reg = rand_below(&e->rand, CASE_REGS), size = rand_below(&e->rand, 4) ? BPF_DW : BPF_W;

	if (i < 0)
		return false;
	func = e->l.units[i].func;
	edit_func(e, func, &first, &end);
	if (!func && is_wrapped(e->in, e->prog)) {
		/* only within main's window, and no addresses: the window is compared */
		if (e->in->win[REGION_STACK] < 32 || e->flow.at[i].r[reg].hold != HOLD_SCALAR)
			return false;
	}
	if (e->flow.at[i].r[reg].hold == HOLD_UNSET ||
	    (size == BPF_W && e->flow.at[i].r[reg].hold != HOLD_SCALAR))
		return false;
	later = i + 1 + rand_below(&e->rand, 8);
	if (later >= (s32)end || !e->flow.at[later].reached)
		return false;
	p = edit_place_at(e, later);
	seq_insn(&back, INSN_LDX(size, reg, BPF_REG_FP, off));
	edit_insert(e, &p, &back, true);
	p = edit_place_at(e, i);
	seq_insn(&away, INSN_STX(size, BPF_REG_FP, off, reg));
	edit_insert(e, &p, &away, true);
	return true;
}
