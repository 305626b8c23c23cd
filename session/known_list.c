// SPDX-License-Identifier: GPL-2.0
/* The lists of results/known as text: parsed, loaded, freed. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "bpf/cap_names.h"
#include "bpf/insn.h"
#include "lib/errname.h"
#include "lib/shipped.h"
#include "lib/util.h"
#include "lib/words.h"
#include "session/engine.h"
#include "session/known.h"
#include "session/release.h"

static const char *const kinds[] = { "jit-bug", "interp-bug", "verifier-bug", "qemu-bug",
				     "spec-open" };

/* The next word of *@p, which ends with @end; it is cut off. NULL: there is none. */
static char *next_to(char **p, const char *end)
{
	char *word;

	*p += strspn(*p, " \t");
	if (!**p)
		return NULL;
	word = *p;
	*p += strcspn(*p, end);
	if (**p)
		*(*p)++ = '\0';
	return word;
}

static char *next_word(char **p)
{
	return next_to(p, " \t");
}

static void trim_end(char *s)
{
	size_t n = strlen(s);

	while (n && isspace((unsigned char)s[n - 1]))
		s[--n] = '\0';
}

static bool one_of(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(s, list[i]))
			return true;
	return false;
}

static bool is_id(const void *ctx, const char *word)
{
	(void)ctx;
	return strchr(word, '/');
}

/* An insn of bpf/insn.h, a word of needs lines, or a glob of ids. */
static bool is_trait(const void *ctx, const char *word)
{
	return is_id(ctx, word) || insn_by_name(word) || cap_by_name(word) >= 0;
}

/*
 * "FAIL", "FAIL,SKIP", "CRASH,TIMEOUT", "TIMEOUT,QUIRK", "TIMEOUT,SKIP:may_goto": a mask, and the
 * rest in @row. 0: malformed, or no failure.
 */
static u32 parse_verdicts(char *text, struct known_row *row)
{
	u32 set = 0;
	char *copy, *next, *word;
	bool ok = true;

	if (!strcmp(text, "PASS"))
		return 1u << VERDICT_PASS;
	copy = next = xstrdup(text);
	while (ok && (word = strsep(&next, ","))) {
		int v = verdict_parse(word), quirk = quirk_by_name(word);
		bool some = !strncmp(word, "SKIP:", 5);
		bool fails = v == VERDICT_REJECT || v == VERDICT_CRASH || v == VERDICT_TIMEOUT ||
			     v == VERDICT_FAIL;

		ok = fails || v == VERDICT_SKIP || (quirk >= 0 && row->quirk < 0) ||
		     (some && !next && words_all(word + 5, "+", is_trait, NULL));
		set |= fails ? 1u << v : 0;
		row->spoils |= some || v == VERDICT_SKIP;
		if (some)
			row->only = text + (word + 5 - copy);
		row->quirk = quirk >= 0 ? quirk : row->quirk;
	}
	free(copy);
	/* what differs from the standard is a quirk, or noise on every machine */
	if (set >> VERDICT_FAIL & 1 && (set != 1u << VERDICT_FAIL || row->quirk >= 0))
		ok = false;
	return ok ? set : 0;
}

/* Where a row is, for errors. */
struct at {
	const char *path;
	int line;
	struct diag *diag;
};

#define COLUMNS_QUIRK "expected: QUIRK ENGINES KERNELS KIND REASON | EVIDENCE"
#define COLUMNS_ID    "expected: ID-GLOB ENGINES KERNELS VERDICT EXPECTED KIND REASON | EVIDENCE"

/* "r5", "r5:high", "r*:high", "mem" */
static bool is_place(const void *ctx, const char *word)
{
	(void)ctx;
	if (word[0] == 'r' && (isdigit((unsigned char)word[1]) || word[1] == '*'))
		return !word[2] || !strcmp(word + 2, ":high");
	for (int r = REGION_MEM; r < NR_REGIONS; r++)
		if (!strcmp(word, region_name(r)))
			return true;
	return false;
}

/* "WORDS","WORDS"…: one or the other, joined by newlines in the row. NULL: malformed. */
static char *parse_words(char **p)
{
	char *words = *p + 1, *end = words;

	for (;;) {
		size_t n = strcspn(++*p, "\"");

		if (!n || !(*p)[n])
			return NULL;
		memmove(end, *p, n);
		end += n;
		*p += n + 1;
		if (strncmp(*p, ",\"", 2))
			break;
		*end++ = '\n';
		++*p;
	}
	*end = '\0';
	return words;
}

