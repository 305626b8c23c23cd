/* SPDX-License-Identifier: GPL-2.0 */
/* Replaces {V} by its value in an instance and maps positions back for messages. */
#ifndef CHECKJIT_CASE_SUBST_H
#define CHECKJIT_CASE_SUBST_H

#include "bpf/case_tmpl.h"

struct var {
	const char *name, *value, *id;
};

struct vars {
	struct var v[MAX_VARS];
	u32 cnt;
};

/*
 * A reusable buffer: @text and, for each of its bytes and the NUL, the offset before replacement.
 */
struct subst {
	char *text;
	u32 *map;
	size_t len, cap;
};

void subst_text(struct subst *s, const struct vars *vars, const char *text);

/*
 * Replace {V} in the body of program line @l, and `repeat N INSN` by N times INSN in one line, so
 * that line numbers stay.
 */
int subst_body(struct subst *s, const struct vars *vars, const struct tmpl_line *l,
	       const char *path, struct diag *diag);
void subst_free(struct subst *s);

#endif
