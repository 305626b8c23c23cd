/* SPDX-License-Identifier: GPL-2.0 */
/* Kfuncs: cases name them by number, the kernel by BTF id. */
#ifndef CHECKJIT_AGENT_KFUNC_H
#define CHECKJIT_AGENT_KFUNC_H

#include <linux/bpf.h>
#include "agent/types.h"
#include "proto/checkjit_kfunc.h"

/* Insert the module of the kfuncs. -ENOENT: this guest lacks it (BTF=1 builds it). */
int kfunc_init(void);

/* Returns a descriptor of the module's BTF, or -1. */
int kfunc_btf(void);

/* Returns the BTF id of kfunc @nr (KFUNC_BASE + index), or -errno. */
int kfunc_id(u32 nr);

/* What programs of struct_ops need of the module. */
const struct kfunc_ops *kfunc_ops(void);

/*
 * Write this kernel's BTF ids into the calls of kfuncs; fd_array[@btf_index] is kfunc_btf(). Calls
 * that were resolved before are left alone.
 */
void kfunc_resolve(struct bpf_insn *insns, u32 nr_insns, u32 btf_index);

#endif
