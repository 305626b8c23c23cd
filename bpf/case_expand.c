// SPDX-License-Identifier: GPL-2.0
/* From templates to cases: the product of the sweeps, {V} replaced in every line, one struct bpf_case a member. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "bpf/case_subst.h"
#include "bpf/case_vec.h"
#include "lib/util.h"

#define BPF_JMP_CALL	0x85
#define BPF_JMP_EXIT	0x95
#define ALL_REGS	0x3ff
#define NOT_CLOBBERED	0x3c1	/* r0, r6-r9: what a call leaves readable */
#define ID_ROOM		(CASE_ID_MAX - 8)	/* ".65535" and the end */

/* Assembled programs of the template that mention no variable, by line. */
struct code_cache {
	struct code code;
	bool valid;
};

/* Ids of the file so far, by hash. */
struct id_set {
	struct id_entry {
		u64 hash;
		u32 line;	/* 0: free */
	} *tab;
	u32 cnt, cap;
};

struct expander {
	const struct case_file *file;
	const struct case_tmpl *t;
	const char *path, *group;	/* interned */
	struct vars vars;
	struct subst buf;
	struct code_cache *codes;	/* nlines */
	bool syms_vary;			/* a swept map line: no program is cached */
	struct vec_cache *tables;
	struct id_set ids;
	char operands[CASE_ID_MAX];
	u32 emitted;
	int (*emit)(void *ctx, struct bpf_case *c);
	void *ctx;
	struct diag *diag;
};

static struct scan scan_line(struct expander *x, const struct tmpl_line *l)
{
	struct scan sc = {
		.file = x->path, .line = l->line, .col = l->col, .text = l->text, .diag = x->diag,
		.member = x->vars.cnt ? x->operands : NULL,
	};

	if (l->has_vars) {
		subst_text(&x->buf, &x->vars, l->text);
		sc.text = x->buf.text;
		sc.map = x->buf.map;
	}
	sc.p = sc.text;
	return sc;
}

/* ---- programs ---- */

static int map_index(void *ctx, const char *name)
{
	const struct member *m = ctx;

	if (!strcmp(name, "mem"))
		return m->win[REGION_MEM] ? 0 : -ENOENT;
	for (u32 i = 0; i < m->c->nmaps; i++)
		if (!strcmp(m->c->maps[i].name, name))
			return 1 + i;
	return -ENOENT;
}

/* The assembler speaks of the text after replacement: put its column where the author sees it. */
static void fix_diag(struct expander *x, const struct tmpl_line *l)
{
	struct diag *d = x->diag;
	const char *p = x->buf.text;
	char msg[sizeof(d->msg)];
	u32 first = l->line + 1;

	if (!d)
		return;
	if (l->has_vars && d->line >= (int)first && d->col > 0) {
		const char *orig = l->body;
		u32 off, line_off;

		for (int i = first; i < d->line && strchr(p, '\n'); i++)
			p = strchr(p, '\n') + 1;
		off = p - x->buf.text;
		line_off = x->buf.map[off];
		off += strnlen(p, d->col - 1);
		if (x->buf.map[off] >= line_off && !memchr(orig + line_off, '\n', x->buf.map[off] - line_off))
			d->col = x->buf.map[off] - line_off + 1;
	}
	if (x->vars.cnt) {
		strcpy(msg, d->msg);
		snprintf(d->msg, sizeof(d->msg), "%.*s [in member %s]", (int)sizeof(msg) - 64 - CASE_ID_MAX, msg,
			 x->operands);
	}
}

static int assemble(struct expander *x, struct member *m, const struct tmpl_line *l, struct code *out)
{
	struct asm_syms syms = { .map_index = map_index, .ctx = m };
	struct code_cache *cached = &x->codes[l - x->t->lines];
	bool cacheable = !l->has_vars && !x->syms_vary;
	int err;

	if (cacheable && cached->valid) {
		code_copy(out, &cached->code);
		return 0;
	}
	err = subst_body(&x->buf, &x->vars, l, x->path, x->diag);
	if (err)
		return err;
	err = asm_assemble(x->buf.text, x->path, l->line + 1, &syms, out, x->diag);
	if (err) {
		fix_diag(x, l);
		return err;
	}
	if (cacheable) {
		code_copy(&cached->code, out);
		cached->valid = true;
	}
	return 0;
}

