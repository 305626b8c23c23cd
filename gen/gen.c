// SPDX-License-Identifier: GPL-2.0
/* Indices and ids: mixed radix over the dims of a family. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "gen/text.h"
#include "lib/nearest.h"
#include "lib/util.h"

#define GEN_PREFIX "gen/"

/* ---- operations ---- */

/* The rows that a family takes of the instruction table, found once. */
struct rows {
	const struct rows *next;
	const struct gen_family *f;
	u32 cnt;
	u16 row[];
};

static const struct rows *rows_of(const struct gen_family *f)
{
	static const struct rows *all;
	struct rows *r;

	for (const struct rows *known = all; known; known = known->next)
		if (known->f == f)
			return known;
	r = xmalloc(sizeof(*r) + nr_insn_descs * sizeof(r->row[0]));
	r->next = all;
	r->f = f;
	r->cnt = 0;
	for (u32 k = 0; k < nr_insn_descs; k++)
		if (f->row(&insn_descs[k]))
			r->row[r->cnt++] = k;
	all = r;
	return r;
}

u32 gen_nops(const struct gen_family *f)
{
	return f->row ? rows_of(f)->cnt : f->nops;
}

const struct insn_desc *gen_row(const struct gen_family *f, u32 op)
{
	return &insn_descs[rows_of(f)->row[op]];
}

const char *gen_op_name(const struct gen_family *f, u32 op)
{
	return f->row ? gen_row(f, op)->name : f->ops[op];
}

/* ---- counting ---- */

u64 gen_op_count(const struct gen_family *f, u32 op)
{
	u64 n = 1;

	for (u32 d = 0; f->dims[d]; d++)
		n *= f->dims[d]->count(f, op);
	return n;
}

u64 gen_count(const struct gen_family *f)
{
	u64 n = 0;

	for (u32 op = 0; op < gen_nops(f); op++)
		n += gen_op_count(f, op);
	return n;
}

/* The operation of the case at @index, and its value in each dim. */
static u32 locate(const struct gen_family *f, u64 index, u32 at[GEN_MAX_DIMS])
{
	u32 op = 0, ndims = 0;

	while (index >= gen_op_count(f, op))
		index -= gen_op_count(f, op++);
	while (f->dims[ndims])
		ndims++;
	for (u32 d = ndims; d--;) {
		u32 n = f->dims[d]->count(f, op);

		at[d] = index % n;
		index /= n;
	}
	return op;
}

/* ---- ids ---- */

static int print_group(char *buf, size_t size, const struct gen_family *f, u32 op)
{
	return snprintf(buf, size, GEN_PREFIX "%s/%s", f->name, gen_op_name(f, op));
}

static void print_id(char id[CASE_ID_MAX], const struct gen_family *f, u32 op, const u32 *at)
{
	size_t len = print_group(id, CASE_ID_MAX, f, op);

	for (u32 d = 0; f->dims[d] && len + 1 < CASE_ID_MAX; d++) {
		id[len++] = d ? '_' : '/';
		f->dims[d]->print(id + len, CASE_ID_MAX - len, f, op, at[d]);
		len += strlen(id + len);
	}
	if (!f->dims[0])
		snprintf(id + len, CASE_ID_MAX - len, "/one");
}

void gen_id(const struct gen_family *f, u64 index, char id[CASE_ID_MAX])
{
	u32 at[GEN_MAX_DIMS];
	u32 op = locate(f, index, at);

	print_id(id, f, op, at);
}

bool gen_is_id(const char *id)
{
	return !strncmp(id, GEN_PREFIX, strlen(GEN_PREFIX));
}

bool gen_is_pattern(const char *pattern)
{
	return gen_is_id(pattern) || !strcmp(pattern, "gen");
}

static const struct gen_family *find_family(const char **p, struct nearest *near)
{
	size_t len = strcspn(*p, "/");

	for (u32 i = 0; i < nr_gen_families; i++) {
		const struct gen_family *f = gen_families[i];

		nearest_offer(near, f->name);
		if (strlen(f->name) == len && !strncmp(f->name, *p, len)) {
			*p += len;
			return f;
		}
	}
	return NULL;
}

