// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "bpf/cap_names.h"
#include "bpf/insn.h"
#include "bpf/quirks.h"
#include "lib/strbuf.h"
#include "lib/util.h"
#include "report/arches.h"
#include "session/engine.h"

#define CELL_MAX 100 /* characters of a list in a row */

/* A failure of a native engine that results/known predicts. */
struct bug {
	const char *name; /* of the quirk, or the pattern of a row by id */
	const char *kind, *reason;
};

struct machine {
	const char *name;
	const struct run *main; /* that with the most cases */
	struct strbuf kernels;
	u32 bits;
	const char *order;
	bool have[NR_CAPS], probed[NR_CAPS]; /* in any run */
	bool *native, *left; /* by row of insn_descs[]: it ran as native code; it was refused */
	struct known known;
	struct bug *bugs;
	u32 nbugs, cap;
	u32 fresh; /* cases on native engines that fail and that no row lists */
};

struct arches {
	struct machine *m; /* by name */
	u32 cnt, cap;
	const struct run_set **sets;
	u32 nsets, sets_cap;
	bool *seen; /* by row of insn_descs[]: a case has it */
};

struct arches *arches_new(void)
{
	struct arches *a = xcalloc(1, sizeof(*a));

	a->seen = xcalloc(nr_insn_descs, sizeof(*a->seen));
	return a;
}

void arches_free(struct arches *a)
{
	for (u32 i = 0; i < a->cnt; i++) {
		free(a->m[i].kernels.s);
		free(a->m[i].native);
		free(a->m[i].left);
		free(a->m[i].bugs);
		known_free(&a->m[i].known);
	}
	free(a->m);
	free(a->sets);
	free(a->seen);
	free(a);
}

/* ---- runs ---- */

static struct machine *find_machine(const struct arches *a, const char *name)
{
	for (u32 i = 0; i < a->cnt; i++)
		if (!strcmp(a->m[i].name, name))
			return &a->m[i];
	return NULL;
}

/* The place of @name, made if it is not there. NULL: its known failures are malformed. */
static struct machine *machine(struct arches *a, const char *name)
{
	struct machine *m = find_machine(a, name);
	struct known known;
	u32 at = 0;

	if (m)
		return m;
	if (known_load_arch(name, &known))
		return NULL;
	ARRAY_GROW(a->m, a->cnt, a->cap);
	while (at < a->cnt && strcmp(a->m[at].name, name) < 0)
		at++;
	m = &a->m[at];
	memmove(m + 1, m, (a->cnt++ - at) * sizeof(*m));
	*m = (struct machine){
		.name = name,
		.known = known,
		.native = xcalloc(nr_insn_descs, sizeof(*m->native)),
		.left = xcalloc(nr_insn_descs, sizeof(*m->left)),
	};
	return m;
}

static void add_info(struct machine *m, const struct run *run)
{
	const struct run_info *info = &run->info;

	if (!m->kernels.len || !strstr(m->kernels.s, info->kernel))
		strbuf_join(&m->kernels, ", ", "%s", info->kernel);
	if (!m->main || run->cases > m->main->cases)
		m->main = run;
	if (info->word_bits) {
		m->bits = info->word_bits;
		m->order = info->order;
	}
	for (u32 i = 0; i < info->ncaps; i++)
		for (int c = 0; c < NR_CAPS; c++) {
			if (strcmp(info->caps[i].name, cap_name(c)))
				continue;
			m->probed[c] = true;
			m->have[c] |= info->caps[i].have;
		}
}

static bool is_native(const struct record *r)
{
	const struct engine *e = engine_by_name(r->engine);

	return e && e->native;
}

static void add_bug(struct machine *m, const char *name, const struct known_row *row,
		    const struct record *r)
{
	const char *kind = row ? row->kind : r->known.kind;
	u32 at = 0;

	while (at < m->nbugs && strcmp(m->bugs[at].name, name) < 0)
		at++;
	if (at < m->nbugs && !strcmp(m->bugs[at].name, name))
		return;
	ARRAY_GROW(m->bugs, m->nbugs, m->cap);
	memmove(&m->bugs[at + 1], &m->bugs[at], (m->nbugs++ - at) * sizeof(*m->bugs));
	m->bugs[at] = (struct bug){ name, kind ? kind : "?", row ? row->reason : r->known.reason };
}

