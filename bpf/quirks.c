// SPDX-License-Identifier: GPL-2.0
/*
 * What faulty machines compute. Unlike the model, this file is written from their JITs: each
 * function says from which lines of kernel 7.3.4.
 */
#include <errno.h>
#include <string.h>
#include "bpf/model.h"
#include "bpf/quirks.h"
#include "lib/strbuf.h"
#include "lib/util.h"

const struct quirk_desc quirk_descs[NR_QUIRKS] = {
#define X(id, name, smallest, text) { name, smallest, text },
	QUIRKS(X)
#undef X
};

_Static_assert(NR_QUIRKS <= 64, "a set of quirks has a bit for each");

int quirk_by_name(const char *name)
{
	for (int i = 0; i < NR_QUIRKS; i++)
		if (!strcmp(quirk_descs[i].name, name))
			return i;
	return -1;
}

char *quirk_names(quirk_set set)
{
	struct strbuf text = { 0 };

	for (int i = 0; i < NR_QUIRKS; i++)
		if (set >> i & 1)
			strbuf_join(&text, "+", "%s", quirk_descs[i].name);
	return strbuf_take(&text);
}

int quirks_parse(const char *text, quirk_set *set)
{
	char *copy = xstrdup(text), *next = copy, *name;
	int ret = 0;

	*set = 0;
	while (!ret && (name = strsep(&next, ",+"))) {
		int q = quirk_by_name(name);

		if (q < 0) {
			pr_err("no quirk '%s' (`checkjit known --quirks` lists them)", name);
			ret = -EINVAL;
		} else {
			*set |= QUIRK_BIT(q);
		}
	}
	free(copy);
	return ret;
}

bool quirk_here(struct model_state *st, enum quirk q)
{
	if (!(st->quirks.set >> q & 1))
		return false;
	st->met |= QUIRK_BIT(q);
	return !st->standard;
}

/* ---- shifts by a register ---- */

/* A shift of a word of @bits by any count: the width or more shifts all out. */
static u64 word_shift(u8 op, u64 v, u32 count, u32 bits)
{
	u64 mask = UINT64_MAX >> (64 - bits);
	bool negative = v >> (bits - 1) & 1;

	switch (op) {
	case BPF_LSH:
		return count < bits ? v << count & mask : 0;
	case BPF_RSH:
		return count < bits ? v >> count : 0;
	default:
		count = count < bits ? count : bits - 1;
		return negative ? ~((~v & mask) >> count) & mask : v >> count;
	}
}

/* arch/s390/net/bpf_jit_comp.c:1436 sll, :1461 srl, :1486 sra; powerpc's slw, srw, sraw. */
static u64 shift32_count6(u8 op, u64 a, u64 b)
{
	return word_shift(op, a, b & 63, 32);
}

/* arch/powerpc/net/bpf_jit_comp64.c:1212 sld, :1230 srd, :1245 srad. */
static u64 shift64_count7(u8 op, u64 a, u64 b)
{
	return word_shift(op, a, b & 127, 64);
}

/* arch/x86/net/bpf_jit_comp32.c: emit_ia32_{lsh,rsh,arsh}_r64(). */
static u64 shift64_count5(u8 op, u64 a, u64 b)
{
	u32 count = b;

	return word_shift(op, a, count < 32 ? count : 32 | (count & 31), 64);
}

/* ARM's shifts by a register look at its lowest byte. */
static u32 arm_shift(u8 op, u32 v, u32 reg)
{
	return word_shift(op, v, reg & 0xff, 32);
}

static u64 shift32_count8(u8 op, u64 a, u64 b)
{
	return arm_shift(op, a, b);
}

/* arch/arm/net/bpf_jit_32.c: emit_a32_{lsh,rsh,arsh}_r64(). */
static u64 shift64_count8(u8 op, u64 a, u64 b)
{
	u32 lo = a, hi = a >> 32, count = b, less = count - 32, rest = 32 - count, x;

	if (op == BPF_LSH) {
		x = arm_shift(BPF_LSH, hi, count) | arm_shift(BPF_LSH, lo, less) |
		    arm_shift(BPF_RSH, lo, rest);
		return (u64)x << 32 | arm_shift(BPF_LSH, lo, count);
	}
	x = arm_shift(BPF_RSH, lo, count) | arm_shift(BPF_LSH, hi, rest);
	if (op == BPF_RSH || !(less >> 31))
		x |= arm_shift(op, hi, less);
	return (u64)arm_shift(op, hi, count) << 32 | x;
}

