// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "bpf/helpers.h"
#include "fuzz/mutator/flow.h"
#include "fuzz/mutator/helper.h"

#define MAX_VISITS 6 /* visits of a unit; a state that still changes then becomes unknown */
#define MAX_SPAN   4096
#define MAX_AWAY   (1 << 20)

static const struct held unset = { .hold = HOLD_UNSET };
static const struct held any = { .hold = HOLD_ANY };

static struct held scalar(u64 max)
{
	return (struct held){ .hold = HOLD_SCALAR, .max = max };
}

static struct held constant(u64 value)
{
	return (struct held){ .hold = HOLD_SCALAR, .known = true, .max = value };
}

static struct held pointer(enum hold hold, u8 which, s32 off)
{
	/* far outside of any object, but sums cannot overflow */
	if (off < -MAX_AWAY || off > MAX_AWAY)
		return any;
	return (struct held){ .hold = hold, .which = which, .known = true, .off = off };
}

struct held flow_reg(const struct flow_state *s, u8 reg)
{
	if (reg < CASE_REGS)
		return s->r[reg];
	return reg == BPF_REG_FP ? pointer(HOLD_STACK, 0, 0) : any;
}

static u64 least(u64 a, u64 b)
{
	return a < b ? a : b;
}

static u64 ones_above(u64 v)
{
	return v ? ~0ull >> __builtin_clzll(v) : 0;
}

/* ---- arithmetic ---- */

/* A scalar that becomes an arena address. */
static struct held cast(const struct held *src)
{
	struct held h =
		pointer(HOLD_ARENA, 0, src->known && src->max < MAX_AWAY ? (s32)src->max : 0);

	if (!src->known)
		h.max = least(src->max, MAX_SPAN);
	return h;
}

static struct held moved(const struct insn *insn, const struct held *src, bool wide)
{
	if (insn_is_addr_space_cast(insn) && insn->imm == 1)
		return cast(src);
	if (insn->code & BPF_X && insn->off)
		return scalar(wide ? UINT64_MAX : UINT32_MAX);
	if (wide || src->hold == HOLD_ANY || src->hold == HOLD_UNSET)
		return *src;
	if (src->hold != HOLD_SCALAR)
		return scalar(UINT32_MAX);
	return src->known ? constant((u32)src->max) : scalar(least(src->max, UINT32_MAX));
}

/* Pointer plus scalar. */
static struct held advanced(const struct held *p, const struct held *by, bool back)
{
	struct held out = *p;
	s64 by_off = back ? -(s64)by->max : (s64)by->max;

	if (p->hold == HOLD_ANY || by->hold != HOLD_SCALAR)
		return any;
	if (by->known) {
		if (by_off < -65536 || by_off > 65536)
			return any;
		out.off += by_off;
		return out;
	}
	out.max += by->max;
	if (back || by->max > MAX_SPAN || out.max > MAX_SPAN)
		return any;
	return out;
}

/* The largest result of @op on scalars up to @d and @s. */
static u64 most(u8 op, u64 d, const struct held *s, bool is_signed)
{
	u64 v = s->max;

	switch (op) {
	case BPF_AND:
		return least(d, v);
	case BPF_OR:
	case BPF_XOR:
		return ones_above(d | v);
	case BPF_ADD:
		return d + v < d ? UINT64_MAX : d + v;
	case BPF_MUL:
		return v && d > UINT64_MAX / v ? UINT64_MAX : d * v;
	case BPF_RSH:
		return s->known && v < 64 ? d >> v : d;
	case BPF_LSH:
		return s->known && v < 64 && d <= UINT64_MAX >> v ? d << v : UINT64_MAX;
	case BPF_DIV:
		return is_signed ? UINT64_MAX : s->known && v ? d / v : d;
	case BPF_MOD:
		return is_signed || !s->known || !v ? is_signed ? UINT64_MAX : d : least(d, v - 1);
	default:
		return UINT64_MAX;
	}
}

