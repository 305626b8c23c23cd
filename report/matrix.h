/* SPDX-License-Identifier: GPL-2.0 */
/* Counts of verdicts by family and engine, and arch. */
#ifndef CHECKJIT_REPORT_MATRIX_H
#define CHECKJIT_REPORT_MATRIX_H

#include "report/record.h"

/* A cell counts the columns of the verdict table, and shows them as "1190 10F 3s". */
#define NR_MARKS 7

struct matrix_mark {
	const char *column; /* verdict_desc.column */
	const char *mark;   /* behind the number; "" for pass */
	const char *colour; /* an escape sequence, or "" */
};

extern const struct matrix_mark matrix_marks[NR_MARKS];

/* The place in matrix_marks of the column called @column. */
int matrix_mark(const char *column);

struct matrix_row {
	const char *family, *engine;
	u32 (*cells)[NR_MARKS]; /* one per run of the set */
};

struct matrix {
	struct matrix_row *rows; /* sorted by family and engine */
	u32 cnt, cap;
};

/* @set must outlive @out. */
void matrix_make(const struct run_set *set, struct matrix *out);
void matrix_free(struct matrix *m);

#endif
