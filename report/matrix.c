// SPDX-License-Identifier: GPL-2.0
/* The matrix: rows are family and engine, columns are arches. */
#include <string.h>
#include "lib/util.h"
#include "report/report.h"

/* How a cell shows the columns of the verdict table: "1190 10F 3s". */
static const struct {
	const char *column;
	const char *mark;
	const char *colour;
} marks[] = {
	{ "pass", "", "" },
	{ "fail", "F", "\033[31m" },
	{ "xfail", "x", "\033[33m" },
	{ "skip", "s", "\033[2m" },
	{ "fallback", "f", "\033[33m" },
	{ "untested", "u", "\033[33m" },
	{ "lost", "?", "\033[31m" },
};

struct row {
	const char *family, *engine;
	u32 (*cells)[ARRAY_SIZE(marks)]; /* one per arch */
};

struct matrix {
	struct row *rows;
	u32 cnt, cap;
};

static int mark_of(enum verdict v)
{
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (!strcmp(marks[i].column, verdicts[v].column))
			return i;
	return ARRAY_SIZE(marks) - 1;
}

static struct row *find_row(struct matrix *m, const struct record *r, u32 arches)
{
	/* records of one family are adjacent: search from the end */
	for (u32 i = m->cnt; i-- > 0;)
		if (!strcmp(m->rows[i].engine, r->engine) && !strcmp(m->rows[i].family, r->family))
			return &m->rows[i];
	ARRAY_GROW(m->rows, m->cnt, m->cap);
	m->rows[m->cnt] =
		(struct row){ r->family, r->engine, xcalloc(arches, sizeof(*m->rows->cells)) };
	return &m->rows[m->cnt++];
}

static int row_cmp(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;
	int c = strcmp(a->family, b->family);

	return c ? c : strcmp(a->engine, b->engine);
}

/* Print a cell, or with @f NULL only measure it. Returns its width on the screen. */
static int cell(FILE *f, const u32 *counts, bool colour)
{
	int width = 0;

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		const char *on = colour ? marks[i].colour : "";
		char text[24];

		if (!counts[i])
			continue;
		width += snprintf(text, sizeof(text), "%s%u%s", width ? " " : "", counts[i],
				  marks[i].mark);
		if (f)
			fprintf(f, "%s%s%s", on, text, *on ? "\033[0m" : "");
	}
	if (!width) {
		if (f)
			fputc('-', f);
		width = 1;
	}
	return width;
}

static int max(int a, int b)
{
	return a > b ? a : b;
}

static void legend(FILE *f, const struct matrix *m, u32 arches)
{
	const char *sep = "";

	for (size_t i = 1; i < ARRAY_SIZE(marks); i++) {
		u32 sum = 0;

		for (u32 k = 0; k < m->cnt; k++)
			for (u32 a = 0; a < arches; a++)
				sum += m->rows[k].cells[a][i];
		if (!sum)
			continue;
		fprintf(f, "%s%s %s", *sep ? sep : "# no letter: passed; ", marks[i].mark,
			marks[i].column);
		sep = ", ";
	}
	if (*sep)
		fputc('\n', f);
}

void matrix_print(FILE *f, const struct run_set *set, bool colour)
{
	struct matrix m = { 0 };
	int family = strlen("family"), engine = strlen("engine"),
	    *width = xcalloc(set->cnt, sizeof(*width));

	for (u32 a = 0; a < set->cnt; a++)
		for (u32 i = 0; i < set->runs[a].cnt; i++) {
			const struct record *r = &set->runs[a].recs[i];

			find_row(&m, r, set->cnt)->cells[a][mark_of(r->verdict)] += record_cases(r);
		}
	qsort(m.rows, m.cnt, sizeof(*m.rows), row_cmp);
	for (u32 a = 0; a < set->cnt; a++)
		width[a] = strlen(set->runs[a].info.arch);
	for (u32 i = 0; i < m.cnt; i++) {
		family = max(family, strlen(m.rows[i].family));
		engine = max(engine, strlen(m.rows[i].engine));
		for (u32 a = 0; a < set->cnt; a++)
			width[a] = max(width[a], cell(NULL, m.rows[i].cells[a], false));
	}
	fprintf(f, "%-*s  %-*s", family, "family", engine, "engine");
	for (u32 a = 0; a < set->cnt; a++)
		fprintf(f, "  %*s", width[a], set->runs[a].info.arch);
	fputc('\n', f);
	for (u32 i = 0; i < m.cnt; i++) {
		fprintf(f, "%-*s  %-*s", family, m.rows[i].family, engine, m.rows[i].engine);
		for (u32 a = 0; a < set->cnt; a++) {
			fprintf(f, "  %*s", width[a] - cell(NULL, m.rows[i].cells[a], false), "");
			cell(f, m.rows[i].cells[a], colour);
		}
		fputc('\n', f);
	}
	legend(f, &m, set->cnt);
	for (u32 i = 0; i < m.cnt; i++)
		free(m.rows[i].cells);
	free(m.rows);
	free(width);
}
