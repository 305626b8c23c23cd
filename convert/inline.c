// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include "convert/inline.h"
#include "lib/bytes.h"
#include "lib/util.h"

#define MAX_STACK 512 /* of a BPF program */

enum { R0, R1, R2, R3, R9 = 9, R10 };

struct build {
	const struct export_ask *a;
	const struct bpf_case *c;
	enum inline_kind kind;
	struct inlined *in;
	u32 cap;
	u16 named;     /* registers that the program uses */
	bool save_arg; /* INLINE_ARG: the checks need the address of mem again */
};

/* ---- emitting ---- */

static void emit(struct build *b, struct insn insn)
{
	struct code *code = &b->in->code;

	if (code->cnt == b->cap) {
		b->cap = b->cap ? 2 * b->cap : 64;
		code->insns = xrealloc(code->insns, b->cap * sizeof(*code->insns));
	}
	code->insns[code->cnt++] = insn;
}

static void emit_alu64(struct build *b, u8 op, u8 dst, u8 src)
{
	emit(b, (struct insn){ .code = BPF_ALU64 | op | BPF_X, .dst = dst, .src = src });
}

static void emit_alu64_imm(struct build *b, u8 op, u8 dst, s32 imm)
{
	emit(b, (struct insn){ .code = BPF_ALU64 | op | BPF_K, .dst = dst, .imm = imm });
}

static void emit_const(struct build *b, u8 dst, u64 value)
{
	if (value == (u64)(s64)(s32)value) {
		emit_alu64_imm(b, BPF_MOV, dst, (s32)value);
		return;
	}
	emit(b, (struct insn){ .code = BPF_LD | BPF_IMM | BPF_DW, .dst = dst, .imm = (s32)value });
	emit(b, (struct insn){ .imm = (s32)(value >> 32) });
}

static void emit_load(struct build *b, u8 dst, u8 src, s16 off)
{
	emit(b, (struct insn){
			.code = BPF_LDX | BPF_MEM | BPF_DW, .dst = dst, .src = src, .off = off });
}

static void emit_store(struct build *b, u8 dst, s16 off, u8 src)
{
	emit(b, (struct insn){
			.code = BPF_STX | BPF_MEM | BPF_DW, .dst = dst, .src = src, .off = off });
}

/* ---- the places ---- */

/* Size of a window of the case, without guards. */
static u32 window(const struct bpf_case *c, enum region region)
{
	u32 size = c->vecs->win_size[region];

	return size ? size - guard_before(region) - guard_behind(region) : 0;
}

/* INLINE_CONST: offset of mem's first byte from r10. */
static s16 mem_on_stack(const struct build *b)
{
	return -(s32)(b->in->stack_size + b->in->mem_size);
}

/* INLINE_ARG: stack offset at which the address of mem is saved. */
static s16 saved_arg(const struct build *b)
{
	return -(s32)b->in->stack_size - 8;
}

/* rK = address of the global value, or of the window in it */
static void emit_global(struct build *b, u8 dst, u32 off)
{
	emit(b, (struct insn){ .code = BPF_LD | BPF_IMM | BPF_DW,
			       .dst = dst,
			       .src = BPF_PSEUDO_MAP_IDX_VALUE,
			       .imm = 1 });
	emit(b, (struct insn){ .imm = (s32)off });
}

static u32 global_stack(void)
{
	return 8 * CASE_REGS;
}

static u32 global_mem(const struct build *b)
{
	return global_stack() + b->in->stack_size;
}

static void emit_mem_addr(struct build *b, u8 dst, s32 off)
{
	switch (b->kind) {
	case INLINE_CONST:
		emit_alu64(b, BPF_MOV, dst, R10);
		emit_alu64_imm(b, BPF_ADD, dst, mem_on_stack(b) + off);
		break;
	case INLINE_ARG:
		emit_load(b, dst, R10, saved_arg(b));
		if (off)
			emit_alu64_imm(b, BPF_ADD, dst, off);
		break;
	case INLINE_GLOBAL:
		emit_global(b, dst, global_mem(b) + off);
		break;
	}
}

