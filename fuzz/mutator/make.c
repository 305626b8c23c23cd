// SPDX-License-Identifier: GPL-2.0
/*
 * New instructions that fit their place: operands with the wanted content, addresses within their
 * objects.
 */
#include "bpf/helpers.h"
#include "fuzz/mutator/edit.h"
#include "fuzz/mutator/helper.h"

#define CALL(n) ((struct insn){ .code = BPF_JMP_CALL, .imm = (n) })
#define BIT(r)	(1u << (r))

/* A scalar to read: an existing one, or a new one. */
static u8 any_scalar(struct edit *e, const struct place *p, struct seq *s, u32 not )
{
	int reg = pick_scalar(e, p->st, not );

	if (reg < 0) {
		reg = pick_dst(e, p->st, not );
		seq_insn(s, INSN_K(BPF_MOV, reg, pick_imm(e)));
	}
	return reg;
}

static bool is_shift(u8 op)
{
	return op == BPF_LSH || op == BPF_RSH || op == BPF_ARSH;
}

static s32 good_imm(struct edit *e, const struct insn_desc *d)
{
	u8 op = BPF_OP(d->code);
	s32 imm = is_shift(op) ? pick_shift(e, d->size) : pick_imm(e);

	return (op == BPF_DIV || op == BPF_MOD) && !imm ? 7 : imm;
}

static void make_alu(struct edit *e, const struct place *p, const struct insn_desc *d,
		     struct seq *s)
{
	bool mov = BPF_OP(d->code) == BPF_MOV;
	u8 src = any_scalar(e, p, s, 0), dst = mov	? pick_dst(e, p->st, 0)
					       : s->cnt ? src
							: any_scalar(e, p, s, 0);

	seq_insn(s, insn_of(d, dst, src, 0, good_imm(e, d)));
}

static void make_atomic(struct edit *e, const struct place *p, const struct insn_desc *d,
			struct seq *s)
{
	bool compares = d->syntax == SYNTAX_CMPXCHG;
	u8 src = any_scalar(e, p, s, compares ? BIT(0) : 0), base;
	s16 off;

	if (compares && p->st->r[0].hold != HOLD_SCALAR)
		seq_insn(s, INSN_K(BPF_MOV, 0, pick_imm(e)));
	need_memory(e, p, s, d->size, ACCESS_READ | ACCESS_WRITE | ACCESS_ATOMIC,
		    pick_dst(e, p->st, BIT(src) | BIT(0)), &base, &off);
	seq_insn(s, insn_of(d, base, src, off, 0));
}

bool make_row(struct edit *e, const struct place *p, const struct insn_desc *d, struct seq *s)
{
	u8 dst = pick_dst(e, p->st, 0), src, base;
	u64 v;
	s16 off;

	switch (d->syntax) {
	case SYNTAX_ALU_X:
	case SYNTAX_ALU_K:
		make_alu(e, p, d, s);
		return true;
	case SYNTAX_NEG:
	case SYNTAX_END:
		seq_insn(s, insn_of(d, any_scalar(e, p, s, 0), 0, 0, 0));
		return true;
	case SYNTAX_MOVSX:
		src = any_scalar(e, p, s, 0);
		seq_insn(s, insn_of(d, dst, src, 0, 0));
		return true;
	case SYNTAX_LD_IMM64:
		if (d->src)
			return false;
		v = pick_value(e);
		seq_imm64(s, dst, 0, (s32)v, (s32)(v >> 32));
		return true;
	case SYNTAX_LDX:
		need_memory(e, p, s, d->size, ACCESS_READ, dst, &base, &off);
		seq_insn(s, insn_of(d, dst, base, off, 0));
		return true;
	case SYNTAX_LOAD_ACQUIRE:
		need_memory(e, p, s, d->size, ACCESS_READ | ACCESS_ATOMIC, dst, &base, &off);
		seq_insn(s, insn_of(d, dst, base, off, 0));
		return true;
	case SYNTAX_ST:
		need_memory(e, p, s, d->size, ACCESS_WRITE, dst, &base, &off);
		seq_insn(s, insn_of(d, base, 0, off, pick_imm(e)));
		return true;
	case SYNTAX_STX:
	case SYNTAX_STORE_RELEASE:
		src = any_scalar(e, p, s, 0);
		need_memory(e, p, s, d->size,
			    ACCESS_WRITE | (d->syntax == SYNTAX_STX ? 0 : ACCESS_ATOMIC),
			    pick_dst(e, p->st, BIT(src)), &base, &off);
		seq_insn(s, insn_of(d, base, src, off, 0));
		return true;
	case SYNTAX_ATOMIC:
	case SYNTAX_FETCH:
	case SYNTAX_XCHG:
	case SYNTAX_CMPXCHG:
		make_atomic(e, p, d, s);
		return true;
	default:
		return false;
	}
}

