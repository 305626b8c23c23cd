// SPDX-License-Identifier: GPL-2.0
/*
 * vec lines are parsed for each instance; equal ones share one struct vectors. The columns are
 * named by the registers as the template writes them ("r{D}"), so that all instances of a sweep
 * over registers share one table.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "bpf/case_vec.h"
#include "lib/nearest.h"
#include "lib/util.h"

#define MAX_LIST 65536

struct vec_parser {
	struct instance *m;
	struct scan *sc;
	const char *tmpl;
	struct instance_vec *v;
};

u32 instance_win_size(const struct instance *m, int region)
{
	u32 guards = guard_before(region) + guard_behind(region);

	return m->win[region] ? m->win[region] + guards : 0;
}

static u32 win_start(const struct instance *m, int region)
{
	u32 n = 0;

	for (int r = REGION_MEM; r < region; r++)
		n += instance_win_size(m, r);
	return n;
}

static u32 tmpl_off(const struct scan *sc, const char *p)
{
	return sc->map ? sc->map[p - sc->text] : (u32)(p - sc->text);
}

static void list_add(struct assign *a, u32 *cap, u64 v)
{
	ARRAY_GROW(a->own, a->cnt, *cap);
	a->own[a->cnt++] = v;
}

static int check_fit(const struct scan *sc, const char *at, const struct mem_type *type, u64 v,
		     bool neg)
{
	unsigned long long max;

	if (!type || type_fits(type, v, neg))
		return 0;
	max = (1ull << (8 * type->size - type->is_signed)) - 1;
	return scan_err(sc, at, "value does not fit %s (expected %lld to %llu)", type->name,
			type->is_signed ? -(long long)max - 1 : 0ll, max);
}

static const struct values *take_values(struct scan *sc, const struct mem_type *type)
{
	const struct values *found, *s;
	const char *at;
	struct nearest n;
	char word[64];

	scan_blanks(sc);
	at = sc->p;
	scan_word(sc, word, sizeof(word));
	found = values_find(word);
	if (!found) {
		nearest_init(&n, word);
		for (size_t i = 0; (s = values_at(i)); i++)
			nearest_offer(&n, s->name);
		scan_err(
			sc, at, "no values are called '%s' (%s)", word,
			nearest_hint(&n, "expected one of bpf/values.c, or values in parentheses"));
		return NULL;
	}
	if (found->arity != 1) {
		scan_err(sc, at, "'%s' has pairs (expected single values)", word);
		return NULL;
	}
	for (u32 i = 0; i < found->cnt; i++) {
		bool neg = found->form != VALUE_HEX && (s64)found->vals[i] < 0;

		if (type && !type_fits(type, found->vals[i], neg)) {
			scan_err(sc, at, "'%s' has values that do not fit %s", word, type->name);
			return NULL;
		}
	}
	return found;
}

/* NAME, or (VALUE A..B NAME …) */
static int parse_list(struct scan *sc, struct assign *a, const struct mem_type *type)
{
	const struct values *named;
	u32 cap = 0;

	if (!scan_char(sc, '(')) {
		named = take_values(sc, type);
		if (!named)
			return -EINVAL;
		a->vals = named->vals;
		a->cnt = named->cnt;
		return 0;
	}
	a->cnt = 0;
	while (!scan_char(sc, ')')) {
		const char *at = sc->p;
		bool neg, neg_last;
		u64 v, last;

		if (!*at)
			return scan_err(sc, at, "unterminated list (expected ')')");
		if (isalpha((unsigned char)*at)) {
			named = take_values(sc, type);
			if (!named)
				return -EINVAL;
			for (u32 i = 0; i < named->cnt; i++)
				list_add(a, &cap, named->vals[i]);
		} else {
			if (scan_number(sc, &v, &neg) || check_fit(sc, at, type, v, neg))
				return -EINVAL;
			last = v;
			if (sc->p[0] == '.' && sc->p[1] == '.') {
				sc->p += 2;
				if (scan_number(sc, &last, &neg_last) ||
				    check_fit(sc, at, type, last, neg_last))
					return -EINVAL;
				if ((s64)last < (s64)v || last - v >= MAX_LIST)
					return scan_err(
						sc, at,
						"empty or too long range (expected A..B, A <= B)");
			}
			for (u64 i = 0; i <= last - v; i++)
				list_add(a, &cap, v + i);
		}
		if (a->cnt > MAX_LIST)
			return scan_err(sc, at, "list too long (expected at most %d values)",
					MAX_LIST);
		scan_char(sc, ',');
		scan_blanks(sc);
	}
	if (!a->cnt)
		return scan_err(sc, sc->p - 1, "a list of nothing (expected values)");
	a->vals = a->own;
	return 0;
}

