// SPDX-License-Identifier: GPL-2.0
/* Parses a .case file to a list of templates: keywords, whole programs, sweeps, names in {…}. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "bpf/case_tmpl.h"
#include "lib/nearest.h"
#include "lib/util.h"

const char *const keyword_names[NR_KEYWORDS] = {
	[KW_DOC] = "doc",     [KW_GUARDS] = "guards", [KW_ID] = "id",
	[KW_NEEDS] = "needs", [KW_SWEEP] = "sweep",   [KW_SKIP] = "skip",
	[KW_FRAME] = "frame", [KW_ALONE] = "alone",   [KW_RAW] = "raw",
	[KW_MEM] = "mem",     [KW_STACK] = "stack",   [KW_CTX] = "ctx",
	[KW_PTR] = "ptr",     [KW_MAP] = "map",	      [KW_OUT] = "out",
	[KW_PROG] = "prog",   [KW_ATTACH] = "attach", [KW_TYPE] = "type",
	[KW_VEC] = "vec",     [KW_REJECT] = "reject", [KW_EITHER] = "either",
	[KW_FOLDS] = "folds", [KW_ACCEPT] = "accept",
};

/* Lines that a case may have only once. */
static const bool only_once[NR_KEYWORDS] = {
	[KW_ID] = true,	   [KW_TYPE] = true, [KW_FRAME] = true,
	[KW_ALONE] = true, [KW_RAW] = true,  [KW_FOLDS] = true,
};

struct parser {
	const char *path;
	const char *next; /* text behind the current line */
	u32 lineno;
	char *line; /* copy of the current line */
	struct case_file *file;
	struct case_tmpl *t;
	const char *vars[MAX_VARS];
	u32 nvars;
	struct diag *diag;
};

static int err_at(struct parser *ps, u32 line, size_t col, const char *fmt, const char *arg)
{
	return diag_set(ps->diag, ps->path, line, col, fmt, arg);
}

static bool next_line(struct parser *ps)
{
	const char *end;

	if (!*ps->next)
		return false;
	end = strchrnul(ps->next, '\n');
	free(ps->line);
	ps->line = xstrndup(ps->next, end - ps->next);
	ps->next = *end ? end + 1 : end;
	ps->lineno++;
	return true;
}

static char *trim_end(char *s)
{
	size_t n = strlen(s);

	while (n && isspace((unsigned char)s[n - 1]))
		s[--n] = '\0';
	return s;
}

