// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "bpf/wrapper.h"
#include "lib/bytes.h"
#include "lib/util.h"
#include "proto/wire.h"

#define OUT_REGS (CASE_REGS * 8) /* bytes of the spilled registers */

enum { R0, R1, R9 = 9, R10 };

/*
 * Appends instructions of the wrapper, whose lines are 0, and of the body, which keeps its lines.
 */
struct emit {
	struct code *code;
	u32 cap;
};

static void emit_line(struct emit *e, struct insn insn, u32 line)
{
	struct code *c = e->code;

	if (c->cnt == e->cap) {
		e->cap = e->cap ? 2 * e->cap : 256;
		c->insns = xrealloc(c->insns, e->cap * sizeof(*c->insns));
		c->lines = xrealloc(c->lines, e->cap * sizeof(*c->lines));
	}
	c->insns[c->cnt] = insn;
	c->lines[c->cnt++] = line;
}

static void emit(struct emit *e, struct insn insn)
{
	emit_line(e, insn, 0);
}

static void emit_ldx(struct emit *e, u8 size, u8 dst, u8 src, s16 off)
{
	emit(e,
	     (struct insn){ .code = BPF_LDX | BPF_MEM | size, .dst = dst, .src = src, .off = off });
}

static void emit_stx(struct emit *e, u8 size, u8 dst, s16 off, u8 src)
{
	emit(e,
	     (struct insn){ .code = BPF_STX | BPF_MEM | size, .dst = dst, .src = src, .off = off });
}

static void emit_alu64(struct emit *e, u8 op, u8 dst, u8 src)
{
	emit(e, (struct insn){ .code = BPF_ALU64 | op | BPF_X, .dst = dst, .src = src });
}

static void emit_alu64_imm(struct emit *e, u8 op, u8 dst, s32 imm)
{
	emit(e, (struct insn){ .code = BPF_ALU64 | op | BPF_K, .dst = dst, .imm = imm });
}

/* rX = address of byte @off of the I/O map's value */
static void emit_io_addr(struct emit *e, u8 dst, u32 off)
{
	emit(e, (struct insn){ .code = BPF_LD | BPF_IMM | BPF_DW,
			       .dst = dst,
			       .src = BPF_PSEUDO_MAP_IDX_VALUE });
	emit(e, (struct insn){ .imm = (s32)off });
}

/* ---- the places ---- */

static u32 stack_bytes(const struct bpf_case *c)
{
	return c->vecs->win_size[REGION_STACK];
}

/*
 * Below the stack window: the saved r0 while r0 addresses the spill area, and the context pointer.
 */
static s16 scratch_r0(const struct bpf_case *c)
{
	return -(s16)stack_bytes(c) - 8;
}

static s16 scratch_ctx(const struct bpf_case *c)
{
	return -(s16)stack_bytes(c) - 16;
}

/* Offset in the I/O map's value of the first byte of @b's mem window behind the guard. */
static u32 mem_base(const struct wrapper_block *b)
{
	return b->win + guard_before(REGION_MEM);
}

static void place_block(struct wrapper_block *b, const struct bpf_case *c, u32 start)
{
	const u32 *size = c->vecs->win_size;

	b->c = c;
	b->start = start;
	b->regs = start;
	b->win = b->regs + OUT_REGS;
	b->out = b->win + size[REGION_MEM] + size[REGION_STACK];
	b->out_size = OUT_REGS + size[REGION_STACK];
	b->size = b->out + b->out_size - start;
}

/* ---- fill, body, spill ---- */

static void emit_pointer_in(struct emit *e, const struct wrapper_block *b, int k)
{
	const struct reg_in *in = &b->c->regs[k];

	switch (in->region) {
	case REGION_MEM:
		emit_io_addr(e, k, mem_base(b) + in->off);
		break;
	case REGION_STACK:
		emit_alu64(e, BPF_MOV, k, R10);
		emit_alu64_imm(e, BPF_ADD, k, in->off);
		break;
	case REGION_CTX:
		emit_ldx(e, BPF_DW, k, R10, scratch_ctx(b->c));
		if (in->off)
			emit_alu64_imm(e, BPF_ADD, k, in->off);
		break;
	}
}

