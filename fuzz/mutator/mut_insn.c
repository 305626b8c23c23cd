// SPDX-License-Identifier: GPL-2.0
/* Mutations of single instructions and of short runs. */
#include <string.h>
#include "fuzz/mutator/mutate.h"

#define BIT(r) (1u << (r))

bool mut_insert(struct edit *e)
{
	struct seq s = {};
	struct place p;

	if (!edit_place(e, &p))
		return false;
	make_any(e, &p, &s);
	edit_insert(e, &p, &s, rand_below(&e->rand, 2));
	return true;
}

bool mut_insert_some(struct edit *e)
{
	struct seq s = {};
	struct place p;

	if (!edit_place(e, &p))
		return false;
	for (u32 n = 2 + rand_below(&e->rand, 6); n; n--)
		make_any(e, &p, &s);
	edit_insert(e, &p, &s, rand_below(&e->rand, 2));
	return true;
}

/* A plain unit: its meaning does not depend on its position. */
static bool is_plain(const struct unit *u)
{
	return u->target < 0 && u->callee < 0 && !insn_is_jmp_class(u->insn);
}

bool mut_replace(struct edit *e)
{
	s32 i = edit_unit(e);
	struct seq s = {};
	struct place p;

	if (i < 0 || !is_plain(&e->l.units[i]))
		return false;
	p = edit_place_at(e, i);
	make_any(e, &p, &s);
	/* the last new unit replaces the old one, the others precede it */
	s.cnt--;
	e->l.units[i].insn[0] = s.units[s.cnt].insn[0];
	e->l.units[i].insn[1] = s.units[s.cnt].insn[1];
	e->l.units[i].slots = s.units[s.cnt].slots;
	edit_insert(e, &p, &s, true);
	return true;
}

/* A unit whose row leaves one of @fields free. */
static s32 unit_with(struct edit *e, u8 fields)
{
	u32 start = rand_below(&e->rand, e->l.cnt);

	for (u32 i = 0; i < e->l.cnt; i++) {
		u32 at = (start + i) % e->l.cnt;
		const struct unit *u = &e->l.units[at];
		const struct insn_desc *d = insn_lookup(u->insn);

		if (e->flow.at[at].reached && d && d->fields & fields && u->callee < 0 &&
		    !insn_is_call(u->insn))
			return at;
	}
	return -1;
}

/* Move to a neighbouring value, or to a deliberate one. */
static s32 other_imm(struct edit *e, s32 imm)
{
	switch (rand_below(&e->rand, 6)) {
	case 0:
		return (s32)((u32)imm + 1);
	case 1:
		return (s32)((u32)imm - 1);
	case 2:
		return (s32)((u32)imm ^ 1u << rand_below(&e->rand, 32));
	case 3:
		return (s32) - (u32)imm;
	default:
		return pick_imm(e);
	}
}

bool mut_immediate(struct edit *e)
{
	s32 i = unit_with(e, F_IMM);
	struct unit *u;
	u64 v;

	if (i < 0)
		return false;
	u = &e->l.units[i];
	if (u->target >= 0 && insn_is_gotol(u->insn))
		return false;
	if (u->slots == 1) {
		u->insn->imm = other_imm(e, u->insn->imm);
	} else if (!u->insn->src) {
		v = pick_value(e);
		u->insn[0].imm = rand_below(&e->rand, 3) ? (s32)v : other_imm(e, u->insn[0].imm);
		u->insn[1].imm = rand_below(&e->rand, 3) ? (s32)(v >> 32) : u->insn[1].imm;
	} else if (u->insn->src == BPF_PSEUDO_MAP_IDX_VALUE) {
		u->insn[1].imm += 8 * ((s32)rand_below(&e->rand, 5) - 2);
	} else {
		return false;
	}
	return true;
}

bool mut_offset(struct edit *e)
{
	static const s16 steps[] = { 1, -1, 2, -2, 4, -4, 8, -8, 16, -16 };
	s32 i = unit_with(e, F_OFF);
	struct insn *insn;
	u8 class;

	if (i < 0 || e->l.units[i].target >= 0)
		return false;
	insn = e->l.units[i].insn;
	class = insn_class(insn);
	if (class != BPF_LDX && class != BPF_ST && class != BPF_STX)
		return false;
	insn->off += steps[rand_below(&e->rand, ARRAY_SIZE(steps))];
	return true;
}

