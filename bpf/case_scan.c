// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include "bpf/case_tmpl.h"
#include "lib/nearest.h"
#include "lib/util.h"

int scan_err(const struct scan *sc, const char *at, const char *fmt, ...)
{
	size_t off = at - sc->text;
	char msg[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	if (sc->map)
		off = sc->map[off];
	return diag_set(sc->diag, sc->file, sc->line, sc->col + off, "%s%s%s%s", msg,
			sc->instance ? " [in instance " : "", sc->instance ? sc->instance : "",
			sc->instance ? "]" : "");
}

void scan_blanks(struct scan *sc)
{
	while (*sc->p == ' ' || *sc->p == '\t')
		sc->p++;
}

bool scan_end(struct scan *sc)
{
	scan_blanks(sc);
	return !*sc->p;
}

bool scan_char(struct scan *sc, char c)
{
	scan_blanks(sc);
	if (*sc->p != c)
		return false;
	sc->p++;
	return true;
}

static size_t copy_token(char *buf, size_t size, const char *start, size_t len)
{
	size_t n = len < size ? len : size - 1;

	memcpy(buf, start, n);
	buf[n] = '\0';
	return len;
}

size_t scan_word(struct scan *sc, char *buf, size_t size)
{
	const char *start;

	scan_blanks(sc);
	start = sc->p;
	while (isalnum((unsigned char)*sc->p) || *sc->p == '_')
		sc->p++;
	return copy_token(buf, size, start, sc->p - start);
}

size_t scan_token(struct scan *sc, char *buf, size_t size)
{
	const char *start;

	scan_blanks(sc);
	start = sc->p;
	while (*sc->p && *sc->p != ' ' && *sc->p != '\t')
		sc->p++;
	return copy_token(buf, size, start, sc->p - start);
}

int scan_number(struct scan *sc, u64 *value, bool *neg)
{
	const char *start, *digits;
	int base = 10;
	u64 v = 0;

	scan_blanks(sc);
	start = sc->p;
	*neg = *sc->p == '-';
	if (*sc->p == '-' || *sc->p == '+')
		sc->p++;
	if (sc->p[0] == '0' && (sc->p[1] | 0x20) == 'x') {
		base = 16;
		sc->p += 2;
	}
	for (digits = sc->p; digit_value(*sc->p) < base; sc->p++)
		if (__builtin_mul_overflow(v, (u64)base, &v) ||
		    __builtin_add_overflow(v, (u64)digit_value(*sc->p), &v))
			return scan_err(sc, start, "number does not fit 64 bits");
	if (sc->p == digits || isalnum((unsigned char)*sc->p) || *sc->p == '_') {
		char word[32];

		sc->p = start;
		scan_token(sc, word, sizeof(word));
		sc->p = start;
		if (!word[0])
			return scan_err(sc, start,
					"a number is missing (expected decimal or 0x hex)");
		return scan_err(sc, start, "'%s' is not a number (expected decimal or 0x hex)",
				word);
	}
	if (*neg && v > 1ull << 63)
		return scan_err(sc, start, "number does not fit 64 bits");
	*value = *neg ? -v : v;
	return 0;
}

int scan_u32(struct scan *sc, u32 *value, u32 min, u32 max, const char *what)
{
	const char *start;
	bool neg;
	u64 v;

	scan_blanks(sc);
	start = sc->p;
	if (scan_number(sc, &v, &neg))
		return -EINVAL;
	if (neg || v < min || v > max)
		return scan_err(sc, start, "%s out of range (expected %u to %u)", what, min, max);
	*value = v;
	return 0;
}

int scan_reg(struct scan *sc, int *reg)
{
	const char *start;
	char word[32];

	scan_blanks(sc);
	start = sc->p;
	scan_word(sc, word, sizeof(word));
	if (word[0] != 'r' || !isdigit((unsigned char)word[1]) ||
	    (word[2] && !isdigit((unsigned char)word[2]))) {
		if (!word[0])
			scan_token(sc, word, sizeof(word));
		return scan_err(sc, start, "'%s' is not a register (expected r0 to r9)", word);
	}
	if (word[2])
		return scan_err(sc, start, "register '%s' out of range (expected r0 to r9)", word);
	*reg = word[1] - '0';
	return 0;
}

int scan_done(struct scan *sc)
{
	char word[64];
	const char *at;

	if (scan_end(sc))
		return 0;
	at = sc->p;
	scan_token(sc, word, sizeof(word));
	return scan_err(sc, at, "'%s' is too much (expected the end of the line)", word);
}

bool is_ident(const char *s)
{
	if (!isalpha((unsigned char)*s) && *s != '_')
		return false;
	while (isalnum((unsigned char)*s) || *s == '_')
		s++;
	return !*s;
}

static const struct mem_type types[] = {
	{ "u8", 1, false }, { "u16", 2, false }, { "u32", 4, false }, { "u64", 8, false },
	{ "s8", 1, true },  { "s16", 2, true },	 { "s32", 4, true },  { "s64", 8, true },
};

int scan_type(struct scan *sc, const struct mem_type **type)
{
	const char *start;
	char word[32];

	scan_blanks(sc);
	start = sc->p;
	scan_word(sc, word, sizeof(word));
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (!strcmp(types[i].name, word)) {
			*type = &types[i];
			return 0;
		}
	}
	return scan_err(sc, start, "'%s' is not a type (expected u8 u16 u32 u64 s8 s16 s32 or s64)",
			word);
}

bool type_fits(const struct mem_type *t, u64 value, bool neg)
{
	int bits = 8 * t->size;

	if (bits == 64)
		return true;
	if (t->is_signed)
		return (s64)value >= -(1ll << (bits - 1)) && (s64)value < 1ll << (bits - 1);
	return !neg && value < 1ull << bits;
}
