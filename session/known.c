// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <string.h>
#include "bpf/insn.h"
#include "lib/errname.h"
#include "lib/shipped.h"
#include "lib/util.h"
#include "session/engine.h"
#include "session/known.h"

#define NOT_RC INT_MAX /* a release comes after all its candidates */

static const char *const kinds[] = { "jit-bug", "interp-bug", "verifier-bug", "qemu-bug",
				     "spec-open" };

struct release {
	long v[3];
	int n; /* components given */
	long rc;
};

/* "7.4-rc1", "7.4.0-rc1-00012-gdeadbeef", "6.12.3+deb13-arm64"; @whole: nothing may follow. */
static bool parse_release(const char *s, struct release *r, bool whole)
{
	char *end;

	*r = (struct release){ .rc = NOT_RC };
	do {
		if (!isdigit((unsigned char)*s))
			return false;
		r->v[r->n++] = strtol(s, &end, 10);
		s = end;
	} while (r->n < 3 && *s == '.' && isdigit((unsigned char)s[1]) && s++);
	if (r->n < 2)
		return false;
	if ((*s == '-' || *s == '~') && !strncmp(s + 1, "rc", 2) && isdigit((unsigned char)s[3])) {
		r->rc = strtol(s + 3, &end, 10);
		s = end;
	}
	return !whole || !*s;
}

static int cmp(long a, long b)
{
	return a < b ? -1 : a > b;
}

/*
 * Compare all components of both; with @prefix only as many as @b has: 7.3.9 matches the prefix
 * 7.3.
 */
static int release_cmp_parsed(const struct release *a, const struct release *b, bool prefix)
{
	for (int i = 0; i < (prefix ? b->n : 3); i++)
		if (a->v[i] != b->v[i])
			return cmp(a->v[i], b->v[i]);
	return cmp(a->rc, b->rc);
}

int release_cmp(const char *a, const char *b)
{
	struct release ra, rb;
	bool ok_a = parse_release(a, &ra, false), ok_b = parse_release(b, &rb, false);

	if (!ok_a || !ok_b)
		return cmp(ok_a, ok_b);
	return release_cmp_parsed(&ra, &rb, false);
}

/* One range. -EINVAL: malformed. */
static int range_has(char *range, const struct release *rel)
{
	struct release lo, hi;
	char *dots = strstr(range, "..");
	char op = *range;
	bool or_equal;
	int c;

	if (!strcmp(range, "*"))
		return true;
	if (dots) {
		*dots = '\0';
		if (!parse_release(range, &lo, true) || !parse_release(dots + 2, &hi, true) ||
		    release_cmp_parsed(&lo, &hi, true) > 0)
			return -EINVAL;
		return rel && release_cmp_parsed(rel, &lo, true) >= 0 &&
		       release_cmp_parsed(rel, &hi, true) <= 0;
	}
	if (op == '<' || op == '>')
		range++;
	or_equal = range[0] == '=' && (op == '<' || op == '>');
	if (!parse_release(range + or_equal, &lo, true))
		return -EINVAL;
	if (!rel)
		return false;
	c = release_cmp_parsed(rel, &lo, true);
	if (op == '<')
		return c < 0 || (or_equal && !c);
	if (op == '>')
		return c > 0 || (or_equal && !c);
	return !c;
}

int release_in(const char *kernels, const char *release)
{
	char *copy = xstrdup(kernels), *save = NULL;
	struct release rel;
	bool have = parse_release(release, &rel, false), in = false;
	int ranges = 0, ret = 0;

	for (char *t = strtok_r(copy, ",", &save); t && ret >= 0; t = strtok_r(NULL, ",", &save)) {
		if (!strncmp(t, "fixed-by:", 9)) {
			if (strspn(t + 9, "0123456789abcdef") != strlen(t + 9) || strlen(t + 9) < 7)
				ret = -EINVAL;
			continue;
		}
		ret = range_has(t, have ? &rel : NULL);
		in |= ret > 0;
		ranges++;
	}
	free(copy);
	return ret < 0 || !ranges ? -EINVAL : in;
}

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

/* Insns of bpf/insn.h or globs of ids, joined by +. */
static bool only_ok(const char *list)
{
	char *copy = xstrdup(list), *next = copy, *word;
	bool ok = true;

	while (ok && (word = strsep(&next, "+")))
		ok = strchr(word, '/') || insn_by_name(word);
	free(copy);
	return ok;
}

