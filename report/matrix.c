// SPDX-License-Identifier: GPL-2.0
/* The matrix: rows are family and engine, columns are arches. */
#include <string.h>
#include "lib/util.h"
#include "report/matrix.h"
#include "report/report.h"

const struct matrix_mark matrix_marks[NR_MARKS] = {
	{ "pass", "", "" },
	{ "fail", "F", "\033[31m" },
	{ "xfail", "x", "\033[33m" },
	{ "skip", "s", "\033[2m" },
	{ "fallback", "f", "\033[33m" },
	{ "untested", "u", "\033[33m" },
	{ "lost", "?", "\033[31m" },
};

int matrix_mark(const char *column)
{
	for (int i = 0; i < NR_MARKS; i++)
		if (!strcmp(matrix_marks[i].column, column))
			return i;
	return NR_MARKS - 1;
}

static struct matrix_row *find_row(struct matrix *m, const struct record *r, u32 arches)
{
	/* records of one family are adjacent: search from the end */
	for (u32 i = m->cnt; i-- > 0;)
		if (!strcmp(m->rows[i].engine, r->engine) && !strcmp(m->rows[i].family, r->family))
			return &m->rows[i];
	ARRAY_GROW(m->rows, m->cnt, m->cap);
	m->rows[m->cnt] = (struct matrix_row){ r->family, r->engine,
					       xcalloc(arches, sizeof(*m->rows->cells)) };
	return &m->rows[m->cnt++];
}

static int row_cmp(const void *pa, const void *pb)
{
	const struct matrix_row *a = pa, *b = pb;
	int c = strcmp(a->family, b->family);

	return c ? c : strcmp(a->engine, b->engine);
}

/* Print a cell, or with @f NULL only measure it. Returns its width on the screen. */
static int cell(FILE *f, const u32 *counts, bool colour)
{
	int width = 0;

	for (int i = 0; i < NR_MARKS; i++) {
		const char *on = colour ? matrix_marks[i].colour : "";
		char text[24];

		if (!counts[i])
			continue;
		width += snprintf(text, sizeof(text), "%s%u%s", width ? " " : "", counts[i],
				  matrix_marks[i].mark);
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

	for (int i = 1; i < NR_MARKS; i++) {
		u32 sum = 0;

		for (u32 k = 0; k < m->cnt; k++)
			for (u32 a = 0; a < arches; a++)
				sum += m->rows[k].cells[a][i];
		if (!sum)
			continue;
		fprintf(f, "%s%s %s", *sep ? sep : "# no letter: passed; ", matrix_marks[i].mark,
			matrix_marks[i].column);
		sep = ", ";
	}
	if (*sep)
		fputc('\n', f);
}

void matrix_make(const struct run_set *set, struct matrix *out)
{
	*out = (struct matrix){ 0 };
	for (u32 a = 0; a < set->cnt; a++)
		for (u32 i = 0; i < set->runs[a].cnt; i++) {
			const struct record *r = &set->runs[a].recs[i];
			u32 *counts = find_row(out, r, set->cnt)->cells[a];

			counts[matrix_mark(verdicts[r->verdict].column)] += record_cases(r);
		}
	if (out->cnt)
		qsort(out->rows, out->cnt, sizeof(*out->rows), row_cmp);
}

void matrix_free(struct matrix *m)
{
	for (u32 i = 0; i < m->cnt; i++)
		free(m->rows[i].cells);
	free(m->rows);
	*m = (struct matrix){ 0 };
}

void matrix_print(FILE *f, const struct run_set *set, bool colour)
{
	int family = strlen("family"), engine = strlen("engine"),
	    *width = xcalloc(set->cnt, sizeof(*width));
	struct matrix m;

	matrix_make(set, &m);
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
	matrix_free(&m);
	free(width);
}
