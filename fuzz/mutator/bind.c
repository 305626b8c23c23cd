// SPDX-License-Identifier: GPL-2.0
/*
 * Repairs a changed program so that the verifier mostly accepts it. A unit whose operands do not
 * fit gets other operands, or setup code in front of it; a unit that cannot be repaired is removed.
 * Unbounded loops get a may_goto.
 */
#include "bpf/helpers.h"
#include "fuzz/mutator/edit.h"
#include "fuzz/mutator/helper.h"
#include "lib/util.h"

#define ROUNDS 4
#define BIT(r) (1u << (r))

enum fix {
	FIX_NONE,    /* it was right */
	FIX_CHANGED, /* repaired in place, or by code in front of it */
	FIX_REMOVE,
};

struct bind {
	struct edit *e;
	struct place p;
	struct unit *u;
	struct seq before;
	u32 called; /* bit f: function f is called */
};

static bool is_scalar(const struct bind *b, u8 reg)
{
	enum hold h = flow_reg(b->p.st, reg).hold;

	return h == HOLD_SCALAR || h == HOLD_ANY;
}

static u8 hold_of(const struct bind *b, u8 reg)
{
	return flow_reg(b->p.st, reg).hold;
}

/* Make *@reg a scalar: choose another register, or set this one first. */
static enum fix want_scalar(struct bind *b, u8 *reg)
{
	int other;

	if (is_scalar(b, *reg))
		return FIX_NONE;
	other = pick_scalar(b->e, b->p.st, 0);
	if (other >= 0 && rand_below(&b->e->rand, 6)) {
		*reg = other;
		return FIX_CHANGED;
	}
	if (*reg >= CASE_REGS || (b->p.st->r[*reg].hold != HOLD_UNSET && other >= 0))
		*reg = other >= 0 ? other : 0;
	if (b->p.st->r[*reg].hold != HOLD_SCALAR)
		seq_insn(&b->before, INSN_K(BPF_MOV, *reg, pick_imm(b->e)));
	return FIX_CHANGED;
}

static enum fix worse(enum fix a, enum fix b)
{
	return a > b ? a : b;
}

static enum fix want_register(struct bind *b, u8 *reg)
{
	if (*reg < CASE_REGS)
		return FIX_NONE;
	*reg = pick_dst(b->e, b->p.st, 0);
	return FIX_CHANGED;
}

/* ---- arithmetic ---- */

static bool shiftable(const struct insn *i)
{
	u8 op = BPF_OP(i->code);

	return op == BPF_LSH || op == BPF_RSH || op == BPF_ARSH;
}

static enum fix bind_imm(struct bind *b, struct insn *i, u32 size)
{
	u8 op = BPF_OP(i->code);

	if (shiftable(i) && (u32)i->imm >= 8 * size) {
		i->imm = pick_shift(b->e, size);
		return FIX_CHANGED;
	}
	if ((op == BPF_DIV || op == BPF_MOD) && !i->imm) {
		i->imm = 3;
		return FIX_CHANGED;
	}
	return FIX_NONE;
}

/* Keep pointer arithmetic small, and the pointer inside its object. */
static bool moves_well(struct bind *b, const struct held *ptr, const struct held *by, bool back)
{
	s32 lo, hi;
	s64 first, last;

	if (by->hold == HOLD_ANY || ptr->hold == HOLD_ANY)
		return true;
	if (by->hold != HOLD_SCALAR || !held_is_pointer(ptr) || ptr->hold == HOLD_CTX ||
	    !held_bounds(b->e->in, b->e->prog, b->p.func, ptr, &lo, &hi))
		return false;
	if (!by->known && (back || by->max > (u64)(hi - lo)))
		return false;
	if (by->known && (s64)by->max != (s32)by->max)
		return false;
	first = ptr->off + (by->known ? back ? -(s64)by->max : (s64)by->max : 0);
	last = ptr->off + (s64)ptr->max + (back ? -(s64)by->max : (s64)by->max);
	/* offsets of accesses may lead back from slightly outside of the window */
	return first >= lo - 64 && last <= hi + 64;
}

static enum fix bind_alu(struct bind *b)
{
	struct insn *i = b->u->insn;
	bool wide = insn_class(i) == BPF_ALU64,
	     by_reg = BPF_OP(i->code) != BPF_NEG && BPF_OP(i->code) != BPF_END && i->code & BPF_X;
	struct held dst = flow_reg(b->p.st, i->dst), src = flow_reg(b->p.st, i->src),
		    imm = { .hold = HOLD_SCALAR, .known = true };
	u8 op = BPF_OP(i->code);
	enum fix fix = want_register(b, &i->dst);