/*
 * "FAIL", "FAIL,SKIP", "CRASH,TIMEOUT", "TIMEOUT,QUIRK", "TIMEOUT,SKIP", "TIMEOUT,SKIP:may_goto": a
 * mask, and the rest in @row. 0: malformed, or no failure.
 */
static u32 parse_verdicts(char *text, struct known_row *row)
{
	u32 set = 0;
	char *copy = xstrdup(text), *next = copy, *word;
	bool ok = true;

	if (!strcmp(text, "PASS")) {
		free(copy);
		return 1u << VERDICT_PASS;
	}
	if (!strcmp(text, "FAIL") || !strcmp(text, "FAIL,SKIP")) {
		row->spoils = text[4];
		free(copy);
		return 1u << VERDICT_FAIL;
	}
	while (ok && (word = strsep(&next, ","))) {
		int v = verdict_parse(word), quirk = quirk_by_name(word);
		bool some = !strncmp(word, "SKIP:", 5);
		bool fails = v == VERDICT_REJECT || v == VERDICT_CRASH || v == VERDICT_TIMEOUT;

		ok = fails || v == VERDICT_SKIP || (quirk >= 0 && row->quirk < 0) ||
		     (some && !next && only_ok(word + 5));
		set |= fails ? 1u << v : 0;
		row->spoils |= some || v == VERDICT_SKIP;
		if (some)
			row->only = text + (word + 5 - copy);
		row->quirk = quirk >= 0 ? quirk : row->quirk;
	}
	free(copy);
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

/* "r5" or "r5:high", joined by commas */
static bool places_ok(const char *list)
{
	char *copy = xstrdup(list), *next = copy, *word;
	bool ok = true;

	while (ok && (word = strsep(&next, ","))) {
		ok = word[0] == 'r' && word[1] >= '0' && word[1] <= '9' &&
		     (!word[2] || !strcmp(word + 2, ":high"));
	}
	free(copy);
	return ok;
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

/* A bug of all.txt that does not show on this arch. */
static bool shows_not(const struct known_row *row)
{
	return row->verdicts == 1u << VERDICT_PASS;
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
	if (!strcmp(word, "-") && (row->verdicts == 1u << VERDICT_TIMEOUT || shows_not(row)))
		return 0;
	if (row->verdicts == 1u << VERDICT_FAIL && places_ok(word)) {
		row->places = word;
		return 0;
	}
	row->err = errno_by_name(word);
	if (row->err > 0 && row->verdicts == 1u << VERDICT_REJECT)
		return 0;
	return diag_set(
		at->diag, at->path, at->line, 0,
		"'%s' (expected what tells this failure from others: \"WORDS\" of log, "
		"console or the reason of a FAIL, the registers that differ (r5,r0:high), the "
		"errno of a REJECT, or - for a TIMEOUT)",
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
	if (row->quirk < 0 && !strchr(row->name, '/'))
		return diag_set(at->diag, at->path, at->line, 0,
				"no quirk '%s' (expected one of `checkjit known --quirks`, or an "
				"id FAMILY/OPERATION/OPERANDS)",
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

/* Has @list the word @sign@name? */
static bool list_has(const char *list, const char *sign, const char *name)
{
	size_t s = strlen(sign), n = strlen(name);

	for (const char *p = list; p; p = strchr(p, ',')) {
		p += *p == ',';
		if (!strncmp(p, sign, s) && !strncmp(p + s, name, n) &&
		    (!p[s + n] || p[s + n] == ','))
			return true;
	}
	return false;
}

bool known_row_names(const struct known_row *r, const char *engine)
{
	const struct engine *e = engine_by_name(engine), *plain = e ? engine_plain(e) : NULL;

	if (list_has(r->engines, "-", engine))
		return false;
	return *r->engines == '*' || list_has(r->engines, "", engine) ||
	       (plain && list_has(r->engines, "", plain->name));
}

static bool covers(const struct known_row *r, const char *engine, const char *kernel)
{
	return known_row_names(r, engine) && release_in(r->kernels, kernel) > 0;
}

struct known_row *known_find(const struct known *k, const char *id, const char *engine,
			     const char *kernel)
{
	for (u32 i = 0; k && i < k->cnt; i++) {
		struct known_row *r = &k->rows[i];

		if (r->verdicts && !fnmatch(r->name, id, 0) && covers(r, engine, kernel))
			return r;
	}
	return NULL;
}

struct known_row *known_met(const struct known *k, const char *id, const char *engine,
			    const char *kernel)
{
	for (u32 i = 0; k && i < k->cnt; i++) {
		struct known_row *r = &k->rows[i];

		if (r->used && known_kills(r) && *r->engines == '*' &&
		    !strcmp(r->kind, "verifier-bug") && !fnmatch(r->name, id, 0) &&
		    covers(r, engine, kernel))
			return r;
	}
	return NULL;
}

struct known_row *known_spoiler(const struct known *k, const char *engine, const char *kernel)
{
	for (u32 i = 0; k && i < k->cnt; i++)
		if (k->rows[i].spoils && covers(&k->rows[i], engine, kernel))
			return &k->rows[i];
	return NULL;
}

struct known_row *known_quirk(const struct known *k, enum quirk quirk, const char *engine,
			      const char *kernel)
{
	for (u32 i = 0; k && i < k->cnt; i++)
		if (k->rows[i].quirk == (int)quirk && covers(&k->rows[i], engine, kernel))
			return &k->rows[i];
	return NULL;
}

quirk_set known_quirks(const struct known *k, const char *engine, const char *kernel)
{
	quirk_set set = 0;

	for (u32 i = 0; k && i < k->cnt; i++)
		if (k->rows[i].quirk >= 0 && covers(&k->rows[i], engine, kernel))
			set |= QUIRK_BIT(k->rows[i].quirk);
	return set;
}

/* Is one of the alternatives @words in @text? */
static bool has_any(const char *words, const char *text)
{
	char *copy = xstrdup(words), *next = copy, *word;
	bool has = false;

	while (!has && text && (word = strsep(&next, "\n")))
		has = strstr(text, word);
	free(copy);
	return has;
}

struct known_row *known_by_words(const struct known *k, const char *engine, const char *kernel,
				 enum verdict v, const char *text)
{
	for (u32 i = 0; k && i < k->cnt; i++) {
		struct known_row *r = &k->rows[i];

		if (r->verdicts >> v & 1 && r->words && has_any(r->words, text) &&
		    covers(r, engine, kernel))
			return r;
	}
	return NULL;
}

bool known_lists(const struct known *k, const char *id)
{
	for (u32 i = 0; k && i < k->cnt; i++)
		if (k->rows[i].verdicts && !fnmatch(k->rows[i].name, id, 0))
			return true;
	return false;
}

bool known_kills(const struct known_row *row)
{
	return row && row->verdicts & (1u << VERDICT_CRASH | 1u << VERDICT_TIMEOUT);
}

bool known_hangs(const struct known_row *row)
{
	return row && row->verdicts == 1u << VERDICT_TIMEOUT && !row->words;
}

static bool has_words(const struct known_row *row, const struct known_outcome *o)
{
	return has_any(row->words, o->log) || has_any(row->words, o->console);
}

/* Does @list, the places of a row, allow that @place differs? */
static bool may_differ(const char *list, const struct known_place *place)
{
	size_t n = strlen(place->what);

	for (const char *p = list; p; p = strchr(p, ',')) {
		p += *p == ',';
		if (strncmp(p, place->what, n))
			continue;
		if (!p[n] || p[n] == ',')
			return true;
		if (p[n] == ':' && !place->low)
			return true;
	}
	return false;
}

static bool expects_fail(const struct known_row *row, const struct known_outcome *o)
{
	u32 i = 0;

	if (row->words)
		return has_any(row->words, o->reason);
	while (i < o->nplaces && may_differ(row->places, &o->places[i]))
		i++;
	return i && i == o->nplaces;
}

static bool expects(const struct known_row *row, const struct known_outcome *o)
{
	if (!(row->verdicts >> o->verdict & 1))
		return false;
	if (o->verdict == VERDICT_FAIL)
		return expects_fail(row, o);
	if (row->err)
		return o->err == row->err;
	/* a hung kernel may say nothing */
	return !row->words || has_words(row, o) ||
	       (o->verdict == VERDICT_TIMEOUT && row->verdicts != 1u << VERDICT_TIMEOUT);
}

enum verdict known_verdict(const struct known_row *row, const struct known_outcome *o)
{
	if (row && shows_not(row))
		return o->verdict;
	if (row && expects(row, o))
		return VERDICT_XFAIL;
	if (row && o->verdict == VERDICT_PASS)
		return VERDICT_XPASS;
	return o->verdict;
}