static bool take_in(struct scan *sc)
{
	scan_blanks(sc);
	if (strncmp(sc->p, "in", 2) || isalnum((unsigned char)sc->p[2]) || sc->p[2] == '_')
		return false;
	sc->p += 2;
	return true;
}

/* VALUE, or in LIST. */
static int parse_values(struct scan *sc, struct assign *a, const struct mem_type *type)
{
	const char *at;
	bool neg;

	if (take_in(sc))
		return parse_list(sc, a, type);
	scan_blanks(sc);
	at = sc->p;
	if (scan_number(sc, &a->one, &neg) || check_fit(sc, at, type, a->one, neg))
		return -EINVAL;
	a->cnt = 1;
	a->vals = NULL; /* &one, but the struct moves */
	return 0;
}

static int hex_nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* bytes 00a1…: the same on both byte orders. */
static int parse_raw(struct scan *sc, struct assign *a, u32 room)
{
	const char *at;

	scan_blanks(sc);
	at = sc->p;
	while (hex_nibble(sc->p[0]) >= 0 && hex_nibble(sc->p[1]) >= 0)
		sc->p += 2;
	a->cnt = (sc->p - at) / 2;
	if (!a->cnt || isalnum((unsigned char)*sc->p))
		return scan_err(sc, at, "bytes are missing (expected pairs of hex digits)");
	if (a->cnt > room)
		return scan_err(sc, at,
				"%u bytes reach beyond the window (expected at most %u here)",
				a->cnt, room);
	a->raw = xmalloc(a->cnt);
	for (u32 i = 0; i < a->cnt; i++)
		a->raw[i] = hex_nibble(at[2 * i]) << 4 | hex_nibble(at[2 * i + 1]);
	return 0;
}

/*
 * mem+N, stack-N, ctx+N. *@off is as in struct reg_in, *@row its place in a row of windows, *@room
 * how much of the window follows. With @guards also mem.lo+N and mem.hi+N, the guard bytes: a
 * printed vector has them.
 */
static int parse_place(struct vec_parser *vp, bool guards, u8 *region, s16 *off, u32 *row,
		       u32 *room)
{
	struct instance *m = vp->m;
	struct scan *sc = vp->sc;
	u32 size, first, n = 0;
	const char *at;
	char word[32];

	scan_blanks(sc);
	at = sc->p;
	scan_word(sc, word, sizeof(word));
	for (*region = REGION_MEM; *region < NR_REGIONS && strcmp(word, region_name(*region));
	     ++*region)
		;
	if (*region == NR_REGIONS) {
		if (!word[0])
			scan_token(sc, word, sizeof(word));
		return scan_err(sc, at,
				"'%s' cannot be assigned (expected rK, mem+N, stack-N or ctx+N%s)",
				word, guards ? "" : ", or retval");
	}
	size = m->win[*region];
	if (!size)
		return scan_err(sc, at, "no %s window in this case (expected a line '%s N')", word,
				word);
	first = guard_before(*region);
	if (guards && *sc->p == '.') {
		bool hi = !strncmp(sc->p, ".hi", 3);

		if ((!hi && strncmp(sc->p, ".lo", 3)) ||
		    !(hi ? guard_behind(*region) : guard_before(*region)))
			return scan_err(sc, sc->p, "no such guard (expected %s%s%s)",
					guard_before(*region) ? ".lo" : "",
					guard_before(*region) && guard_behind(*region) ? " or "
										       : "",
					guard_behind(*region) ? ".hi" : "");
		sc->p += 3;
		first = hi ? guard_before(*region) + size : 0;
		size = CASE_GUARD;
		if (scan_char(sc, '+') && scan_u32(sc, &n, 0, size - 1, "offset in the guard"))
			return -EINVAL;
	} else if (*region == REGION_STACK) {
		if (!scan_char(sc, '-'))
			return scan_err(sc, sc->p, "a distance is missing (expected stack-N)");
		if (scan_u32(sc, &n, 1, size, "distance from r10"))
			return -EINVAL;
		*off = -(int)n;
		n = size - n;
	} else {
		if (scan_char(sc, '+') && scan_u32(sc, &n, 0, size - 1, "offset in the window"))
			return -EINVAL;
		*off = n;
	}
	*row = win_start(m, *region) + first + n;
	*room = size - n;
	return 0;
}