static int parse_expected(char **p, struct known_row *row, const struct at *at)
{
	char *word;

	*p += strspn(*p, " \t");
	if (**p == '"') {
		row->words = parse_words(p);
		return row->words ? 0
				  : diag_set(at->diag, at->path, at->line, 0,
					     "no words (expected \"WORDS\" of log or console)");
	}
	word = next_word(p);
	if (!word)
		return diag_set(at->diag, at->path, at->line, 0, "4 columns (%s)", COLUMNS_ID);
	if (!strcmp(word, "-") && (row->verdicts == 1u << VERDICT_TIMEOUT || known_is_absent(row)))
		return 0;
	if (row->verdicts == 1u << VERDICT_FAIL && words_all(word, ",", is_place, NULL)) {
		row->places = word;
		return 0;
	}
	row->err = errno_by_name(word);
	if (row->err > 0 && row->verdicts == 1u << VERDICT_REJECT)
		return 0;
	return diag_set(at->diag, at->path, at->line, 0,
			"'%s' (expected what tells this failure from others: \"WORDS\" of log, "
			"console or the reason of a FAIL, the registers or windows that differ "
			"(r5,r0:high,mem), the errno of a REJECT, or - for a TIMEOUT)",
			word);
}

static int parse_failure(char **p, struct known_row *row, const struct at *at)
{
	char *word = next_word(p);

	if (!word)
		return diag_set(at->diag, at->path, at->line, 0, "3 columns (%s)", COLUMNS_ID);
	row->verdicts = parse_verdicts(word, row);
	if (!row->verdicts)
		return diag_set(
			at->diag, at->path, at->line, 0,
			"verdict '%s' (expected REJECT CRASH TIMEOUT, joined by commas, and a "
			"quirk where it depends on the machine; or FAIL; or PASS; what is always a "
			"wrong state is a quirk)",
			word);
	return parse_expected(p, row, at);
}

/* "REASON | EVIDENCE" */
static int parse_texts(char *p, struct known_row *row, const struct at *at)
{
	const char *columns = row->verdicts ? COLUMNS_ID : COLUMNS_QUIRK;
	char *bar = strstr(p, " | ");

	p += strspn(p, " \t");
	if (!bar || bar < p)
		return diag_set(at->diag, at->path, at->line, 0, "no %s (%s)",
				*p && *p != '|' ? "' | EVIDENCE'" : "reason", columns);
	*bar = '\0';
	row->reason = p;
	row->evidence = bar + 3 + strspn(bar + 3, " \t");
	trim_end(row->reason);
	trim_end(row->evidence);
	if (!*row->reason || !*row->evidence)
		return diag_set(at->diag, at->path, at->line, 0, "no %s (%s)",
				*row->reason ? "evidence" : "reason", columns);
	return 0;
}

static bool engines_ok(const char *list)
{
	static const char set[] = "abcdefghijklmnopqrstuvwxyz0123456789_,-";

	list += *list == '*' && (!list[1] || list[1] == ',');
	return !list[strspn(list, set)];
}

/* Globs of ids; behind the first come others or none. */
static bool has_ids(const struct known_row *row)
{
	return is_id(NULL, row->name) && (!row->more || words_all(row->more, "+", is_id, NULL));
}

/* The texts of @row are parts of @text. */
static int parse_columns(char *text, struct known_row *row, const struct at *at)
{
	char *word[3], *p = text;

	for (size_t i = 0; i < ARRAY_SIZE(word); i++) {
		word[i] = next_word(&p);
		if (!word[i])
			return diag_set(at->diag, at->path, at->line, 0, "%zu columns (%s; %s)", i,
					COLUMNS_QUIRK, COLUMNS_ID);
	}
	*row = (struct known_row){ .name = word[0],
				   .quirk = quirk_by_name(word[0]),
				   .engines = word[1],
				   .kernels = word[2],
				   .line = at->line };
	row->more = strchr(row->name, '+');
	if (row->more)
		*row->more++ = '\0';
	if (row->quirk < 0 && !has_ids(row))
		return diag_set(at->diag, at->path, at->line, 0,
				"no quirk '%s' (expected one of `checkjit known --quirks`, or ids "
				"FAMILY/OPERATION/OPERANDS, joined by +)",
				row->name);
	if (!engines_ok(row->engines))
		return diag_set(at->diag, at->path, at->line, 0,
				"engines '%s' (expected: * or names joined by commas)",
				row->engines);
	if (release_in(row->kernels, "0.0") < 0)
		return diag_set(at->diag, at->path, at->line, 0,
				"kernels '%s' (expected: *, or of 7.3.4 7.3 <7.4-rc1 >=6.12 "
				"7.1..7.3, joined by commas; fixed-by:COMMIT only beside a range)",
				row->kernels);
	if (row->quirk < 0) {
		int ret = parse_failure(&p, row, at);

		if (ret)
			return ret;
	}
	row->kind = next_word(&p);
	if (!row->kind || !one_of(row->kind, kinds, ARRAY_SIZE(kinds)))
		return diag_set(
			at->diag, at->path, at->line, 0,
			"kind '%s' (expected: jit-bug interp-bug verifier-bug qemu-bug spec-open)",
			row->kind ? row->kind : "");
	return parse_texts(p, row, at);
}