static struct held computed(const struct insn *insn, struct held d, struct held s)
{
	bool wide = insn_class(insn) == BPF_ALU64;
	u8 op = BPF_OP(insn->code);
	u64 max;

	if (d.hold == HOLD_UNSET || s.hold == HOLD_UNSET)
		return unset;
	if (wide && (op == BPF_ADD || op == BPF_SUB)) {
		if (held_is_pointer(&d) || d.hold == HOLD_ARENA)
			return s.hold == d.hold && op == BPF_SUB ? scalar(UINT64_MAX)
								 : advanced(&d, &s, op == BPF_SUB);
		if (held_is_pointer(&s) && op == BPF_ADD)
			return advanced(&s, &d, false);
	}
	if (d.hold != HOLD_SCALAR || s.hold != HOLD_SCALAR)
		return d.hold == HOLD_ANY || s.hold == HOLD_ANY ? any : scalar(UINT64_MAX);
	if (!wide) {
		d.max = least(d.max, UINT32_MAX);
		s.max = least(s.max, UINT32_MAX);
	}
	max = most(op, d.max, &s, insn->off == 1);
	return scalar(wide || max <= UINT32_MAX ? max : UINT32_MAX);
}

static void flow_alu(struct flow_state *s, const struct insn *insn)
{
	bool wide = insn_class(insn) == BPF_ALU64;
	struct held src = insn->code & BPF_X
				  ? flow_reg(s, insn->src)
				  : constant(wide ? (u64)(s64)insn->imm : (u32)insn->imm);
	struct held dst = flow_reg(s, insn->dst), *to;

	if (insn->dst >= CASE_REGS)
		return;
	to = &s->r[insn->dst];
	switch (BPF_OP(insn->code)) {
	case BPF_MOV:
		*to = moved(insn, &src, wide);
		break;
	case BPF_NEG:
		*to = scalar(wide ? UINT64_MAX : UINT32_MAX);
		break;
	case BPF_END:
		*to = scalar(insn->imm >= 64 ? UINT64_MAX : (1ull << (insn->imm & 63)) - 1);
		break;
	default:
		*to = computed(insn, dst, src);
	}
}

/* ---- memory ---- */

static u8 *own_slot(struct flow_state *s, const struct held *base, s16 off)
{
	s32 at = base->off + off;

	if (base->hold != HOLD_STACK || base->which || base->max || at < -8 * FLOW_SLOTS || at >= 0)
		return NULL;
	return &s->slots[(at + 8 * FLOW_SLOTS) / 8];
}

static u32 access_size(const struct insn *insn)
{
	static const u8 sizes[] = {
		[BPF_W >> 3] = 4, [BPF_H >> 3] = 2, [BPF_B >> 3] = 1, [BPF_DW >> 3] = 8
	};

	return sizes[BPF_SIZE(insn->code) >> 3];
}

static struct held loaded(struct flow_state *s, const struct insn *insn)
{
	struct held base = flow_reg(s, insn->src);
	const u8 *slot = own_slot(s, &base, insn->off);
	u32 size = access_size(insn);

	if (insn->src != BPF_REG_PARAMS && slot && size == 8 && *slot == SLOT_OTHER)
		return any;
	if (BPF_MODE(insn->code) == BPF_MEMSX || size == 8)
		return scalar(UINT64_MAX);
	return scalar((1ull << 8 * size) - 1);
}

static void stored(struct flow_state *s, const struct insn *insn, bool is_scalar)
{
	struct held base = flow_reg(s, insn->dst);
	u8 *slot = insn->dst == BPF_REG_PARAMS ? NULL : own_slot(s, &base, insn->off);

	if (slot && (*slot == SLOT_DATA || access_size(insn) == 8))
		*slot = is_scalar ? SLOT_DATA : SLOT_OTHER;
}