	if (op == BPF_MOV) {
		if (!by_reg)
			return fix;
		if (wide && !i->off && src.hold != HOLD_UNSET && i->src <= BPF_REG_FP)
			return fix;
		return worse(fix, want_scalar(b, &i->src));
	}
	if (!fix && wide && (op == BPF_ADD || op == BPF_SUB)) {
		imm.max = (u64)(s64)i->imm;
		if (held_is_pointer(&dst) &&
		    moves_well(b, &dst, by_reg ? &src : &imm, op == BPF_SUB))
			return FIX_NONE;
		if (by_reg && op == BPF_ADD && held_is_pointer(&src) &&
		    moves_well(b, &src, &dst, false))
			return FIX_NONE;
	}
	fix = worse(fix, want_scalar(b, &i->dst));
	if (by_reg)
		return worse(fix, want_scalar(b, &i->src));
	return op == BPF_NEG || op == BPF_END ? fix : worse(fix, bind_imm(b, i, wide ? 8 : 4));
}

/* ---- memory ---- */

/* Choose @base and @off for the access. @scratch may be overwritten. */
static enum fix want_memory(struct bind *b, u8 *base, s16 *off, u32 size, u32 access, u8 scratch)
{
	if (can_access(b->e, &b->p, *base, *off, size, access))
		return FIX_NONE;
	need_memory(b->e, &b->p, &b->before, size, access, scratch, base, off);
	return FIX_CHANGED;
}

static bool spills(const struct bind *b, const struct insn *i)
{
	struct held base = flow_reg(b->p.st, i->dst);

	return b->p.func && BPF_SIZE(i->code) == BPF_DW && BPF_MODE(i->code) == BPF_MEM &&
	       base.hold == HOLD_STACK && !base.which && hold_of(b, i->src) != HOLD_UNSET &&
	       i->src <= BPF_REG_FP;
}

static enum fix bind_memory(struct bind *b, const struct insn_desc *d)
{
	struct insn *i = b->u->insn;
	enum fix fix;

	if (insn_uses_params(i)) {
		bool stores = insn_class(i) == BPF_STX && i->dst == BPF_REG_PARAMS;

		return stores ? want_scalar(b, &i->src) : FIX_NONE;
	}
	switch (d->syntax) {
	case SYNTAX_LDX:
	case SYNTAX_LOAD_ACQUIRE:
		fix = want_register(b, &i->dst);
		return worse(fix, want_memory(b, &i->src, &i->off, d->size,
					      ACCESS_READ |
						      (d->syntax == SYNTAX_LDX ? 0 : ACCESS_ATOMIC),
					      i->dst));
	case SYNTAX_ST:
		return want_memory(b, &i->dst, &i->off, d->size, ACCESS_WRITE,
				   pick_dst(b->e, b->p.st, 0));
	case SYNTAX_STX:
		fix = spills(b, i) ? FIX_NONE : want_scalar(b, &i->src);
		return worse(fix, want_memory(b, &i->dst, &i->off, d->size, ACCESS_WRITE,
					      pick_dst(b->e, b->p.st, BIT(i->src))));
	default:
		fix = want_scalar(b, &i->src);
		if (d->syntax == SYNTAX_CMPXCHG && !is_scalar(b, 0)) {
			seq_insn(&b->before, INSN_K(BPF_MOV, 0, pick_imm(b->e)));
			fix = FIX_CHANGED;
		}
		return worse(fix, want_memory(b, &i->dst, &i->off, d->size,
					      ACCESS_READ | ACCESS_WRITE | ACCESS_ATOMIC,
					      pick_dst(b->e, b->p.st, BIT(i->src) | BIT(0))));
	}
}

/* ---- jumps and calls ---- */

static enum fix bind_compare(struct bind *b)
{
	struct insn *i = b->u->insn;
	bool by_reg = i->code & BPF_X,
	     eq = BPF_OP(i->code) == BPF_JEQ || BPF_OP(i->code) == BPF_JNE;
	u8 dst = hold_of(b, i->dst);

	if (!by_reg && dst == HOLD_NULLABLE && eq && !i->imm)
		return FIX_NONE;
	if (by_reg && dst == hold_of(b, i->src) && dst != HOLD_UNSET && insn_class(i) == BPF_JMP &&
	    dst != HOLD_NULLABLE)
		return FIX_NONE;
	return worse(want_scalar(b, &i->dst), by_reg ? want_scalar(b, &i->src) : FIX_NONE);
}