/* Family and operation of an id */
static const char *group_of(const char *id)
{
	size_t family = strcspn(id, "/"), len = family + (id[family] == '/');
	char *s = xstrndup(id, len + strcspn(id + len, "/"));
	const char *group = case_intern(s);

	free(s);
	return group;
}

/* A record names its quirks; the others have a row by id, unless it was deleted since. */
static void add_known(struct machine *m, const struct record *r)
{
	struct known_row *row;

	for (int q = 0; r->quirks && q < NR_QUIRKS; q++) {
		const char *name = quirk_descs[q].name, *at = strstr(r->quirks, name);
		size_t len = strlen(name);

		if (at && (at == r->quirks || at[-1] == '+') && (!at[len] || at[len] == '+'))
			add_bug(m, name, known_quirk(&m->known, q, r->engine, r->kernel), r);
	}
	if (r->quirks)
		return;
	row = known_find(&m->known, r->id, r->engine, r->kernel);
	add_bug(m, row ? row->name : group_of(r->id), row, r);
}

static void add_records(struct machine *m, const struct run *run)
{
	for (u32 i = 0; i < run->cnt; i++) {
		const struct record *r = &run->recs[i];

		if (!is_native(r))
			continue;
		if (r->verdict == VERDICT_XFAIL)
			add_known(m, r);
		else if (verdicts[r->verdict].exit == EXIT_FINDINGS)
			m->fresh += record_cases(r);
	}
}

int arches_add_runs(struct arches *a, const struct run_set *set)
{
	ARRAY_GROW(a->sets, a->nsets, a->sets_cap);
	a->sets[a->nsets++] = set;
	for (u32 i = 0; i < set->cnt; i++) {
		struct machine *m = machine(a, set->runs[i].info.arch);

		if (!m)
			return -EINVAL;
		add_info(m, &set->runs[i]);
		add_records(m, &set->runs[i]);
	}
	return 0;
}

/* ---- cases ---- */

static bool ran_native(const struct record *r)
{
	return verdicts[r->verdict].executed && r->verdict != VERDICT_FALLBACK &&
	       r->verdict != VERDICT_NOT_TESTED;
}

static void mark(bool *rows, const struct bpf_case *c)
{
	for (u32 p = 0; p < c->nprogs; p++) {
		const struct code *code = &c->progs[p];

		for (u32 i = 0; i < code->cnt; i++) {
			const struct insn_desc *d = insn_lookup(&code->insns[i]);

			i += insn_is_wide(&code->insns[i]);
			if (d)
				rows[d - insn_descs] = true;
		}
	}
}

void arches_add_case(struct arches *a, const struct bpf_case *c)
{
	/* classic codes would be taken for eBPF insns */
	if (c->type == CASE_TYPE_CLASSIC || !case_runs(c))
		return;
	mark(a->seen, c);
	for (u32 s = 0; s < a->nsets; s++) {
		u32 n;
		struct record **rec = run_set_opinions(a->sets[s], c->id, &n);

		for (u32 i = 0; i < n; i++) {
			struct machine *m = find_machine(a, rec[i]->arch);

			if (is_native(rec[i]) && ran_native(rec[i]))
				mark(m->native, c);
			else if (is_native(rec[i]) && rec[i]->verdict == VERDICT_FALLBACK)
				mark(m->left, c);
		}
		free(rec);
	}
}

/* ---- the document ---- */

enum fate {
	FATE_NATIVE,
	FATE_LEFT,
	FATE_NOT_RUN,
};

static enum fate fate_of(const struct machine *m, u32 row)
{
	return m->native[row] ? FATE_NATIVE : m->left[row] ? FATE_LEFT : FATE_NOT_RUN;
}

static u32 count_fate(const struct arches *a, const struct machine *m, enum fate fate)
{
	u32 n = 0;

	for (u32 i = 0; i < nr_insn_descs; i++)
		n += a->seen[i] && fate_of(m, i) == fate;
	return n;
}

static u32 count_kind(const struct machine *m, const char *kind)
{
	u32 n = 0;

	for (u32 i = 0; i < m->nbugs; i++)
		n += !strcmp(m->bugs[i].kind, kind);
	return n;
}

/* The line of @text that begins with "| NAME |", at or behind @text; NULL: none. *@len: its bytes.
 */
