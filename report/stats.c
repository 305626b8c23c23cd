// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "lib/outfile.h"
#include "lib/util.h"
#include "report/stats.h"

#define FIELDS_MAX 16

/* The numbers behind the key of a line, in their order. */
struct stats_line {
	char *key;
	struct {
		char *name;
		double value;
		bool whole; /* a count, no time */
	} fields[FIELDS_MAX];
	u32 nfields;
};

static struct stats_line *line_of(struct stats *s, const char *key)
{
	const struct strset_entry *e = strset_find(&s->keys, key);

	if (!e) {
		ARRAY_GROW(s->lines, s->cnt, s->cap);
		s->lines[s->cnt] = (struct stats_line){ .key = xstrdup(key) };
		e = strset_add(&s->keys, key, s->cnt++);
	}
	return &s->lines[e->value];
}

/* @word: "cases=261" */
static void add_field(struct stats_line *line, char *word)
{
	char *value = strchr(word, '=');
	u32 i;

	if (!value)
		return;
	*value++ = '\0';
	for (i = 0; i < line->nfields && strcmp(line->fields[i].name, word); i++)
		;
	if (i == FIELDS_MAX)
		return;
	if (i == line->nfields) {
		line->fields[line->nfields++].name = xstrdup(word);
		line->fields[i].whole = !strchr(value, '.');
	}
	line->fields[i].value += strtod(value, NULL);
}

void stats_add(struct stats *s, const char *dir, const char *arch)
{
	char *path = xasprintf("%s/%s.stats", dir, arch), *text = read_file(path, NULL),
	     *next = text, *line;

	while (next && (line = strsep(&next, "\n"))) {
		char *save = NULL, *word = strtok_r(line, " ", &save);
		struct stats_line *to = word ? line_of(s, word) : NULL;

		while (to && (word = strtok_r(NULL, " ", &save)))
			add_field(to, word);
	}
	free(text);
	free(path);
}

int stats_write(const struct stats *s, const char *dir, const char *arch)
{
	char *path = xasprintf("%s/%s.stats", dir, arch);
	struct outfile out;
	int ret = outfile_open(&out, path);

	free(path);
	if (ret)
		return ret;
	for (u32 i = 0; i < s->cnt; i++) {
		fputs(s->lines[i].key, out.f);
		for (u32 k = 0; k < s->lines[i].nfields; k++)
			fprintf(out.f, " %s=%.*f", s->lines[i].fields[k].name,
				s->lines[i].fields[k].whole ? 0 : 3, s->lines[i].fields[k].value);
		fputc('\n', out.f);
	}
	return outfile_close(&out, true);
}

void stats_free(struct stats *s)
{
	for (u32 i = 0; i < s->cnt; i++) {
		for (u32 k = 0; k < s->lines[i].nfields; k++)
			free(s->lines[i].fields[k].name);
		free(s->lines[i].key);
	}
	free(s->lines);
	strset_free(&s->keys);
	*s = (struct stats){};
}