static bool map_is(const struct bind *b, u8 reg, u32 kinds)
{
	struct held h = flow_reg(b->p.st, reg);

	return h.hold == HOLD_ANY || (h.hold == HOLD_MAP && h.which < b->e->in->nmaps &&
				      kinds >> fuzz_shapes[b->e->in->maps[h.which].shape].kind & 1);
}

static bool arg_fits(const struct bind *b, const struct helper_sig *sig, u32 n)
{
	struct held h = flow_reg(b->p.st, 1 + n);
	u32 size = 1;

	if (h.hold == HOLD_UNSET)
		return false;
	if (h.hold == HOLD_ANY)
		return true;
	switch (sig->args[n]) {
	case ARG_SCALAR:
		return h.hold == HOLD_SCALAR;
	case ARG_ZERO:
		return h.hold == HOLD_SCALAR;
	case ARG_COUNT:
		return h.hold == HOLD_SCALAR && h.max && h.max <= 64;
	case ARG_SIZE:
		return h.hold == HOLD_SCALAR && h.max && h.max <= 64;
	case ARG_CTX:
		return h.hold == HOLD_CTX && !h.off;
	case ARG_KEYED:
		return map_is(b, 1 + n, KIND(MAP_ARRAY) | KIND(MAP_HASH) | KIND(MAP_PERCPU_ARRAY));
	case ARG_PERKEY:
		return map_is(b, 1 + n, KIND(MAP_ARRAY) | KIND(MAP_HASH) | KIND(MAP_PERCPU_ARRAY));
	case ARG_RINGBUF:
		return map_is(b, 1 + n, KIND(MAP_RINGBUF));
	case ARG_PROGS:
		return map_is(b, 1 + n, KIND(MAP_PROG_ARRAY));
	case ARG_LOOP_FN:
	case ARG_EACH_FN:
		return h.hold == HOLD_FUNC;
	case ARG_CTX_OF_FN:
		return h.hold == HOLD_STACK || h.hold == HOLD_SCALAR || h.hold == HOLD_VALUE ||
		       h.hold == HOLD_MEM;
	case ARG_KEY:
	case ARG_VALUE:
		if (flow_reg(b->p.st, 1).hold == HOLD_MAP &&
		    flow_reg(b->p.st, 1).which < b->e->in->nmaps) {
			const struct fuzz_shape *s =
				&fuzz_shapes[b->e->in->maps[flow_reg(b->p.st, 1).which].shape];

			size = sig->args[n] == ARG_KEY ? s->key_size : s->value_size;
		}
		return can_access(b->e, &b->p, 1 + n, 0, size, ACCESS_READ);
	case ARG_BYTES:
	case ARG_LONG:
		return can_access(b->e, &b->p, 1 + n, 0, 8, ACCESS_READ | ACCESS_WRITE);
	default:
		return true;
	}
}

static enum fix bind_call(struct bind *b)
{
	const struct insn *i = b->u->insn;
	const struct helper_sig *sig;
	enum fix fix = FIX_NONE;

	if (b->u->callee >= 0) {
		u32 nargs = b->e->l.funcs[b->u->callee].nargs;

		for (u32 k = 1; k <= nargs && k <= 5; k++) {
			if (hold_of(b, k) != HOLD_UNSET)
				continue;
			seq_insn(&b->before, INSN_K(BPF_MOV, k, pick_imm(b->e)));
			fix = FIX_CHANGED;
		}
		return fix;
	}
	sig = i->src ? NULL : helper_sig(i->imm);
	for (u32 n = 0; sig && n < 5 && sig->args[n]; n++)
		if (!arg_fits(b, sig, n))
			return FIX_REMOVE;
	return FIX_NONE;
}

static enum fix bind_exit(struct bind *b)
{
	const struct func *f = &b->e->l.funcs[b->p.func];
	struct held r0 = flow_reg(b->p.st, 0);

	if (f->flags & FUNC_VOID)
		return FIX_NONE;
	if (r0.hold != HOLD_SCALAR && r0.hold != HOLD_ANY)
		seq_insn(&b->before,
			 INSN_K(BPF_MOV, 0,
				f->flags & FUNC_CALLBACK ? (s32)rand_below(&b->e->rand, 2)
							 : pick_imm(b->e)));
	else if (f->flags & FUNC_CALLBACK && (r0.hold == HOLD_ANY || r0.max > 1))
		seq_insn(&b->before, INSN_K(BPF_AND, 0, 1));
	return b->before.cnt ? FIX_CHANGED : FIX_NONE;
}

static enum fix bind_imm64(struct bind *b)
{
	const struct insn *i = b->u->insn;

