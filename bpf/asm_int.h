/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shared by the parts of the assembler, each of which uses those after it: asm.c reads lines,
 * asm_insn.c instructions, asm_assign.c what follows "r1 = ", asm_operand.c operands.
 */
#ifndef CHECKJIT_ASM_INT_H
#define CHECKJIT_ASM_INT_H

#include "bpf/asm_out.h"

struct asm_text {
	struct lex lex;
	struct asm_out out;
	const struct asm_syms *maps;
	struct pos r11; /* the last use of r11 */
	int line;	/* first line of the statement */
};

struct reg {
	u8 nr;
	u8 size; /* 8: rN, 4: wN */
	struct pos pos;
};

struct mem {
	struct reg base;
	s16 off;
};

/* Read one instruction behind its labels. Returns 0 or -EINVAL, as all functions below. */
int asm_insn(struct asm_text *a);

/* Read what follows the operator of "r1 OP ..." and "r1 = ...". */
int asm_alu(struct asm_text *a, const char *op, const struct reg *dst);
int asm_assign(struct asm_text *a, const struct reg *dst);

/* Returns the row with this syntax, operator of @len bytes and operand size (0: any), or NULL. */
const struct insn_desc *asm_row(enum insn_syntax syntax, const char *op, size_t len, int size);

/* Find the row of @syntax called @fn with the operand size of @type. */
int asm_sized_row(struct asm_text *a, enum insn_syntax syntax, const struct word *fn,
		  const struct word *type, const struct insn_desc **d);

/* Read the longest operator that a row of @syntax has. Returns NULL if none matches. */
const char *asm_operator(struct asm_text *a, enum insn_syntax syntax);

/* Append an instruction of row @d with the fields of @insn that the row leaves free. */
int asm_emit(struct asm_text *a, const struct insn_desc *d, struct insn insn);
int asm_emit_mem(struct asm_text *a, const struct insn_desc *d, u8 dst, u8 src, s16 off);

bool asm_is_reg_name(const struct word *w); /* r0, w0 and so on */
bool asm_reg_ahead(struct asm_text *a);
int asm_reg(struct asm_text *a, struct reg *reg);
int asm_reg_wide(struct asm_text *a, struct reg *reg, int size); /* wN only if @size < 8 */
int asm_check_wide(struct asm_text *a, const struct reg *reg, int size);
int asm_same_width(struct asm_text *a, const struct reg *dst, const struct reg *src);
int asm_same_reg(struct asm_text *a, const struct reg *want);
int asm_imm(struct asm_text *a, s32 *imm, const char *what);

/*
 * Read an immediate as clang does: values up to 0xffffffff are patterns of 32 bits, and those from
 * 0xffffffff80000000 their sign extensions.
 */
bool num_is_imm(const struct num *n, s32 *imm);

int asm_type(struct asm_text *a, struct word *type); /* (u8 *) */
int asm_bad_type(struct asm_text *a, const struct word *type, const char *expected);
int asm_addr(struct asm_text *a, struct mem *mem); /* r1 + 5 */
int asm_addr_parens(struct asm_text *a, struct mem *mem);

/* Read a label, or a distance into @insn, which is about to be emitted. */
int asm_target(struct asm_text *a, struct insn *insn, enum fixup_kind kind);

#endif
