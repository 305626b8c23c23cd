/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Assembler and disassembler, in the dialect of clang and the kernel's selftests.
 *
 * One instruction a line (or several separated by ';'); comments: '#' at the start of a word, '//', C comments.
 * A label is NAME: ; a jump target is a label or a distance in slots, +N or -N (0 is the next slot).
 * NAME may also be a number; then 1b is the last 1: and 1f the next one. An immediate of 0x80000000 to 0xffffffff is,
 * as in clang, the pattern of 32 bits, also where an instruction extends its sign; 0xffffffff80000000 and more are
 * what the extension makes of it. %%= and labels that end in %= are read as inline assembly means them.
 * Any slot at all: .insn 0xDIGITS, the 16 hex digits that `checkjit asm` writes (8 bytes, little-endian layout).
 * call 5 is a helper, call +5 or call -5 a subprogram by distance; kfunc: call NAME (bpf/kfunc.h), call kfunc ID or call
 * kfunc ID:FD_INDEX.
 * A function is opened by
 *	func NAME [args N] [ret void] [global] [callback] [exception]:
 * and ends where the next one begins. What stands before the first func line is the function "main".
 *
 * ld_imm64 (bpf/isa.h, BPF_PSEUDO_*):
 *	r1 = 0x1122334455667788 ll
 *	r1 = map_fd[N] ll		r1 = map_value[N][OFF] ll	by file descriptor (src 1, 2)
 *	r1 = map_idx[N] ll		r1 = map_idx_value[N][OFF] ll	by place in fd_array (src 5, 6)
 *	r1 = btf_id[N] ll or btf_id[N:FD] ll				(src 3)
 *	r1 = func[+N] ll or func[LABEL] ll				(src 4)
 *	r1 = &NAME ll			r1 = &NAME + OFF ll		a map of the case by name: its pointer, and the
 *									address of its value; resolved through asm_syms
 */
#ifndef CHECKJIT_ASM_H
#define CHECKJIT_ASM_H

#include <stdio.h>
#include "bpf/insn.h"
#include "lib/diag.h"

#define MAX_SUBPROG_ARGS 12	/* MAX_BPF_FUNC_ARGS of include/linux/bpf.h */

enum func_flags {
	FUNC_GLOBAL = 1 << 0,	/* BTF_FUNC_GLOBAL linkage: verified on its own */
	FUNC_CALLBACK = 1 << 1,	/* its address is taken with func[NAME] */
	FUNC_VOID = 1 << 2,
	FUNC_EXCEPTION = 1 << 3, /* what bpf_throw() calls in place of the default exception callback; global too */
};

struct func {
	char *name;
	u32 start;		/* first slot */
	u8 nargs;		/* of its BTF prototype, 0..MAX_SUBPROG_ARGS */
	u8 flags;		/* enum func_flags */
};

/* One BPF program: main and its subprograms in one array of slots. */
struct code {
	struct insn *insns;
	u32 *lines;		/* source line of each slot, from 1 */
	u32 cnt;
	struct func *funcs;	/* funcs[0] is main, start 0; ascending */
	u32 nfuncs;
	bool classic;		/* instructions of bpf/classic.h */
};

/* What a name after '&' means: the map's index in fd_array, or -ENOENT. */
struct asm_syms {
	int (*map_index)(void *ctx, const char *name);
	void (*label)(void *ctx, const char *name, size_t len, u32 slot);	/* or NULL: of each label, when all are known */
	void *ctx;
};

/*
 * Assemble @text; @file and @line (of its first line) are for messages. @syms may be NULL: then no '&NAME'.
 * Returns 0, or -EINVAL with @diag filled. @out is then empty; else the caller frees it with code_free().
 */
int asm_assemble(const char *text, const char *file, int line, const struct asm_syms *syms,
		 struct code *out, struct diag *diag);

void code_free(struct code *code);
void code_copy(struct code *dst, const struct code *src);

/* Slots of main, which come before those of the subprograms. */
u32 code_main_cnt(const struct code *code);

/*
 * The text of the instruction at @insn (@insn[1] is read for ld_imm64), without a newline.
 * Jump and call targets are written as distances (+N). An encoding outside the table becomes
 * ".insn 0x…" with the 16 hex digits, which the assembler takes back.
 * Returns the length that the text has (as snprintf), and never writes more than @size bytes.
 */
int insn_print(char *buf, size_t size, const struct insn *insn);
/* Likewise at a slot of @code, in whichever language that is. */
int code_insn_print(char *buf, size_t size, const struct code *code, u32 slot);

/* @code as text that asm_assemble() turns into the same slots: labels L<slot>, func lines, one instruction
 * a line, every line begun with @indent. */
void code_print(FILE *f, const struct code *code, const char *indent);

/* The number of a stock helper by name ("bpf_map_lookup_elem" or without bpf_), or -ENOENT; and back, or NULL. */
int helper_by_name(const char *name);
const char *helper_name(int nr);

#endif