	if (i->src == BPF_PSEUDO_MAP_FD || i->src == BPF_PSEUDO_MAP_VALUE ||
	    i->src == BPF_PSEUDO_BTF_ID)
		return FIX_REMOVE;
	/*
	 * A function whose address is unused is removed as dead code, and kernels up to 7.3 then
	 * refuse the program with a warning because of the remaining address.
	 */
	if (i->src == BPF_PSEUDO_FUNC && !(b->called >> b->u->callee & 1))
		return FIX_REMOVE;
	return want_register(b, &b->u->insn->dst);
}

static enum fix bind_unit(struct bind *b)
{
	struct insn *i = b->u->insn;
	const struct insn_desc *d = insn_lookup(i);

	if (!d)
		return FIX_REMOVE;
	if (insn_accesses_memory(d))
		return bind_memory(b, d);
	switch (d->syntax) {
	case SYNTAX_ALU_X:
	case SYNTAX_ALU_K:
	case SYNTAX_NEG:
	case SYNTAX_MOVSX:
	case SYNTAX_END:
	case SYNTAX_ADDR_SPACE_CAST:
		return bind_alu(b);
	case SYNTAX_JMP_X:
	case SYNTAX_JMP_K:
		return bind_compare(b);
	case SYNTAX_LD_ABS:
	case SYNTAX_LD_IND:
		return b->e->in->type == CASE_TYPE_SOCKET && hold_of(b, 6) == HOLD_CTX ? FIX_NONE
										       : FIX_REMOVE;
	case SYNTAX_LD_IMM64:
		return bind_imm64(b);
	case SYNTAX_CALL:
	case SYNTAX_CALL_SUBPROG:
	case SYNTAX_CALL_KFUNC:
		return bind_call(b);
	case SYNTAX_EXIT:
		return bind_exit(b);
	case SYNTAX_GOTOX:
		return FIX_REMOVE;
	default:
		return FIX_NONE;
	}
}

/* Replace a unit by a no-op move if others jump to it or its function could become empty. */
static void blank(struct unit *u)
{
	*u = (struct unit){ .insn = { INSN_K(BPF_MOV, 0, 0) },
			    .slots = 1,
			    .func = u->func,
			    .target = -1,
			    .callee = -1 };
}

static u32 functions_entered(const struct edit *e)
{
	u32 called = 0, first, end;

	for (u32 f = 0; f < e->l.nfuncs; f++) {
		edit_func(e, f, &first, &end);
		if (first < end && e->flow.at[first].reached)
			called |= BIT(f);
	}
	return called;
}

/* One pass over all units. Returns how many were changed. */
static u32 bind_pass(struct edit *e, bool last)
{
	u32 changed = 0, called;

	edit_flow(e);
	called = functions_entered(e);
	/* backwards, so that insertions do not move units still to be checked */
	for (u32 i = e->l.cnt; i-- > 0;) {
		struct bind b = {
			.e = e, .p = edit_place_at(e, i), .u = &e->l.units[i], .called = called
		};
		enum fix fix;

		if (!b.p.st->reached)
			continue;
		fix = bind_unit(&b);
		changed += fix != FIX_NONE;
		if (fix == FIX_REMOVE ||
		    (fix && last && b.u->target < 0 && !insn_is_exit(b.u->insn) && b.before.cnt))
			blank(b.u);
		else if (b.before.cnt)
			edit_insert(e, &b.p, &b.before, true);
	}
	return changed;
}

/* ---- loops ---- */

#define MAX_ROUNDS 40 /* rounds of a loop that the verifier simulates one by one */

struct loop {
	u32 head, last;	 /* @last jumps back to @head */
	u8 reg;		 /* the loop condition's register */
	s32 start, step; /* units that set it to a constant before the loop and that step it; -1:
			    none */
};

/* Find the unit that steps @reg, if no other unit from @first to @last writes it. */
static s32 step_of(const struct edit *e, u32 first, u32 last, u8 reg)
{
	s32 step = -1;

	for (u32 i = first; i <= last; i++) {
		const struct insn *insn = e->l.units[i].insn;
		u8 op = BPF_OP(insn->code);

		if (!unit_writes(&e->l.units[i], reg))
			continue;
		if (step >= 0 || insn_class(insn) != BPF_ALU64 || insn->code & BPF_X ||
		    (op != BPF_ADD && op != BPF_SUB) || !insn->imm)
			return -1;
		step = i;
	}
	return step;
}

static s32 start_of(const struct edit *e, u32 first, u8 reg)
{
	for (u32 i = first; i-- > 0 && e->l.units[i].func == e->l.units[first].func;)
		if (unit_writes(&e->l.units[i], reg))
			return e->l.units[i].insn->code == (BPF_ALU64 | BPF_MOV | BPF_K) ? (s32)i
											 : -1;
	return -1;
}

