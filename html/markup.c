// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdarg.h>
#include <string.h>
#include "html/markup.h"
#include "lib/types.h"

static const char *escape(char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void markup_text(FILE *f, const char *s)
{
	for (; s && *s; s++) {
		const char *e = escape(*s);

		if (e)
			fputs(e, f);
		else
			fputc(*s, f);
	}
}

void markup(FILE *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			fputc(*fmt, f);
			continue;
		}
		switch (*++fmt) {
		case 's':
			markup_text(f, va_arg(ap, const char *));
			break;
		case 'u':
			fprintf(f, "%u", va_arg(ap, u32));
			break;
		default:
			fputc(*fmt, f);
		}
	}
	va_end(ap);
}

void markup_url(FILE *f, const char *s)
{
	for (; *s; s++)
		if (isalnum((unsigned char)*s) || strchr("-_.~", *s))
			fputc(*s, f);
		else
			fprintf(f, "%%%02X", (u8)*s);
}

/* "<" is escaped for the case that the script ever stands in a page. */
void markup_script(FILE *f, const char *s)
{
	fputc('"', f);
	for (; *s; s++)
		if ((u8)*s < 0x20 || strchr("\"\\<>&", *s))
			fprintf(f, "\\u%04x", (u8)*s);
		else
			fputc(*s, f);
	fputc('"', f);
}