void make_any(struct edit *e, const struct place *p, struct seq *s)
{
	while (!make_row(e, p, &insn_descs[rand_below(&e->rand, nr_insn_descs)], s))
		;
}

/* ---- calls ---- */

/* Make the argument register hold the address of @bytes initialised bytes. */
static void give_bytes(struct edit *e, const struct place *p, struct seq *s, u8 reg, u32 bytes)
{
	s32 slots = (bytes + 7) / 8;

	if (p->func && rand_below(&e->rand, 2) && slots <= (e->prog ? 4 : 8)) {
		for (s32 k = 1; k <= slots; k++)
			seq_insn(s, INSN_ST(BPF_DW, BPF_REG_FP, -8 * k, rand_below(&e->rand, 6)));
		seq_insn(s, INSN_X(BPF_MOV, reg, BPF_REG_FP));
		seq_insn(s, INSN_K(BPF_ADD, reg, -8 * slots));
		return;
	}
	need_window(e, REGION_MEM, bytes > 16 ? bytes : 16);
	slots = (e->in->win[REGION_MEM] - bytes) / 8;
	seq_imm64(s, reg, BPF_PSEUDO_MAP_IDX_VALUE, 0, 8 * (s32)rand_below(&e->rand, slots + 1));
}

int make_callback(struct edit *e, bool each)
{
	struct seq s = {};
	u32 keep = rand_below(&e->rand, 3);

	for (u32 f = 1; f < e->l.nfuncs; f++)
		if (e->l.funcs[f].flags & FUNC_CALLBACK && e->l.funcs[f].nargs == (each ? 4 : 2) &&
		    rand_below(&e->rand, 3))
			return f;
	for (u32 k = 0; k < keep; k++)
		seq_insn(&s, INSN_K(BPF_MOV, 6 + rand_below(&e->rand, 4), pick_imm(e)));
	if (each) {
		seq_insn(&s, INSN_LDX(BPF_DW, 1, 3, 0));
		seq_insn(&s, INSN_K(BPF_ADD, 1, pick_imm(e)));
		seq_insn(&s, INSN_STX(BPF_DW, 3, 0, 1));
	} else {
		seq_insn(&s, INSN_STX(BPF_DW, BPF_REG_FP, -8, 1));
	}
	if (rand_below(&e->rand, 3)) {
		seq_insn(&s, INSN_K(BPF_MOV, 0, rand_one_in(&e->rand, 4)));
	} else {
		seq_insn(&s, INSN_X(BPF_MOV, 0, 1));
		seq_insn(&s, INSN_K(BPF_AND, 0, 1));
	}
	seq_insn(&s, EXIT_INSN);
	return add_function(e, &s, each ? 4 : 2, FUNC_CALLBACK);
}

static bool give_map(struct edit *e, struct seq *s, u8 reg, u32 kinds, int *map)
{
	*map = need_map(e, kinds);
	if (*map < 0)
		return false;
	seq_imm64(s, reg, BPF_PSEUDO_MAP_IDX, *map + 1, 0);
	return true;
}

/* The register with the context: any that still holds it, or r1. */
static bool give_ctx(const struct place *p, struct seq *s, u8 reg)
{
	for (u8 r = 0; r < CASE_REGS; r++) {
		const struct held *h = &p->st->r[r];

		if (h->hold != HOLD_CTX || h->off || h->max)
			continue;
		if (r != reg)
			seq_insn(s, INSN_X(BPF_MOV, reg, r));
		return true;
	}
	return false;
}

