// SPDX-License-Identifier: GPL-2.0
/* RFC 9669 section 4: arithmetic, byte swap and conditional jumps. */
#include "bpf/model_impl.h"

/* Section 4.1, on 64 bits. @is_signed: the offset field is 1 (SDIV, SMOD). C's operators wrap. */
static u64 alu64(u8 op, bool is_signed, u64 a, u64 b)
{
	switch (op) {
	case BPF_ADD:
		return a + b;
	case BPF_SUB:
		return a - b;
	case BPF_MUL:
		return a * b;
	case BPF_DIV:
		if (!b)
			return 0;
		if (!is_signed)
			return a / b;
		/* Division by -1 is negation, and wraps for LLONG_MIN as it should. */
		return b == UINT64_MAX ? 0 - a : (u64)((s64)a / (s64)b);
	case BPF_MOD:
		if (!b)
			return a;
		if (!is_signed)
			return a % b;
		return b == UINT64_MAX ? 0 : (u64)((s64)a % (s64)b);
	case BPF_OR:
		return a | b;
	case BPF_AND:
		return a & b;
	case BPF_XOR:
		return a ^ b;
	case BPF_LSH:
		return a << (b & 63);
	case BPF_RSH:
		return a >> (b & 63);
	case BPF_ARSH:
		/* A signed right shift is implementation-defined in C: complement twice. */
		return a >> 63 ? ~(~a >> (b & 63)) : a >> (b & 63);
	case BPF_NEG:
		return 0 - a;
	case BPF_MOV:
		return b;
	}
	return 0;
}

/* The same on 32 bits; the upper half of the result is zero (section 4.1, ALU). */
static u32 alu32(u8 op, bool is_signed, u32 a, u32 b)
{
	switch (op) {
	case BPF_DIV:
		if (!b)
			return 0;
		if (!is_signed)
			return a / b;
		return b == UINT32_MAX ? 0 - a : (u32)((s32)a / (s32)b);
	case BPF_MOD:
		if (!b)
			return a;
		if (!is_signed)
			return a % b;
		return b == UINT32_MAX ? 0 : (u32)((s32)a % (s32)b);
	case BPF_LSH:
		return a << (b & 31);
	case BPF_RSH:
		return a >> (b & 31);
	case BPF_ARSH:
		return a >> 31 ? ~(~a >> (b & 31)) : a >> (b & 31);
	default:
		return (u32)alu64(op, false, a, b); /* carries go upwards only */
	}
}

/* A pointer keeps its provenance in mov, and in additions and subtractions of scalars. */
static int pointer_alu(struct bpf_machine *m, u8 op, struct val a, struct val b, struct val *out)
{
	if (op == BPF_MOV) {
		*out = b;
		return MODEL_OK;
	}
	if (tag_kind(a.tag) == PTR_MAP || tag_kind(a.tag) == PTR_FUNC ||
	    tag_kind(b.tag) == PTR_MAP || tag_kind(b.tag) == PTR_FUNC)
		return machine_stop(m, MODEL_UNDEFINED,
				    "arithmetic on the address of a map or function");
	if (op == BPF_ADD && (!a.tag || !b.tag)) {
		*out = (struct val){ a.v + b.v, a.tag | b.tag };
		return MODEL_OK;
	}
	if (op == BPF_SUB && (!b.tag || a.tag == b.tag)) {
		*out = (struct val){ a.v - b.v, b.tag ? PTR_SCALAR : a.tag };
		return MODEL_OK;
	}
	return machine_stop(m, MODEL_UNDEFINED, "the result depends on an address");
}

/*
 * Defined by the standard, but trapping on some machines: kernel/bpf/fixups.c adds tests, so JITs
 * need not.
 */
static void note_division(struct bpf_machine *m, const struct insn *insn, u64 a, u64 b)
{
	bool is32 = insn_class(insn) == BPF_ALU;
	u64 mask = is32 ? UINT32_MAX : UINT64_MAX, least = mask ^ mask >> 1;

	if (!(b & mask))
		m->st->unguarded = "division by 0";
	else if (insn->off == 1 && (a & mask) == least && (b & mask) == mask)
		m->st->unguarded = "signed division of the smallest number by -1";
}

