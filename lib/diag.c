// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include "lib/diag.h"

int diag_set(struct diag *d, const char *file, int line, int col, const char *fmt, ...)
{
	va_list ap;

	if (!d)
		return -EINVAL;
	snprintf(d->file, sizeof(d->file), "%s", file ? file : "<input>");
	d->line = line;
	d->col = col;
	va_start(ap, fmt);
	vsnprintf(d->msg, sizeof(d->msg), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

void diag_print(const struct diag *d)
{
	if (d->line && d->col)
		fprintf(stderr, "%s:%d:%d: %s\n", d->file, d->line, d->col, d->msg);
	else if (d->line)
		fprintf(stderr, "%s:%d: %s\n", d->file, d->line, d->msg);
	else
		fprintf(stderr, "%s: %s\n", d->file, d->msg);
}