static const char *row_of(const char *text, const char *name, size_t *len)
{
	char *start = xasprintf("| %s |", name);
	const char *line = text;

	while (line && strncmp(line, start, strlen(start))) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	free(start);
	if (line)
		*len = strcspn(line, "\n");
	return line;
}

/* "99.8 %" of the row's end "(99.8 %) |" */
static char *percentage(const char *coverage, const char *name)
{
	size_t len;
	const char *row = coverage ? row_of(coverage, name, &len) : NULL, *at = NULL;

	for (size_t i = 0; row && i < len; i++)
		at = row[i] == '(' ? row + i + 1 : at;
	return at ? xstrndup(at, strcspn(at, ")")) : xstrdup("-");
}

static void print_engines(FILE *f, const struct machine *m)
{
	u32 n = 0;

	for (int e = 0; e < NR_ENGINES; e++)
		n += m->have[engines[e].cap];
	fprintf(f, " %u of %d |", n, NR_ENGINES);
}

static void print_overview(FILE *f, const struct arches *a, const struct machine *m,
			   const char *coverage)
{
	const struct run_info *info = &m->main->info;
	char *lines = percentage(coverage, m->name);

	fprintf(f, "| %s |", m->name);
	if (m->bits)
		fprintf(f, " %u | %s |", m->bits, m->order);
	else
		fprintf(f, " - | - |");
	fprintf(f, " %s |", m->kernels.s);
	print_engines(f, m);
	if (m->have[CAP_JIT])
		fprintf(f, " %u | %u | %u | %u | %u | %s |", count_fate(a, m, FATE_NATIVE),
			count_fate(a, m, FATE_LEFT), count_fate(a, m, FATE_NOT_RUN),
			count_kind(m, "jit-bug"), m->fresh,
			!m->probed[CAP_RAW_ABI] ? "-"
			: m->have[CAP_RAW_ABI]	? "yes"
						: "no");
	else
		fprintf(f, " no JIT | | | | | |");
	fprintf(f, " %s | %.10s, %s |\n", lines, info->start ? info->start : "-",
		info->version ? info->version : "-");
	free(lines);
}

/* Several rows where the names of  instructions fill more than one. */
static void print_insns(FILE *f, const struct arches *a, const struct machine *m, enum fate fate)
{
	struct strbuf cell = {};

	for (u32 i = 0; m->have[CAP_JIT] && i < nr_insn_descs; i++) {
		if (!a->seen[i] || fate_of(m, i) != fate)
			continue;
		if (cell.len + strlen(insn_descs[i].name) >= CELL_MAX) {
			fprintf(f, "| %s | %s |\n", m->name, cell.s);
			cell.len = 0;
		}
		strbuf_join(&cell, " ", "%s", insn_descs[i].name);
	}
	if (cell.len)
		fprintf(f, "| %s | %s |\n", m->name, cell.s);
	free(cell.s);
}

static void print_left(FILE *f, const struct arches *a, const struct machine *m, const char *unused)
{
	(void)unused;
	print_insns(f, a, m, FATE_LEFT);
}

static void print_not_run(FILE *f, const struct arches *a, const struct machine *m,
			  const char *unused)
{
	(void)unused;
	print_insns(f, a, m, FATE_NOT_RUN);
}

/* The verifier and the interpreter are the same on every arch. */
static bool of_a_jit(const struct bug *bug)
{
	return strcmp(bug->kind, "verifier-bug") && strcmp(bug->kind, "interp-bug");
}

static void print_bugs(FILE *f, const struct arches *a, const struct machine *m, const char *unused)
{
	(void)a, (void)unused;
	for (u32 i = 0; i < m->nbugs; i++)
		if (of_a_jit(&m->bugs[i]))
			fprintf(f, "| %s | %s | %s | %s |\n", m->name, m->bugs[i].name,
				m->bugs[i].kind, m->bugs[i].reason ? m->bugs[i].reason : "");
}