/* The low @bits of a number whose upper bits may be undefined make a scalar. */
static void take_low(struct val *v, u32 bits)
{
	if (tag_kind(v->tag) == PTR_NARROW && tag_bits(v->tag) >= bits)
		v->tag = PTR_SCALAR;
}

/* The bits of the operands that the operation uses, if not all. */
static void narrow_operands(const struct insn *insn, struct val *a, struct val *b)
{
	bool mask = BPF_OP(insn->code) == BPF_AND && BPF_SRC(insn->code) == BPF_K && insn->imm >= 0;

	for (u32 bits = 8; mask && bits <= 32; bits *= 2)
		if ((u64)(u32)insn->imm < (u64)1 << bits)
			take_low(a, bits);
	if (insn_class(insn) == BPF_ALU) {
		take_low(a, 32);
		take_low(b, 32);
	}
}

/* ALU and ALU64 except MOVSX and END: dst = dst OP (src or imm). Immediates are sign-extended. */
int exec_alu(struct bpf_machine *m, const struct insn *insn)
{
	u8 op = BPF_OP(insn->code);
	struct val a = SCALAR(0), b = SCALAR((u64)(s64)insn->imm);
	int err;

	if (op != BPF_MOV && (err = machine_read(m, insn->dst, &a)))
		return err;
	if (BPF_SRC(insn->code) == BPF_X && (err = machine_read(m, insn->src, &b)))
		return err;
	narrow_operands(insn, &a, &b);
	if ((op == BPF_DIV || op == BPF_MOD) && !(a.tag | b.tag))
		note_division(m, insn, a.v, b.v);
	if (insn_class(insn) == BPF_ALU64) {
		if (!(a.tag | b.tag)) {
			a.v = quirk_alu(m->st, insn, a.v, b.v, alu64(op, insn->off == 1, a.v, b.v));
			return machine_write(m, insn->dst, a);
		}
		err = pointer_alu(m, op, a, b, &a);
		return err ? err : machine_write(m, insn->dst, a);
	}
	if (a.tag | b.tag)
		return machine_stop(m, MODEL_UNDEFINED, "32-bit operation on an address");
	a.v = quirk_alu(m->st, insn, (u32)a.v, (u32)b.v,
			alu32(op, insn->off == 1, (u32)a.v, (u32)b.v));
	return machine_write(m, insn->dst, a);
}

static u64 sign_extend(u64 v, u32 bits)
{
	u64 sign = (u64)1 << (bits - 1);

	v &= sign | (sign - 1);
	return (v ^ sign) - sign;
}

/* Section 4.1, MOVSX: the offset field is the width of the source. */
int exec_movsx(struct bpf_machine *m, const struct insn *insn)
{
	struct val src;
	u64 v;
	int err = machine_read(m, insn->src, &src);

	if (err)
		return err;
	take_low(&src, insn->off);
	if (src.tag)
		return machine_stop(m, MODEL_UNDEFINED, "r%u is not a number", insn->src);
	v = sign_extend(src.v, insn->off);
	if (v != src.v && quirk_here(m->st, QUIRK_MOVSX_PLAIN))
		v = src.v;
	if (insn_class(insn) == BPF_ALU)
		v = (u32)v;
	return machine_write(m, insn->dst, SCALAR(v));
}

/*
 * Linux: to the program's address, which is the low half, or to the user's, with one upper half for
 * all but NULL.
 */
int exec_addr_space_cast(struct bpf_machine *m, const struct insn *insn)
{
	u64 v;
	int err = machine_read_scalar(m, insn->src, &v);

	if (err)
		return err;
	v = (u32)v;
	if (insn->imm != 1 && v)
		v |= (u64)CASE_ARENA_UPPER << 32;
	return machine_write(m, insn->dst, SCALAR(v));
}

/*
 * Section 4.2. le16(), be16() and so on convert N-bit numbers: the upper bits of the result are
 * zero, even if no byte moves.
 */
