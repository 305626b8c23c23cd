// SPDX-License-Identifier: GPL-2.0
/* Parses all lines of a case but sweep, skip, prog and vec. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "bpf/cap_names.h"
#include "bpf/case_tmpl.h"
#include "lib/errname.h"
#include "lib/nearest.h"
#include "lib/util.h"

static const char *const map_kinds[] = {
	[MAP_ARRAY] = "array",
	[MAP_HASH] = "hash",
	[MAP_RINGBUF] = "ringbuf",
	[MAP_PROG_ARRAY] = "prog_array",
	[MAP_PERCPU_ARRAY] = "percpu_array",
	[MAP_ARENA] = "arena",
	[MAP_INSN_ARRAY] = "insn_array",
};

const char *map_kind_name(u8 kind)
{
	return kind < ARRAY_SIZE(map_kinds) ? map_kinds[kind] : NULL;
}

static int unknown_cap(struct scan *sc, const char *at, const char *word)
{
	struct nearest n;

	nearest_init(&n, word);
	for (int i = 0; i < NR_CAPS; i++)
		nearest_offer(&n, cap_name(i));
	return scan_err(sc, at, "no capability is called '%s' (%s)", word,
			nearest_hint(&n, "proto/caps.h has them all"));
}

static int parse_needs(struct instance *m, struct scan *sc)
{
	struct bpf_case *c = m->c;
	char word[64];

	if (scan_end(sc))
		return scan_err(sc, sc->p,
				"capabilities are missing (expected names of proto/caps.h)");
	while (!scan_end(sc)) {
		const char *at = sc->p;

		scan_token(sc, word, sizeof(word));
		if (cap_by_name(word) < 0)
			return unknown_cap(sc, at, word);
		c->needs = xrealloc(c->needs, (c->nneeds + 1) * sizeof(*c->needs));
		c->needs[c->nneeds++] = xstrdup(word);
	}
	return 0;
}

static int parse_prog_type(struct instance *m, struct scan *sc)
{
	const char *at;
	char word[32];

	scan_blanks(sc);
	at = sc->p;
	scan_token(sc, word, sizeof(word));
	for (int i = 0; i < NR_CASE_TYPES; i++) {
		if (strcmp(word, case_type_name(i)))
			continue;
		m->c->type = i;
		return 0;
	}
	return scan_err(sc, at,
			"no type of program is called '%s' (expected syscall, raw_tp, socket, "
			"classic or xdp)",
			word);
}

static int parse_wrapper(struct instance *m, struct scan *sc)
{
	const char *at;
	char word[32];

	scan_blanks(sc);
	at = sc->p;
	scan_token(sc, word, sizeof(word));
	if (!strcmp(word, "low"))
		m->c->wrapper = CASE_WRAPPER_LOW;
	else if (!strcmp(word, "wide"))
		m->c->wrapper = CASE_WRAPPER_WIDE;
	else
		return scan_err(sc, at, "no frame is called '%s' (expected low or wide)", word);
	return 0;
}

static int parse_window(struct instance *m, struct scan *sc, enum region region)
{
	/* a program has 512 bytes of stack, of which the guard and the wrapper take some */
	u32 max = region == REGION_STACK
			  ? 512 - CASE_GUARD - CASE_SCRATCH
			  : CASE_MAX_WINDOW - guard_before(region) - guard_behind(region);
	const char *at;

	if (m->win[region])
		return scan_err(sc, sc->text, "this window was sized before, in line %u",
				m->win_line[region]);
	scan_blanks(sc);
	at = sc->p;
	if (scan_u32(sc, &m->win[region], 8, max, "size of a window"))
		return -EINVAL;
	if (m->win[region] % 8)
		return scan_err(sc, at, "size %u of a window is odd (expected a multiple of 8)",
				m->win[region]);
	m->win_line[region] = sc->line;
	return 0;
}

/*
 * rK = mem[+N], stack-N, ctx[+N], or rK = far mem+N or far mem-N. The offsets of instructions lead
 * from a far pointer back into the window; the wrapper makes room, since the verifier wants the
 * pointer in the map's value.
 */
