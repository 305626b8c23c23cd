// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "cmd/live_lines.h"
#include "lib/status.h"
#include "lib/util.h"

struct live_line {
	char *name, *text;
};

/* ---- what is said ---- */

static void set_line(struct live_lines *l, const char *name, const char *text)
{
	u32 i;

	for (i = 0; i < l->cnt && strcmp(l->list[i].name, name); i++)
		;
	if (i < l->cnt) {
		free(l->list[i].text);
	} else if (*text) {
		ARRAY_GROW(l->list, l->cnt, l->cap);
		l->list[l->cnt++].name = xstrdup(name);
	} else {
		return;
	}
	if (*text) {
		l->list[i].text = xstrdup(text);
		return;
	}
	free(l->list[i].name);
	l->cnt--;
	memmove(l->list + i, l->list + i + 1, (l->cnt - i) * sizeof(*l->list));
}

/* A message: as it is, without what would move the cursor. */
static void add_message(struct strbuf *to, char *line)
{
	for (char *s = line; *s; s++)
		if (((u8)*s < ' ' && *s != '\t') || *s == 0x7f)
			*s = '?';
	strbuf_add(to, "%s\n", line);
}

/* @line is the name and the text, behind the mark. */
static void take_status(struct live_lines *l, char *line)
{
	char *text = strchr(line, '\t');

	if (!*line)
		l->over = true;
	if (!text)
		return;
	*text++ = '\0';
	set_line(l, line, text);
}

/* Returns the messages among the lines that have an end; the last line stays in l->rest. */
static char *take_lines(struct live_lines *l, const char *bytes, size_t len)
{
	struct strbuf messages = {};
	char *all, *next, *line, *end;

	strbuf_add(&l->rest, "%.*s", (int)len, bytes);
	all = next = strbuf_take(&l->rest);
	while (!l->over && (end = strchr(next, '\n'))) {
		line = next;
		*end = '\0';
		next = end + 1;
		if (*line == STATUS_MARK)
			take_status(l, line + 1);
		else
			add_message(&messages, line);
	}
	if (l->over && *next)
		add_message(&messages, next);
	else if (!l->over)
		strbuf_add(&l->rest, "%s", next);
	free(all);
	return strbuf_take(&messages);
}

/* ---- what is painted ---- */

/* One column for each character; names and texts are plain. */
static void add_cut(struct strbuf *to, const char *s, u32 width)
{
	for (; *s && width; s++) {
		bool continued = ((u8)*s & 0xc0) == 0x80;

		strbuf_add(to, "%c", (u8)*s < ' ' || *s == 0x7f ? '?' : *s);
		/* a character ends where the next byte does not continue it */
		width -= !continued;
	}
	while (((u8)*s & 0xc0) == 0x80)
		strbuf_add(to, "%c", *s++);
	strbuf_add(to, "\n");
}

static u32 name_width(const struct live_lines *l)
{
	size_t most = 8;

	for (u32 i = 0; i < l->cnt; i++)
		most = strlen(l->list[i].name) > most ? strlen(l->list[i].name) : most;
	return most;
}

static void paint(struct live_lines *l, u32 width, u32 height, struct strbuf *to)
{
	u32 room = height > 2 ? height - 1 : 1, shown = l->cnt > room ? room - 1 : l->cnt;
	int names = name_width(l);

	/* the last column stays free: some terminals go on to the next line there */
	width = width > 1 ? width - 1 : 1;
	for (u32 i = 0; i < shown; i++) {
		char *line = xasprintf("%-*s %s", names, l->list[i].name, l->list[i].text);

		add_cut(to, line, width);
		free(line);
	}
	l->painted = shown;
	if (shown < l->cnt) {
		char *line = xasprintf("and %u more", l->cnt - shown);

		add_cut(to, line, width);
		free(line);
		l->painted++;
	}
}

void live_take(struct live_lines *l, const char *bytes, size_t len, u32 width, u32 height,
	       struct strbuf *to)
{
	char *messages = take_lines(l, bytes, len);

	if (l->painted)
		strbuf_add(to, "\033[%uA\r\033[J", l->painted);
	strbuf_add(to, "%s", messages);
	l->painted = 0;
	if (!l->over)
		paint(l, width, height, to);
	free(messages);
}

void live_free(struct live_lines *l)
{
	for (u32 i = 0; i < l->cnt; i++) {
		free(l->list[i].name);
		free(l->list[i].text);
	}
	free(l->list);
	free(strbuf_take(&l->rest));
	*l = (struct live_lines){};
}
