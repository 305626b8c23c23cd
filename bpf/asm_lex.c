// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "bpf/asm_lex.h"
#include "lib/util.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static struct pos here(const struct lex *l)
{
	return (struct pos){ l->line, (int)(l->p - l->line_start) + 1 };
}

static void skip_c_comment(struct lex *l)
{
	struct pos start = here(l);

	for (l->p += 2; *l->p; l->p++) {
		if (l->p[0] == '*' && l->p[1] == '/') {
			l->p += 2;
			return;
		}
		if (*l->p == '\n') {
			l->line++;
			l->line_start = l->p + 1;
		}
	}
	l->open_comment = start;
}

/* A '#' inside a word does not begin a comment: it is more likely a typing error. */
static bool line_comment(const struct lex *l)
{
	if (l->p[0] == '/' && l->p[1] == '/')
		return true;
	if (*l->p != '#' || (l->hash_is_imm && l->p[1] && l->p[1] != '\n' && !is_blank(l->p[1])))
		return false;
	return l->p == l->text || !is_word_char(l->p[-1]);
}

void lex_skip(struct lex *l)
{
	for (;;) {
		if (is_blank(*l->p))
			l->p++;
		else if (l->p[0] == '/' && l->p[1] == '*')
			skip_c_comment(l);
		else if (line_comment(l))
			l->p += strcspn(l->p, "\n");
		else
			return;
	}
}

bool lex_end(struct lex *l)
{
	char c = lex_peek(l);

	return !c || c == '\n' || c == ';';
}

struct pos lex_pos(struct lex *l)
{
	lex_skip(l);
	return here(l);
}

char lex_peek(struct lex *l)
{
	lex_skip(l);
	return *l->p;
}

bool lex_accept(struct lex *l, const char *s)
{
	size_t len = strlen(s);

	lex_skip(l);
	if (strncmp(l->p, s, len) || (is_word_char(s[len - 1]) && is_word_char(l->p[len])))
		return false;
	l->p += len;
	return true;
}

bool lex_word(struct lex *l, struct word *w)
{
	lex_skip(l);
	if (!is_word_start(*l->p))
		return false;
	w->s = l->p;
	w->pos = here(l);
	while (is_word_char(*l->p))
		l->p++;
	/* selftests make labels unique with the %= of inline assembly */
	if (l->p[0] == '%' && l->p[1] == '=' && l->p[2] != '=')
		l->p += 2;
	w->len = l->p - w->s;
	return true;
}

bool word_is(const struct word *w, const char *s)
{
	return strlen(s) == w->len && !memcmp(w->s, s, w->len);
}

int lex_unexpected(struct lex *l, const char *what)
{
	struct pos at = lex_pos(l);
	int len = 0;

	if (lex_end(l))
		return lex_err(l, at, "unexpected end of %s (expected %s)",
			       *l->p == ';' ? "statement" : "line", what);
	if ((unsigned char)*l->p < ' ' || (unsigned char)*l->p > '~')
		return lex_err(l, at, "unexpected character \\x%02x (expected %s)",
			       (unsigned char)*l->p, what);
	while (len < 64 && is_word_char(l->p[len]))
		len++;
	return lex_err(l, at, "unexpected '%.*s' (expected %s)", len ? len : 1, l->p, what);
}

int lex_expect(struct lex *l, const char *s)
{
	char what[32];

	if (lex_accept(l, s))
		return 0;
	snprintf(what, sizeof(what), "'%s'", s);
	return lex_unexpected(l, what);
}

int lex_num(struct lex *l, struct num *n, const char *what)
{
	const char *start;
	bool overflow = false;
	int base = 10, d;

	n->pos = lex_pos(l);
	n->neg = *l->p == '-';
	n->mag = 0;
	if (*l->p == '-' || *l->p == '+')
		l->p++;
	lex_skip(l);
	if (!is_digit(*l->p))
		return lex_unexpected(l, what);
	start = l->p;
	if (l->p[0] == '0' && (l->p[1] | 0x20) == 'x') {
		base = 16;
		l->p += 2;
	}
	for (; (d = digit_value(*l->p)) < base; l->p++) {
		overflow |= n->mag > (UINT64_MAX - d) / base;
		n->mag = n->mag * base + d;
	}
	if (is_word_char(*l->p) || (base == 16 && l->p == start + 2) ||
	    (base == 10 && *start == '0' && l->p > start + 1)) {
		int len = 0;

		while (len < 64 && is_word_char(start[len]))
			len++;
		return lex_err(l, n->pos,
			       "malformed number '%.*s' (expected decimal without "
			       "leading zeros, or 0x and hex digits)",
			       len, start);
	}
	if (overflow)
		return lex_err(l, n->pos, "number does not fit in 64 bits (expected %s)", what);
	return 0;
}

int num_fit(struct lex *l, const struct num *n, s64 min, u64 max, const char *what, u64 *out)
{
	if (n->neg ? n->mag > -(u64)min : n->mag > max)
		return lex_err(l, n->pos,
			       "%s %s%" PRIu64 " out of range (expected %" PRId64 "..%" PRIu64 ")",
			       what, n->neg ? "-" : "", n->mag, min, max);
	*out = n->neg ? -n->mag : n->mag;
	return 0;
}
