// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include "lib/nearest.h"

#define MAX_WORD 160

static u32 min3(u32 a, u32 b, u32 c)
{
	u32 m = a < b ? a : b;

	return m < c ? m : c;
}

u32 edit_distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b);
	u32 row[MAX_WORD + 1];

	if (la > MAX_WORD || lb > MAX_WORD)
		return 255;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		u32 diag = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			u32 up = row[j];

			row[j] = min3(up + 1, row[j - 1] + 1, diag + (a[i - 1] != b[j - 1]));
			diag = up;
		}
	}
	return row[lb];
}

void nearest_init(struct nearest *n, const char *word)
{
	n->word = word;
	n->best = NULL;
	/* up to a third of the letters may be wrong in a typing error */
	n->dist = strlen(word) / 3 + 2;
}

void nearest_offer(struct nearest *n, const char *candidate)
{
	u32 d = edit_distance(n->word, candidate);

	if (d < n->dist) {
		n->dist = d;
		n->best = candidate;
	}
}

const char *nearest_hint(struct nearest *n, const char *otherwise)
{
	if (!n->best)
		return otherwise;
	snprintf(n->hint, sizeof(n->hint), "did you mean %s", n->best);
	return n->hint;
}
