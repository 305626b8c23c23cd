/* SPDX-License-Identifier: GPL-2.0 */
/* The output of the assembler: slots, functions, symbols, and jumps that are still unresolved. */
#ifndef CHECKJIT_ASM_OUT_H
#define CHECKJIT_ASM_OUT_H

#include "bpf/asm.h"
#include "bpf/asm_lex.h"
#include "lib/strset.h"

/*
 * A label or function. A local label (1: with 1b and 1f) may be defined again and again: it has an
 * entry for each definition, counted from 1, and one for number 0, whose @slot holds the count.
 */
struct sym {
	struct word name;
	u32 slot;
};

enum fixup_kind {
	FIXUP_OFF, /* distance in off */
	FIXUP_IMM, /* distance in imm */
};

struct fixup {
	struct word name;
	u32 seq;
	u32 slot;
	enum fixup_kind kind;
};

struct asm_out {
	struct lex *lex;
	struct code *code;
	u32 cap, lines_cap, funcs_cap;
	struct sym *syms;
	u32 nsyms, syms_cap;
	struct strset names; /* "NAME SEQ": index into syms */
	struct fixup *fixups;
	u32 nfixups, fixups_cap;
	struct pos func_pos; /* of the present function */
};

void out_init(struct asm_out *o, struct lex *l, struct code *code);

/* Free everything but the code. */
void out_free(struct asm_out *o);

void out_slot(struct asm_out *o, const struct insn *insn, int line);

/* Define @name at the next slot. A number is a local label. Returns 0 or -EINVAL. */
int out_label(struct asm_out *o, const struct word *name);
int out_func(struct asm_out *o, const struct word *name, u8 nargs, u8 flags);

/* Find the last (@back) or next definition of a local label, as @seq for out_jump(). */
int out_local(struct asm_out *o, const struct word *name, bool back, u32 *seq);

/* The next slot refers to definition @seq of @name. */
void out_jump(struct asm_out *o, const struct word *name, u32 seq, enum fixup_kind kind);

/* Put @dist into @insn. Returns 0, or -EINVAL with a message at @at if it does not fit. */
int out_distance(struct asm_out *o, struct insn *insn, s64 dist, enum fixup_kind kind,
		 struct pos at);

/* Resolve all jumps at the end of the text. Returns 0 or -EINVAL. */
int out_finish(struct asm_out *o);

#endif
