/* SPDX-License-Identifier: GPL-2.0 */
/*
 * BTF and func_info for programs that need them: callbacks, stack arguments, subprogram tail calls.
 */
#ifndef CHECKJIT_BTF_H
#define CHECKJIT_BTF_H

#include "bpf/asm.h"

struct prog_btf {
	u8 *data; /* for BPF_BTF_LOAD, in the guest's byte order */
	u32 size;
	u32 *type_ids; /* nfuncs: type id of the FUNC of code->funcs[i] (func_info.type_id) */
};

/*
 * Make BTF for @code with libbpf. main is "int main(void *ctx)" or, if it is FUNC_GLOBAL, has the
 * prototype of the function that it replaces. Subprograms take u64 arguments and are static unless
 * FUNC_GLOBAL. Returns 0 or -errno.
 */
int prog_btf_build(const struct code *code, enum byte_order order, struct prog_btf *out);
void prog_btf_free(struct prog_btf *b);

/*
 * Does the kernel require BTF for @code? It does to replace a function, for stack arguments,
 * callbacks, global functions, and for tail calls and packet loads in subprograms.
 */
bool prog_needs_btf(const struct code *code);

#endif
