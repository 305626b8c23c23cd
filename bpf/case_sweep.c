// SPDX-License-Identifier: GPL-2.0
/* sweep V[,V] in ITEM …: the values of variables in the instances of a case. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "bpf/case_tmpl.h"
#include "lib/nearest.h"
#include "lib/util.h"

#define MAX_ITEM 512

void sweep_free(struct tmpl_sweep *sw)
{
	if (!sw)
		return;
	for (u32 i = 0; i < sw->nvars; i++)
		free(sw->vars[i]);
	for (u32 i = 0; i < sw->nitems; i++) {
		for (u32 k = 0; k < sw->nvars; k++) {
			free(sw->items[i].id[k]);
			free(sw->items[i].value[k]);
		}
	}
	free(sw->items);
	free(sw);
}

static struct sweep_item *new_item(struct tmpl_sweep *sw)
{
	ARRAY_GROW(sw->items, sw->nitems, sw->cap);
	memset(&sw->items[sw->nitems], 0, sizeof(*sw->items));
	return &sw->items[sw->nitems++];
}

static bool id_text_ok(const char *s)
{
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && *s != '_' && *s != '-')
			return false;
	return true;
}

/* The next item, quotes kept: blanks inside "…" belong to it. */
static int take_item(struct scan *sc, char *buf, const char **at)
{
	bool quoted = false;
	size_t n = 0;

	scan_blanks(sc);
	*at = sc->p;
	for (; *sc->p && (quoted || (*sc->p != ' ' && *sc->p != '\t')); sc->p++) {
		if (*sc->p == '"')
			quoted = !quoted;
		if (n == MAX_ITEM - 1)
			return scan_err(sc, *at, "item too long (expected less than %d bytes)",
					MAX_ITEM);
		buf[n++] = *sc->p;
	}
	buf[n] = '\0';
	if (quoted)
		return scan_err(sc, *at, "unterminated string (expected '\"')");
	return 0;
}

/* One of the values of an item, [TEXT:]VALUE, in s[0..len). */
static int add_value(struct scan *sc, const char *at, struct sweep_item *it, u32 k, const char *s,
		     size_t len)
{
	const char *colon = memchr(s, ':', len), *quote = memchr(s, '"', len);
	const char *v = s;
	size_t vlen = len;

	if (colon && (!quote || colon < quote)) {
		it->id[k] = xstrndup(s, colon - s);
		v = colon + 1;
		vlen = s + len - v;
	}
	if (vlen >= 2 && v[0] == '"' && v[vlen - 1] == '"') {
		v++;
		vlen -= 2;
	}
	it->value[k] = xstrndup(v, vlen);
	if (!it->id[k])
		it->id[k] = xstrdup(it->value[k]);
	if (!it->id[k][0])
		return scan_err(sc, at, "empty value (expected VALUE or TEXT:VALUE)");
	if (!id_text_ok(it->id[k]))
		return scan_err(sc, at,
				"'%s' cannot stand in an id (expected TEXT:VALUE with a TEXT of "
				"letters, digits, _ and -)",
				it->id[k]);
	return 0;
}

static int add_values(struct scan *sc, const char *at, struct tmpl_sweep *sw,
		      const struct values *v)
{
	if (v->arity != sw->nvars)
		return scan_err(
			sc, at,
			"'%s' has %u value%s per element (expected %u, one for each variable)",
			v->name, v->arity, v->arity > 1 ? "s" : "", sw->nvars);
	for (u32 i = 0; i < v->cnt; i++) {
		struct sweep_item *it = new_item(sw);

		for (u32 k = 0; k < sw->nvars; k++) {
			char buf[VALUE_TEXT_MAX];

			values_id_text(buf, v->form, v->vals[i * v->arity + k]);
			it->id[k] = xstrdup(buf);
			values_text(buf, v->form, v->vals[i * v->arity + k]);
			it->value[k] = xstrdup(buf);
		}
	}
	return 0;
}