static int parse_ptr(struct instance *m, struct scan *sc)
{
	enum region region;
	const char *at;
	char word[32];
	bool far = false, minus = false;
	u32 off = 0;
	int reg;

	if (scan_reg(sc, &reg))
		return -EINVAL;
	if (m->ptr_regs & (1 << reg))
		return scan_err(sc, sc->text, "r%d holds a pointer already", reg);
	if (!scan_char(sc, '='))
		return scan_err(sc, sc->p,
				"'=' is missing (expected ptr rK = mem+N, stack-N or ctx+N)");
	scan_blanks(sc);
	at = sc->p;
	scan_word(sc, word, sizeof(word));
	if (!strcmp(word, "far")) {
		far = true;
		scan_blanks(sc);
		at = sc->p;
		scan_word(sc, word, sizeof(word));
	}
	for (region = REGION_MEM; region < NR_REGIONS && strcmp(word, region_name(region));
	     region++)
		;
	if (region == NR_REGIONS || (far && region != REGION_MEM))
		return scan_err(sc, at, "no window is called '%s' (expected %s)", word,
				far ? "mem" : "mem, stack or ctx");
	if (!m->win[region])
		return scan_err(sc, at, "no %s window in this case (expected a line '%s N')", word,
				word);
	scan_blanks(sc);
	at = sc->p;
	if (region == REGION_STACK) {
		if (!scan_char(sc, '-'))
			return scan_err(sc, sc->p, "a distance is missing (expected stack-N)");
		if (scan_u32(sc, &off, 1, m->win[region], "distance from r10"))
			return -EINVAL;
		minus = true;
	} else if (far && scan_char(sc, '-')) {
		if (scan_u32(sc, &off, 1, CASE_MAX_FAR, "offset from the window"))
			return -EINVAL;
		minus = true;
	} else if (scan_char(sc, '+')) {
		if (scan_u32(sc, &off, 0, far ? CASE_MAX_FAR : m->win[region],
			     "offset in the window"))
			return -EINVAL;
	}
	m->ptr_regs |= 1 << reg;
	m->c->regs[reg].region = region;
	m->c->regs[reg].off = minus ? -(int)off : (int)off;
	return scan_done(sc);
}

static int find_prog(const struct bpf_case *c, const char *name)
{
	for (u32 i = 0; i < c->nprogs; i++)
		if (!strcmp(c->prog_names[i], name))
			return i;
	return -1;
}

/* ENTRIES = P … */
static int parse_prog_array(struct instance *m, struct scan *sc, struct case_map *map)
{
	u32 n = 0;

	map->key_size = map->value_size = 4;
	if (scan_u32(sc, &map->entries, 1, 1024, "number of entries"))
		return -EINVAL;
	map->slots = xmalloc(map->entries * sizeof(*map->slots));
	for (u32 i = 0; i < map->entries; i++)
		map->slots[i] = -1;
	if (scan_end(sc))
		return 0;
	if (!scan_char(sc, '='))
		return scan_err(sc, sc->p, "'=' is missing (expected ENTRIES = PROG ...)");
	for (; !scan_end(sc); n++) {
		const char *at = sc->p;
		char word[64];

		scan_token(sc, word, sizeof(word));
		if (n == map->entries)
			return scan_err(sc, at,
					"'%s' is one program too many (expected at most %u)", word,
					map->entries);
		if (!strcmp(word, "_"))
			continue;
		map->slots[n] = find_prog(m->c, word);
		if (map->slots[n] < 0)
			return scan_err(sc, at,
					"no program is called '%s' (expected main, _ or the name "
					"of a prog line)",
					word);
	}
	return 0;
}

/* map NAME arena PAGES: a program can have only one */
static int parse_arena(struct instance *m, struct scan *sc, struct case_map *map)
{
	const struct bpf_case *c = m->c;

	for (u32 i = 0; i + 1 < c->nmaps; i++)
		if (c->maps[i].kind == MAP_ARENA)
			return scan_err(sc, sc->p, "a second arena (expected one in a case)");
	if (scan_u32(sc, &map->entries, 1, CASE_ARENA_PAGES, "number of pages"))
		return -EINVAL;
	return scan_done(sc);
}

/* insn_array = LABEL …: one entry for each label; targets_parse() resolves them later */
static int parse_insn_array(struct scan *sc, struct case_map *map)
{
	char word[64];

	map->key_size = 4;
	map->value_size = 16; /* struct bpf_insn_array_value */
	if (!scan_char(sc, '=') || scan_end(sc))
		return scan_err(sc, sc->p, "targets are missing (expected insn_array = LABEL ...)");
	for (; !scan_end(sc); map->entries++)
		scan_token(sc, word, sizeof(word));
	if (map->entries > CASE_INSN_ARRAY)
		return scan_err(sc, sc->text, "%u targets (expected at most %u)", map->entries,
				CASE_INSN_ARRAY);
	map->slots = xcalloc(map->entries, sizeof(*map->slots));
	return 0;
}

