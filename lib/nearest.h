/* SPDX-License-Identifier: GPL-2.0 */
/* "did you mean": the known word nearest to a mistyped one. */
#ifndef CHECKJIT_NEAREST_H
#define CHECKJIT_NEAREST_H

#include "lib/types.h"

/* Levenshtein distance of @a and @b, cut off at 255. */
u32 edit_distance(const char *a, const char *b);

/* Remembers the best of the candidates it is shown. */
struct nearest {
	const char *word;
	const char *best;	/* NULL: nothing near enough */
	u32 dist;
	char hint[200];
};

void nearest_init(struct nearest *n, const char *word);
void nearest_offer(struct nearest *n, const char *candidate);

/* "did you mean WORD", or @otherwise where nothing was near. */
const char *nearest_hint(struct nearest *n, const char *otherwise);

#endif
