/* SPDX-License-Identifier: GPL-2.0 */
/* Lists in one text: "a+b+c". */
#ifndef CHECKJIT_WORDS_H
#define CHECKJIT_WORDS_H

#include "lib/types.h"

/* Says something of @word, with the @ctx that was given. */
typedef bool word_fn(const void *ctx, const char *word);

/* Does @is say yes of one of the words of @list, between which is one of @separators? */
bool words_any(const char *list, const char *separators, word_fn *is, const void *ctx);
/* Does it of all of them? Nothing between two separators is a word, too. */
bool words_all(const char *list, const char *separators, word_fn *is, const void *ctx);

#endif
