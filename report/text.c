// SPDX-License-Identifier: GPL-2.0
/* Makes guest-written text fit for a terminal, JSON and XML, and ids fit for names. */
#include <ctype.h>
#include <string.h>
#include "lib/util.h"
#include "report/report.h"

/* Returns the length of the UTF-8 character at @s, 0 if it is malformed; *@cp is its code point. */
static int utf8_char(const unsigned char *s, u32 *cp)
{
	static const u32 least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	int n = s[0] < 0x80		? 1
		: (s[0] & 0xe0) == 0xc0 ? 2
		: (s[0] & 0xf0) == 0xe0 ? 3
		: (s[0] & 0xf8) == 0xf0 ? 4
					: 0;

	if (!n)
		return 0;
	*cp = n == 1 ? s[0] : s[0] & (0xff >> (n + 1));
	for (int i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80) /* stops at the NUL as well */
			return 0;
		*cp = *cp << 6 | (s[i] & 0x3f);
	}
	if (*cp < least[n] || *cp > 0x10ffff || (*cp >= 0xd800 && *cp <= 0xdfff))
		return 0;
	return n;
}

/* Excludes control characters, bidirectional formatting, and characters that XML 1.0 forbids. */
static bool printable(u32 cp)
{
	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
		return false;
	if (cp == 0x200e || cp == 0x200f || cp == 0xfeff || (cp >= 0x2028 && cp <= 0x202e) ||
	    (cp >= 0x2066 && cp <= 0x2069))
		return false;
	return (cp & 0xfffe) != 0xfffe && !(cp >= 0xfdd0 && cp <= 0xfdef);
}

/* Words that CI systems obey wherever they stand in a log, and the character that breaks them. */
static const struct {
	const char *word;
	u32 at;
	char instead;
} orders[] = {
	{ "<LAVA_SIGNAL", 5, '-' },
	{ "##[", 2, '(' },
	{ "##vso[", 5, '(' },
	{ "##teamcity[", 10, '(' },
};

static void break_orders(char *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++)
		for (char *p = s; (p = strstr(p, orders[i].word)); p++)
			p[orders[i].at] = orders[i].instead;
}

char *text_clean(const char *s, size_t max, bool lines)
{
	static const char cut[] = "…";
	const unsigned char *p = (const unsigned char *)s;
	size_t len = strlen(s), n = 0, keep = 0;
	char *out;

	/* a byte becomes at most \xNN */
	out = xmalloc((len < max ? len : max) * 4 + sizeof(cut) + 4);
	while (*p) {
		u32 cp = 0;
		int bytes = utf8_char(p, &cp);

		if (lines && *p == '\r' && p[1] == '\n') {
			p++;
			continue;
		}
		if (n > max)
			break;
		if (n + sizeof(cut) - 1 <= max)
			keep = n;
		if (bytes && (printable(cp) || (lines && (cp == '\n' || cp == '\t')))) {
			memcpy(out + n, p, bytes);
			n += bytes;
			p += bytes;
		} else if (*p == '\n' || *p == '\t') {
			out[n++] = ' ';
			p++;
		} else {
			n += sprintf(out + n, "\\x%02x", *p++);
		}
	}
	if (n > max) {
		n = keep;
		if (max >= sizeof(cut) - 1) {
			memcpy(out + n, cut, sizeof(cut) - 1);
			n += sizeof(cut) - 1;
		}
	}
	out[n] = '\0';
	break_orders(out);
	return xrealloc(out, n + 1);
}

char *id_dotted(const char *id)
{
	char *out = xmalloc(3 * strlen(id) + 1), *p = out;

	for (; *id; id++) {
		unsigned char c = *id;

		if (c == '/')
			*p++ = '.';
		else if (isalnum(c) || c == '_' || c == '-')
			*p++ = c;
		else
			p += sprintf(p, "_%02x", c);
	}
	*p = '\0';
	return out;
}