static int parse_map(struct instance *m, struct scan *sc)
{
	struct bpf_case *c = m->c;
	struct case_map *map;
	const char *at;
	char word[64];
	u8 kind = 0;

	scan_blanks(sc);
	at = sc->p;
	scan_word(sc, word, sizeof(word));
	if (!is_ident(word))
		return scan_err(sc, at, "the map's name is missing (expected map NAME KIND ...)");
	if (!strcmp(word, "mem"))
		return scan_err(sc, at,
				"'mem' is the name of the map that holds the mem window (expected "
				"another)");
	for (u32 i = 0; i < c->nmaps; i++)
		if (!strcmp(c->maps[i].name, word))
			return scan_err(sc, at, "two maps are called '%s'", word);
	c->maps = xrealloc(c->maps, (c->nmaps + 1) * sizeof(*c->maps));
	map = &c->maps[c->nmaps++];
	memset(map, 0, sizeof(*map));
	map->name = xstrdup(word);

	scan_blanks(sc);
	at = sc->p;
	scan_word(sc, word, sizeof(word));
	while (kind < ARRAY_SIZE(map_kinds) && strcmp(map_kinds[kind], word))
		kind++;
	if (kind == ARRAY_SIZE(map_kinds))
		return scan_err(sc, at,
				"no kind of map is called '%s' (expected array, percpu_array, "
				"hash, ringbuf, arena, insn_array or prog_array)",
				word);
	map->kind = kind;
	if (kind == MAP_INSN_ARRAY)
		return parse_insn_array(sc, map);
	if (kind == MAP_PROG_ARRAY)
		return parse_prog_array(m, sc, map);
	if (kind == MAP_ARENA)
		return parse_arena(m, sc, map);
	if (scan_u32(sc, &map->key_size, 0, 512, "key size") ||
	    scan_u32(sc, &map->value_size, 0, 65536, "value size") ||
	    scan_u32(sc, &map->entries, 1, 1u << 24, "number of entries"))
		return -EINVAL;
	return scan_done(sc);
}

/* The slot of a word of an insn_array line, which is a label of main or a number; -1: none */
static long target_slot(const struct instance *m, const char *word)
{
	char *end;
	long n = strtol(word, &end, 10);

	if (!*end)
		return n >= 0 && n <= (long)m->c->progs[0].cnt ? n : -1;
	for (u32 i = 0; i < m->nlabels; i++)
		if (!strcmp(m->labels[i].name, word))
			return m->labels[i].slot;
	return -1;
}

int targets_parse(struct instance *m, struct scan *sc)
{
	struct case_map *map = m->c->maps;
	char word[64];

	scan_token(sc, word, sizeof(word));
	while (strcmp(map->name, word))
		map++;
	if (map->kind != MAP_INSN_ARRAY)
		return 0;
	scan_token(sc, word, sizeof(word)); /* the kind */
	scan_char(sc, '=');
	for (u32 i = 0; i < map->entries && !scan_end(sc); i++) {
		const char *at = sc->p;
		long slot;

		scan_token(sc, word, sizeof(word));
		slot = target_slot(m, word);
		if (slot < 0 || slot > INT16_MAX)
			return scan_err(sc, at, "'%s' is not a label or slot of the program", word);
		map->slots[i] = slot;
	}
	return 0;
}

static int parse_out(struct instance *m, struct scan *sc)
{
	char word[32];
	int reg;

	if (scan_end(sc))
		return scan_err(sc, sc->p, "registers are missing (expected rK ... or none)");
	m->out_given = true;
	while (!scan_end(sc)) {
		const char *at = sc->p;

		if (!strncmp(at, "none", 4) && scan_token(sc, word, sizeof(word)) == 4)
			continue;
		sc->p = at;
		if (scan_reg(sc, &reg))
			return -EINVAL;
		m->c->out_regs |= 1 << reg;
		scan_char(sc, ',');
	}
	return 0;
}

static int unknown_errno(struct scan *sc, const char *at, const char *word)
{
	struct nearest n;

	nearest_init(&n, word);
	for (int err = 1; err <= ENOTSUPP; err++)
		if (errno_name(err))
			nearest_offer(&n, errno_name(err));
	return scan_err(sc, at, "no errno is called '%s' (%s)", word,
			nearest_hint(&n, "expected EINVAL, EACCES ... or a number"));
}

/* [ERRNO] ["TEXT"] */
static int parse_refusal(struct scan *sc, struct refusal *out)
{
	char word[64];

	if (!scan_end(sc) && *sc->p != '"') {
		const char *at = sc->p;

		scan_token(sc, word, sizeof(word));
		if (isdigit((unsigned char)word[0])) {
			sc->p = at;
			if (scan_u32(sc, (u32 *)&out->err, 1, 4095, "errno"))
				return -EINVAL;
		} else {
			out->err = errno_by_name(word);
			if (out->err < 0)
				return unknown_errno(sc, at, word);
		}
	}
	if (scan_char(sc, '"')) {
		const char *end = strchr(sc->p, '"');

		if (!end)
			return scan_err(sc, sc->p - 1, "unterminated string (expected '\"')");
		if (end == sc->p)
			return scan_err(sc, sc->p - 1,
					"empty text (expected a part of the verifier's log)");
		out->log = xstrndup(sc->p, end - sc->p);
		sc->p = end + 1;
	}
	return scan_done(sc);
}