static int parse_row(char *text, struct known_row *row, const struct at *at)
{
	int ret = parse_columns(text, row, at);

	if (ret)
		return ret;
	row->path = xstrdup(at->path);
	row->name = xstrdup(row->name);
	row->more = row->more ? xstrdup(row->more) : NULL;
	row->engines = xstrdup(row->engines);
	row->kernels = xstrdup(row->kernels);
	row->only = row->only ? xstrdup(row->only) : NULL;
	row->words = row->words ? xstrdup(row->words) : NULL;
	row->places = row->places ? xstrdup(row->places) : NULL;
	row->kind = xstrdup(row->kind);
	row->reason = xstrdup(row->reason);
	row->evidence = xstrdup(row->evidence);
	return 0;
}

/* "as NAME" */
static int take_twin(const char *name, struct known *k, const struct at *at)
{
	if (k->twin || !*name || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")])
		return diag_set(at->diag, at->path, at->line, 0,
				"as '%s' (expected one line with one arch)", name);
	k->twin = xstrdup(name);
	return 0;
}

int known_parse(const char *text, const char *path, struct known *out, struct diag *diag)
{
	char *copy = xstrdup(text), *next = copy;
	struct at at = { .path = path, .diag = diag };
	u32 cap = 0;
	int ret = 0;

	*out = (struct known){ 0 };
	for (char *s; !ret && (s = strsep(&next, "\n"));) {
		at.line++;
		trim_end(s);
		s += strspn(s, " \t");
		if (!*s || *s == '#')
			continue;
		if (!strncmp(s, "as ", 3)) {
			ret = take_twin(s + 3, out, &at);
			continue;
		}
		ARRAY_GROW(out->rows, out->cnt, cap);
		ret = parse_row(s, &out->rows[out->cnt], &at);
		if (!ret)
			out->cnt++;
	}
	free(copy);
	if (ret)
		known_free(out);
	return ret;
}

/* The list at @path, without those that it refers to. */
static int load_file(const char *path, struct known *out, struct diag *diag)
{
	char *text = read_file(path, NULL);
	int ret;

	if (!text && errno != ENOENT) {
		diag_set(diag, path, 0, 0, "%s", strerror(errno));
		*out = (struct known){ 0 };
		return -EINVAL;
	}
	ret = known_parse(text ? text : "", path, out, diag);
	free(text);
	return ret;
}

/* Append the rows of the list @name in the folder of @path. They need not show on each arch. */
static int add_list(const char *path, const char *name, struct known *k, struct diag *diag)
{
	const char *slash = strrchr(path, '/');
	char *beside = xasprintf("%.*s%s.txt", slash ? (int)(slash + 1 - path) : 0, path, name);
	struct known more;
	int ret = load_file(beside, &more, diag);

	if (!ret && more.cnt) {
		k->rows = xrealloc(k->rows, (k->cnt + more.cnt) * sizeof(*k->rows));
		memcpy(k->rows + k->cnt, more.rows, more.cnt * sizeof(*k->rows));
		for (u32 i = 0; i < more.cnt; i++)
			k->rows[k->cnt++].common = true;
		more.cnt = 0;
	}
	if (!ret)
		known_free(&more);
	free(beside);
	return ret;
}

int known_load_alone(const char *path, struct known *out, struct diag *diag)
{
	int ret = load_file(path, out, diag);
	u32 own = ret ? 0 : out->cnt;

	if (!ret && out->twin)
		ret = add_list(path, out->twin, out, diag);
	if (!ret && out->twin && out->cnt == own)
		ret = diag_set(diag, path, 0, 0, "as '%s': there are no rows in its list",
			       out->twin);
	if (ret)
		known_free(out);
	return ret;
}

int known_load(const char *path, struct known *out, struct diag *diag)
{
	int ret = known_load_alone(path, out, diag);

	if (!ret)
		ret = add_list(path, "all", out, diag);
	if (ret)
		known_free(out);
	return ret;
}

char *known_path(const char *arch)
{
	return xasprintf("%s/%s.txt", shipped("results/known"), arch);
}

int known_load_arch(const char *arch, struct known *out)
{
	char *path = known_path(arch);
	struct diag diag;
	int ret = known_load(path, out, &diag);

	if (ret)
		diag_print(&diag);
	free(path);
	return ret;
}

void known_free(struct known *k)
{
	for (u32 i = 0; i < k->cnt; i++) {
		struct known_row *r = &k->rows[i];

		free(r->path);
		free(r->name);
		free(r->more);
		free(r->engines);
		free(r->kernels);
		free(r->only);
		free(r->words);
		free(r->places);
		free(r->kind);
		free(r->reason);
		free(r->evidence);
	}
	free(k->twin);
	free(k->rows);
	*k = (struct known){ 0 };
}