/* ---- before the body ---- */

static void emit_bytes_on_stack(struct build *b, const u8 *p, u32 size, s32 at)
{
	for (u32 i = 0; i < size; i += 8) {
		emit_const(b, R0, bytes_get(p + i, 8, b->a->order));
		emit_store(b, R10, at + (s32)i, R0);
	}
}

static void emit_windows(struct build *b)
{
	struct inlined *in = b->in;

	if (b->save_arg)
		emit_store(b, R10, saved_arg(b), R1);
	if (b->kind == INLINE_GLOBAL) {
		for (u32 i = 0; i < in->stack_size; i += 8) {
			emit_load(b, R0, R9, global_stack() + i);
			emit_store(b, R10, (s32)i - (s32)in->stack_size, R0);
		}
		return;
	}
	emit_bytes_on_stack(b, in->stack_win, in->stack_size, -(s32)in->stack_size);
	if (b->kind == INLINE_CONST)
		emit_bytes_on_stack(b, in->mem_win, in->mem_size, mem_on_stack(b));
}

static void emit_pointer(struct build *b, int k)
{
	const struct reg_in *reg = &b->c->regs[k];

	if (reg->region == REGION_STACK) {
		emit_alu64(b, BPF_MOV, k, R10);
		emit_alu64_imm(b, BPF_ADD, k, reg->off);
	} else {
		emit_mem_addr(b, k, reg->off);
	}
}

/* Fill r9 last: with INLINE_GLOBAL it is the base from which the others are loaded. */
static void emit_registers(struct build *b)
{
	for (int k = 0; k < CASE_REGS; k++) {
		u64 value = case_reg_in(b->c, b->a->vec, k);

		if (!(b->named & (1 << k)))
			continue;
		if (b->c->regs[k].region != REGION_NONE) {
			emit_pointer(b, k);
		} else if (b->kind == INLINE_GLOBAL) {
			b->in->regs[k] = value;
			emit_load(b, k, R9, 8 * k);
		} else {
			emit_const(b, k, value);
		}
	}
}

/* ---- behind it ---- */

/* Check the words of the windows that the body changes. */
static bool word_changed(const u8 *before, const u8 *after, u32 off)
{
	return memcmp(before + off, after + off, 8);
}

static const u8 *after(const struct build *b, enum region region)
{
	return b->in->st.win[region] + guard_before(region);
}

static bool any_changed(const u8 *before, const u8 *now, u32 size)
{
	for (u32 i = 0; i < size; i += 8)
		if (word_changed(before, now, i))
			return true;
	return false;
}

/* r0 |= *(u64 *)(base + off) ^ expected */
static void emit_word_check(struct build *b, u8 base, s16 off, u64 expected)
{
	emit_load(b, R3, base, off);
	emit_const(b, R2, expected);
	emit_alu64(b, BPF_XOR, R3, R2);
	emit_alu64(b, BPF_OR, R0, R3);
}

static void emit_window_checks(struct build *b)
{
	const struct inlined *in = b->in;

	for (u32 i = 0; i < in->stack_size; i += 8)
		if (word_changed(in->stack_win, after(b, REGION_STACK), i))
			emit_word_check(b, R10, (s32)i - (s32)in->stack_size,
					bytes_get(after(b, REGION_STACK) + i, 8, b->a->order));
	if (!in->mem_size || !any_changed(in->mem_win, after(b, REGION_MEM), in->mem_size))
		return;
	emit_mem_addr(b, R1, 0);
	for (u32 i = 0; i < in->mem_size; i += 8)
		if (word_changed(in->mem_win, after(b, REGION_MEM), i))
			emit_word_check(b, R1, i,
					bytes_get(after(b, REGION_MEM) + i, 8, b->a->order));
}