static int find_op(const struct gen_family *f, const char **p, struct nearest *near)
{
	size_t len = strcspn(*p, "/");

	for (u32 op = 0; op < gen_nops(f); op++) {
		const char *name = gen_op_name(f, op);

		nearest_offer(near, name);
		if (strlen(name) == len && !strncmp(name, *p, len)) {
			*p += len;
			return op;
		}
	}
	return -ENOENT;
}

/* The value of dim @d that the text at @*p names, up to '_', '.N' at the end, or the end. */
static long find_value(const struct gen_family *f, u32 op, u32 d, const char **p)
{
	size_t len = strcspn(*p, "_");
	char text[CASE_ID_MAX];

	for (u32 i = 0; i < f->dims[d]->count(f, op); i++) {
		size_t n;

		f->dims[d]->print(text, sizeof(text), f, op, i);
		n = strlen(text);
		/* the last operand may have a vector's number behind it */
		if (!strncmp(text, *p, n) &&
		    (n == len || (!f->dims[d + 1] && (*p)[n] == '.' && len > n + 1 &&
				  strspn(*p + n + 1, "0123456789") == len - n - 1))) {
			*p += len;
			return i;
		}
	}
	return -ENOENT;
}

static int not_found(char *hint, const char *what, struct nearest *near)
{
	if (hint)
		snprintf(hint, 128, "no such %s: %s", what,
			 near ? nearest_hint(near, "`checkjit list --gen` shows them")
			      : "`checkjit list --gen` shows them");
	return -ENOENT;
}

int gen_find(const char *id, const struct gen_family **out, u64 *index, char *hint)
{
	const char *p = id + strlen(GEN_PREFIX);
	const struct gen_family *f;
	struct nearest near;
	char word[CASE_ID_MAX];
	u64 base = 0, rest = 0;
	int op;

	if (!gen_is_id(id))
		return not_found(hint, "id", NULL);
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(p, "/"), p);
	nearest_init(&near, word);
	f = find_family(&p, &near);
	if (!f || *p++ != '/')
		return not_found(hint, "family", &near);
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(p, "/"), p);
	nearest_init(&near, word);
	op = find_op(f, &p, &near);
	if (op < 0 || *p++ != '/')
		return not_found(hint, "operation", &near);
	for (int i = 0; i < op; i++)
		base += gen_op_count(f, i);
	if (!f->dims[0] && strncmp(p, "one", 3))
		return not_found(hint, "operand", NULL);
	for (u32 d = 0; f->dims[d]; d++) {
		long i = find_value(f, op, d, &p);

		if (i < 0 || (f->dims[d + 1] && *p++ != '_'))
			return not_found(hint, "operand", NULL);
		rest = rest * f->dims[d]->count(f, op) + i;
	}
	if (f->dims[0] && *p)
		return not_found(hint, "operand", NULL);
	*out = f;
	*index = base + rest;
	return 0;
}

/* ---- cases ---- */

struct bpf_case *gen_nth(const struct gen_family *f, u64 index)
{
	struct gen g = { .family = f, .c = xcalloc(1, sizeof(*g.c)) };
	struct bpf_case *c = g.c;
	u32 at[GEN_MAX_DIMS] = {};
	u32 op = locate(f, index, at);
	char group[CASE_ID_MAX];

	print_id(c->id, f, op, at);
	print_group(group, sizeof(group), f, op);
	c->group = case_intern(group);
	c->file = case_intern("gen");
	c->nprogs = 1;
	c->progs = xcalloc(1, sizeof(*c->progs));
	c->prog_names = xcalloc(1, sizeof(*c->prog_names));
	c->prog_names[0] = xstrdup("main");
	c->progs[0].nfuncs = 1;
	c->progs[0].funcs = xcalloc(1, sizeof(*c->progs[0].funcs));
	c->progs[0].funcs[0] = (struct func){ .name = xstrdup("main"), .nargs = 1 };
	c->out_regs = (1 << CASE_REGS) - 1;
	for (int k = 0; k < CASE_REGS; k++)
		c->regs[k].col = k;
	f->build(&g, op, at);
	gen_parse_text(&g);
	return g.c;
}