int exec_end(struct bpf_machine *m, const struct insn *insn)
{
	enum byte_order to = BPF_SRC(insn->code) == BPF_TO_BE ? ORDER_BE : ORDER_LE;
	bool swap = insn_class(insn) == BPF_ALU64 || to != m->order;
	u64 v, out = 0;
	int err = machine_read_scalar(m, insn->dst, &v);

	if (err)
		return err;
	for (int bit = 0; bit < insn->imm; bit += 8)
		out |= (v >> bit & 0xff) << (swap ? insn->imm - 8 - bit : bit);
	return machine_write(m, insn->dst, SCALAR(out));
}

/* Section 4.3. @bits: the width of the comparison. */
static bool jump_taken(u8 op, u64 a, u64 b, u32 bits)
{
	u64 sign = (u64)1 << (bits - 1);

	if (bits == 32) {
		a = (u32)a;
		b = (u32)b;
	}
	/* A signed comparison is the unsigned one after adding half of the range. */
	switch (op) {
	case BPF_JSGT:
	case BPF_JSGE:
	case BPF_JSLT:
	case BPF_JSLE:
		a ^= sign;
		b ^= sign;
	}
	switch (op) {
	case BPF_JEQ:
		return a == b;
	case BPF_JNE:
		return a != b;
	case BPF_JSET:
		return a & b;
	case BPF_JGT:
	case BPF_JSGT:
		return a > b;
	case BPF_JGE:
	case BPF_JSGE:
		return a >= b;
	case BPF_JLT:
	case BPF_JSLT:
		return a < b;
	default:
		return a <= b;
	}
}

/*
 * Pointers into one object compare like their offsets, and no pointer is null; the rest is unknown.
 */
static int pointer_jump(struct bpf_machine *m, const struct insn *insn, struct val a, struct val b,
			bool *taken)
{
	u8 op = BPF_OP(insn->code);
	bool eq = op == BPF_JEQ || op == BPF_JNE;

	if (tag_kind(a.tag) == PTR_NARROW || tag_kind(b.tag) == PTR_NARROW ||
	    tag_kind(a.tag) == PTR_ANYWHERE || tag_kind(b.tag) == PTR_ANYWHERE)
		return machine_stop(m, MODEL_UNDEFINED,
				    "the comparison depends on an unknown address");
	if (insn_class(insn) == BPF_JMP32)
		return machine_stop(m, MODEL_UNDEFINED, "32-bit comparison of an address");
	if (eq && ((!a.tag && !a.v) || (!b.tag && !b.v))) {
		*taken = op == BPF_JNE;
		return MODEL_OK;
	}
	if (a.tag != b.tag ||
	    !(eq || op == BPF_JGT || op == BPF_JGE || op == BPF_JLT || op == BPF_JLE))
		return machine_stop(m, MODEL_UNDEFINED, "the comparison depends on an address");
	/* Offsets from the base may be negative, addresses are not. */
	*taken = jump_taken(op, a.v ^ (u64)1 << 63, b.v ^ (u64)1 << 63, 64);
	return MODEL_OK;
}

/* Where the translated program has no jump at m->at, a machine with quirks compares nothing. */
static bool follow_wired(struct bpf_machine *m, bool taken)
{
	struct model_state *st = m->st;
	enum wired wired = st->wired && !machine_frame(m)->prog_idx ? st->wired[m->at] : WIRED_NOT;

	if (wired == WIRED_NOT)
		return taken;
	if (!st->standard)
		return wired == WIRED_TAKEN;
	st->miswired |= taken != (wired == WIRED_TAKEN);
	return taken;
}

int exec_cond_jump(struct bpf_machine *m, const struct insn *insn)
{
	struct val a, b = SCALAR((u64)(s64)insn->imm);
	bool taken;
	int err = machine_read(m, insn->dst, &a);

	if (!err && BPF_SRC(insn->code) == BPF_X)
		err = machine_read(m, insn->src, &b);
	if (err)
		return err;
	if (insn_class(insn) == BPF_JMP32) {
		take_low(&a, 32);
		take_low(&b, 32);
	}
	if (a.tag | b.tag) {
		err = pointer_jump(m, insn, a, b, &taken);
		if (err)
			return err;
	} else {
		taken = jump_taken(BPF_OP(insn->code), a.v, b.v,
				   insn_class(insn) == BPF_JMP ? 64 : 32);
	}
	return follow_wired(m, taken) ? machine_jump(m, insn->off) : MODEL_OK;
}