/* r9 holds the slot's address while the others are filled, and is loaded through itself last. */
static void emit_fill(struct emit *e, const struct wrapper_block *b)
{
	const struct bpf_case *c = b->c;
	u32 stack = stack_bytes(c), from = b->win - b->regs + c->vecs->win_size[REGION_MEM];

	emit_io_addr(e, R9, b->regs);
	for (u32 i = 0; i < stack; i += 8) {
		emit_ldx(e, BPF_DW, R0, R9, from + i);
		emit_stx(e, BPF_DW, R10, (s16)(i - stack), R0);
	}
	for (int k = 0; k < CASE_REGS; k++) {
		if (c->regs[k].region == REGION_NONE)
			emit_ldx(e, BPF_DW, k, R9, 8 * k);
		else
			emit_pointer_in(e, b, k);
	}
}

/* Pointers are spilled as distances, which leak no address and are the same in every boot. */
static void emit_distance(struct emit *e, const struct wrapper_block *b, int k, int reg)
{
	if (b->ptr_regs & (1 << k))
		emit_alu64(e, BPF_SUB, reg, b->ptr_region[k] == REGION_STACK ? R10 : R0);
}

static void emit_spill_reg(struct emit *e, enum wrapper_kind kind, int k, int reg)
{
	switch (kind) {
	case WRAPPER_WIDE:
	case WRAPPER_UNPRIV:
		emit_stx(e, BPF_DW, R0, 8 * k, reg);
		break;
	case WRAPPER_HALVES:
		emit_stx(e, BPF_W, R0, 8 * k, reg);
		emit_alu64_imm(e, BPF_RSH, reg, 32);
		emit_stx(e, BPF_W, R0, 8 * k + 4, reg);
		break;
	default:
		emit_stx(e, BPF_W, R0, 8 * k, reg);
		break;
	}
}

static void emit_spill(struct emit *e, const struct wrapper_block *b, enum wrapper_kind kind)
{
	u8 r0_size = kind == WRAPPER_LOW ? BPF_W : BPF_DW;
	bool r0 = b->out_regs & 1;
	u32 stack = stack_bytes(b->c);

	if (r0)
		emit_stx(e, r0_size, R10, scratch_r0(b->c), R0);
	emit_io_addr(e, R0, b->out);
	for (int i = 1; i < CASE_REGS; i++) {
		int k = kind == WRAPPER_WIDE || kind == WRAPPER_UNPRIV ? i : CASE_REGS - i;

		if (!(b->out_regs & (1 << k)))
			continue;
		emit_distance(e, b, k, k);
		emit_spill_reg(e, kind, k, k);
	}
	if (r0) {
		emit_ldx(e, r0_size, R1, R10, scratch_r0(b->c));
		emit_distance(e, b, 0, R1);
		emit_spill_reg(e, kind, 0, R1);
	}
	for (u32 i = 0; i < stack; i += 8) {
		emit_ldx(e, BPF_DW, R1, R10, (s16)(i - stack));
		emit_stx(e, BPF_DW, R0, OUT_REGS + i, R1);
	}
}

/* '&mem' in a body is the address of its window, which the wrapper places. */
static void relocate_mem(struct insn *insns, u32 cnt, u32 base)
{
	for (u32 i = 0; i + 1 < cnt; i++) {
		if (insn_names_mem(&insns[i]))
			insns[i + 1].imm += (s32)base;
		i += insn_is_wide(&insns[i]);
	}
}

/* The subprograms that main calls or names are behind the spill, @shift slots further away. */
static void relocate_calls(struct insn *insns, u32 cnt, u32 shift)
{
	for (u32 i = 0; i < cnt; i++) {
		if (insn_names_func(&insns[i]))
			insns[i].imm += (s32)shift;
		i += insn_is_wide(&insns[i]);
	}
}

static void emit_block(struct emit *e, struct wrapper_block *b, enum wrapper_kind kind)
{
	const struct code *body = &b->c->progs[0];

	emit_fill(e, b);
	b->body = e->code->cnt;
	b->body_cnt = code_main_cnt(body);
	for (u32 i = 0; i < b->body_cnt; i++)
		emit_line(e, body->insns[i], body->lines ? body->lines[i] : 0);
	emit_spill(e, b, kind);
}