/* Fold all differing bits into the low half of r0, which is 0 if everything is as expected. */
static void emit_checks(struct build *b)
{
	int reg = b->in->reg;

	if (reg < 0) {
		emit_alu64_imm(b, BPF_MOV, R0, 0);
	} else {
		if (reg)
			emit_alu64(b, BPF_MOV, R0, reg);
		emit_const(b, R1, b->in->st.r[reg]);
		emit_alu64(b, BPF_XOR, R0, R1);
	}
	emit_window_checks(b);
	emit_alu64(b, BPF_MOV, R1, R0);
	emit_alu64_imm(b, BPF_RSH, R1, 32);
	emit_alu64(b, BPF_OR, R0, R1);
	/* in 32 bits, so that harnesses that compare 64 bits of the result see the same */
	emit(b, (struct insn){ .code = BPF_ALU | BPF_ADD | BPF_K, .dst = R0, .imm = INLINE_EQUAL });
	emit(b, (struct insn){ .code = BPF_JMP_EXIT });
}

/* ---- the body ---- */

static void emit_body(struct build *b)
{
	const struct code *body = &b->c->progs[0];
	u32 cnt = code_main_cnt(body);

	b->in->body = b->in->code.cnt;
	b->in->body_cnt = cnt;
	for (u32 i = 0; i < cnt; i++)
		emit(b, body->insns[i]);
}

/* The checks move the subprograms further away, so calls from main get longer. */
static void emit_subprogs(struct build *b)
{
	const struct code *body = &b->c->progs[0];
	struct code *code = &b->in->code;
	u32 cnt = b->in->body_cnt, shift = code->cnt - b->in->body - cnt;

	code->nfuncs = body->nfuncs ? body->nfuncs : 1;
	code->funcs = xcalloc(code->nfuncs, sizeof(*code->funcs));
	code->funcs[0].name = xstrdup("main");
	for (u32 i = 1; i < code->nfuncs; i++) {
		code->funcs[i] = body->funcs[i];
		code->funcs[i].name = xstrdup(body->funcs[i].name);
		code->funcs[i].start += code->cnt - cnt;
	}
	for (u32 i = cnt; i < body->cnt; i++)
		emit(b, body->insns[i]);
	for (u32 i = b->in->body; i < b->in->body + cnt; i++) {
		struct insn *insn = &code->insns[i];

		if (insn_is_subprog_call(insn))
			insn->imm += (s32)shift;
		i += insn_is_wide(insn);
	}
}

/* ---- what to compare ---- */

static u16 named_regs(const struct code *code)
{
	u16 named = 0;

	for (u32 i = 0; i < code->cnt; i++) {
		const struct insn *insn = &code->insns[i];
		const struct insn_desc *d = insn_lookup(insn);

		if (d && (d->fields & F_DST || d->syntax == SYNTAX_CMPXCHG))
			named |= 1 << insn->dst;
		if (d && d->fields & F_SRC)
			named |= 1 << insn->src;
		if (d && d->syntax == SYNTAX_CMPXCHG)
			named |= 1 << R0;
		if (d && d->syntax == SYNTAX_CALL)
			named |= 0x3e; /* its arguments */
		i += insn_is_wide(insn);
	}
	return named & ((1 << CASE_REGS) - 1);
}

/* The register that @insn writes, or -1. */
static int written_reg(const struct insn *insn)
{
	const struct insn_desc *d = insn_lookup(insn);

	switch (d ? (int)d->syntax : -1) {
	case SYNTAX_ALU_X:
	case SYNTAX_ALU_K:
	case SYNTAX_NEG:
	case SYNTAX_MOVSX:
	case SYNTAX_END:
	case SYNTAX_LD_IMM64:
	case SYNTAX_LDX:
	case SYNTAX_LOAD_ACQUIRE:
		return insn->dst;
	case SYNTAX_FETCH:
	case SYNTAX_XCHG:
		return insn->src;
	case SYNTAX_CMPXCHG:
	case SYNTAX_CALL:
	case SYNTAX_CALL_SUBPROG:
		return R0;
	default:
		return -1;
	}
}

static bool comparable(const struct build *b, int reg)
{
	return b->in->st.region[reg] == REGION_NONE && !(b->in->st.clobbered & (1 << reg));
}

