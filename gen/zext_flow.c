// SPDX-License-Identifier: GPL-2.0
/*
 * 32-bit definitions whose upper half is read elsewhere (Z). Between the definition and the use
 * stand moves, a spill and fill, a store, a comparison, a join of two ways, a branch, a loop's next
 * round. The frame spills low halves, so that only what the body does asks for the extension.
 *
 * zext_call: between them stand arguments, results and calls of functions, and a helper that reads
 * memory.
 */
#include "gen/dims.h"
#include "gen/families.h"
#include "gen/text.h"
#include "gen/zext.h"

#define WINDOW 64
#define STACK  16
#define MARK   0x5a5a5a5a

GEN_DIM(noise, 2, "%s", i ? "rnd" : "plain");

/* ---- in main ---- */

enum {
	FLOW_MOVE,
	FLOW_MOVES,
	FLOW_SPILL,
	FLOW_STORE,
	FLOW_COMPARE,
	FLOW_JOIN,
	FLOW_BRANCH,
	FLOW_LOOP
};
static const char *const flows[] = { "move",	"moves", "spill",  "store",
				     "compare", "join",	 "branch", "loop" };

GEN_DIM(flow, ARRAY_SIZE(flows), "%s", flows[i]);

/* The registers of a body. */
struct body {
	u8 reg;	    /* that the instruction defines */
	u8 other;   /* its operand, or the address in memory */
	u8 far;	    /* whose upper half is read */
	u8 left[3]; /* free for anything else */
};

static struct body body_of(const struct insn_desc *d, u8 reg)
{
	struct body b = { .reg = d->syntax == SYNTAX_CMPXCHG ? 0 : reg };
	u8 free[CASE_REGS], n = 0;

	/* what cmpxchg stores is in @reg, unless that is r0 */
	for (u32 i = 1; n < 5; i++) {
		u8 r = (reg + i) % CASE_REGS;

		if (r != b.reg)
			free[n++] = r;
	}
	b.other = free[0];
	b.far = free[1];
	b.left[0] = free[2];
	b.left[1] = free[3];
	b.left[2] = free[4];
	return b;
}

static void move(struct gen *g, u8 dst, u8 src)
{
	gen_alu64(g, BPF_MOV | BPF_X, dst, src, 0);
}

static void access(struct gen *g, u8 code, u8 dst, u8 src, s16 off)
{
	gen_insn(g, (struct insn){
			    .code = code | BPF_MEM | BPF_DW, .dst = dst, .src = src, .off = off });
}

/* Appends a jump whose target is not known yet. Returns its slot. */
static u32 jump(struct gen *g, u8 op, u8 dst, u8 src)
{
	gen_insn(g, (struct insn){ .code = BPF_JMP | op, .dst = dst, .src = src });
	return g->c->progs[0].cnt - 1;
}

static void jump_to(struct gen *g, u32 slot, u32 target)
{
	g->c->progs[0].insns[slot].off = (s16)(target - slot - 1);
}

static void land(struct gen *g, u32 slot)
{
	jump_to(g, slot, g->c->progs[0].cnt);
}

static void define(struct gen *g, const struct insn_desc *d, const struct body *b)
{
	switch (d->syntax) {
	case SYNTAX_LDX:
	case SYNTAX_LOAD_ACQUIRE:
		gen_row_insn(g, d, b->reg, b->other, 8, 0);
		break;
	case SYNTAX_FETCH:
	case SYNTAX_XCHG:
		gen_row_insn(g, d, b->other, b->reg, 0, 0);
		break;
	case SYNTAX_CMPXCHG:
		gen_row_insn(g, d, b->other, b->left[2], 0, 0);
		break;
	default:
		if (d->syntax == SYNTAX_ALU_X && zext_is_shift(d))
			gen_alu64(g, BPF_AND | BPF_K, b->other, 0, 31);
		gen_row_insn(g, d, b->reg, b->other, 0, zext_imm(d));
	}
}

static void build_flow(struct gen *g, u32 op, const u32 *at)
{
	const struct insn_desc *d = gen_row(g->family, op);
	struct body b = body_of(d, at[2]);
	u32 from;

	g->c->wrapper = CASE_WRAPPER_LOW;
	gen_inputs(g, d->syntax == SYNTAX_CMPXCHG && at[0] != FLOW_SPILL && at[0] != FLOW_STORE
			      ? vecs_cmpxchg(d->size)
			      : vecs_memory(WINDOW, at[0] == FLOW_SPILL ? STACK : 0));
	if (insn_accesses_memory(d))
		gen_pointer(g, b.other, REGION_MEM, 0);
	if (at[1])
		gen_need(g, "rnd_hi32");

	switch (at[0]) {
	case FLOW_MOVE:
		define(g, d, &b);
		move(g, b.far, b.reg);
		break;
	case FLOW_MOVES:
		define(g, d, &b);
		move(g, b.left[0], b.reg);
		move(g, b.left[1], b.left[0]);
		move(g, b.far, b.left[1]);
		break;
	case FLOW_SPILL:
		define(g, d, &b);
		access(g, BPF_STX, BPF_REG_FP, b.reg, -8);
		access(g, BPF_LDX, b.far, BPF_REG_FP, -8);
		break;
	case FLOW_STORE:
		gen_pointer(g, b.left[0], REGION_MEM, 16);
		define(g, d, &b);
		access(g, BPF_STX, b.left[0], b.reg, 0);
		return;
	case FLOW_COMPARE:
		define(g, d, &b);
		move(g, b.far, b.reg);
		from = jump(g, BPF_JGT | BPF_X, b.far, b.left[0]);
		gen_alu64(g, BPF_XOR | BPF_K, b.left[0], 0, MARK);
		land(g, from);
		return;
	case FLOW_JOIN:
		/* on the other way the upper half is what it was */
		from = jump(g, BPF_JSGT | BPF_K, b.left[0], 0);
		define(g, d, &b);
		land(g, from);
		move(g, b.far, b.reg);
		break;
	case FLOW_BRANCH:
		define(g, d, &b);
		from = jump(g, BPF_JSGT | BPF_K, b.left[0], 0);
		move(g, b.far, b.reg);
		gen_alu64(g, BPF_RSH | BPF_K, b.far, 0, 32);
		land(g, from);
		return;
	case FLOW_LOOP:
		/* each round reads what the round before it has defined */
		gen_alu64(g, BPF_MOV | BPF_K, b.left[0], 0, 3);
		from = g->c->progs[0].cnt;
		move(g, b.far, b.reg);
		define(g, d, &b);
		gen_alu64(g, BPF_SUB | BPF_K, b.left[0], 0, 1);
		jump_to(g, jump(g, BPF_JNE | BPF_K, b.left[0], 0), from);
		break;
	}
	gen_alu64(g, BPF_RSH | BPF_K, b.far, 0, 32);
}