bool mut_register(struct edit *e)
{
	s32 i = unit_with(e, F_DST | F_SRC);
	const struct flow_state *st;
	const struct insn_desc *d;
	struct insn *insn;
	u8 *reg, hold;

	if (i < 0)
		return false;
	insn = e->l.units[i].insn;
	d = insn_lookup(insn);
	st = &e->flow.at[i];
	reg = !(d->fields & F_SRC) || (d->fields & F_DST && rand_below(&e->rand, 2)) ? &insn->dst
										     : &insn->src;
	hold = flow_reg(st, *reg).hold;
	/* another register with the same kind of content */
	for (u32 round = 0; round < 8; round++) {
		u8 other = rand_below(&e->rand, CASE_REGS);

		if (other == *reg || (st->r[other].hold != hold && round < 7))
			continue;
		*reg = other;
		return true;
	}
	return false;
}

/* Another row with the same operand syntax. */
bool mut_operation(struct edit *e)
{
	s32 i = edit_unit(e);
	const struct insn_desc *d, *other;
	struct insn *insn;

	if (i < 0 || e->l.units[i].callee >= 0 || e->l.units[i].slots > 1)
		return false;
	insn = e->l.units[i].insn;
	d = insn_lookup(insn);
	if (!d || d->syntax >= SYNTAX_CALL)
		return false;
	for (u32 round = 0; round < 60; round++) {
		other = &insn_descs[rand_below(&e->rand, nr_insn_descs)];
		if (other == d || other->fields != d->fields || other->slots != d->slots ||
		    other->syntax >= SYNTAX_CALL ||
		    insn_class(&(struct insn){ .code = other->code }) >> 2 != insn_class(insn) >> 2)
			continue;
		/* jumps stay jumps */
		if ((e->l.units[i].target >= 0) !=
			    (other->syntax >= SYNTAX_JMP_X && other->syntax <= SYNTAX_MAY_GOTO) ||
		    other->syntax == SYNTAX_GOTOX)
			continue;
		*insn = (struct insn){
			.code = other->code,
			.dst = other->fields & F_DST ? insn->dst : other->dst,
			.src = other->fields & F_SRC ? insn->src : other->src,
			.off = other->fields & F_OFF ? insn->off : other->off,
			.imm = other->fields & F_IMM ? insn->imm : other->imm,
		};
		return true;
	}
	return false;
}

static void jump_by_0(struct unit *u)
{
	u->insn[0] = (struct insn){ .code = BPF_JMP | BPF_JA };
	u->slots = 1;
	u->callee = -1;
}

/* Removed units become jumps by 0, so that no second list has to be kept in step. */
bool mut_remove(struct edit *e)
{
	s32 i = edit_unit(e);
	u32 n = 1 + (rand_one_in(&e->rand, 3) ? rand_below(&e->rand, 8) : 0), first, end, to;

	if (i < 0)
		return false;
	edit_func(e, e->l.units[i].func, &first, &end);
	/* the last unit of a function stays */
	if (!is_wrapped(e->in, e->prog) || e->l.units[i].func)
		end--;
	to = (u32)i + n < end ? (u32)i + n : end;
	if (to <= (u32)i)
		return false;
	for (u32 k = i; k < to; k++) {
		jump_by_0(&e->l.units[k]);
		e->l.units[k].target = to;
	}
	return true;
}

/* Repeat a run of units elsewhere. */
bool mut_repeat(struct edit *e)
{
	s32 i = edit_unit(e);
	struct seq s = {};
	struct place p;
	u32 n = 1 + rand_below(&e->rand, 10), first, end;

	if (i < 0 || !edit_place(e, &p))
		return false;
	edit_func(e, e->l.units[i].func, &first, &end);
	for (u32 k = i; k < i + n && k < end && s.cnt < MAX_SEQ; k++) {
		const struct unit *u = &e->l.units[k];

		if (insn_is_exit(u->insn))
			break;
		s.units[s.cnt] = *u;
		/* jumps within the run stay within the copy, others go behind it */
		if (u->target >= 0)
			s.units[s.cnt].target = u->target > (s32)k && u->target < i + (s32)n
							? u->target - i
							: i + (s32)n - i;
		s.cnt++;
	}
	for (u32 k = 0; k < s.cnt; k++)
		if (s.units[k].target > (s32)s.cnt)
			s.units[k].target = s.cnt;
	edit_insert(e, &p, &s, rand_below(&e->rand, 2));
	return s.cnt;
}

