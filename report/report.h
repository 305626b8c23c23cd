/* SPDX-License-Identifier: GPL-2.0 */
/* Outputs made from the records. */
#ifndef CHECKJIT_REPORT_H
#define CHECKJIT_REPORT_H

#include <stdio.h>
#include "report/record.h"

/*
 * What a failure says: where, what was tested, what differs, what the other engines say, how to rerun it. One
 * form for KTAP, terminal and repro; @prefix stands before each line, @others (may be NULL) is from attribution().
 */
void failure_print(FILE *f, const struct record *r, const char *others, const char *prefix);

/* Who stands alone in case @id, among all engines of all arches of @set. One line, caller frees; NULL: nothing failed. */
char *attribution(const struct run_set *set, const char *id);
/* What the other engines of all arches say, from the point of view of @r: "interp, arm64 jit agree with the model". */
char *attribution_others(const struct run_set *set, const struct record *r);
/* Whom to suspect in case @id, in words: "the riscv32 JIT". Caller frees; NULL: nothing failed. */
char *attribution_suspect(const struct run_set *set, const char *id);
/* Arches by engines, with a letter for each way in which the case fails, and what differs. Does it fail anywhere? */
bool attribution_table(FILE *f, const struct run_set *set, const char *id);

void totals_print(FILE *f, const struct run_totals *t);		/* "# Totals: pass:…" */
bool same_failure(const struct record *a, const struct record *b);	/* same vector, same wrong values */
bool by_interpreter(const struct record *r);	/* of an engine without native code */

int ktap_write(FILE *f, const struct run *run);			/* 0 or -errno */
int junit_write(FILE *f, const struct run_set *set);
int kcidb_write(FILE *f, const struct run_set *set);
/* A line a record: the columns that @list names ("id,verdict"), with tabs between them. Tabs, newlines
 * and backslashes in a field become \t, \n and \\. 0 or -errno. */
int columns_write(FILE *f, const struct run_set *set, const char *list);
int columns_check(const char *list, struct diag *diag); /* 0, or -EINVAL: a name is unknown */
void columns_help(FILE *f); /* the names and what they mean */
void matrix_print(FILE *f, const struct run_set *set, bool colour);
void failures_print(FILE *f, const struct run_set *set, bool all);	/* folded unless @all */

/* The end of `make run`: read @rundir, print matrix, failures, attribution and totals to stdout, write junit.xml and
 * kcidb.json into it. @expect: names of arches (blanks between) that must be there, or NULL. Returns the run's exit code. */
int report_run(const char *rundir, const char *expect);
int report_exit(const struct run_set *set);

/* "alu" and "alu/sdiv64" of "alu/sdiv64/r3_r4". Callers free. */
char *id_family(const char *id);
char *id_operation(const char *id);

/* Printable, valid UTF-8, at most @max bytes ("…" at the end of what was cut); caller frees. @lines: \n and \t stay. */
char *text_clean(const char *s, size_t max, bool lines);

#endif