static u32 main_end(const struct code *code)
{
	return code->nfuncs > 1 ? code->funcs[1].start : code->cnt;
}

/* The slot of the first instruction @opcode in main, or -1. */
static long find_in_main(const struct code *code, u8 opcode)
{
	for (u32 i = 0; i < main_end(code); i++) {
		if (code->insns[i].code == opcode)
			return i;
		i += insn_is_wide(&code->insns[i]);
	}
	return -1;
}

u16 case_default_out(const struct bpf_case *c)
{
	if (c->raw)
		return 0;
	return find_in_main(&c->progs[0], BPF_JMP_CALL) < 0 ? ALL_REGS : NOT_CLOBBERED;
}

bool case_implied_alone(const struct bpf_case *c)
{
	return c->raw || c->nprogs > 1 || c->progs[0].nfuncs > 1 || c->nmaps || c->vecs->win_size[REGION_CTX] ||
	       c->outcome != OUTCOME_VALUE;
}

static int check_main(struct expander *x, struct member *m, const struct tmpl_line *l)
{
	const struct code *code = &m->c->progs[0];
	long slot = find_in_main(code, BPF_JMP_EXIT);

	if (slot >= 0 && !m->c->raw)
		return diag_set(x->diag, x->path, code->lines[slot], 0,
				"exit in a main body (expected to fall off its end; jump to a label on the last line, or raw)");
	if (m->c->raw && !main_end(code))
		return diag_set(x->diag, x->path, l->line, 0, "an empty raw program (expected at least exit)");
	if (!m->out_given)
		m->c->out_regs = case_default_out(m->c);
	return 0;
}

static int parse_progs(struct expander *x, struct member *m)
{
	struct bpf_case *c = m->c;
	u64 slots = 0;
	u32 n = 1;

	for (u32 i = 0; i < x->t->nlines; i++) {
		const struct tmpl_line *l = &x->t->lines[i];
		u32 k = *l->text ? n : 0;

		if (l->kw != KW_PROG)
			continue;
		if (assemble(x, m, l, &c->progs[k]))
			return -EINVAL;
		slots += c->progs[k].cnt;
		if (slots > CASE_MAX_SLOTS)
			return diag_set(x->diag, x->path, l->line, 0, "body too long (expected at most %d slots in all)",
					CASE_MAX_SLOTS);
		if (!k && check_main(x, m, l))
			return -EINVAL;
		if (k && !c->progs[k].cnt)
			return diag_set(x->diag, x->path, l->line, 0, "program '%s' is empty (expected at least exit)", l->text);
		n += k > 0;
	}
	return 0;
}

static void name_progs(struct expander *x, struct member *m)
{
	struct bpf_case *c = m->c;

	c->nprogs = 1;
	for (u32 i = 0; i < x->t->nlines; i++)
		c->nprogs += x->t->lines[i].kw == KW_PROG && *x->t->lines[i].text;
	c->progs = xcalloc(c->nprogs, sizeof(*c->progs));
	c->prog_names = xcalloc(c->nprogs, sizeof(*c->prog_names));
	c->prog_names[0] = xstrdup("main");
	for (u32 i = 0, n = 1; i < x->t->nlines; i++)
		if (x->t->lines[i].kw == KW_PROG && *x->t->lines[i].text)
			c->prog_names[n++] = xstrdup(x->t->lines[i].text);
}

/* ---- one member ---- */

static bool is_window(u8 kw)
{
	return kw == KW_MEM || kw == KW_STACK || kw == KW_CTX;
}

/* Windows first, since ptr lines look at them, then the rest, then vectors. */
static int parse_lines(struct expander *x, struct member *m)
{
	for (int pass = 0; pass < 3; pass++) {
		for (u32 i = 0; i < x->t->nlines; i++) {
			const struct tmpl_line *l = &x->t->lines[i];
			struct scan sc;
			int err;

			if (l->kw == KW_SWEEP || l->kw == KW_SKIP || l->kw == KW_PROG)
				continue;
			if (pass != (is_window(l->kw) ? 0 : l->kw == KW_VEC ? 2 : 1))
				continue;
			sc = scan_line(x, l);
			err = l->kw == KW_VEC ? vec_parse(m, &sc, l->text) : line_parse(m, l->kw, &sc);
			if (err)
				return err;
		}
	}
	return 0;
}

