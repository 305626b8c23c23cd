/* SPDX-License-Identifier: GPL-2.0 */
/* Text as HTML. Records have texts of guests: whatever they say, it must stay text. */
#ifndef CHECKJIT_HTML_MARKUP_H
#define CHECKJIT_HTML_MARKUP_H

#include <stdio.h>

/*
 * Print @fmt, which is HTML. It may contain %s, %u and %%. What stands for %s is escaped, for an
 * element and for an attribute in double quotes; NULL prints nothing.
 */
void markup(FILE *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Print @s as %s of markup() does. */
void markup_text(FILE *f, const char *s);

/* Print @s as a part of an address, and as a string of JavaScript with its quotes. */
void markup_url(FILE *f, const char *s);
void markup_script(FILE *f, const char *s);

#endif
