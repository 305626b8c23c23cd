/* SPDX-License-Identifier: GPL-2.0 */
/* The lines of the guests, and the escape sequences that paint them. */
#ifndef CHECKJIT_LIVE_LINES_H
#define CHECKJIT_LIVE_LINES_H

#include "lib/strbuf.h"
#include "lib/types.h"

struct live_lines {
	struct live_line *list;
	u32 cnt, cap;
	u32 painted;	    /* lines that are on the terminal */
	struct strbuf rest; /* a line that has no end yet */
	bool over;	    /* the end was said */
};

/* What lib/status.h writes at the end: a mark without a name. */
#define LIVE_OVER "\036\n"

/*
 * Take @len bytes of the pipe. Append to @to what must be written to a terminal of @width columns
 * and @height rows.
 */
void live_take(struct live_lines *l, const char *bytes, size_t len, u32 width, u32 height,
	       struct strbuf *to);
void live_free(struct live_lines *l);

#endif