static int check_raw(struct expander *x, const struct member *m)
{
	const char *what = m->win[REGION_STACK] ? "a stack window" : m->ptr_regs ? "ptr" : m->out_given ? "out" :
			   m->ncols ? "registers in vec" : m->c->frame != CASE_FRAME_WIDE ? "frame" : NULL;

	if (!m->c->raw || !what)
		return 0;
	return diag_set(x->diag, x->path, x->t->line, 0, "%s in a raw case (expected none: nothing is filled or spilled there)",
			what);
}

static struct id_entry *id_slot(struct id_set *set, u64 hash)
{
	u32 i = hash & (set->cap - 1);

	while (set->tab[i].line && set->tab[i].hash != hash)
		i = (i + 1) & (set->cap - 1);
	return &set->tab[i];
}

static int claim_id(struct expander *x, const struct bpf_case *c)
{
	struct id_set *set = &x->ids;
	u64 hash = 14695981039346656037ull;
	struct id_entry *e;

	for (const char *p = c->id; *p; p++)
		hash = (hash ^ (u8)*p) * 1099511628211ull;
	if (set->cnt >= set->cap / 2) {
		struct id_set old = *set;

		set->cap = old.cap ? 2 * old.cap : 256;
		set->tab = xcalloc(set->cap, sizeof(*set->tab));
		for (u32 i = 0; i < old.cap; i++)
			if (old.tab[i].line)
				*id_slot(set, old.tab[i].hash) = old.tab[i];
		free(old.tab);
	}
	e = id_slot(set, hash);
	if (e->line)
		return diag_set(x->diag, x->path, c->line, 0, "two members have the id '%s' (the other: line %u)", c->id, e->line);
	*e = (struct id_entry){ hash, c->line };
	set->cnt++;
	return 0;
}

static int make_id(struct expander *x, struct bpf_case *c)
{
	if (c->id[0]) {
		char *group = xstrdup(c->id);

		*strrchr(group, '/') = '\0';
		c->group = case_intern(group);
		free(group);
	} else {
		c->group = x->group;
		if (strlen(x->group) + 1 + strlen(x->operands) >= ID_ROOM)
			return diag_set(x->diag, x->path, c->line, 0, "id '%s/%s' is too long (expected less than %d bytes)",
					x->group, x->operands, ID_ROOM);
		strcat(strcat(strcpy(c->id, x->group), "/"), x->operands);
	}
	return claim_id(x, c);
}

static int build_case(struct expander *x, struct member *m)
{
	struct bpf_case *c = m->c;
	struct scan where = {
		.file = x->path, .line = x->t->line, .col = 1, .text = "", .diag = x->diag,
		.member = x->vars.cnt ? x->operands : NULL,
	};

	c->file = x->path;
	c->line = x->t->line;
	name_progs(x, m);
	if (parse_lines(x, m) || check_raw(x, m) || make_id(x, c) || parse_progs(x, m))
		return -EINVAL;
	if (vecs_build(m, &x->tables, &where))
		return -EINVAL;
	c->alone |= case_implied_alone(c);
	return 0;
}

static int expand_member(struct expander *x)
{
	struct member m = { .c = xcalloc(1, sizeof(*m.c)), .t = x->t };
	int err = build_case(x, &m);

	member_vecs_free(&m);
	if (err) {
		bpf_case_free(m.c);
		return err;
	}
	x->emitted++;
	return x->emit(x->ctx, m.c);
}

/* ---- the sweeps ---- */

/* Trim blanks off [*s, *end). */
static void trim(const char **s, const char **end)
{
	while (*s < *end && (**s == ' ' || **s == '\t'))
		++*s;
	while (*end > *s && ((*end)[-1] == ' ' || (*end)[-1] == '\t'))
		--*end;
}

/* The operator of "A = B" or "A != B": a word of its own, since A and B may be operators too. Either may be empty. */
static const char *find_operator(const char *text, size_t *len)
{
	for (const char *p = text; *p; p += *len) {
		p += strspn(p, " \t");
		*len = strcspn(p, " \t");
		if ((*len == 1 && *p == '=') || (*len == 2 && !strncmp(p, "!=", 2)))
			return p;
	}
	return NULL;
}