static void flow_stx(struct flow_state *s, const struct insn *insn)
{
	struct held src = flow_reg(s, insn->src);

	if (BPF_MODE(insn->code) != BPF_ATOMIC) {
		stored(s, insn, src.hold == HOLD_SCALAR);
		return;
	}
	if (insn->imm == BPF_LOAD_ACQ) {
		if (insn->dst < CASE_REGS)
			s->r[insn->dst] = loaded(s, insn);
	} else if (insn->imm == BPF_CMPXCHG) {
		s->r[0] = scalar(UINT64_MAX);
	} else if (insn->imm & BPF_FETCH && insn->src < CASE_REGS) {
		s->r[insn->src] = scalar(UINT64_MAX);
	}
}

static void flow_imm64(struct flow_state *s, const struct unit *u)
{
	const struct insn *i = u->insn;
	u8 map = i->imm ? i->imm - 1 : MAP_MEM;
	struct held h = any;

	switch (i->src) {
	case 0:
		h = constant((u32)i[0].imm | (u64)(u32)i[1].imm << 32);
		break;
	case BPF_PSEUDO_MAP_IDX:
		h = pointer(HOLD_MAP, map, 0);
		break;
	case BPF_PSEUDO_MAP_IDX_VALUE:
		h = pointer(map == MAP_MEM ? HOLD_MEM : HOLD_VALUE, map, i[1].imm);
		break;
	case BPF_PSEUDO_FUNC:
		h = pointer(HOLD_FUNC, u->callee, 0);
		break;
	}
	if (i->dst < CASE_REGS)
		s->r[i->dst] = h;
}

/* ---- ways ---- */

struct walk {
	struct flow *f;
	const struct listing *l;
	const struct fuzz_input *in;
	u32 prog;
	u32 first[FUZZ_MAX_FUNCS + 1]; /* first unit of each function */
};

static bool join_held(struct held *to, const struct held *h, bool late)
{
	struct held old = *to;

	if (old.hold == h->hold && old.which == h->which && old.known == h->known &&
	    old.off == h->off && old.max == h->max)
		return false;
	if (old.hold == HOLD_UNSET)
		return false;
	if (h->hold == HOLD_UNSET)
		*to = unset;
	else if (old.hold == HOLD_SCALAR && h->hold == HOLD_SCALAR)
		*to = scalar(late ? UINT64_MAX : old.max > h->max ? old.max : h->max);
	else
		*to = any;
	return to->hold != old.hold || to->known != old.known || to->max != old.max;
}

static void come(struct walk *w, u32 func, u32 i, const struct flow_state *s)
{
	bool end = i >= w->first[func + 1];
	struct flow_state *to = end ? &w->f->end : &w->f->at[i];
	bool changed = !to->reached;

	if (end && (func || !is_wrapped(w->in, w->prog)))
		return;
	if (!to->reached) {
		u8 visits = to->visits;

		*to = *s;
		to->reached = true;
		to->visits = visits;
	} else {
		for (int k = 0; k < CASE_REGS; k++)
			changed |= join_held(&to->r[k], &s->r[k], to->visits > MAX_VISITS / 2);
		for (u32 k = 0; k < FLOW_SLOTS; k++) {
			u8 old = to->slots[k];

			if (old != s->slots[k] && old != SLOT_UNSET)
				to->slots[k] = s->slots[k] == SLOT_UNSET ? SLOT_UNSET : SLOT_OTHER;
			changed |= to->slots[k] != old;
		}
	}
	if (changed && !end && to->visits < MAX_VISITS)
		w->f->pending[i] = true;
}

static void enter(struct walk *w, u32 func, const struct held args[5])
{
	struct flow_state s = {};

	if (func >= w->l->nfuncs || w->first[func] >= w->first[func + 1])
		return;
	for (int k = 0; k < 5; k++) {
		s.r[1 + k] = args[k];
		if (args[k].hold == HOLD_STACK)
			s.r[1 + k].which = 1;
	}
	come(w, func, w->first[func], &s);
}