static struct loop loop_at(const struct edit *e, u32 last)
{
	const struct insn *jump = e->l.units[last].insn;
	struct loop lp = { .head = e->l.units[last].target,
			   .last = last,
			   .reg = jump->dst,
			   .start = -1,
			   .step = -1 };

	if (!insn_is_cond_jump(jump) || jump->code & BPF_X)
		return lp;
	lp.start = start_of(e, lp.head, lp.reg);
	lp.step = step_of(e, lp.head, last, lp.reg);
	return lp;
}

static bool holds(const struct insn *jump, u64 v)
{
	u64 k = (u64)(s64)jump->imm;

	switch (BPF_OP(jump->code)) {
	case BPF_JEQ:
		return v == k;
	case BPF_JNE:
		return v != k;
	case BPF_JGT:
		return v > k;
	case BPF_JGE:
		return v >= k;
	case BPF_JLT:
		return v < k;
	case BPF_JLE:
		return v <= k;
	case BPF_JSGT:
		return (s64)v > (s64)k;
	case BPF_JSGE:
		return (s64)v >= (s64)k;
	case BPF_JSLT:
		return (s64)v < (s64)k;
	case BPF_JSLE:
		return (s64)v <= (s64)k;
	default:
		return true;
	}
}

/* Does it count from a constant to another in few rounds? */
static bool counts(const struct edit *e, const struct loop *lp)
{
	const struct insn *jump = e->l.units[lp->last].insn, *step;
	u64 v;

	if (lp->start < 0 || lp->step < 0 || insn_class(jump) != BPF_JMP)
		return false;
	step = e->l.units[lp->step].insn;
	v = (u64)(s64)e->l.units[lp->start].insn->imm;
	for (u32 round = 0; round < MAX_ROUNDS; round++) {
		v += BPF_OP(step->code) == BPF_ADD ? (u64)(s64)step->imm : -(u64)(s64)step->imm;
		if (!holds(jump, v))
			return true;
	}
	return false;
}

static bool may_go(const struct edit *e, const struct loop *lp)
{
	for (u32 i = lp->head; i <= lp->last; i++)
		if (insn_is_may_goto(&e->l.units[i].insn[0]) &&
		    e->l.units[i].target > (s32)lp->last)
			return true;
	return false;
}

/* Redirect jumps into the loop that bypass the counter's initialisation to behind the loop. */
static void keep_out(struct edit *e, const struct loop *lp)
{
	s32 first = lp->start >= 0 ? lp->start : (s32)lp->head;

	for (u32 i = 0; i < e->l.cnt; i++) {
		struct unit *u = &e->l.units[i];

		if (((s32)i < first || i > lp->last) && u->target > first &&
		    u->target <= (s32)lp->last)
			u->target = lp->last + 1;
	}
}

static void bind_loop(struct edit *e, const struct loop *lp)
{
	struct unit *u = e->l.units;
	struct insn head = { .code = BPF_JMP_MAY_GOTO };
	struct place p = { lp->head, u[lp->head].func, NULL };
	struct seq s = {};

	keep_out(e, lp);
	if (counts(e, lp))
		return;
	/*
	 * the verifier simulates constant counters round by round despite may_goto: shorten long
	 * ones
	 */
	if (lp->start >= 0 && lp->step >= 0) {
		u[lp->start].insn->imm = 1 + rand_below(&e->rand, 4);
		*u[lp->step].insn = INSN_K(BPF_SUB, lp->reg, 1);
		*u[lp->last].insn =
			(struct insn){ .code = BPF_JMP | BPF_JNE | BPF_K, .dst = lp->reg };
		return;
	}
	if (may_go(e, lp))
		return;
	seq_jump(&s, head, 0);
	edit_insert(e, &p, &s, true);
	/* exit to behind the jump that closes the loop */
	e->l.units[p.at].target = lp->last + 2;
}

static void bind_loops(struct edit *e)
{
	for (u32 i = 0; i < e->l.cnt; i++) {
		u32 cnt = e->l.cnt;
		struct loop lp;

		if (e->l.units[i].target < 0 || e->l.units[i].target > (s32)i)
			continue;
		lp = loop_at(e, i);
		bind_loop(e, &lp);
		i += e->l.cnt - cnt;
	}
}

void edit_bind(struct edit *e)
{
	bind_loops(e);
	for (u32 round = 0; round < ROUNDS; round++)
		if (!bind_pass(e, round == ROUNDS - 1))
			break;
}
