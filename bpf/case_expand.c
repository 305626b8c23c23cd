// SPDX-License-Identifier: GPL-2.0
/* Expands templates to cases: the product of the sweeps, and the ids of the instances. */
#include <errno.h>
#include <string.h>
#include "bpf/case_expand.h"
#include "lib/util.h"

#define ID_ROOM (CASE_ID_MAX - 8) /* ".65535" and the end */

static int claim_id(struct expander *x, const struct bpf_case *c)
{
	const struct strset_entry *e = strset_find(&x->ids, c->id);

	if (e)
		return diag_set(x->diag, x->path, c->line, 0,
				"two instances have the id '%s' (the other: line %u)", c->id,
				e->value);
	strset_add(&x->ids, c->id, c->line);
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
			return diag_set(x->diag, x->path, c->line, 0,
					"id '%s/%s' is too long (expected less than %d bytes)",
					x->group, x->operands, ID_ROOM);
		strcat(strcat(strcpy(c->id, x->group), "/"), x->operands);
	}
	return claim_id(x, c);
}

static int expand_instance(struct expander *x)
{
	struct instance m = { .c = xcalloc(1, sizeof(*m.c)), .t = x->t };
	int err = instance_build(x, &m);

	if (!err)
		err = make_id(x, m.c);

	instance_vecs_free(&m);
	for (u32 i = 0; i < m.nlabels; i++)
		free(m.labels[i].name);
	free(m.labels);
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

/*
 * The operator of "A = B" or "A != B": a word of its own, since A and B may be operators too.
 * Either may be empty.
 */
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

/* skip A = B, skip A != B: does it exclude this instance? */
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
			return scan_err(&sc, sc.text,
					"no condition (expected skip A = B or skip A != B)");
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
		n += snprintf(x->operands + n, sizeof(x->operands) - n, "%s%s", i ? "_" : "",
			      x->vars.v[i].id);
		if (n >= sizeof(x->operands))
			return diag_set(x->diag, x->path, x->t->line, 0,
					"operands '%s...' are too long for an id", x->operands);
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
		if (total > MAX_INSTANCES)
			return diag_set(x->diag, x->path, x->t->lines[i].line, 0,
					"too many instances (expected at most %u)", MAX_INSTANCES);
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
				x->vars.v[x->vars.cnt++] =
					(struct var){ sweeps[s]->vars[k], it->value[k], it->id[k] };
		}
		err = set_operands(x);
		if (!err)
			err = is_skipped(x, &skipped);
		if (!err && !skipped)
			err = expand_instance(x);
	}
	if (!err && x->emitted == before)
		err = diag_set(x->diag, x->path, x->t->line, 0, "every instance of '%s' is skipped",
			       x->t->name);
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
		x->syms_vary |= (t->lines[i].kw == KW_MAP || is_window(t->lines[i].kw)) &&
				t->lines[i].has_vars;
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
		.file = file,
		.path = case_intern(file->path),
		.emit = emit,
		.ctx = ctx,
		.diag = diag,
	};
	int err = 0;

	for (u32 i = 0; i < file->cnt && !err; i++)
		err = expand_tmpl(&x, file->tmpls[i]);
	subst_free(&x.buf);
	strset_free(&x.ids);
	return err;
}

/* ---- conveniences ---- */

static int take_one(void *ctx, struct bpf_case *c)
{
	struct bpf_case **one = ctx;

	if (*one) {
		bpf_case_free(c);
		return -E2BIG;
	}
	*one = c;
	return 0;
}

struct bpf_case *case_parse_one(const char *text, const char *path, const char *family,
				struct diag *diag)
{
	struct bpf_case *c = NULL;
	struct case_file file;
	int ret;

	if (case_parse_text(text, path, family, &file, diag))
		return NULL;
	ret = case_expand(&file, take_one, &c, diag);
	case_file_free(&file);
	if (!ret)
		return c;
	if (ret == -E2BIG)
		diag_set(diag, path, 0, 0, "more than one case (expected one)");
	bpf_case_free(c);
	return NULL;
}

int case_expand_all(const char *dir, int (*emit)(void *ctx, struct bpf_case *c), void *ctx,
		    struct diag *diag)
{
	char **paths = case_paths(dir, diag);
	int ret = 0;

	if (!paths)
		return -EINVAL;
	for (u32 i = 0; paths[i] && !ret; i++) {
		struct case_file file;

		ret = case_parse_file(paths[i], NULL, &file, diag);
		if (ret)
			break;
		ret = case_expand(&file, emit, ctx, diag);
		case_file_free(&file);
	}
	case_paths_free(paths);
	return ret;
}
