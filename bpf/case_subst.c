// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "bpf/case_subst.h"
#include "lib/util.h"

#define MAX_BODY (64u << 20) /* bytes after replacement */

static void make_room(struct subst *s, size_t n)
{
	if (s->len + n + 1 <= s->cap)
		return;
	while (s->len + n + 1 > s->cap)
		s->cap = s->cap ? 2 * s->cap : 1024;
	s->text = xrealloc(s->text, s->cap);
	s->map = xrealloc(s->map, s->cap * sizeof(*s->map));
}

/* @step 1: each byte has its own origin; 0: all come from @origin. */
static void append(struct subst *s, const char *text, size_t n, u32 origin, u32 step)
{
	make_room(s, n);
	memcpy(s->text + s->len, text, n);
	for (size_t i = 0; i < n; i++)
		s->map[s->len + i] = origin + i * step;
	s->len += n;
}

static void terminate(struct subst *s, u32 origin)
{
	make_room(s, 0);
	s->text[s->len] = '\0';
	s->map[s->len] = origin;
}

static const struct var *find_var(const struct vars *vars, const char *name, size_t len)
{
	for (u32 i = 0; i < vars->cnt; i++)
		if (!strncmp(vars->v[i].name, name, len) && !vars->v[i].name[len])
			return &vars->v[i];
	return NULL;
}

/* @text[from..to) with variables replaced. */
static void append_range(struct subst *s, const struct vars *vars, const char *text, u32 from,
			 u32 to)
{
	u32 done = from;

	for (u32 i = from; i < to; i++) {
		const struct var *v;
		u32 end = i + 1;

		if (text[i] != '{')
			continue;
		while (end < to && text[end] != '}' && text[end] != '\n')
			end++;
		if (end == to || text[end] != '}')
			continue;
		v = find_var(vars, text + i + 1, end - i - 1);
		if (!v)
			continue;
		append(s, text + done, i - done, done, 1);
		append(s, v->value, strlen(v->value), i, 0);
		done = end + 1;
		i = end;
	}
	append(s, text + done, to - done, done, 1);
}

void subst_text(struct subst *s, const struct vars *vars, const char *text)
{
	u32 len = strlen(text);

	s->len = 0;
	append_range(s, vars, text, 0, len);
	terminate(s, len);
}

/* Replace the line "repeat N INSN" at @start of s->text, which is the last. */
static int unroll(struct subst *s, size_t start, u32 line, const char *path, struct diag *diag)
{
	struct scan sc = {
		.file = path,
		.line = line,
		.col = 1,
		.text = s->text + start,
		.diag = diag,
	};
	u32 n, origin = s->map[start];
	size_t len;
	char *insn;

	s->text[s->len] = '\0';
	sc.p = sc.text + strspn(sc.text, " \t") + strlen("repeat");
	if (scan_u32(&sc, &n, 0, CASE_MAX_SLOTS, "number of repetitions"))
		return -EINVAL;
	if (scan_end(&sc))
		return scan_err(&sc, sc.p, "an instruction is missing (expected repeat N INSN)");
	insn = xasprintf("%s; ", sc.p);
	len = strlen(insn);
	s->len = start;
	if ((u64)n * len > MAX_BODY) {
		free(insn);
		return diag_set(diag, path, line, 0,
				"body too long (expected at most %u MB of text)", MAX_BODY >> 20);
	}
	while (n--)
		append(s, insn, len, origin, 0);
	free(insn);
	return 0;
}

int subst_body(struct subst *s, const struct vars *vars, const struct tmpl_line *l,
	       const char *path, struct diag *diag)
{
	u32 line = l->line, pos = 0, len = strlen(l->body);

	s->len = 0;
	while (pos < len) {
		u32 end = strchrnul(l->body + pos, '\n') - l->body;
		size_t start = s->len;
		const char *p;

		line++;
		append_range(s, vars, l->body, pos, end);
		terminate(s, end);
		p = s->text + start + strspn(s->text + start, " \t");
		if (!strncmp(p, "repeat ", 7) && unroll(s, start, line, path, diag))
			return -EINVAL;
		append(s, "\n", 1, end, 0);
		pos = end + 1;
	}
	terminate(s, len);
	return 0;
}

void subst_free(struct subst *s)
{
	free(s->text);
	free(s->map);
	memset(s, 0, sizeof(*s));
}
