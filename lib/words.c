// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include "lib/util.h"
#include "lib/words.h"

/* Does @is say @answer of one of the words? */
static bool any_says(bool answer, const char *list, const char *separators, word_fn *is,
		     const void *ctx)
{
	char *copy = xstrdup(list), *next = copy, *word;
	bool found = false;

	while (!found && (word = strsep(&next, separators)))
		found = is(ctx, word) == answer;
	free(copy);
	return found;
}

bool words_any(const char *list, const char *separators, word_fn *is, const void *ctx)
{
	return any_says(true, list, separators, is, ctx);
}

bool words_all(const char *list, const char *separators, word_fn *is, const void *ctx)
{
	return !any_says(false, list, separators, is, ctx);
}