/*
 * arch/riscv/net/bpf_jit_comp32.c: emit_alu_r64(). RISC-V shifts by the low 5 bits of a register.
 * @self: the count is in the registers that are shifted.
 */
static u64 riscv32_shift(u8 op, u64 a, u32 count, bool self)
{
	u32 lo = a, hi = a >> 32, less = count - 32, rest = (31 - count) & 31;

	if (op == BPF_LSH) {
		if (!(less >> 31))
			return (u64)(lo << (less & 31)) << 32;
		hi = hi << (count & 31) | lo >> 1 >> rest;
		return (u64)hi << 32 | lo << (count & 31);
	}
	if (!(less >> 31)) {
		lo = word_shift(op, hi, less & 31, 32);
		return (u64)(op == BPF_ARSH ? word_shift(op, hi, 31, 32) : 0) << 32 | lo;
	}
	lo = lo >> (count & 31) | hi << 1 << rest;
	return (u64)word_shift(op, hi, (self ? lo : count) & 31, 32) << 32 | lo;
}

/* arch/mips/net/bpf_jit_comp32.c:366 emit_shift_r64(), of a register by itself. */
static u64 shift64_mips32_self(u8 op, u64 a, u64 b)
{
	u32 lo = a, hi = a >> 32, count = b & 31, from_other;

	if (b & 32)
		return word_shift(op, a, b & 63, 64);
	if (op == BPF_LSH) {
		from_other = lo >> 1 >> (31 - count);
		lo <<= count;
		return (u64)(hi << (lo & 31) | from_other) << 32 | lo;
	}
	from_other = hi << 1 << (31 - count);
	lo >>= count;
	return word_shift(op, hi, lo & 31, 32) << 32 | lo | from_other;
}

/* srw, sraw and slw of PowerPC look at 6 bits of the count. */
static u32 ppc_shift(u8 op, u32 v, u32 count)
{
	return word_shift(op, v, count & 63, 32);
}

/* arch/powerpc/net/bpf_jit_comp32.c:719, :757, of a register by itself. */
static u64 shift64_ppc32_self(u8 op, u64 a, u64 b)
{
	u32 lo = ppc_shift(BPF_RSH, a, b), hi = a >> 32, count = lo + 32;
	u32 far = ppc_shift(op, hi, count);

	if (op == BPF_LSH)
		return word_shift(op, a, b & 63, 64);
	/* of a shift by less than 32, nothing comes from there: all of it is shifted out */
	if (op == BPF_ARSH)
		far = ppc_shift(BPF_LSH, far, count & 32);
	lo |= ppc_shift(BPF_LSH, hi, 32 - (u32)b);
	return (u64)ppc_shift(op, hi, lo) << 32 | lo | far;
}

/* The fifth register is the last that is not on the stack (bpf2rv32[]). */
static bool riscv32_self(const struct insn *insn)
{
	return insn->dst == insn->src && insn->dst >= 1 && insn->dst <= 5;
}

static u64 shift64_riscv32(const struct insn *insn, quirk_set set, u64 a, u64 b)
{
	return riscv32_shift(BPF_OP(insn->code), a, set >> QUIRK_SHIFT64_LESS32 & 1 ? b : b & 63,
			     set >> QUIRK_SHIFT64_SELF & 1 && riscv32_self(insn));
}

/* Which of the two quirks of riscv32 make the result differ from @v? */
static u64 riscv32_quirks(struct model_state *st, const struct insn *insn, u64 a, u64 b, u64 v)
{
	const quirk_set less = QUIRK_BIT(QUIRK_SHIFT64_LESS32),
			self = QUIRK_BIT(QUIRK_SHIFT64_SELF);
	quirk_set set = st->quirks.set & (less | self);
	u64 out = shift64_riscv32(insn, set, a, b);
	bool here = false;

	if (shift64_riscv32(insn, set & ~less, a, b) != out)
		here |= quirk_here(st, QUIRK_SHIFT64_LESS32);
	if (shift64_riscv32(insn, set & ~self, a, b) != out)
		here |= quirk_here(st, QUIRK_SHIFT64_SELF);
	return here ? out : v;
}

struct shift_quirk {
	enum quirk quirk;
	u8 class;
	u64 (*shift)(u8 op, u64 a, u64 b);
	bool self; /* only of a register by itself */
};

