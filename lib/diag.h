/* SPDX-License-Identifier: GPL-2.0 */
/* One error in a user's input: its position, what is wrong and what was expected. */
#ifndef CHECKJIT_DIAG_H
#define CHECKJIT_DIAG_H

#include "lib/types.h"

struct diag {
	char file[256];
	int line;      /* from 1; 0: the whole file */
	int col;       /* from 1; 0: the whole line */
	char msg[512]; /* "what is wrong (what was expected)" */
};

/* Fill @d (may be NULL) and return -EINVAL, so that a parser can `return diag_set(...)`. */
int diag_set(struct diag *d, const char *file, int line, int col, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* Print "file:line:col: msg" to stderr. */
void diag_print(const struct diag *d);

#endif