static void clobber(struct flow_state *s, struct held ret)
{
	s->r[0] = ret;
	for (int k = 1; k <= 5; k++)
		s->r[k] = unset;
}

static void enter_callback(struct walk *w, s32 nr, const struct flow_state *s)
{
	struct held args[5] = {};

	if (nr == BPF_FUNC_loop && s->r[2].hold == HOLD_FUNC) {
		args[0] = s->r[1].hold == HOLD_SCALAR ? scalar(s->r[1].max) : scalar(UINT64_MAX);
		args[1] = s->r[3];
		enter(w, s->r[2].which, args);
	} else if (nr == BPF_FUNC_for_each_map_elem && s->r[2].hold == HOLD_FUNC) {
		args[0] = s->r[1];
		args[1] = pointer(HOLD_KEY, s->r[1].which, 0);
		args[2] = pointer(HOLD_VALUE, s->r[1].which, 0);
		args[3] = s->r[3];
		enter(w, s->r[2].which, args);
	}
}

static void flow_call(struct walk *w, const struct unit *u, struct flow_state *s)
{
	const struct insn *insn = u->insn;
	const struct helper_sig *sig;

	if (u->callee >= 0) {
		enter(w, u->callee, &s->r[1]);
		clobber(s, w->l->funcs[u->callee].flags & FUNC_VOID ? unset : scalar(UINT64_MAX));
		return;
	}
	sig = insn->src ? NULL : helper_sig(insn->imm);
	if (!sig) {
		clobber(s, any);
		return;
	}
	enter_callback(w, insn->imm, s);
	if (sig->ret == RET_VALUE_OR_NULL)
		clobber(s, s->r[1].hold == HOLD_MAP && s->r[1].which != MAP_MEM
				   ? pointer(HOLD_NULLABLE, s->r[1].which, 0)
				   : any);
	else
		clobber(s, scalar(UINT64_MAX));
}

/*
 * What a comparison with a constant tells about the register, on the branch (@taken) and on the
 * fall-through.
 */
static void refine(struct flow_state *s, const struct insn *insn, bool taken)
{
	struct held *h = insn->dst < CASE_REGS ? &s->r[insn->dst] : NULL;
	u64 k = (u64)(s64)insn->imm, max = UINT64_MAX;
	u8 op = BPF_OP(insn->code);

	if (!h || insn_class(insn) != BPF_JMP || insn->code & BPF_X)
		return;
	if (h->hold == HOLD_NULLABLE && !insn->imm && (op == BPF_JEQ || op == BPF_JNE)) {
		*h = (op == BPF_JEQ) == taken ? constant(0) : pointer(HOLD_VALUE, h->which, 0);
		return;
	}
	if (h->hold != HOLD_SCALAR || h->known)
		return;
	if ((op == BPF_JGT && !taken) || (op == BPF_JLE && taken))
		max = k;
	else if (((op == BPF_JGE && !taken) || (op == BPF_JLT && taken)) && k)
		max = k - 1;
	else if ((op == BPF_JEQ && taken) || (op == BPF_JNE && !taken))
		*h = constant(k);
	h->max = h->known ? h->max : least(h->max, max);
}

static void flow_jump(struct walk *w, u32 i, const struct unit *u, const struct flow_state *s)
{
	const struct insn *insn = u->insn;
	bool always = insn_is_goto(insn);
	struct flow_state branch = *s;

	if (u->target >= 0) {
		refine(&branch, insn, true);
		come(w, u->func, u->target, &branch);
	}
	if (always)
		return;
	branch = *s;
	refine(&branch, insn, false);
	come(w, u->func, i + 1, &branch);
}