/* Append the return and, if there is only one case, its subprograms. */
static void emit_tail(struct emit *e, const struct wrapper_prog *p)
{
	const struct wrapper_block *b = &p->blocks[0];
	const struct code *body = &b->c->progs[0];
	struct code *code = e->code;
	u32 behind = b->body + b->body_cnt, first, shift;

	emit_alu64_imm(e, BPF_MOV, R0, 0);
	emit(e, (struct insn){ .code = BPF_JMP_EXIT });
	code->nfuncs = body->nfuncs ? body->nfuncs : 1;
	code->funcs = xcalloc(code->nfuncs, sizeof(*code->funcs));
	code->funcs[0].name = xstrdup("main");
	code->funcs[0].nargs = 1;
	if (code->nfuncs == 1)
		return;
	first = code->cnt;
	shift = first - behind;
	for (u32 i = b->body_cnt; i < body->cnt; i++)
		emit_line(e, body->insns[i], body->lines ? body->lines[i] : 0);
	for (u32 i = 1; i < code->nfuncs; i++) {
		code->funcs[i] = body->funcs[i];
		code->funcs[i].name = xstrdup(body->funcs[i].name);
		code->funcs[i].start += first - b->body_cnt;
	}
	relocate_calls(code->insns + b->body, b->body_cnt, shift);
}

static void decide_outputs(struct wrapper_block *b, const struct model_state *st,
			   enum wrapper_kind kind)
{
	b->out_regs = b->c->out_regs & ~st->clobbered;
	for (int k = 0; k < CASE_REGS; k++) {
		u16 bit = 1 << k;

		if (!(b->out_regs & bit) || st->region[k] == REGION_NONE)
			continue;
		/* this spill has no base to measure from, and half a pointer is useless */
		if (st->region[k] == REGION_CTX || kind == WRAPPER_LOW || kind == WRAPPER_UNPRIV) {
			b->out_regs &= ~bit;
			continue;
		}
		b->ptr_regs |= bit;
		b->ptr_region[k] = st->region[k];
	}
}

static int build_raw(struct wrapper_prog *p)
{
	code_copy(&p->progs[0], &p->blocks[0].c->progs[0]);
	p->blocks[0].body_cnt = p->progs[0].cnt;
	return 0;
}

/*
 * Far pointers must be in the map's value for the verifier: the bytes needed before and behind the
 * window.
 */
static u32 pack_reach(const struct bpf_case *const *cases, u32 n)
{
	s32 far = 0;

	for (u32 i = 0; i < n; i++) {
		s32 end = cases[i]->vecs->win_size[REGION_MEM];

		for (int k = 0; k < CASE_REGS; k++) {
			const struct reg_in *in = &cases[i]->regs[k];

			if (in->region != REGION_MEM)
				continue;
			far = -in->off > far ? -in->off : far;
			far = in->off - end > far ? in->off - end : far;
		}
	}
	return (far + 7) & ~7;
}

int wrapper_build(const struct bpf_case *const *cases, u32 n, const struct model_state *states,
		  enum wrapper_kind kind, u32 max_insns, u32 max_io, struct wrapper_prog *out)
{
	struct emit e = {};
	u32 margin = pack_reach(cases, n);