bool mut_swap(struct edit *e)
{
	s32 i = edit_unit(e), k;
	struct unit a, b;

	if (i < 0)
		return false;
	k = i + 1 + (s32)rand_below(&e->rand, 3);
	if (k >= (s32)e->l.cnt || e->l.units[k].func != e->l.units[i].func ||
	    !is_plain(&e->l.units[i]) || !is_plain(&e->l.units[k]))
		return false;
	a = e->l.units[i];
	b = e->l.units[k];
	e->l.units[i] = b;
	e->l.units[k] = a;
	return true;
}

static bool swap_reg(u8 *reg, u8 a, u8 b)
{
	if (*reg != a && *reg != b)
		return false;
	*reg = *reg == a ? b : a;
	return true;
}

/* Swap two registers from here to the end of the function, or in all of it. */
bool mut_rename(struct edit *e)
{
	s32 i = edit_unit(e);
	u8 a = rand_below(&e->rand, CASE_REGS),
	   b = (a + 1 + rand_below(&e->rand, CASE_REGS - 1)) % CASE_REGS;
	u32 first, end, func;
	bool changed = false;

	if (i < 0)
		return false;
	func = e->l.units[i].func;
	edit_func(e, func, &first, &end);
	for (u32 k = rand_below(&e->rand, 2) ? first : (u32)i; k < end; k++) {
		const struct insn_desc *d = insn_lookup(e->l.units[k].insn);

		if (d && d->fields & F_DST)
			changed |= swap_reg(&e->l.units[k].insn->dst, a, b);
		if (d && d->fields & F_SRC)
			changed |= swap_reg(&e->l.units[k].insn->src, a, b);
	}
	return changed;
}

/* ---- what the verifier has to prove ---- */

static const u8 sizes[] = { BPF_B, BPF_H, BPF_W, BPF_DW };

/* Make r@ptr point into a window or map value of at least 16 bytes. Returns that size. */
static u32 a_window(struct edit *e, const struct place *p, struct seq *s, u8 ptr)
{
	int map;

	if (rand_one_in(&e->rand, 4)) {
		map = need_map(e, KIND(MAP_ARRAY));
		if (map >= 0) {
			seq_imm64(s, ptr, BPF_PSEUDO_MAP_IDX_VALUE, map + 1, 0);
			return fuzz_shapes[e->in->maps[map].shape].value_size;
		}
	}
	if (rand_one_in(&e->rand, 4) && !p->func && is_wrapped(e->in, e->prog) &&
	    e->in->win[REGION_STACK] >= 16) {
		seq_insn(s, INSN_X(BPF_MOV, ptr, BPF_REG_FP));
		seq_insn(s, INSN_K(BPF_ADD, ptr, -(s32)e->in->win[REGION_STACK]));
		return e->in->win[REGION_STACK];
	}
	need_window(e, REGION_MEM, 16);
	seq_imm64(s, ptr, BPF_PSEUDO_MAP_IDX_VALUE, 0, 0);
	return e->in->win[REGION_MEM];
}

static void access_through(struct edit *e, const struct place *p, struct seq *s, u8 ptr, u8 size)
{
	int src = pick_scalar(e, p->st, BIT(ptr));

	if (src >= 0 && rand_below(&e->rand, 2))
		seq_insn(s, INSN_STX(size, ptr, 0, src));
	else
		seq_insn(s, INSN_LDX(size, ptr, ptr, 0));
}

/* Registers for an index, for the pointer it is added to, and for a scalar it may come from. */
static bool pick_index(struct edit *e, const struct place *p, u8 *idx, u8 *ptr, int *src)
{
	*idx = pick_dst(e, p->st, 0);
	*ptr = pick_dst(e, p->st, BIT(*idx));
	*src = pick_scalar(e, p->st, BIT(*ptr));
	return *src >= 0;
}

