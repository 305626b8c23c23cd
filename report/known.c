// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <string.h>
#include "lib/util.h"
#include "report/known.h"

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

static char *next_word(char **p)
{
	char *word;

	*p += strspn(*p, " \t");
	if (!**p)
		return NULL;
	word = *p;
	*p += strcspn(*p, " \t");
	if (**p)
		*(*p)++ = '\0';
	return word;
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

/* "FAIL" or "TIMEOUT,FAIL" as a mask; 0: malformed. */
static u32 parse_verdicts(const char *text)
{
	u32 set = 0;
	char *copy = xstrdup(text), *next = copy, *word;
	bool ok = true;

	while (ok && (word = strsep(&next, ","))) {
		int v = verdict_parse(word);

		ok = v == VERDICT_FAIL || v == VERDICT_REJECT || v == VERDICT_CRASH ||
		     v == VERDICT_TIMEOUT;
		set |= ok ? 1u << v : 0;
	}
	free(copy);
	return ok ? set : 0;
}

static int parse_row(char *text, const char *path, int line, struct known_row *row,
		     struct diag *diag)
{
	static const char columns[] =
		"expected: ID-GLOB ENGINES KERNELS VERDICT KIND REASON | EVIDENCE";
	char *word[5], *bar, *evidence, *p = text;
	u32 verdicts;

	for (size_t i = 0; i < ARRAY_SIZE(word); i++) {
		word[i] = next_word(&p);
		if (!word[i])
			return diag_set(diag, path, line, 0, "%zu columns (%s)", i, columns);
	}
	if (strcmp(word[1], "*") &&
	    (strspn(word[1], "abcdefghijklmnopqrstuvwxyz0123456789_,") != strlen(word[1])))
		return diag_set(diag, path, line, 0,
				"engines '%s' (expected: * or names joined by commas)", word[1]);
	if (release_in(word[2], "0.0") < 0)
		return diag_set(
			diag, path, line, 0,
			"kernels '%s' (expected: *, or of 7.3.4 7.3 <7.4-rc1 >=6.12 7.1..7.3, "
			"joined by commas; fixed-by:COMMIT only beside a range)",
			word[2]);
	verdicts = parse_verdicts(word[3]);
	if (!verdicts)
		return diag_set(
			diag, path, line, 0,
			"verdict '%s' (expected: FAIL REJECT CRASH TIMEOUT, joined by commas)",
			word[3]);
	if (!one_of(word[4], kinds, ARRAY_SIZE(kinds)))
		return diag_set(
			diag, path, line, 0,
			"kind '%s' (expected: jit-bug interp-bug verifier-bug qemu-bug spec-open)",
			word[4]);
	bar = strstr(p, " | ");
	p += strspn(p, " \t");
	if (!bar || bar < p)
		return diag_set(diag, path, line, 0, "no %s (%s)",
				*p && *p != '|' ? "' | EVIDENCE'" : "reason", columns);
	*bar = '\0';
	evidence = bar + 3 + strspn(bar + 3, " \t");
	trim_end(p);
	trim_end(evidence);
	if (!*p || !*evidence)
		return diag_set(diag, path, line, 0, "no %s (%s)", *p ? "evidence" : "reason",
				columns);
	*row = (struct known_row){
		.glob = xstrdup(word[0]),
		.engines = xstrdup(word[1]),
		.kernels = xstrdup(word[2]),
		.verdicts = verdicts,
		.kind = xstrdup(word[4]),
		.reason = xstrdup(p),
		.evidence = xstrdup(evidence),
		.line = line,
	};
	return 0;
}

int known_parse(const char *text, const char *path, struct known *out, struct diag *diag)
{
	char *copy = xstrdup(text), *next = copy;
	u32 cap = 0;
	int line = 0, ret = 0;

	*out = (struct known){ .path = xstrdup(path) };
	for (char *s; !ret && (s = strsep(&next, "\n"));) {
		line++;
		trim_end(s);
		s += strspn(s, " \t");
		if (!*s || *s == '#')
			continue;
		ARRAY_GROW(out->rows, out->cnt, cap);
		ret = parse_row(s, path, line, &out->rows[out->cnt], diag);
		if (!ret)
			out->cnt++;
	}
	free(copy);
	if (ret)
		known_free(out);
	return ret;
}

int known_load(const char *path, struct known *out, struct diag *diag)
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

void known_free(struct known *k)
{
	for (u32 i = 0; i < k->cnt; i++) {
		struct known_row *r = &k->rows[i];

		free(r->glob);
		free(r->engines);
		free(r->kernels);
		free(r->kind);
		free(r->reason);
		free(r->evidence);
	}
	free(k->rows);
	free(k->path);
	*k = (struct known){ 0 };
}

static bool list_has(const char *list, const char *name)
{
	size_t n = strlen(name);

	if (!strcmp(list, "*"))
		return true;
	for (const char *p = list; p; p = strchr(p, ',')) {
		p += *p == ',';
		if (!strncmp(p, name, n) && (!p[n] || p[n] == ','))
			return true;
	}
	return false;
}

struct known_row *known_find(const struct known *k, const char *id, const char *engine,
			     const char *kernel)
{
	for (u32 i = 0; k && i < k->cnt; i++) {
		struct known_row *r = &k->rows[i];

		if (!fnmatch(r->glob, id, 0) && list_has(r->engines, engine) &&
		    release_in(r->kernels, kernel) > 0)
			return r;
	}
	return NULL;
}

bool known_lists(const struct known *k, const char *id)
{
	for (u32 i = 0; k && i < k->cnt; i++)
		if (!fnmatch(k->rows[i].glob, id, 0))
			return true;
	return false;
}

/* Some kernels hang where others die. */
static bool kills(u32 verdicts)
{
	return verdicts & (1u << VERDICT_CRASH | 1u << VERDICT_TIMEOUT);
}

bool known_kills(const struct known_row *row)
{
	return row && kills(row->verdicts);
}

enum verdict known_verdict(const struct known_row *row, enum verdict v)
{
	if (row && (row->verdicts >> v & 1 || (kills(1u << v) && known_kills(row))))
		return VERDICT_XFAIL;
	if (row && v == VERDICT_PASS)
		return VERDICT_XPASS;
	return v;
}