static int take_equals(struct scan *sc)
{
	return scan_char(sc, '=') ? 0
				  : scan_err(sc, sc->p, "'=' is missing (expected PLACE=VALUE)");
}

/* Find or make the column of the register name at @at..sc->p. */
static int column_of(struct vec_parser *vp, const char *at, int reg, u8 *col)
{
	u32 start = tmpl_off(vp->sc, at), len = tmpl_off(vp->sc, vp->sc->p) - start;
	u32 i;

	for (i = 0; i < vp->m->ncols; i++)
		if (vp->m->cols[i].reg == reg && vp->m->cols[i].len == len &&
		    !memcmp(vp->m->cols[i].name, vp->tmpl + start, len))
			break;
	if (i == MAX_COLS)
		return scan_err(vp->sc, at, "too many register names (expected at most %d)",
				MAX_COLS);
	if (i == vp->m->ncols)
		vp->m->cols[vp->m->ncols++] = (struct column){ vp->tmpl + start, len, reg };
	*col = i;
	return 0;
}

static int parse_reg_assign(struct vec_parser *vp, struct assign *a)
{
	struct scan *sc = vp->sc;
	const char *at = sc->p;
	int reg;

	if (scan_reg(sc, &reg))
		return -EINVAL;
	if (vp->m->ptr_regs & (1 << reg))
		return scan_err(sc, at,
				"r%d holds a pointer (expected a register that no ptr line names)",
				reg);
	if (column_of(vp, at, reg, &a->col))
		return -EINVAL;
	for (u32 i = 0; i < vp->v->nassigns - 1; i++)
		if (vp->v->assigns[i].is_reg && vp->v->assigns[i].col == a->col)
			return scan_err(sc, at, "r%d is assigned twice in this line", reg);
	a->is_reg = true;
	scan_blanks(sc);
	if (*sc->p != '=' && !take_in(&(struct scan){ .p = sc->p, .text = sc->text }))
		return scan_err(sc, sc->p, "a value is missing (expected r%d=VALUE or r%d in SET)",
				reg, reg);
	if (*sc->p == '=')
		sc->p++;
	return parse_values(sc, a, NULL);
}

static int parse_mem_assign(struct vec_parser *vp, struct assign *a)
{
	struct scan *sc = vp->sc;
	const struct mem_type *type;
	const char *at;
	char word[32];
	u8 region;
	u32 room;
	s16 off;

	if (parse_place(vp, true, &region, &off, &a->off, &room) || take_equals(sc))
		return -EINVAL;
	scan_blanks(sc);
	at = sc->p;
	if (scan_word(sc, word, sizeof(word)) == 5 && !strcmp(word, "bytes"))
		return parse_raw(sc, a, room);
	sc->p = at;
	if (scan_type(sc, &type))
		return -EINVAL;
	if (type->size > room)
		return scan_err(sc, at, "%s reaches beyond the window (%u byte%s left)", type->name,
				room, room > 1 ? "s" : "");
	a->size = type->size;
	return parse_values(sc, a, type);
}

static bool at_arrow(struct scan *sc)
{
	scan_blanks(sc);
	return sc->p[0] == '-' && sc->p[1] == '>';
}

static bool at_register(const struct scan *sc)
{
	return sc->p[0] == 'r' && isdigit((unsigned char)sc->p[1]);
}

