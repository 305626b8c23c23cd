/* SPDX-License-Identifier: GPL-2.0 */
/* What a family's build() calls to put a case together. */
#ifndef CHECKJIT_GEN_BUILD_H
#define CHECKJIT_GEN_BUILD_H

#include "gen/gen.h"
#include "gen/vecs.h"

struct gen {
	struct bpf_case *c;
	const struct gen_family *family;
	u32 cap;    /* of progs[0].insns */
	FILE *text; /* gen/text.h: the case as text, or NULL */
	char *buf;
	size_t len;
};

/* Append to main's body. gen_insn() also sees to what the kernel must be able to do for it (needs).
 */
void gen_insn(struct gen *g, struct insn insn);
void gen_row_insn(struct gen *g, const struct insn_desc *d, u8 dst, u8 src, s16 off, s32 imm);
/* A 64-bit operation: @op is BPF_ADD | BPF_K and the like. */
void gen_alu64(struct gen *g, u8 op, u8 dst, u8 src, s32 imm);
void gen_imm64(struct gen *g, u8 dst, u64 value);
/* Jump @d over an instruction that changes @dst. */
void gen_jump_over_mark(struct gen *g, const struct insn_desc *d, u8 dst, u8 src, s32 imm);

/* The inputs: register k finds column k of @t. Takes a reference of its own. */
void gen_inputs(struct gen *g, struct vectors *t);
/* rK holds an address in a window of the table given before. */
void gen_pointer(struct gen *g, u8 reg, enum region region, s32 off);

/* From here on the case is a classic filter, made of classic_insn(); @t has its packets:
 * vecs_packets(). */
void gen_classic(struct gen *g, struct vectors *t);

void gen_need(struct gen *g, const char *cap);
/* Add the capability that @insn needs, if any. */
void gen_need_insn(struct gen *g, const struct insn *insn);

#endif
