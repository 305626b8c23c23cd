/* SPDX-License-Identifier: GPL-2.0 */
/* The BTF and func_info that the kernel wants for programs with callbacks, stack arguments and subprogram tail calls. */
#ifndef CHECKJIT_BTF_H
#define CHECKJIT_BTF_H

#include "bpf/asm.h"

struct prog_btf {
	u8 *data;		/* for BPF_BTF_LOAD, in the guest's byte order */
	u32 size;
	u32 *type_ids;		/* nfuncs: type id of the FUNC of code->funcs[i] (func_info.type_id) */
};

/*
 * BTF of @code, made with libbpf: int main(void *ctx), or, where main is FUNC_GLOBAL, the function that it stands for; and for
 * each subprogram its arguments as u64 (long) and its return type; linkage static, or global where FUNC_GLOBAL. 0 or -errno.
 */
int prog_btf_build(const struct code *code, enum byte_order order, struct prog_btf *out);
void prog_btf_free(struct prog_btf *b);

/* True where the kernel wants BTF for @code: to put it in a function's place, stack arguments, callbacks, global functions, or
 * tail calls and packet loads in subprograms. */
bool prog_needs_btf(const struct code *code);

#endif