	memset(out, 0, sizeof(*out));
	out->kind = kind;
	out->io_size = margin;
	out->nblocks = n;
	out->blocks = xcalloc(n, sizeof(*out->blocks));
	for (u32 i = 0; i < n; i++) {
		place_block(&out->blocks[i], cases[i], out->io_size);
		out->io_size += out->blocks[i].size;
		decide_outputs(&out->blocks[i], &states[i], kind);
	}
	out->nprogs = cases[0]->nprogs;
	out->progs = xcalloc(out->nprogs, sizeof(*out->progs));
	for (u32 i = 1; i < out->nprogs; i++)
		code_copy(&out->progs[i], &cases[0]->progs[i]);
	if (cases[0]->raw) {
		build_raw(out);
	} else {
		e.code = &out->progs[0];
		if (cases[0]->vecs->win_size[REGION_CTX])
			emit_stx(&e, BPF_DW, R10, scratch_ctx(cases[0]), R1);
		for (u32 i = 0; i < n; i++) {
			struct wrapper_block *b = &out->blocks[i];

			emit_block(&e, b, kind);
			relocate_mem(e.code->insns + b->body, b->body_cnt, mem_base(b));
		}
		u32 subprogs = e.code->cnt + 2;

		emit_tail(&e, out);
		relocate_mem(e.code->insns + subprogs, e.code->cnt - subprogs,
			     mem_base(&out->blocks[0]));
	}
	for (u32 i = cases[0]->raw ? 0 : 1; i < out->nprogs && !out->progs[0].classic; i++)
		relocate_mem(out->progs[i].insns, out->progs[i].cnt, mem_base(&out->blocks[0]));
	if (out->progs[0].cnt > max_insns || out->io_size + margin > max_io) {
		wrapper_free(out);
		return -E2BIG;
	}
	return 0;
}

void wrapper_free(struct wrapper_prog *p)
{
	for (u32 i = 0; i < p->nprogs; i++)
		code_free(&p->progs[i]);
	free(p->progs);
	free(p->blocks);
	memset(p, 0, sizeof(*p));
}

struct wrapper_place wrapper_place(const struct wrapper_prog *p, u32 bi)
{
	const struct wrapper_block *b = &p->blocks[bi];
	const struct code *code = &p->progs[0];

	return (struct wrapper_place){
		.body = b->body,
		.body_cnt = b->body_cnt,
		.funcs = !b->c->raw && code->nfuncs > 1 ? code->funcs[1].start : code->cnt,
		.mem = mem_base(b),
	};
}

/* ---- what the slot must hold ---- */

static void expect_reg(const struct wrapper_prog *p, const struct wrapper_block *b, int k,
		       u64 value, enum byte_order order, u8 *out)
{
	if (b->ptr_regs & (1 << k) && b->ptr_region[k] == REGION_MEM)
		value += (s64)mem_base(b) - b->out; /* distances are measured from the spill area */
	switch (p->kind) {
	case WRAPPER_WIDE:
	case WRAPPER_UNPRIV:
		bytes_put(out + 8 * k, 8, value, order);
		break;
	case WRAPPER_HALVES:
		bytes_put(out + 8 * k + 4, 4, value >> 32, order);
		/* fall through */
	default:
		bytes_put(out + 8 * k, 4, (u32)value, order);
		break;
	}
}

void wrapper_expect(const struct wrapper_prog *p, u32 bi, u32 vec, const struct model_state *st,
		    enum byte_order order, u8 *slot)
{
	const struct wrapper_block *b = &p->blocks[bi];
	const struct vectors *t = b->c->vecs;
	u32 mem = t->win_size[REGION_MEM], stack = t->win_size[REGION_STACK];
	u8 *win = slot + (b->win - b->start), *out = slot + (b->out - b->start);

	for (int k = 0; k < CASE_REGS; k++)
		bytes_put(slot + 8 * k, 8, b->c->regs[k].region ? 0 : case_reg_in(b->c, vec, k),
			  order);
	if (mem)
		memcpy(win, st->win[REGION_MEM], mem);
	if (stack)
		memcpy(win + mem, vec_window(t, vec, REGION_STACK, order), stack);
	memset(out, WIRE_POISON, b->out_size);
	if (st->early_exit)
		return;
	for (int k = 0; k < CASE_REGS; k++)
		if (b->out_regs & (1 << k))
			expect_reg(p, b, k, st->r[k], order, out);
	if (stack)
		memcpy(out + OUT_REGS, st->win[REGION_STACK], stack);
}

const char *wrapper_name(enum wrapper_kind kind)
{
	static const char *const names[NR_WRAPPERS] = {
		[WRAPPER_WIDE] = "wide",
		[WRAPPER_HALVES] = "halves",
		[WRAPPER_LOW] = "low",
		[WRAPPER_UNPRIV] = "unpriv",
	};

	return names[kind];
}
