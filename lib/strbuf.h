/* SPDX-License-Identifier: GPL-2.0 */
/* A string that grows. All zero is the empty string. */
#ifndef CHECKJIT_STRBUF_H
#define CHECKJIT_STRBUF_H

#include "lib/types.h"

struct strbuf {
	char *s;
	size_t len, cap;
};

/* Append formatted text. */
void strbuf_add(struct strbuf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Append formatted text, behind @sep unless it is the first. */
void strbuf_join(struct strbuf *b, const char *sep, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The string, never NULL, which the caller frees. The buffer is empty afterwards. */
char *strbuf_take(struct strbuf *b);

/* The @n @words with @sep between them. The caller frees it. */
char *join_words(char *const *words, u32 n, const char *sep);

#endif