static int second_outcome(struct scan *sc)
{
	return scan_err(
		sc, sc->text,
		"a second outcome (expected lines of reject, lines of either, or one accept)");
}

/* One line for each way of refusing. A line without errno and text allows any, and stands alone. */
static int parse_outcome(struct instance *m, struct scan *sc, enum outcome outcome)
{
	struct bpf_case *c = m->c;
	struct refusal *r;

	if (c->outcome != OUTCOME_VALUE && c->outcome != outcome)
		return second_outcome(sc);
	if (c->outcome != OUTCOME_VALUE && (!c->nrefusals || scan_end(sc)))
		return scan_err(sc, sc->text,
				"without errno and text any refusal is right (expected no other "
				"line of reject or either)");
	c->outcome = outcome;
	if (scan_end(sc))
		return 0;
	c->refusals = xrealloc(c->refusals, (c->nrefusals + 1) * sizeof(*c->refusals));
	r = &c->refusals[c->nrefusals++];
	*r = (struct refusal){ 0 };
	return parse_refusal(sc, r);
}

static int parse_accept(struct instance *m, struct scan *sc)
{
	if (m->c->outcome != OUTCOME_VALUE)
		return second_outcome(sc);
	m->c->outcome = OUTCOME_ACCEPT;
	return scan_done(sc);
}

static int parse_id(struct instance *m, struct scan *sc)
{
	const char *at;
	char word[CASE_ID_MAX + 1];
	int parts = 1;

	scan_blanks(sc);
	at = sc->p;
	if (scan_token(sc, word, sizeof(word)) >= CASE_ID_MAX - 8)
		return scan_err(sc, at, "id too long (expected less than %d bytes)",
				CASE_ID_MAX - 8);
	for (const char *p = word; *p; p++) {
		if (!isalnum((unsigned char)*p) && !strchr("_-/", *p))
			return scan_err(
				sc, at + (p - word),
				"'%c' cannot stand in an id (expected letters, digits, _ - /)", *p);
		if (*p == '/' && (p == word || p[1] == '/' || !p[1]))
			return scan_err(sc, at + (p - word),
					"empty part of an id (expected FAMILY/NAME/OPERANDS)");
		parts += *p == '/';
	}
	if (parts < 3)
		return scan_err(sc, at, "'%s' is not an id (expected FAMILY/NAME/OPERANDS)", word);
	strcpy(m->c->id, word);
	return scan_done(sc);
}

static void parse_text(char **dst, const char *text)
{
	char *joined = *dst ? xasprintf("%s %s", *dst, text) : xstrdup(text);

	free(*dst);
	*dst = joined;
}

int line_parse(struct instance *m, u8 kw, struct scan *sc)
{
	switch (kw) {
	case KW_DOC:
		parse_text(&m->c->doc, sc->text);
		return 0;
	case KW_GUARDS:
		parse_text(&m->c->guards, sc->text);
		return 0;
	case KW_ID:
		return parse_id(m, sc);
	case KW_NEEDS:
		return parse_needs(m, sc);
	case KW_TYPE:
		return parse_prog_type(m, sc) ? -EINVAL : scan_done(sc);
	case KW_FRAME:
		return parse_wrapper(m, sc) ? -EINVAL : scan_done(sc);
	case KW_ALONE:
		m->c->alone = true;
		return scan_done(sc);
	case KW_FOLDS:
		m->c->folds = true;
		return scan_done(sc);
	case KW_RAW:
		m->c->raw = true;
		return scan_done(sc);
	case KW_MEM:
		return parse_window(m, sc, REGION_MEM) ? -EINVAL : scan_done(sc);
	case KW_STACK:
		return parse_window(m, sc, REGION_STACK) ? -EINVAL : scan_done(sc);
	case KW_CTX:
		return parse_window(m, sc, REGION_CTX) ? -EINVAL : scan_done(sc);
	case KW_PTR:
		return parse_ptr(m, sc);
	case KW_MAP:
		return parse_map(m, sc);
	case KW_OUT:
		return parse_out(m, sc);
	case KW_REJECT:
		return parse_outcome(m, sc, OUTCOME_REJECT);
	case KW_EITHER:
		return parse_outcome(m, sc, OUTCOME_EITHER);
	case KW_ACCEPT:
		return parse_accept(m, sc);
	default:
		return 0;
	}
}