/* skip A = B, skip A != B: no member where that holds. */
static int is_skipped(struct expander *x, bool *skipped)
{
	*skipped = false;
	for (u32 i = 0; i < x->t->nlines && !*skipped; i++) {
		const char *a, *a_end, *b, *b_end;
		struct scan sc;
		size_t len;
		bool equal;

		if (x->t->lines[i].kw != KW_SKIP)
			continue;
		sc = scan_line(x, &x->t->lines[i]);
		a = sc.text;
		a_end = find_operator(a, &len);
		if (!a_end)
			return scan_err(&sc, sc.text, "no condition (expected skip A = B or skip A != B)");
		b = a_end + len;
		b_end = b + strlen(b);
		trim(&a, &a_end);
		trim(&b, &b_end);
		equal = a_end - a == b_end - b && !memcmp(a, b, a_end - a);
		*skipped = equal == (len == 1);
	}
	return 0;
}

static int set_operands(struct expander *x)
{
	size_t n = 0;

	strcpy(x->operands, "one");
	for (u32 i = 0; i < x->vars.cnt; i++) {
		n += snprintf(x->operands + n, sizeof(x->operands) - n, "%s%s", i ? "_" : "", x->vars.v[i].id);
		if (n >= sizeof(x->operands))
			return diag_set(x->diag, x->path, x->t->line, 0, "operands '%s...' are too long for an id", x->operands);
	}
	return 0;
}

static int expand_product(struct expander *x)
{
	const struct tmpl_sweep *sweeps[MAX_VARS];
	u32 nsweeps = 0, before = x->emitted;
	u64 total = 1;
	int err = 0;

	for (u32 i = 0; i < x->t->nlines; i++) {
		if (x->t->lines[i].kw != KW_SWEEP)
			continue;
		sweeps[nsweeps++] = x->t->lines[i].sweep;
		total *= x->t->lines[i].sweep->nitems;
		if (total > MAX_MEMBERS)
			return diag_set(x->diag, x->path, x->t->lines[i].line, 0, "too many members (expected at most %u)",
					MAX_MEMBERS);
	}
	for (u64 n = 0; n < total && !err; n++) {
		u64 rest = n, period = total;
		bool skipped;

		x->vars.cnt = 0;
		for (u32 s = 0; s < nsweeps; s++) {
			const struct sweep_item *it;

			period /= sweeps[s]->nitems;
			it = &sweeps[s]->items[rest / period];
			rest %= period;
			for (u32 k = 0; k < sweeps[s]->nvars; k++)
				x->vars.v[x->vars.cnt++] = (struct var){ sweeps[s]->vars[k], it->value[k], it->id[k] };
		}
		err = set_operands(x);
		if (!err)
			err = is_skipped(x, &skipped);
		if (!err && !skipped)
			err = expand_member(x);
	}
	if (!err && x->emitted == before)
		err = diag_set(x->diag, x->path, x->t->line, 0, "every member of '%s' is skipped", x->t->name);
	return err;
}

static int expand_tmpl(struct expander *x, const struct case_tmpl *t)
{
	char *group = xasprintf("%s/%s", x->file->family, t->name);
	int err;

	x->t = t;
	x->group = case_intern(group);
	x->codes = xcalloc(t->nlines, sizeof(*x->codes));
	x->tables = NULL;
	x->syms_vary = false;
	for (u32 i = 0; i < t->nlines; i++)
		x->syms_vary |= (t->lines[i].kw == KW_MAP || is_window(t->lines[i].kw)) && t->lines[i].has_vars;
	err = expand_product(x);
	for (u32 i = 0; i < t->nlines; i++)
		code_free(&x->codes[i].code);
	free(x->codes);
	vec_cache_free(x->tables);
	free(group);
	return err;
}

int case_expand(const struct case_file *file, int (*emit)(void *ctx, struct bpf_case *c), void *ctx,
		struct diag *diag)
{
	struct expander x = {
		.file = file, .path = case_intern(file->path), .emit = emit, .ctx = ctx, .diag = diag,
	};
	int err = 0;

	for (u32 i = 0; i < file->cnt && !err; i++)
		err = expand_tmpl(&x, file->tmpls[i]);
	subst_free(&x.buf);
	free(x.ids.tab);
	return err;
}
