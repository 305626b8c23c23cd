// SPDX-License-Identifier: GPL-2.0
#include <fnmatch.h>
#include <string.h>
#include "lib/words.h"
#include "session/engine.h"
#include "session/known.h"
#include "session/release.h"

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

static bool matches(const void *id, const char *glob)
{
	return !fnmatch(glob, id, 0);
}

bool known_row_has(const struct known_row *r, const char *id)
{
	return r->verdicts &&
	       (matches(id, r->name) || (r->more && words_any(r->more, "+", matches, id)));
}

struct known_row *known_find(const struct known *k, const char *id, const char *engine,
			     const char *kernel)
{
	for (u32 i = 0; k && i < k->cnt; i++) {
		struct known_row *r = &k->rows[i];

		if (known_row_has(r, id) && covers(r, engine, kernel))
			return r;
	}
	return NULL;
}

struct known_row *known_spoiler(const struct known *k, const struct known_row *after,
				const char *engine, const char *kernel)
{
	for (u32 i = after ? after - k->rows + 1 : 0; k && i < k->cnt; i++)
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

static bool is_in(const void *text, const char *word)
{
	return strstr(text, word);
}

/* Is one of the alternatives @words in @text, which may be NULL? */
static bool has_any(const char *words, const char *text)
{
	return text && words_any(words, "\n", is_in, text);
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
		if (known_row_has(&k->rows[i], id))
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

/* Do the first @n characters of @name name the register or window @what ("r5", "mem+8..15")? */
static bool is_named(const char *name, size_t n, const char *what)
{
	if (n == 2 && !strncmp(name, "r*", n))
		return what[0] == 'r' && what[1] >= '0' && what[1] <= '9' && !what[2];
	return !strncmp(name, what, n) && (!what[n] || what[n] == '+');
}

/* Does @list, the places of a row, allow that @place differs? */
static bool may_differ(const char *list, const struct known_place *place)
{
	for (const char *p = list; p; p = strchr(p, ',')) {
		size_t n;

		p += *p == ',';
		n = strcspn(p, ":,");
		if (is_named(p, n, place->what) && (p[n] != ':' || !place->low))
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
	if (row && known_is_absent(row))
		return o->verdict;
	if (row && expects(row, o))
		return VERDICT_XFAIL;
	if (row && o->verdict == VERDICT_PASS)
		return VERDICT_XPASS;
	return o->verdict;
}
