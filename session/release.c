// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "lib/util.h"
#include "session/release.h"

#define NOT_RC INT_MAX /* a release comes after all its candidates */

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
