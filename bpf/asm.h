/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Assembler and disassembler, in the dialect of clang and the kernel's selftests.
 *
 * A line has one instruction, or several separated by ';'. Comments are '#' at the start of a word,
 * '//' and C comments. "NAME:" defines a label; a jump target is a label or a distance in slots, +N
 * or -N, where 0 is the next slot. NAME may also be a number: 1b is the last "1:" and 1f the next
 * one. As in clang, an immediate from 0x80000000 to 0xffffffff is a pattern of 32 bits, even if the
 * instruction sign-extends it; the extended form, 0xffffffff80000000 and up, is accepted too. "%%="
 * and labels that end in "%=" have their meaning of inline assembly.
 * ".insn 0xDIGITS" is any slot: the 16 hex digits that `checkjit asm` prints (8 bytes in
 * little-endian layout).
 * "call 5" calls a helper, "call +5" or "call -5" a subprogram by distance. Kfuncs are "call NAME"
 * (bpf/kfunc.h), "call kfunc ID" or "call kfunc ID:FD_INDEX".
 * A function begins with
 *	func NAME [args N] [ret void] [global] [callback] [exception]:
 * and ends before the next one. Everything before the first func line is the function "main".
 *
 * ld_imm64 (bpf/isa.h, BPF_PSEUDO_*):
 *	r1 = 0x1122334455667788 ll
 *	r1 = map_fd[N] ll, r1 = map_value[N][OFF] ll		by file descriptor (src 1, 2)
 *	r1 = map_idx[N] ll, r1 = map_idx_value[N][OFF] ll	by index in fd_array (src 5, 6)
 *	r1 = btf_id[N] ll, r1 = btf_id[N:FD] ll			(src 3)
 *	r1 = func[+N] ll, r1 = func[LABEL] ll			(src 4)
 *	r1 = &NAME ll, r1 = &NAME + OFF ll			a map of the case by name,
 *								an address in its value
 */
#ifndef CHECKJIT_ASM_H
#define CHECKJIT_ASM_H

#include <stdio.h>
#include "bpf/insn.h"
#include "lib/diag.h"

#define MAX_SUBPROG_ARGS 12 /* MAX_BPF_FUNC_ARGS of include/linux/bpf.h */

enum func_flags {
	FUNC_GLOBAL = 1 << 0,	/* BTF_FUNC_GLOBAL linkage: verified on its own */
	FUNC_CALLBACK = 1 << 1, /* its address is taken with func[NAME] */
	FUNC_VOID = 1 << 2,
	FUNC_EXCEPTION = 1 << 3, /* the exception callback that bpf_throw() calls; global too */
};

struct func {
	char *name;
	u32 start; /* first slot */
	u8 nargs;  /* of its BTF prototype, 0..MAX_SUBPROG_ARGS */
	u8 flags;  /* enum func_flags */
};

/* One BPF program: the slots of main and of its subprograms. */
struct code {
	struct insn *insns;
	u32 *lines; /* source line of each slot, from 1 */
	u32 cnt;
	struct func *funcs; /* funcs[0] is main, start 0; ascending */
	u32 nfuncs;
	bool classic; /* instructions of bpf/classic.h */
};

/* How names are resolved. map() returns the index in fd_array of the map after '&', or -ENOENT. */
struct asm_syms {
	int (*map_index)(void *ctx, const char *name);
	/* called for each label at the end, unless NULL */
	void (*label)(void *ctx, const char *name, size_t len, u32 slot);
	void *ctx;
};

/*
 * Assemble @text, whose first line is @line of @file. Without @syms there is no '&NAME'.
 * Returns 0 with @out filled, which the caller frees with code_free(), or -EINVAL with @diag
 * filled.
 */
int asm_assemble(const char *text, const char *file, int line, const struct asm_syms *syms,
		 struct code *out, struct diag *diag);

void code_free(struct code *code);
void code_copy(struct code *dst, const struct code *src);

/* Returns the number of slots of main, which precede those of the subprograms. */
u32 code_main_cnt(const struct code *code);

/*
 * Print the instruction at @insn (ld_imm64: and @insn[1]) without a newline. Jump and call targets
 * are distances (+N). An encoding outside the table becomes ".insn 0x…" with 16 hex digits, which
 * the assembler accepts. Returns the length of the text, as snprintf() does.
 */
int insn_print(char *buf, size_t size, const struct insn *insn);
/* Likewise for slot @slot of @code, which may be a classic filter. */
int code_insn_print(char *buf, size_t size, const struct code *code, u32 slot);

/*
 * Print @code as text that asm_assemble() turns into the same slots: labels L<slot>, func lines,
 * one instruction per line. Each line begins with @indent.
 */
void code_print(FILE *f, const struct code *code, const char *indent);

/*
 * Return the number of the helper called @name, with or without "bpf_", or -ENOENT; and the name of
 * helper @nr, or NULL.
 */
int helper_by_name(const char *name);
const char *helper_name(int nr);

#endif
