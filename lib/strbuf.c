// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include "lib/strbuf.h"
#include "lib/util.h"

static void add(struct strbuf *b, const char *fmt, va_list ap)
{
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (len < 0)
		return;
	if (b->len + len + 1 > b->cap) {
		b->cap = 2 * (b->len + len + 1);
		b->s = xrealloc(b->s, b->cap);
	}
	vsnprintf(b->s + b->len, len + 1, fmt, ap);
	b->len += len;
}

void strbuf_add(struct strbuf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(b, fmt, ap);
	va_end(ap);
}

void strbuf_join(struct strbuf *b, const char *sep, const char *fmt, ...)
{
	va_list ap;

	if (b->len)
		strbuf_add(b, "%s", sep);
	va_start(ap, fmt);
	add(b, fmt, ap);
	va_end(ap);
}

char *strbuf_take(struct strbuf *b)
{
	char *s = b->s ? b->s : xstrdup("");

	*b = (struct strbuf){ 0 };
	return s;
}

char *join_words(char *const *words, u32 n, const char *sep)
{
	struct strbuf b = { 0 };

	for (u32 i = 0; i < n; i++)
		strbuf_join(&b, sep, "%s", words[i]);
	return strbuf_take(&b);
}
