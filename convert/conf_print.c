// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "convert/conf_asm.h"
#include "convert/conf_tables.h"
#include "lib/util.h"

#define TEXT_MAX 96

static const char *op_name(const struct conf_op *ops, size_t n, u8 op, s16 off)
{
	for (size_t i = 0; i < n; i++)
		if (ops[i].op == op && ops[i].off == off)
			return ops[i].name;
	return NULL;
}

static const char *size_name(const struct insn *i)
{
	return conf_sizes[i->code >> 3 & 3];
}

static void print_operand(char *buf, size_t size, const struct insn *i)
{
	if (BPF_SRC(i->code) == BPF_X)
		snprintf(buf, size, "%%r%u", i->src);
	else
		snprintf(buf, size, "%d", i->imm);
}

static bool print_alu(char *buf, const struct insn *i, const struct insn_desc *d)
{
	bool wide = BPF_CLASS(i->code) == BPF_ALU64;
	const char *bits = wide ? "" : "32", *name, *order;
	char src[16];

	print_operand(src, sizeof(src), i);
	switch (d->syntax) {
	case SYNTAX_MOVSX:
		snprintf(buf, TEXT_MAX, "movsx%d%d %%r%u, %s", i->off, wide ? 64 : 32, i->dst, src);
		return true;
	case SYNTAX_END:
		order = wide ? "bswap" : BPF_SRC(i->code) ? "be" : "le";
		snprintf(buf, TEXT_MAX, "%s%d %%r%u", order, i->imm, i->dst);
		return true;
	case SYNTAX_NEG:
		snprintf(buf, TEXT_MAX, "neg%s %%r%u", bits, i->dst);
		return true;
	case SYNTAX_ALU_X:
	case SYNTAX_ALU_K:
		name = op_name(conf_alu, ARRAY_SIZE(conf_alu), BPF_OP(i->code), i->off);
		if (name)
			snprintf(buf, TEXT_MAX, "%s%s %%r%u, %s", name, bits, i->dst, src);
		return name;
	default:
		return false;
	}
}

static bool print_jump(char *buf, const struct insn *i, const struct insn_desc *d, u32 slot)
{
	const char *bits = BPF_CLASS(i->code) == BPF_JMP ? "" : "32", *name;
	char src[16];

	print_operand(src, sizeof(src), i);
	switch (d->syntax) {
	case SYNTAX_JMP_X:
	case SYNTAX_JMP_K:
		name = op_name(conf_jmp, ARRAY_SIZE(conf_jmp), BPF_OP(i->code), 0);
		if (name)
			snprintf(buf, TEXT_MAX, "%s%s %%r%u, %s, l%u", name, bits, i->dst, src,
				 slot + 1 + i->off);
		return name;
	case SYNTAX_JA:
		snprintf(buf, TEXT_MAX, "ja l%u", slot + 1 + i->off);
		return true;
	case SYNTAX_GOTOL:
		snprintf(buf, TEXT_MAX, "ja32 l%u", slot + 1 + i->imm);
		return true;
	case SYNTAX_CALL_SUBPROG:
		snprintf(buf, TEXT_MAX, "call local l%u", slot + 1 + i->imm);
		return true;
	case SYNTAX_EXIT:
		snprintf(buf, TEXT_MAX, "exit");
		return true;
	default:
		return false;
	}
}

static bool print_memory(char *buf, const struct insn *i, const struct insn_desc *d)
{
	const char *sx = BPF_MODE(i->code) == BPF_MEMSX ? "s" : "", *name;
	bool fetch;

	switch (d->syntax) {
	case SYNTAX_LDX:
		snprintf(buf, TEXT_MAX, "ldx%s%s %%r%u, [%%r%u%+d]", sx, size_name(i), i->dst,
			 i->src, i->off);
		return true;
	case SYNTAX_ST:
		snprintf(buf, TEXT_MAX, "st%s [%%r%u%+d], %d", size_name(i), i->dst, i->off,
			 i->imm);
		return true;
	case SYNTAX_STX:
		snprintf(buf, TEXT_MAX, "stx%s [%%r%u%+d], %%r%u", size_name(i), i->dst, i->off,
			 i->src);
		return true;
	case SYNTAX_ATOMIC:
	case SYNTAX_FETCH:
	case SYNTAX_XCHG:
	case SYNTAX_CMPXCHG:
		fetch = d->syntax == SYNTAX_FETCH;
		name = op_name(conf_atomic, ARRAY_SIZE(conf_atomic),
			       fetch ? i->imm & ~BPF_FETCH : i->imm, 0);
		if (name)
			snprintf(buf, TEXT_MAX, "lock %s%s%s [%%r%u%+d], %%r%u",
				 fetch ? "fetch " : "", name,
				 BPF_SIZE(i->code) == BPF_W ? "32" : "", i->dst, i->off, i->src);
		return name;
	default:
		return false;
	}
}

static bool print_insn(char *buf, const struct code *code, u32 slot)
{
	const struct insn *i = &code->insns[slot];
	const struct insn_desc *d = insn_lookup(i);

	if (!d)
		return false;
	if (d->syntax == SYNTAX_LD_IMM64 && !i->src) {
		snprintf(buf, TEXT_MAX, "lddw %%r%u, 0x%" PRIx64, i->dst,
			 (u64)(u32)i[1].imm << 32 | (u32)i->imm);
		return true;
	}
	switch (insn_class(i)) {
	case BPF_ALU:
	case BPF_ALU64:
		return print_alu(buf, i, d);
	case BPF_JMP:
	case BPF_JMP32:
		return print_jump(buf, i, d, slot);
	default:
		return print_memory(buf, i, d);
	}
}

/* The target slot of the jump or call at slot @slot, or -1. */
static s64 target_of(const struct code *code, u32 slot)
{
	const struct insn *i = &code->insns[slot];
	const struct insn_desc *d = insn_lookup(i);

	switch (d ? (int)d->syntax : -1) {
	case SYNTAX_JMP_X:
	case SYNTAX_JMP_K:
	case SYNTAX_JA:
		return (s64)slot + 1 + i->off;
	case SYNTAX_GOTOL:
	case SYNTAX_CALL_SUBPROG:
		return (s64)slot + 1 + i->imm;
	default:
		return -1;
	}
}

int conf_print(FILE *f, const struct code *code, char *why, size_t size)
{
	bool *target = xcalloc(code->cnt + 1, sizeof(*target));
	char text[TEXT_MAX], other[TEXT_MAX];
	int ret = 0;

	for (u32 i = 0; i < code->cnt; i++) {
		s64 to = target_of(code, i);

		if (to >= 0 && to <= code->cnt)
			target[to] = true;
		i += insn_is_wide(&code->insns[i]);
	}
	for (u32 i = 0; i < code->cnt && !ret; i++) {
		if (target[i])
			fprintf(f, "l%u:\n", i);
		if (print_insn(text, code, i)) {
			fprintf(f, "%s\n", text);
		} else {
			insn_print(other, sizeof(other), &code->insns[i]);
			snprintf(why, size, "the dialect of bpf_conformance has no words for '%s'",
				 other);
			ret = -EOPNOTSUPP;
		}
		i += insn_is_wide(&code->insns[i]);
	}
	free(target);
	return ret;
}