/* rI = …; rI &= mask; rP += rI; *(rP) */
bool mut_index(struct edit *e)
{
	struct seq s = {};
	struct place p;
	u8 idx, ptr, size = rand_below(&e->rand, 4), bytes = 1 << size, room;
	int src;
	u32 window;

	if (!edit_place(e, &p) || !pick_index(e, &p, &idx, &ptr, &src))
		return false;
	if (src != idx)
		seq_insn(&s,
			 (struct insn){ .code = (rand_below(&e->rand, 2) ? BPF_ALU64 : BPF_ALU) |
						BPF_MOV | BPF_X,
					.dst = idx,
					.src = src });
	window = a_window(e, &p, &s, ptr);
	for (room = 0; (2u << room) <= window && room < 6; room++)
		;
	/* 2^room bytes in steps of the access size */
	seq_insn(&s, INSN_K(BPF_AND, idx, ((1 << room) - 1) & -bytes));
	if (rand_one_in(&e->rand, 3))
		seq_insn(&s, (struct insn){ .code = BPF_ALU | BPF_XOR | BPF_K,
					    .dst = idx,
					    .imm = bytes & ((1 << room) - 1) });
	seq_insn(&s, INSN_X(BPF_ADD, ptr, idx));
	access_through(e, &p, &s, ptr, sizes[size]);
	edit_insert(e, &p, &s, rand_below(&e->rand, 2));
	return true;
}

/* if rI is too large goto behind; rP += rI; *(rP): signed and unsigned bounds of 32 and 64 bits */
bool mut_guard(struct edit *e)
{
	static const u8 above[] = { BPF_JGT, BPF_JGE, BPF_JSGT, BPF_JSGE };
	struct seq s = {};
	struct place p;
	u8 class = rand_below(&e->rand, 3) ? BPF_JMP : BPF_JMP32,
	   op = above[rand_below(&e->rand, ARRAY_SIZE(above))], idx, ptr;
	u32 window, lower = 0, upper;
	int src;

	if (!edit_place(e, &p) || !pick_index(e, &p, &idx, &ptr, &src))
		return false;
	if (src != idx || class == BPF_JMP32)
		seq_insn(&s, (struct insn){ .code = (class == BPF_JMP ? BPF_ALU64 : BPF_ALU) |
						    BPF_MOV | BPF_X,
					    .dst = idx,
					    .src = src });
	window = a_window(e, &p, &s, ptr);
	if (op == BPF_JSGT || op == BPF_JSGE) {
		lower = s.cnt;
		seq_jump(&s,
			 (struct insn){ .code = class | BPF_JSLT | BPF_K,
					.dst = idx,
					.imm = rand_below(&e->rand, 4) },
			 0);
	}
	upper = s.cnt;
	seq_jump(&s, (struct insn){ .code = class | op | BPF_K, .dst = idx, .imm = window - 2 }, 0);
	seq_insn(&s, INSN_X(BPF_ADD, ptr, idx));
	access_through(e, &p, &s, ptr, BPF_B);
	s.units[upper].target = s.cnt;
	if (lower)
		s.units[lower].target = s.cnt;
	edit_insert(e, &p, &s, rand_below(&e->rand, 2));
	return true;
}

/* Flip bits of an instruction without regard to the result. */
bool mut_wild(struct edit *e)
{
	struct fuzz_input *in = e->in;
	struct insn *insn;

	if (e->open) {
		s32 i = edit_unit(e);

		if (i < 0)
			return false;
		insn = e->l.units[i].insn;
	} else if (in->ninsns) {
		insn = &in->insns[rand_below(&e->rand, in->ninsns)];
	} else {
		return false;
	}
	switch (rand_below(&e->rand, 6)) {
	case 0:
		insn->code ^= 1 << rand_below(&e->rand, 8);
		break;
	case 1:
		insn->dst = rand_below(&e->rand, 16);
		break;
	case 2:
		insn->src = rand_below(&e->rand, 16);
		break;
	case 3:
		insn->off = (s16)(insn->off ^ 1 << rand_below(&e->rand, 16));
		break;
	case 4:
		insn->imm = other_imm(e, insn->imm);
		break;
	default:
		insn->dst = insn->src;
		insn->src = rand_below(&e->rand, CASE_REGS);
	}
	return true;
}