static char *skip_blanks(char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

/* Cut off a comment: '#' at the start of a word, outside of strings. */
static void strip_comment(char *line)
{
	bool quoted = false;

	for (char *p = line; *p; p++) {
		if (*p == '"')
			quoted = !quoted;
		if (*p == '#' && !quoted && (p == line || p[-1] == ' ' || p[-1] == '\t')) {
			*p = '\0';
			return;
		}
	}
}

/* Every {NAME} in @s (at column @col of @line) must be a variable of a sweep line before. */
static int check_vars(struct parser *ps, const char *s, u32 line, u32 col, bool *found)
{
	for (const char *p = s; (p = strchr(p, '{')); p++) {
		size_t len = strcspn(p + 1, "{} \t");
		char *name;
		u32 i;

		if (p[1 + len] != '}')
			continue;
		name = xstrndup(p + 1, len);
		for (i = 0; i < ps->nvars && strcmp(ps->vars[i], name); i++)
			;
		if (i == ps->nvars && is_ident(name)) {
			err_at(ps, line, col + (p - s),
			       "no variable is called '%s' (expected one of a sweep line before)",
			       name);
			free(name);
			return -EINVAL;
		}
		*found |= i < ps->nvars;
		free(name);
	}
	return 0;
}

static struct tmpl_line *add_line(struct parser *ps, u8 kw, u32 col, const char *text)
{
	struct case_tmpl *t = ps->t;
	struct tmpl_line *l;

	ARRAY_GROW(t->lines, t->nlines, t->cap);
	l = &t->lines[t->nlines++];
	*l = (struct tmpl_line){ .kw = kw, .line = ps->lineno, .col = col, .text = xstrdup(text) };
	return l;
}

static int parse_sweep(struct parser *ps, struct tmpl_line *l)
{
	struct scan sc = {
		.file = ps->path,
		.line = l->line,
		.col = l->col,
		.text = l->text,
		.p = l->text,
		.diag = ps->diag,
	};

	l->sweep = xcalloc(1, sizeof(*l->sweep));
	if (sweep_parse(&sc, l->sweep))
		return -EINVAL;
	for (u32 i = 0; i < l->sweep->nvars; i++) {
		for (u32 k = 0; k < ps->nvars; k++)
			if (!strcmp(ps->vars[k], l->sweep->vars[i]))
				return err_at(ps, l->line, l->col, "variable '%s' was swept before",
					      l->sweep->vars[i]);
		if (ps->nvars == MAX_VARS)
			return err_at(ps, l->line, l->col, "too many variables in one case%s", "");
		ps->vars[ps->nvars++] = l->sweep->vars[i];
	}
	return 0;
}

/* The lines up to `end`. */
static int parse_prog(struct parser *ps, struct tmpl_line *l)
{
	const char *start = ps->next, *end = start;
	u32 line = l->line;
	int err;

	if (*l->text && !is_ident(l->text))
		return err_at(ps, line, l->col,
			      "'%s' is not a valid program name (expected letters, digits, _)",
			      l->text);
	if (!strcmp(l->text, "main"))
		return err_at(ps, line, l->col,
			      "'%s' is the program without a name (expected prog alone)", l->text);
	for (struct tmpl_line *o = ps->t->lines; o < l; o++)
		if (o->kw == KW_PROG && !strcmp(o->text, l->text))
			return err_at(ps, line, l->col,
				      *l->text ? "two programs are called '%s'"
					       : "two main programs%s",
				      l->text);
	for (;; end = ps->next) {
		char *text;
		bool is_end;

		if (!next_line(ps) || !strncmp(ps->line, "case ", 5))
			return err_at(
				ps, line, 0,
				"unterminated program%s (expected 'end' on a line of its own)", "");
		text = xstrdup(ps->line);
		strip_comment(text);
		is_end = !strcmp(trim_end(skip_blanks(text)), "end");
		free(text);
		if (is_end)
			break;
		/* a comment may hold anything */
		text = xstrdup(ps->line);
		strip_comment(text);
		err = check_vars(ps, text, ps->lineno, 1, &l->has_vars);
		free(text);
		if (err)
			return err;
	}
	l->body = xstrndup(start, end - start);
	return 0;
}

static int parse_case(struct parser *ps, const char *name, u32 col)
{
	struct case_file *file = ps->file;

	if (!*name)
		return err_at(ps, ps->lineno, col,
			      "the case's name is missing%s (expected case NAME)", "");
	for (const char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '_' && *p != '-')
			return err_at(ps, ps->lineno, col + (p - name),
				      "'%s' cannot be a name (expected letters, digits, _ and -)",
				      name);
	for (u32 i = 0; i < file->cnt; i++)
		if (!strcmp(file->tmpls[i]->name, name))
			return diag_set(ps->diag, ps->path, ps->lineno, col,
					"two cases are called '%s' (the first in line %u)", name,
					file->tmpls[i]->line);
	ps->t = xcalloc(1, sizeof(*ps->t));
	ps->t->name = xstrdup(name);
	ps->t->line = ps->lineno;
	file->tmpls = xrealloc(file->tmpls, (file->cnt + 1) * sizeof(*file->tmpls));
	file->tmpls[file->cnt++] = ps->t;
	ps->nvars = 0;
	return 0;
}

/* Checks that need the whole case. */
static int check_case(struct parser *ps)
{
	const struct case_tmpl *t = ps->t;
	bool main = false;

	if (!t)
		return 0;
	for (u32 i = 0; i < t->nlines; i++) {
		main |= t->lines[i].kw == KW_PROG && !*t->lines[i].text;
		if (t->lines[i].kw == KW_ID && ps->nvars)
			return err_at(ps, t->lines[i].line, 0,
				      "an id for many instances%s (expected no sweep, or no id)",
				      "");
	}
	if (!main)
		return err_at(ps, t->line, 0, "case '%s' has no program (expected a line 'prog')",
			      t->name);
	return 0;
}

static int find_keyword(struct parser *ps, const char *word, u32 col)
{
	struct nearest n;

	nearest_init(&n, word);
	for (int kw = 0; kw < NR_KEYWORDS; kw++) {
		if (!strcmp(keyword_names[kw], word))
			return kw;
		nearest_offer(&n, keyword_names[kw]);
	}
	nearest_offer(&n, "case");
	return diag_set(ps->diag, ps->path, ps->lineno, col, "'%s' is not a keyword (%s)", word,
			nearest_hint(&n, "cases/README.md lists them"));
}

static int parse_line(struct parser *ps)
{
	char *word = skip_blanks(ps->line), *text;
	struct tmpl_line *l;
	u32 col = word - ps->line + 1;
	size_t len;
	char kwtext[32];
	int kw;

	if (!*word || *word == '#' || *word == '\r')
		return 0;
	len = strcspn(word, " \t\r");
	snprintf(kwtext, sizeof(kwtext), "%.*s", (int)len, word);
	text = skip_blanks(word + len);
	if (strcmp(kwtext, "doc") && strcmp(kwtext, "guards"))
		strip_comment(ps->line);
	trim_end(text);
	if (!strcmp(kwtext, "case")) {
		if (check_case(ps))
			return -EINVAL;
		return parse_case(ps, text, text - ps->line + 1);
	}
	if (!strcmp(kwtext, "end"))
		return err_at(ps, ps->lineno, col,
			      "'end' without a program%s (expected a line 'prog' before)", "");
	kw = find_keyword(ps, kwtext, col);
	if (kw < 0)
		return kw;
	if (!ps->t)
		return err_at(ps, ps->lineno, col,
			      "'%s' outside of a case (expected a line 'case NAME' before)",
			      kwtext);
	if (only_once[kw])
		for (u32 i = 0; i < ps->t->nlines; i++)
			if (ps->t->lines[i].kw == kw)
				return err_at(ps, ps->lineno, col, "a second '%s' line in one case",
					      kwtext);
	l = add_line(ps, kw, text - ps->line + 1, text);
	if (kw == KW_PROG)
		return parse_prog(ps, l);
	if (kw == KW_SWEEP)
		return parse_sweep(ps, l);
	if (kw == KW_DOC || kw == KW_GUARDS)
		return *text ? 0 : err_at(ps, ps->lineno, col, "'%s' without a text", kwtext);
	return check_vars(ps, l->text, l->line, l->col, &l->has_vars);
}

static void tmpl_free(struct case_tmpl *t)
{
	for (u32 i = 0; i < t->nlines; i++) {
		free(t->lines[i].text);
		free(t->lines[i].body);
		sweep_free(t->lines[i].sweep);
	}
	free(t->lines);
	free(t->name);
	free(t);
}

void case_file_free(struct case_file *file)
{
	for (u32 i = 0; i < file->cnt; i++)
		tmpl_free(file->tmpls[i]);
	free(file->tmpls);
	free(file->path);
	free(file->family);
	memset(file, 0, sizeof(*file));
}

static int check_family(const char *family, const char *path, struct diag *diag)
{
	for (const char *p = family; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("_-/", *p))
			return diag_set(diag, path, 0, 0,
					"family '%s' cannot stand in an id (expected folders of "
					"letters, digits, _ and -)",
					family);
	return 0;
}

int case_parse_text(const char *text, const char *path, const char *family, struct case_file *out,
		    struct diag *diag)
{
	struct parser ps = { .path = path, .next = text, .file = out, .diag = diag };
	int err;

	memset(out, 0, sizeof(*out));
	out->path = xstrdup(path);
	out->family = family ? xstrdup(family) : case_family(NULL, path);
	err = check_family(out->family, path, diag);
	while (!err && next_line(&ps))
		err = parse_line(&ps);
	if (!err)
		err = check_case(&ps);
	if (!err && !out->cnt)
		err = diag_set(diag, path, 0, 0,
			       "no case in this file (expected a line 'case NAME')");
	free(ps.line);
	if (err)
		case_file_free(out);
	return err;
}

int case_parse_file(const char *path, const char *family, struct case_file *out, struct diag *diag)
{
	size_t len;
	char *text = read_file(path, &len);
	int err;

	memset(out, 0, sizeof(*out));
	if (!text) {
		err = -errno;
		diag_set(diag, path, 0, 0, "%s", strerror(-err));
		return err;
	}
	if (strlen(text) != len)
		err = diag_set(diag, path, 0, 0, "a NUL byte in a text file");
	else
		err = case_parse_text(text, path, family, out, diag);
	free(text);
	return err;
}