static const struct section {
	const char *head, *text, *columns, *rule;
	void (*print)(FILE *f, const struct arches *a, const struct machine *m,
		      const char *coverage);
} sections[] = {
	{ "## Architectures",
	  "An instruction is a row of the table in bpf/insn.c that a case in cases/ has. It counts "
	  "as JITed\n"
	  "if a case with it ran as native code, as interpreted if the JIT refused each such case, "
	  "and as not\n"
	  "run if the kernel lacks what these cases need. Bugs are rows of results/known of the "
	  "kind jit-bug\n"
	  "that the run met; new are failing cases that had no row on that day. ABI: raw_jit "
	  "checks "
	  "the calling\n"
	  "convention. Lines are the share of the JIT's lines that cases reach "
	  "([coverage.md](coverage.md)).\n",
	  "| arch | bits | byte order | kernel | engines | JITed | interpreted | not run | bugs | "
	  "new "
	  "| ABI | lines | run |\n",
	  "|---|---|---|---|---|---|---|---|---|---|---|---|---|\n", print_overview },
	{ "## Left to the interpreter", "", "| arch | instructions |\n", "|---|---|\n",
	  print_left },
	{ "## Not run", "", "| arch | instructions |\n", "|---|---|\n", print_not_run },
	{ "## What the JITs do wrong",
	  "spec-open: RFC 9669 and the kernel disagree, or neither says.\n",
	  "| arch | row of results/known | kind | what |\n", "|---|---|---|---|\n", print_bugs },
};

/* The part of @old below the heading @head. NULL: there is none. *@len: its bytes. */
static const char *old_section(const char *old, const char *head, size_t *len)
{
	const char *at = old ? strstr(old, head) : NULL, *end = at ? strstr(at, "\n## ") : NULL;

	if (at)
		*len = end ? (size_t)(end - at) + 1 : strlen(at);
	return at;
}

/* Print the rows of section @s that @old has of @name. */
static void keep_section(FILE *f, const char *old, const struct section *s, const char *name)
{
	size_t size, len;
	const char *part = old_section(old, s->head, &size);
	char *text = part ? xstrndup(part, size) : NULL;

	for (const char *row = text; row && (row = row_of(row, name, &len)); row += len)
		fprintf(f, "%.*s\n", (int)len, row);
	free(text);
}

/* Copies of the names in the first column of @old's first section that have no run. */
static u32 old_names(const struct arches *a, const char *old, char ***out)
{
	size_t size;
	const char *part = old_section(old, sections[0].head, &size);
	char *text = part ? xstrndup(part, size) : NULL, *save = NULL;
	u32 cnt = 0, cap = 0;

	*out = NULL;
	for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		char name[32];

		if (sscanf(line, "| %31[a-z0-9_] |", name) != 1 || !strcmp(name, "arch") ||
		    find_machine(a, name))
			continue;
		ARRAY_GROW(*out, cnt, cap);
		(*out)[cnt++] = xstrdup(name);
	}
	free(text);
	return cnt;
}

static void print_section(FILE *f, const struct arches *a, const struct section *s, const char *old,
			  char *const *names, u32 nnames, const char *coverage)
{
	u32 k = 0;

	fprintf(f, "\n%s\n\n%s%s%s%s", s->head, s->text, *s->text ? "\n" : "", s->columns, s->rule);
	for (u32 i = 0; i < a->cnt; i++) {
		for (; k < nnames && strcmp(names[k], a->m[i].name) < 0; k++)
			keep_section(f, old, s, names[k]);
		s->print(f, a, &a->m[i], coverage);
	}
	for (; k < nnames; k++)
		keep_section(f, old, s, names[k]);
}

static void print_absent(FILE *f, const char *absent)
{
	char *text = xstrdup(absent), *save = NULL;

	fprintf(f, "\n## Not here\n\n| arch | why | source |\n|---|---|---|\n");
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *why = strchr(line, '\t'), *source = why ? strchr(why + 1, '\t') : NULL;

		if (*line == '#' || !source)
			continue;
		*why = *source = '\0';
		fprintf(f, "| %s | %s | %s |\n", line, why + 1, source + 1);
	}
	free(text);
}

void arches_print(FILE *f, const struct arches *a, const char *old, const char *coverage,
		  const char *absent)
{
	char **names;
	u32 n = old_names(a, old, &names);

	fprintf(f,
		"<!-- SPDX-License-Identifier: GPL-2.0 -->\n# What each JIT does\n\n"
		"`make arches RUN=\"DIR...\"` writes this file from the records of runs. Rows of "
		"other arches stay.\n");
	for (u32 i = 0; i < sizeof(sections) / sizeof(*sections); i++)
		print_section(f, a, &sections[i], old, names, n, coverage);
	if (absent)
		print_absent(f, absent);
	for (u32 i = 0; i < n; i++)
		free(names[i]);
	free(names);
}