static bool give_arg(struct edit *e, const struct place *p, struct seq *s,
		     const struct helper_sig *sig, u32 n, int *map)
{
	const struct fuzz_shape *shape = *map >= 0 ? &fuzz_shapes[e->in->maps[*map].shape] : NULL;
	u8 reg = 1 + n;
	int func, src;

	switch (sig->args[n]) {
	case ARG_SCALAR:
		/* in place, because earlier argument registers are already taken */
		src = pick_scalar(e, p->st, ~(0x3c0u | BIT(reg)) | (BIT(reg) - 2));
		if (src >= 0 && rand_below(&e->rand, 4))
			seq_insn(s, INSN_X(BPF_MOV, reg, src));
		else
			seq_insn(s, INSN_K(BPF_MOV, reg, rand_below(&e->rand, 5)));
		return true;
	case ARG_ZERO:
	case ARG_COUNT:
		/*
		 * bpf_loop with zero rounds: kernels up to 7.3 remove the function as dead code and
		 * warn about its address
		 */
		seq_insn(s,
			 INSN_K(BPF_MOV, reg,
				sig->args[n] == ARG_COUNT ? 1 + (s32)rand_below(&e->rand, 6) : 0));
		return true;
	case ARG_SIZE:
		seq_insn(s, INSN_K(BPF_MOV, reg, 1 + rand_below(&e->rand, 8)));
		return true;
	case ARG_CTX:
		return give_ctx(p, s, reg);
	case ARG_KEYED:
		return give_map(e, s, reg,
				KIND(MAP_ARRAY) | KIND(MAP_HASH) | KIND(MAP_PERCPU_ARRAY), map);
	case ARG_PERKEY:
		return give_map(e, s, reg, KIND(MAP_ARRAY), map);
	case ARG_RINGBUF:
		return give_map(e, s, reg, KIND(MAP_RINGBUF), map);
	case ARG_PROGS:
		return need_prog(e) >= 0 && give_map(e, s, reg, KIND(MAP_PROG_ARRAY), map);
	case ARG_KEY:
		give_bytes(e, p, s, reg, shape->key_size);
		return true;
	case ARG_VALUE:
		if (shape->value_size > 256)
			return false;
		give_bytes(e, p, s, reg, shape->value_size);
		return true;
	case ARG_BYTES:
	case ARG_LONG:
		give_bytes(e, p, s, reg, 8);
		return true;
	case ARG_LOOP_FN:
	case ARG_EACH_FN:
		func = make_callback(e, sig->args[n] == ARG_EACH_FN);
		if (func < 0)
			return false;
		seq_imm64(s, reg, BPF_PSEUDO_FUNC, 0, 0);
		s->units[s->cnt - 1].callee = func;
		return true;
	case ARG_CTX_OF_FN:
		if (rand_below(&e->rand, 2)) {
			seq_insn(s, INSN_X(BPF_MOV, reg, BPF_REG_FP));
			seq_insn(s, INSN_K(BPF_ADD, reg, -8));
		} else {
			seq_insn(s, INSN_K(BPF_MOV, reg, 0));
		}
		return true;
	}
	return true;
}

/* Check the result of a lookup before using it. */
static void use_value(struct edit *e, struct seq *s)
{
	u32 jump = s->cnt;
	u8 reg = 6 + rand_below(&e->rand, 4);

	seq_jump(s, (struct insn){ .code = BPF_JMP | BPF_JEQ | BPF_K }, 0);
	seq_insn(s, INSN_LDX(BPF_DW, reg, 0, 0));
	seq_insn(s, INSN_K(BPF_ADD, reg, pick_imm(e)));
	seq_insn(s, INSN_STX(BPF_DW, 0, 0, reg));
	seq_insn(s, INSN_K(BPF_MOV, 0, rand_below(&e->rand, 2)));
	s->units[jump].target = s->cnt - rand_below(&e->rand, 2);
}

static const struct helper_sig *any_helper(struct edit *e)
{
	u32 sum = 0, at;

	for (u32 i = 0; i < nr_helper_sigs; i++)
		sum += helper_sigs[i].weight;
	at = rand_below(&e->rand, sum);
	for (u32 i = 0;; at -= helper_sigs[i++].weight)
		if (at < helper_sigs[i].weight)
			return &helper_sigs[i];
}

bool make_helper_call(struct edit *e, const struct place *p, struct seq *s)
{
	const struct helper_sig *sig = any_helper(e);
	int map = -1;

	if (sig->tracing && e->in->type == CASE_TYPE_SOCKET)
		return false;
	for (u32 n = 0; n < 5 && sig->args[n]; n++)
		if (!give_arg(e, p, s, sig, n, &map))
			return false;
	seq_insn(s, CALL(sig->nr));
	if (sig->ret == RET_VALUE_OR_NULL && rand_below(&e->rand, 8))
		use_value(e, s);
	return s->cnt < MAX_SEQ;
}
