// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include "convert/ctext.h"

static const char *const classes[8] = {
	"BPF_LD", "BPF_LDX", "BPF_ST", "BPF_STX", "BPF_ALU", "BPF_JMP", "BPF_JMP32", "BPF_ALU64",
};

static const char *const sizes[4] = { "BPF_W", "BPF_H", "BPF_B", "BPF_DW" };
static const char *const modes[8] = {
	"BPF_IMM", "BPF_ABS", "BPF_IND", "BPF_MEM", "BPF_MEMSX", NULL, "BPF_ATOMIC", NULL,
};

static const char *const alu_ops[16] = {
	"BPF_ADD", "BPF_SUB", "BPF_MUL", "BPF_DIV", "BPF_OR",	"BPF_AND", "BPF_LSH", "BPF_RSH",
	"BPF_NEG", "BPF_MOD", "BPF_XOR", "BPF_MOV", "BPF_ARSH", "BPF_END", NULL,      NULL,
};

static const char *const jmp_ops[16] = {
	"BPF_JA",   "BPF_JEQ",	"BPF_JGT",   "BPF_JGE",	 "BPF_JSET", "BPF_JNE",
	"BPF_JSGT", "BPF_JSGE", "BPF_CALL",  "BPF_EXIT", "BPF_JLT",  "BPF_JLE",
	"BPF_JSLT", "BPF_JSLE", "BPF_JCOND", NULL,
};

static const char *const regs[16] = {
	"R0", "R1", "R2",  "R3", "R4", "R5", "R6", "R7",
	"R8", "R9", "R10", "11", "12", "13", "14", "15",
};

static bool is_alu(u8 code)
{
	return BPF_CLASS(code) == BPF_ALU || BPF_CLASS(code) == BPF_ALU64;
}

static bool is_jmp(u8 code)
{
	return BPF_CLASS(code) == BPF_JMP || BPF_CLASS(code) == BPF_JMP32;
}

static const char *op_name(u8 code)
{
	return (is_alu(code) ? alu_ops : jmp_ops)[code >> 4];
}

/* It has no source operand, so that BPF_K would only be noise. */
static bool has_no_operand(u8 code)
{
	u8 op = BPF_OP(code);

	if (BPF_SRC(code))
		return false;
	return is_jmp(code) ? op == BPF_JA || op == BPF_CALL || op == BPF_EXIT || op == BPF_JCOND
			    : is_alu(code) && op == BPF_NEG;
}

void ctext_code(char buf[CTEXT_MAX], u8 code)
{
	const char *first = is_alu(code) || is_jmp(code) ? op_name(code) : modes[code >> 5];
	const char *second = BPF_SRC(code) ? "BPF_X" : "BPF_K";

	if (!first) {
		snprintf(buf, CTEXT_MAX, "0x%02x", code);
		return;
	}
	if (is_alu(code) && BPF_OP(code) == BPF_END)
		second = BPF_SRC(code) ? "BPF_TO_BE" : "BPF_TO_LE";
	else if (!is_alu(code) && !is_jmp(code))
		second = sizes[code >> 3 & 3];
	if (has_no_operand(code))
		snprintf(buf, CTEXT_MAX, "%s | %s", classes[BPF_CLASS(code)], first);
	else
		snprintf(buf, CTEXT_MAX, "%s | %s | %s", classes[BPF_CLASS(code)], first, second);
}

/* ---- filter.h ---- */

static void raw_macro(char buf[CTEXT_MAX], const struct insn *i)
{
	char code[CTEXT_MAX / 2];

	ctext_code(buf, i->code);
	snprintf(code, sizeof(code), "%.79s", buf);
	snprintf(buf, CTEXT_MAX, "BPF_RAW_INSN(%s, %s, %s, %d, %d)", code, regs[i->dst & 15],
		 regs[i->src & 15], i->off, i->imm);
}

static void alu_macro(char buf[CTEXT_MAX], const struct insn *i, const struct insn_desc *d)
{
	int bits = BPF_CLASS(i->code) == BPF_ALU64 ? 64 : 32;
	const char *op = op_name(i->code), *dst = regs[i->dst];

	switch (d->syntax) {
	case SYNTAX_MOVSX:
		snprintf(buf, CTEXT_MAX, "BPF_MOVSX%d_REG(%s, %s, %d)", bits, dst, regs[i->src],
			 i->off);
		break;
	case SYNTAX_END:
		if (bits == 64)
			snprintf(buf, CTEXT_MAX, "BPF_BSWAP(%s, %d)", dst, i->imm);
		else
			snprintf(buf, CTEXT_MAX, "BPF_ENDIAN(%s, %s, %d)",
				 BPF_SRC(i->code) ? "BPF_TO_BE" : "BPF_TO_LE", dst, i->imm);
		break;
	case SYNTAX_ALU_X:
		if (BPF_OP(i->code) == BPF_MOV && !i->off)
			snprintf(buf, CTEXT_MAX, "BPF_MOV%d_REG(%s, %s)", bits, dst, regs[i->src]);
		else if (i->off)
			snprintf(buf, CTEXT_MAX, "BPF_ALU%d_REG_OFF(%s, %s, %s, %d)", bits, op, dst,
				 regs[i->src], i->off);
		else
			snprintf(buf, CTEXT_MAX, "BPF_ALU%d_REG(%s, %s, %s)", bits, op, dst,
				 regs[i->src]);
		break;
	case SYNTAX_ALU_K:
	case SYNTAX_NEG:
		if (BPF_OP(i->code) == BPF_MOV)
			snprintf(buf, CTEXT_MAX, "BPF_MOV%d_IMM(%s, %d)", bits, dst, i->imm);
		else if (i->off)
			snprintf(buf, CTEXT_MAX, "BPF_ALU%d_IMM_OFF(%s, %s, %d, %d)", bits, op, dst,
				 i->imm, i->off);
		else
			snprintf(buf, CTEXT_MAX, "BPF_ALU%d_IMM(%s, %s, %d)", bits, op, dst,
				 i->imm);
		break;
	default:
		raw_macro(buf, i);
	}
}

