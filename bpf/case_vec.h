/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The vec lines of an instance as case_vec.c parses them, for case_table.c to build struct vectors
 * from.
 */
#ifndef CHECKJIT_CASE_VEC_H
#define CHECKJIT_CASE_VEC_H

#include "bpf/case_tmpl.h"

#define MAX_COLS 64

struct assign {
	bool is_reg;
	u8 col;
	u8 size;	 /* of a memory literal: 1 2 4 8; 0: raw bytes */
	u32 off;	 /* in a row of windows */
	u32 cnt;	 /* values, or raw bytes */
	const u64 *vals; /* NULL: one; else own, or those of named values */
	u64 one;
	u64 *own;
	u8 *raw;
};

struct expect {
	struct expect_item item;
	u32 col; /* in the line, for messages */
};

struct instance_vec {
	u32 line;
	u32 nvecs;
	struct assign *assigns;
	u32 nassigns, acap;
	struct expect *expects;
	u32 nexpects, ecap;
};

/* A register name of the template and the register that it stands for in this instance. */
struct column {
	const char *name;
	u32 len;
	int reg;
};

/* Returns the bytes of @region's window with its guards, or 0 without one. */
u32 instance_win_size(const struct instance *m, int region);

#endif
