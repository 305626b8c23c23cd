/* SPDX-License-Identifier: GPL-2.0 */
/* Between the parts of the assembler: asm.c reads operands and lines, the others instructions. */
#ifndef CHECKJIT_ASM_INT_H
#define CHECKJIT_ASM_INT_H

#include "bpf/asm_out.h"

struct asm_text {
	struct lex lex;
	struct asm_out out;
	const struct asm_syms *maps;
	struct pos r11;		/* where r11 was last named */
	int line;		/* where the statement begins */
};

struct reg {
	u8 nr;
	u8 size;		/* 8: rN, 4: wN */
	struct pos pos;
};

struct mem {
	struct reg base;
	s16 off;
};

/* One instruction; the words in front of it are gone. 0 or -EINVAL, as all here. */
int asm_insn(struct asm_text *a);

/* r1 OP ..., and r1 = ..., behind the operator. */
int asm_alu(struct asm_text *a, const char *op, const struct reg *dst);
int asm_assign(struct asm_text *a, const struct reg *dst);

/* The row with this syntax, operator (of @len bytes) and operand size (0: any), or NULL. */
const struct insn_desc *asm_row(enum insn_syntax syntax, const char *op, size_t len, int size);

/* The row of @syntax called @fn, of the operand size that @type gives. */
int asm_sized_row(struct asm_text *a, enum insn_syntax syntax, const struct word *fn,
		  const struct word *type, const struct insn_desc **d);

/* Read the longest operator that a row of @syntax has, or return NULL. */
const char *asm_operator(struct asm_text *a, enum insn_syntax syntax);

/* Append an instance of @d; of @insn only the free fields count. */
int asm_emit(struct asm_text *a, const struct insn_desc *d, struct insn insn);
int asm_emit_mem(struct asm_text *a, const struct insn_desc *d, u8 dst, u8 src, s16 off);

bool asm_reg_ahead(struct asm_text *a);
int asm_reg(struct asm_text *a, struct reg *reg);
int asm_reg_wide(struct asm_text *a, struct reg *reg, int size);	/* wN only if @size < 8 */
int asm_check_wide(struct asm_text *a, const struct reg *reg, int size);
int asm_same_width(struct asm_text *a, const struct reg *dst, const struct reg *src);
int asm_same_reg(struct asm_text *a, const struct reg *want);
int asm_imm(struct asm_text *a, s32 *imm, const char *what);

/* As clang: up to 0xffffffff, which then stands for the pattern of 32 bits; and what sign extension makes of an
 * immediate, from 0xffffffff80000000. */
bool num_is_imm(const struct num *n, s32 *imm);

int asm_type(struct asm_text *a, struct word *type);			/* (u8 *) */
int asm_bad_type(struct asm_text *a, const struct word *type, const char *expected);
int asm_addr(struct asm_text *a, struct mem *mem);			/* r1 + 5 */
int asm_addr_parens(struct asm_text *a, struct mem *mem);

/* A label, or a distance that goes into @insn, which is about to be emitted. */
int asm_target(struct asm_text *a, struct insn *insn, enum fixup_kind kind);

#endif