static void mem_macro(char buf[CTEXT_MAX], const struct insn *i, const struct insn_desc *d)
{
	const char *size = sizes[i->code >> 3 & 3], *dst = regs[i->dst], *src = regs[i->src];
	bool sx = BPF_MODE(i->code) == BPF_MEMSX;

	switch (d->syntax) {
	case SYNTAX_LDX:
		snprintf(buf, CTEXT_MAX, "BPF_LDX_MEM%s(%s, %s, %s, %d)", sx ? "SX" : "", size, dst,
			 src, i->off);
		break;
	case SYNTAX_ST:
		snprintf(buf, CTEXT_MAX, "BPF_ST_MEM(%s, %s, %d, %d)", size, dst, i->off, i->imm);
		break;
	case SYNTAX_STX:
		snprintf(buf, CTEXT_MAX, "BPF_STX_MEM(%s, %s, %s, %d)", size, dst, src, i->off);
		break;
	default:
		raw_macro(buf, i);
	}
}

static void atomic_macro(char buf[CTEXT_MAX], const struct insn *i)
{
	char op[32];

	switch (i->imm) {
	case BPF_XCHG:
		snprintf(op, sizeof(op), "BPF_XCHG");
		break;
	case BPF_CMPXCHG:
		snprintf(op, sizeof(op), "BPF_CMPXCHG");
		break;
	case BPF_LOAD_ACQ:
		snprintf(op, sizeof(op), "BPF_LOAD_ACQ");
		break;
	case BPF_STORE_REL:
		snprintf(op, sizeof(op), "BPF_STORE_REL");
		break;
	default:
		snprintf(op, sizeof(op), "%s%s", alu_ops[i->imm >> 4 & 15],
			 i->imm & BPF_FETCH ? " | BPF_FETCH" : "");
	}
	snprintf(buf, CTEXT_MAX, "BPF_ATOMIC_OP(%s, %s, %s, %s, %d)", sizes[i->code >> 3 & 3], op,
		 regs[i->dst], regs[i->src], i->off);
}

static void jmp_macro(char buf[CTEXT_MAX], const struct insn *i, const struct insn_desc *d)
{
	const char *width = BPF_CLASS(i->code) == BPF_JMP32 ? "32" : "", *op = op_name(i->code),
		   *dst = regs[i->dst];

	switch (d->syntax) {
	case SYNTAX_JMP_X:
		snprintf(buf, CTEXT_MAX, "BPF_JMP%s_REG(%s, %s, %s, %d)", width, op, dst,
			 regs[i->src], i->off);
		break;
	case SYNTAX_JMP_K:
		snprintf(buf, CTEXT_MAX, "BPF_JMP%s_IMM(%s, %s, %d, %d)", width, op, dst, i->imm,
			 i->off);
		break;
	case SYNTAX_JA:
		snprintf(buf, CTEXT_MAX, "BPF_JMP_A(%d)", i->off);
		break;
	case SYNTAX_GOTOL:
		snprintf(buf, CTEXT_MAX, "BPF_JMP32_A(%d)", i->imm);
		break;
	case SYNTAX_EXIT:
		snprintf(buf, CTEXT_MAX, "BPF_EXIT_INSN()");
		break;
	default:
		raw_macro(buf, i);
	}
}

void ctext_macro(char buf[CTEXT_MAX], const struct insn *insn)
{
	const struct insn_desc *d = insn_lookup(insn);

	if (!d)
		raw_macro(buf, insn);
	else if (d->syntax == SYNTAX_LD_IMM64 && !insn->src)
		snprintf(buf, CTEXT_MAX, "BPF_LD_IMM64(%s, 0x%" PRIx64 "ULL)", regs[insn->dst],
			 (u64)(u32)insn[1].imm << 32 | (u32)insn->imm);
	else if (is_alu(insn->code))
		alu_macro(buf, insn, d);
	else if (is_jmp(insn->code))
		jmp_macro(buf, insn, d);
	else if (BPF_MODE(insn->code) == BPF_ATOMIC)
		atomic_macro(buf, insn);
	else
		mem_macro(buf, insn, d);
}