/* The register that the body writes last, or -1 if it only stores. */
static int choose_reg(const struct build *b)
{
	const struct code *body = &b->c->progs[0];
	int found = -1;

	for (u32 i = 0; i < code_main_cnt(body); i++) {
		int reg = written_reg(&body->insns[i]);

		if (reg >= 0 && b->c->out_regs & (1 << reg) && comparable(b, reg))
			found = reg;
		i += insn_is_wide(&body->insns[i]);
	}
	return found;
}

/* ---- what no constant can be ---- */

static int refuse_insns(const struct code *code, char why[EXPORT_WHY])
{
	for (u32 i = 0; i < code->cnt; i++) {
		const struct insn *insn = &code->insns[i];

		if (insn_uses_params(insn))
			return export_refuse(why,
					     "stack arguments need BTF, which this program lacks");
		if (insn_is_pseudo(insn))
			return export_refuse(
				why, "%s",
				insn->src == BPF_PSEUDO_FUNC
					? "callbacks need BTF, which this program lacks"
					: "the address of a map in the body");
		i += insn_is_wide(insn);
	}
	return 0;
}

static int refuse(const struct build *b, char why[EXPORT_WHY])
{
	const struct bpf_case *c = b->c;

	if (c->nmaps || c->nprogs > 1)
		return export_refuse(why, "maps and tail calls have no place in such a program");
	if (window(c, REGION_CTX))
		return export_refuse(why, "the context has no place in such a program");
	if (c->outcome != OUTCOME_VALUE)
		return export_refuse(why, "it expects a decision of the verifier, and such a "
					  "program has only a result");
	return refuse_insns(&c->progs[0], why);
}

static int decide(struct build *b, char why[EXPORT_WHY])
{
	struct inlined *in = b->in;
	int reg = b->a->reg;

	in->stack_size = window(b->c, REGION_STACK);
	in->mem_size = window(b->c, REGION_MEM);
	if (in->stack_size)
		in->stack_win = vec_window(b->c->vecs, b->a->vec, REGION_STACK, b->a->order) +
				guard_before(REGION_STACK);
	if (in->mem_size)
		in->mem_win = vec_window(b->c->vecs, b->a->vec, REGION_MEM, b->a->order) +
			      guard_before(REGION_MEM);
	b->save_arg = b->kind == INLINE_ARG && in->mem_size;
	in->stack = in->stack_size + (b->kind == INLINE_CONST ? in->mem_size : 0) +
		    (b->save_arg ? 8 : 0);
	if (in->stack > MAX_STACK)
		return export_refuse(why, "its windows need %u bytes of stack (a program has %d)",
				     in->stack, MAX_STACK);
	if (reg >= 0 && !comparable(b, reg))
		return export_refuse(why, "r%d holds no number at the end", reg);
	in->reg = reg >= 0 ? reg : choose_reg(b);
	b->named = named_regs(&b->c->progs[0]) | (in->reg >= 0 ? 1 << in->reg : 0);
	return 0;
}

static void build(struct build *b)
{
	if (b->kind == INLINE_GLOBAL && (b->named || b->in->stack_size))
		emit_global(b, R9, 0);
	emit_windows(b);
	emit_registers(b);
	emit_body(b);
	emit_checks(b);
	emit_subprogs(b);
	b->in->retval = INLINE_EQUAL;
}

int inline_build(const struct export_ask *a, enum inline_kind kind, struct inlined *out,
		 char why[EXPORT_WHY])
{
	struct build b = { .a = a, .c = a->c, .kind = kind, .in = out };
	int ret;

	memset(out, 0, sizeof(*out));
	ret = refuse(&b, why);
	if (!ret)
		ret = export_model(a, a->order, &out->st, why);
	if (ret)
		return ret;
	if (a->c->raw) {
		code_copy(&out->code, &a->c->progs[0]);
		out->raw = true;
		out->retval = out->st.retval;
		out->body_cnt = out->code.cnt;
		out->stack = MAX_STACK;
		out->reg = 0;
		return 0;
	}
	ret = decide(&b, why);
	if (ret)
		inline_free(out);
	else
		build(&b);
	return ret;
}

void inline_free(struct inlined *in)
{
	code_free(&in->code);
	model_state_free(&in->st);
	memset(in, 0, sizeof(*in));
}
