/* SPDX-License-Identifier: GPL-2.0 */
/* Outputs made from the records. */
#ifndef CHECKJIT_REPORT_H
#define CHECKJIT_REPORT_H

#include <stdio.h>
#include "report/record.h"

/*
 * Print a failure: where, the insn under test, the differences, what other engines say, how to
 * rerun it. KTAP, terminal and repro share this form. @prefix precedes each line; @others (may be
 * NULL) comes from attribution().
 */
void failure_print(FILE *f, const struct record *r, const char *others, const char *prefix);

/*
 * Returns which engines stand alone in case @id, among all engines of all arches of @set: one line
 * that the caller frees, or NULL if nothing failed.
 */
char *attribution(const struct run_set *set, const char *id);
/*
 * Returns what the other engines of all arches say compared with @r: "interp, arm64 jit agree with
 * the model".
 */
char *attribution_others(const struct run_set *set, const struct record *r);
/*
 * Returns the suspect in case @id in words, "the riscv32 JIT", to be freed by the caller, or NULL
 * if nothing failed.
 */
char *attribution_suspect(const struct run_set *set, const char *id);
/*
 * Print arches by engines, with a letter for each distinct failure, and the differences. Returns
 * whether the case fails anywhere.
 */
bool attribution_table(FILE *f, const struct run_set *set, const char *id);

#define RUN_ENGINES  16 /* that are shown of a run */
#define FAILURE_WAYS 8	/* distinct failures of a case that get a letter */

/* Fill @names with the engines of all runs in order of first appearance. Returns their number. */
u32 run_set_engines(const struct run_set *set, const char *names[RUN_ENGINES]);
/*
 * The number of the way in which @r fails among the *@nways of @ways (room for FAILURE_WAYS), to
 * which a new one is appended: records with the same wrong values share it. FAILURE_WAYS: there are
 * too many.
 */
u32 failure_way(const struct record **ways, u32 *nways, const struct record *r);

void totals_print(FILE *f, const struct run_totals *t); /* "# Totals: pass:…" */
bool same_failure(const struct record *a,
		  const struct record *b);   /* the same vector with the same wrong values */
bool by_interpreter(const struct record *r); /* of an engine without native code */

int ktap_write(FILE *f, const struct run *run); /* 0 or -errno */
int junit_write(FILE *f, const struct run_set *set);
int kcidb_write(FILE *f, const struct run_set *set);
int lava_write(FILE *f, const struct run_set *set);   /* signals of a LAVA test shell */
int github_write(FILE *f, const struct run_set *set); /* annotations of a GitHub workflow */
/* A line a record: the columns that @list names ("id,verdict"), with tabs between them. Tabs,
 * newlines and backslashes in a field become \t, \n and \\. 0 or -errno. */
int columns_write(FILE *f, const struct run_set *set, const char *list);
int columns_check(const char *list, struct diag *diag); /* 0, or -EINVAL: a name is unknown */
void columns_help(FILE *f);				/* the names and what they mean */
void matrix_print(FILE *f, const struct run_set *set, bool colour);
void failures_print(FILE *f, const struct run_set *set, bool all); /* folded unless @all */

/* Has any arch left results in @rundir? */
bool run_dir_has_results(const char *rundir);

/* Checks per second of  in , from its statistics; 0: it says nothing. */
double run_speed(const char *dir, const struct run *run);

/*
 * The end of `make run`: read @rundir, print a line an arch, failures, attribution and totals to
 * stdout, with @whole first the matrix and why cases have no verdict. Write junit.xml,
 * kcidb.json.gz and matrix.txt into @rundir. @expect: required arches, separated by blanks, or
 * NULL. Returns the exit code of the run.
 */
int report_run(const char *rundir, const char *expect, bool whole);
int report_exit(const struct run_set *set);

/* "alu" and "alu/sdiv64" for "alu/sdiv64/r3_r4". Callers free them. */
char *id_family(const char *id);
char *id_operation(const char *id);
/*
 * The id of a record that counts the cases of @operation with verdict @v: the operation, a slash
 * and a star, and, unless they pass, the key of the verdict. The caller frees it.
 */
char *count_id(const char *operation, enum verdict v);

/*
 * "alu/sdiv64/r3_r4" as "alu.sdiv64.r3_r4": a name of [A-Za-z0-9_-] and dots, in which other
 * characters are _XX. The caller frees it.
 */
char *id_dotted(const char *id);

/*
 * Returns a printable copy in valid UTF-8, at most @max bytes ("…" marks a cut), to be freed by the
 * caller. @lines: keep
 * and \t.
 */
char *text_clean(const char *s, size_t max, bool lines);

#endif