const struct gen_family family_zext_flow = {
	.name = "zext_flow",
	.doc = "every instruction that defines 32 bits, whose upper half is read behind moves, a "
	       "spill, a store, a comparison, a join, a branch or a loop",
	.row = zext_row,
	.dims = { &dim_flow, &dim_noise, &dim_reg },
	.build = build_flow,
};

/* ---- across calls ---- */

enum { CALL_ARG, CALL_MOVED, CALL_RESULT, CALL_PASSED_ON, CALL_SAVED, CALL_MEMORY, CALL_HELPER };
static const char *const calls[] = { "arg",   "moved",	"result", "passed-on",
				     "saved", "memory", "helper" };

GEN_DIM(call, ARRAY_SIZE(calls), "%s", calls[i]);

/* Emit the instruction that defines r@reg, with r@other as its operand or address. */
static void emit_define(struct gen *g, const struct insn_desc *d, u8 reg, u8 other)
{
	struct insn insn = insn_of(d, reg, other, 0, zext_imm(d));
	char text[128];

	if (d->syntax == SYNTAX_FETCH || d->syntax == SYNTAX_XCHG || d->syntax == SYNTAX_CMPXCHG)
		insn = insn_of(d, other, reg, 0, 0);
	if (insn_accesses_memory(d))
		emit(g, "r%u = &mem + 8 ll", other);
	else if (d->syntax == SYNTAX_ALU_X && zext_is_shift(d))
		emit(g, "r%u &= 31", other);
	if (d->syntax == SYNTAX_CMPXCHG)
		emit(g, "r0 = r%u", reg);
	insn_print(text, sizeof(text), &insn);
	emit(g, "%s", text);
	if (d->syntax == SYNTAX_CMPXCHG)
		emit(g, "r%u = r0", reg);
}

static void build_call(struct gen *g, u32 op, const u32 *at)
{
	const struct insn_desc *d = gen_row(g->family, op);

	emit(g, "frame low; needs calls %s", at[1] ? "rnd_hi32" : "");
	emit(g, "mem 24; stack 16; map known hash 8 8 2; prog");
	if (at[0] < CALL_RESULT || at[0] > CALL_PASSED_ON)
		emit_define(g, d, at[0] == CALL_ARG ? 3 : 7, 2);
	switch (at[0]) {
	case CALL_ARG:
		emit(g, "r1 = 0; r2 = 0; call upper");
		break;
	case CALL_MOVED:
		emit(g, "r1 = 0; r2 = 0; r3 = r7; call upper");
		break;
	case CALL_RESULT:
		emit(g, "r1 = 0; call low; r0 >>= 32");
		break;
	case CALL_PASSED_ON:
		emit(g, "r1 = 0; call pass; r0 >>= 32");
		emit(g, "func pass args 3:; call low; exit");
		break;
	case CALL_SAVED:
		emit(g, "r1 = 0; call upper; r8 = r7; r8 >>= 32");
		break;
	case CALL_MEMORY:
		emit(g, "*(u64 *)(r10 - 8) = r7; r1 = 0; r2 = r10; r2 += -8; call fill");
		emit(g, "func fill args 2:; r0 = *(u64 *)(r2 + 0); r0 >>= 32; exit");
		break;
	case CALL_HELPER:
		/* a key that the kernel compares as 8 bytes, and one that is made of its low half
		 */
		emit(g, "w6 = w7; *(u64 *)(r10 - 8) = r7; *(u64 *)(r10 - 16) = r6");
		emit(g, "r1 = &known ll; r2 = r10; r2 += -8; r3 = r2; r4 = 0; call "
			"bpf_map_update_elem");
		emit(g, "r1 = &known ll; r2 = r10; r2 += -16; call bpf_map_delete_elem");
		break;
	}
	if (at[0] == CALL_RESULT || at[0] == CALL_PASSED_ON) {
		emit(g, "func low args 3:");
		emit_define(g, d, 3, 2);
		emit(g, "r0 = r3; exit");
	} else if (at[0] <= CALL_SAVED) {
		emit(g, "func upper args 3:; r0 = r3; r0 >>= 32; exit");
	}
	emit(g, "end; vec r2 in few64, r3 in few64; vec r7 in edge64");
}

const struct gen_family family_zext_call = {
	.name = "zext_call",
	.doc = "the same behind an argument or a result of a function, across a call, or in "
	       "memory that a function or a helper reads",
	.verified = true,
	.row = zext_row,
	.dims = { &dim_call, &dim_noise },
	.build = build_call,
};