static int parse_expect(struct vec_parser *vp)
{
	struct scan *sc = vp->sc;
	struct instance_vec *v = vp->v;
	const struct mem_type *type = NULL;
	struct expect *e;
	const char *at = sc->p;
	u32 row, room;
	bool neg;
	int reg;

	ARRAY_GROW(v->expects, v->nexpects, v->ecap);
	e = &v->expects[v->nexpects];
	memset(e, 0, sizeof(*e));
	e->col = sc->col + tmpl_off(sc, at);
	if (at_register(sc)) {
		if (scan_reg(sc, &reg) || take_equals(sc))
			return -EINVAL;
		e->item.what = EXPECT_REG;
		e->item.reg = reg;
	} else if (!strncmp(at, "retval", 6)) {
		static const struct mem_type u32_type = { "u32", 4, false },
					     s32_type = { "s32", 4, true };

		sc->p += 6;
		if (take_equals(sc))
			return -EINVAL;
		e->item.what = EXPECT_RETVAL;
		e->item.size = 4;
		scan_blanks(sc);
		type = *sc->p == '-' ? &s32_type : &u32_type;
	} else {
		if (parse_place(vp, false, &e->item.region, &e->item.off, &row, &room) ||
		    take_equals(sc))
			return -EINVAL;
		scan_blanks(sc);
		at = sc->p;
		if (scan_type(sc, &type))
			return -EINVAL;
		if (type->size > room)
			return scan_err(sc, at, "%s reaches beyond the window (%u byte%s left)",
					type->name, room, room > 1 ? "s" : "");
		e->item.what = EXPECT_MEM;
		e->item.size = type->size;
	}
	scan_blanks(sc);
	at = sc->p;
	if (scan_number(sc, &e->item.value, &neg) || check_fit(sc, at, type, e->item.value, neg))
		return -EINVAL;
	if (e->item.size && e->item.size < 8)
		e->item.value &= (1ull << 8 * e->item.size) - 1;
	v->nexpects++;
	return 0;
}

int vec_parse(struct instance *m, struct scan *sc, const char *tmpl_text)
{
	struct vec_parser vp = { .m = m, .sc = sc, .tmpl = tmpl_text };
	struct instance_vec *v;
	u64 n = 1;

	if (!m->cols)
		m->cols = xcalloc(MAX_COLS, sizeof(*m->cols));
	ARRAY_GROW(m->vecs, m->nvecs, m->vcap);
	v = vp.v = &m->vecs[m->nvecs++];
	memset(v, 0, sizeof(*v));
	v->line = sc->line;
	while (!at_arrow(sc) && *sc->p) {
		struct assign *a;

		ARRAY_GROW(v->assigns, v->nassigns, v->acap);
		a = &v->assigns[v->nassigns++];
		memset(a, 0, sizeof(*a));
		if (at_register(sc) ? parse_reg_assign(&vp, a) : parse_mem_assign(&vp, a))
			return -EINVAL;
		n *= a->raw ? 1 : a->cnt;
		if (n > CASE_MAX_VECS)
			return scan_err(sc, sc->text, "too many vectors (expected at most %d)",
					CASE_MAX_VECS);
		scan_char(sc, ',');
	}
	v->nvecs = n;
	if (!*sc->p)
		return 0;
	if (!case_runs(m->c))
		return scan_err(sc, sc->p,
				"an expectation of a program that does not run "
				"(expected no '->' beside reject or accept)");
	sc->p += 2;
	if (scan_end(sc))
		return scan_err(sc, sc->p,
				"an expectation is missing (expected PLACE=VALUE behind '->')");
	while (!scan_end(sc)) {
		if (parse_expect(&vp))
			return -EINVAL;
		scan_char(sc, ',');
	}
	return 0;
}

void instance_vecs_free(struct instance *m)
{
	for (u32 i = 0; i < m->nvecs; i++) {
		for (u32 k = 0; k < m->vecs[i].nassigns; k++) {
			free(m->vecs[i].assigns[k].own);
			free(m->vecs[i].assigns[k].raw);
		}
		free(m->vecs[i].assigns);
		free(m->vecs[i].expects);
	}
	free(m->vecs);
	free(m->cols);
	m->vecs = NULL;
	m->nvecs = m->vcap = 0;
}