/* A..B or A..B/STEP. @item is known to hold "..". */
static int add_range(struct scan *sc, const char *at, struct tmpl_sweep *sw, const char *item)
{
	char *text = xstrdup(item), *dots = strstr(text, "..");
	struct scan lo = { .text = text, .p = text };
	struct scan hi = { .text = text, .p = dots + 2 };
	u64 a = 0, b = 0, step = 1;
	bool neg, bad;

	*dots = '\0';
	bad = scan_number(&lo, &a, &neg) || *lo.p || scan_number(&hi, &b, &neg);
	if (!bad && *hi.p == '/') {
		hi.p++;
		bad = scan_number(&hi, &step, &neg) || neg || !step;
	}
	bad = bad || *hi.p;
	free(text);
	if (bad)
		return scan_err(sc, at, "'%s' is not a range (expected A..B or A..B/STEP, numbers)",
				item);
	if ((s64)a > (s64)b)
		return scan_err(sc, at, "range '%s' is empty (expected A..B with A <= B)", item);
	if ((b - a) / step >= MAX_INSTANCES)
		return scan_err(sc, at, "range '%s' is too long (expected at most %u values)", item,
				MAX_INSTANCES);
	for (u64 i = 0; i <= (b - a) / step; i++) {
		struct sweep_item *it = new_item(sw);
		char buf[VALUE_TEXT_MAX];

		values_text(buf, VALUE_DEC, a + i * step);
		it->id[0] = xstrdup(buf);
		it->value[0] = xstrdup(buf);
	}
	return 0;
}

/* VALUE[,VALUE], a value for each variable. */
static int add_tuple(struct scan *sc, const char *at, struct tmpl_sweep *sw, const char *item)
{
	struct sweep_item *it = new_item(sw);
	const char *s = item;
	u32 k = 0;

	for (;;) {
		const char *e = s;
		bool quoted = false;

		while (*e && (quoted || *e != ','))
			quoted ^= *e++ == '"';
		if (k < sw->nvars && add_value(sc, at + (s - item), it, k, s, e - s))
			return -EINVAL;
		k++;
		if (!*e)
			break;
		s = e + 1;
	}
	if (k != sw->nvars)
		return scan_err(sc, at,
				"item '%s' has %u value%s (expected %u, one for each variable)",
				item, k, k > 1 ? "s" : "", sw->nvars);
	return 0;
}

static int parse_vars(struct scan *sc, struct tmpl_sweep *sw)
{
	char word[64];

	do {
		const char *at;

		scan_blanks(sc);
		at = sc->p;
		scan_word(sc, word, sizeof(word));
		if (!is_ident(word) || !strcmp(word, "in"))
			return scan_err(sc, at,
					"a variable is missing (expected sweep V[,V] in ITEM ...)");
		if (sw->nvars == MAX_SWEEP_VARS)
			return scan_err(sc, at, "too many variables (expected at most %d)",
					MAX_SWEEP_VARS);
		for (u32 i = 0; i < sw->nvars; i++)
			if (!strcmp(sw->vars[i], word))
				return scan_err(sc, at, "variable '%s' twice", word);
		sw->vars[sw->nvars++] = xstrdup(word);
	} while (scan_char(sc, ','));
	scan_blanks(sc);
	scan_word(sc, word, sizeof(word));
	if (strcmp(word, "in"))
		return scan_err(sc, sc->p - strlen(word),
				"'in' is missing (expected sweep V[,V] in ITEM ...)");
	return 0;
}

int sweep_parse(struct scan *sc, struct tmpl_sweep *sw)
{
	const char *at, *first = NULL;
	const struct values *v;
	char item[MAX_ITEM];
	u32 nitems = 0;
	int err;

	if (parse_vars(sc, sw))
		return -EINVAL;
	while (!scan_end(sc)) {
		if (take_item(sc, item, &at))
			return -EINVAL;
		if (!nitems++)
			first = at;
		v = values_find(item);
		if (v)
			err = add_values(sc, at, sw, v);
		else if (sw->nvars == 1 && strstr(item, "..") && !strpbrk(item, ":\""))
			err = add_range(sc, at, sw, item);
		else
			err = add_tuple(sc, at, sw, item);
		if (err)
			return err;
	}
	if (!nitems)
		return scan_err(sc, sc->p,
				"a sweep of nothing (expected values, ranges or names of values)");
	/* a sweep over a single word is a misspelt name */
	if (nitems == 1 && sw->nitems == 1 && sw->nvars == 1 && is_ident(item)) {
		struct nearest n;

		nearest_init(&n, item);
		for (size_t i = 0; (v = values_at(i)); i++)
			nearest_offer(&n, v->name);
		return scan_err(sc, first, "no values are called '%s' (%s)", item,
				nearest_hint(&n, "bpf/values.c has them all"));
	}
	return 0;
}
