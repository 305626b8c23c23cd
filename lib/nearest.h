/* SPDX-License-Identifier: GPL-2.0 */
/* "did you mean": finds the known word nearest to a mistyped one. */
#ifndef CHECKJIT_NEAREST_H
#define CHECKJIT_NEAREST_H

#include "lib/types.h"

/* Returns the Levenshtein distance of @a and @b, at most 255. */
u32 edit_distance(const char *a, const char *b);

/* A search for the candidate nearest to @word. */
struct nearest {
	const char *word;
	const char *best; /* NULL: no candidate is near enough */
	u32 dist;
	char hint[200];
};

void nearest_init(struct nearest *n, const char *word);
void nearest_offer(struct nearest *n, const char *candidate);

/* Returns "did you mean WORD", or @otherwise if no candidate is near enough. */
const char *nearest_hint(struct nearest *n, const char *otherwise);

#endif