static void step(struct walk *w, u32 i)
{
	const struct unit *u = &w->l->units[i];
	const struct insn *insn = u->insn;
	struct flow_state s = w->f->at[i];

	switch (insn_class(insn)) {
	case BPF_ALU:
	case BPF_ALU64:
		flow_alu(&s, insn);
		break;
	case BPF_LDX:
		if (insn->dst < CASE_REGS)
			s.r[insn->dst] = loaded(&s, insn);
		break;
	case BPF_ST:
		stored(&s, insn, true);
		break;
	case BPF_STX:
		flow_stx(&s, insn);
		break;
	case BPF_LD:
		if (u->slots == 2)
			flow_imm64(&s, u);
		else
			clobber(&s, scalar(UINT32_MAX));
		break;
	default:
		if (insn_is_exit(insn))
			return;
		if (insn_is_jump(insn)) {
			flow_jump(w, i, u, &s);
			return;
		}
		if (insn_is_call(insn))
			flow_call(w, u, &s);
	}
	come(w, u->func, i + 1, &s);
}

/* The state that the wrapper, or the kernel's call of a program, leaves. */
static void begin(struct walk *w)
{
	static const u8 holds[NR_REGIONS] = { HOLD_SCALAR, HOLD_MEM, HOLD_STACK, HOLD_CTX };
	const struct fuzz_input *in = w->in;
	struct flow_state s = {};

	if (!is_wrapped(in, w->prog)) {
		s.r[1] = pointer(HOLD_CTX, 0, 0);
		come(w, 0, 0, &s);
		return;
	}
	for (int k = 0; k < CASE_REGS; k++) {
		u8 region = in->regs[k].region;

		s.r[k] = region ? pointer(holds[region], 0, in->regs[k].off) : scalar(UINT64_MAX);
	}
	for (u32 k = FLOW_SLOTS - in->win[REGION_STACK] / 8; k < FLOW_SLOTS; k++)
		s.slots[k] = SLOT_DATA;
	come(w, 0, 0, &s);
}

void flow_run(struct flow *f, const struct listing *l, const struct fuzz_input *in, u32 prog)
{
	struct walk w = { .f = f, .l = l, .in = in, .prog = prog };
	bool more = true;

	for (u32 i = 0; i <= l->cnt; i++) {
		f->at[i].reached = false;
		f->at[i].visits = 0;
		f->pending[i] = false;
	}
	for (u32 fn = 0, i = 0; fn < l->nfuncs; fn++) {
		w.first[fn] = i;
		while (i < l->cnt && l->units[i].func == fn)
			i++;
		w.first[fn + 1] = i;
	}
	f->end.reached = false;
	f->end.visits = 0;
	begin(&w);
	while (more) {
		more = false;
		for (u32 i = 0; i < l->cnt; i++) {
			if (!f->pending[i])
				continue;
			f->pending[i] = false;
			f->at[i].visits++;
			step(&w, i);
			more = true;
		}
	}
}

bool held_bounds(const struct fuzz_input *in, u32 prog, u32 func, const struct held *h, s32 *lo,
		 s32 *hi)
{
	const struct fuzz_shape *shape =
		h->which < in->nmaps ? &fuzz_shapes[in->maps[h->which].shape] : NULL;

	*lo = 0;
	*hi = 0;
	switch (h->hold) {
	case HOLD_MEM:
		*hi = in->win[REGION_MEM];
		break;
	case HOLD_CTX:
		*hi = in->win[REGION_CTX];
		break;
	case HOLD_STACK:
		/*
		 * Main's stack in a wrapper is its window; the wrapper uses the rest. A tail-called
		 * program gets no more stack than any caller has: 32 bytes including the 16 of
		 * may_goto. Interpreters of kernels 6.9 to 7.3 run it on the caller's stack
		 * (cases/regress/interp_tailcall_stack.case).
		 */
		*lo = is_wrapped(in, prog) && (!func || h->which) ? -(s32)in->win[REGION_STACK]
		      : prog					  ? -16
								  : -64;
		break;
	case HOLD_VALUE:
		*hi = shape ? shape->value_size : 0;
		break;
	case HOLD_KEY:
		*hi = shape ? shape->key_size : 0;
		break;
	case HOLD_ARENA:
		*hi = CASE_PAGE;
		break;
	}
	return *hi > *lo;
}
