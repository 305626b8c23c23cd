/* SPDX-License-Identifier: GPL-2.0 */
/* Programs with functions: the JIT compiles each function as a program of its own. */
#ifndef CHECKJIT_MODULE_FUNCS_H
#define CHECKJIT_MODULE_FUNCS_H

#include <linux/filter.h>

/* A loaded program: func[0] is main. */
struct funcs {
	struct bpf_prog **func;
	u32 cnt;
};

/*
 * Split the @cnt insns at @insns where bpf2bpf calls enter them, and number those calls. Each of
 * the new programs has a stack of @stack_depth bytes. funcs_free() in any case. Returns 0; -EINVAL
 * if a call leaves the program, -E2BIG for too many functions, -ENOMEM.
 */
int funcs_split(struct funcs *f, struct bpf_insn *insns, u32 cnt, u32 stack_depth);

/*
 * Choose the JIT or the interpreter. Only the JIT takes calls: without it a program that has some
 * is refused with -ENOTSUPP. Returns 0 or -errno.
 */
int funcs_compile(struct funcs *f);

/* Bytes of native code, 0: interpreted. */
u32 funcs_jited_len(const struct funcs *f);
void funcs_free(struct funcs *f);

#endif
