/* SPDX-License-Identifier: GPL-2.0 */
/* The kfuncs that cases know by name: those of proto/checkjit_kfunc.h. */
#ifndef CHECKJIT_KFUNC_TABLE_H
#define CHECKJIT_KFUNC_TABLE_H

#include "bpf/insn.h"
#include "proto/checkjit_kfunc.h"

#define KFUNC_MAX_ARGS 12

/* A type of C as the kernel's s8 … u64; void has no bits. */
struct ctype {
	u8 bits;
	bool is_signed;
};

struct kfunc {
	const char *name;
	bool own;		/* mixes its arguments; else the kernel's, which model_kfunc.c knows */
	u8 nargs;
	struct ctype ret, args[KFUNC_MAX_ARGS];
};

/* KFUNC_BASE + index of the kfunc @name, or -ENOENT; and back, or NULL. */
int kfunc_by_name(const char *name);
const char *kfunc_name(int nr);

/* What @nr (KFUNC_BASE + index) is; false: nothing that cases know. */
bool kfunc_get(int nr, struct kfunc *out);

#endif
