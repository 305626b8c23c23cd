/* SPDX-License-Identifier: GPL-2.0 */
/* The kfuncs of proto/checkjit_kfunc.h, which cases call by name. */
#ifndef CHECKJIT_KFUNC_TABLE_H
#define CHECKJIT_KFUNC_TABLE_H

#include "bpf/insn.h"
#include "proto/checkjit_kfunc.h"

#define KFUNC_MAX_ARGS 12

/* An integer type of C by its size and sign; void has no bits. */
struct ctype {
	u8 bits;
	bool is_signed;
};

struct kfunc {
	const char *name;
	bool own;	  /* ours, which mixes its arguments; else the kernel's */
	bool inner;	  /* checkjit_in_*: no program calls it; its arguments are words */
	bool replaceable; /* likewise, and a program of struct_ops may take its place */
	int passes;	  /* checkjit_to_*: the number of the inner one that it calls, or 0 */
	u8 nargs;
	struct ctype ret, args[KFUNC_MAX_ARGS];
};

/* Return KFUNC_BASE + index of the kfunc @name, or -ENOENT; and the name of kfunc @nr, or NULL. */
int kfunc_by_name(const char *name);
const char *kfunc_name(int nr);

/* Describe kfunc @nr (KFUNC_BASE + index). Returns false if there is none. */
bool kfunc_get(int nr, struct kfunc *out);

#endif