static const struct shift_quirk shift_quirks[] = {
	{ QUIRK_SHIFT32_COUNT6, BPF_ALU, shift32_count6, false },
	{ QUIRK_SHIFT_COUNT8, BPF_ALU, shift32_count8, false },
	{ QUIRK_SHIFT64_COUNT5, BPF_ALU64, shift64_count5, false },
	{ QUIRK_SHIFT64_COUNT7, BPF_ALU64, shift64_count7, false },
	{ QUIRK_SHIFT_COUNT8, BPF_ALU64, shift64_count8, false },
	{ QUIRK_SHIFT64_SELF_ANY, BPF_ALU64, shift64_mips32_self, true },
	{ QUIRK_SHIFT64_SELF_RIGHT, BPF_ALU64, shift64_ppc32_self, true },
};

static u64 quirk_shift(struct model_state *st, const struct insn *insn, u64 a, u64 b, u64 v)
{
	u8 op = BPF_OP(insn->code);

	for (u32 i = 0; i < ARRAY_SIZE(shift_quirks); i++) {
		const struct shift_quirk *s = &shift_quirks[i];
		u64 out = s->self && insn->dst != insn->src ? v : s->shift(op, a, b);

		if (s->class == insn_class(insn) && out != v && quirk_here(st, s->quirk))
			return out;
	}
	return insn_class(insn) == BPF_ALU64 ? riscv32_quirks(st, insn, a, b, v) : v;
}

/* ---- division ---- */

/* abs() of an int in kernel/bpf/core.c before c77b30bd1dcb: the smallest stays negative. */
static u64 sdiv32_min(const struct insn *insn, u32 a, u32 b)
{
	u32 by = (s32)b < 0 ? -b : b;
	u64 from = (s64)(s32)a;

	if (BPF_OP(insn->code) == BPF_MOD)
		return (u32)(0 - from % by);
	return (u32)((s32)b < 0 ? from / by : 0 - from / by);
}

/* arch/x86/net/bpf_jit_comp32.c:1792 and arch/mips/net do not look at insn->off. */
static u64 quirk_sdiv(struct model_state *st, const struct insn *insn, u64 a, u64 b, u64 v)
{
	bool is32 = insn_class(insn) == BPF_ALU;
	u64 out, minus_one = is32 ? UINT32_MAX : UINT64_MAX;

	if (!b || (b == minus_one && st->quirks.verified))
		return v;
	if (is32 && (u32)a == 1u << 31) {
		out = sdiv32_min(insn, a, b);
		if (out != v && quirk_here(st, QUIRK_SDIV32_MIN))
			return out;
	}
	out = BPF_OP(insn->code) == BPF_DIV ? a / b : a % b;
	if (out == v || !quirk_here(st, is32 ? QUIRK_SDIV32_UNSIGNED : QUIRK_SDIV64_UNSIGNED))
		return v;
	return out;
}

/*
 * arch/powerpc/net/bpf_jit_comp32.c:516 (srawi without addze), :579 and :594 (signed, whatever
 * insn->off and the sign of the constant).
 */
static u64 quirk_div_k(struct model_state *st, const struct insn *insn, u64 a, u64 v)
{
	bool mod = BPF_OP(insn->code) == BPF_MOD, is_signed = insn->off == 1;
	u32 imm = insn->imm, by = insn->imm < 0 ? -imm : imm;
	enum quirk quirk = mod ? QUIRK_MOD64_K_ABS : QUIRK_DIV64_K_ARSH;
	u64 out;

	if (!by || by & (by - 1))
		return v;
	if (insn_class(insn) == BPF_ALU) {
		if (mod || !is_signed || imm & (imm - 1))
			return v;
		quirk = QUIRK_SDIV32_K_DOWN;
		out = word_shift(BPF_ARSH, (u32)a, __builtin_ctz(imm), 32);
	} else if (mod) {
		out = is_signed ? v : a & (by - 1);
	} else {
		out = word_shift(BPF_ARSH, insn->imm < 0 ? -a : a, __builtin_ctz(by), 64);
	}
	return out != v && quirk_here(st, quirk) ? out : v;
}

u64 quirk_alu(struct model_state *st, const struct insn *insn, u64 a, u64 b, u64 v)
{
	if (!st->quirks.set)
		return v;
	switch (BPF_OP(insn->code)) {
	case BPF_LSH:
	case BPF_RSH:
	case BPF_ARSH:
		return BPF_SRC(insn->code) == BPF_X ? quirk_shift(st, insn, a, b, v) : v;
	case BPF_DIV:
	case BPF_MOD:
		if (BPF_SRC(insn->code) == BPF_K)
			v = quirk_div_k(st, insn, a, v);
		return insn->off == 1 ? quirk_sdiv(st, insn, a, b, v) : v;
	default:
		return v;
	}
}
