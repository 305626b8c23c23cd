/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The same cases on several releases of a kernel, as a table: which bug of results/known is on
 * which release. It proves the ranges of releases in the rows, or shows where they are wrong.
 */
#ifndef CHECKJIT_LADDER_H
#define CHECKJIT_LADDER_H

#include <stdio.h>
#include "report/record.h"
#include "session/known.h"

/* One release. */
struct ladder_rung {
	const char *release;
	const struct run *run; /* NULL: the release could not be tested */
	const char *why;       /* the reason, where @run is NULL */
};

/*
 * Print the table of @n releases, oldest first, as markdown: a line for each bug of @known, then
 * one for each other case that fails somewhere. Returns EXIT_FINDINGS if a cell contradicts @known,
 * else EXIT_OK.
 */
int ladder_print(FILE *f, const struct known *known, const struct ladder_rung *rungs, u32 n);

/* Returns the patterns of the cases that @known needs, separated by blanks; the caller frees. */
char *ladder_cases(const struct known *known);

#endif
