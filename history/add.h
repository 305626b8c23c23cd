/* SPDX-License-Identifier: GPL-2.0 */
/* Adding a run, part by part. Internal to history/; all functions run in one transaction. */
#ifndef CHECKJIT_HISTORY_ADD_H
#define CHECKJIT_HISTORY_ADD_H

#include "history/db.h"
#include "report/record.h"

/* The results of one arch on their way into the database. */
struct adding {
	struct history *h;
	const struct history_unit *unit;
	const struct run *run;
	s64 id, target, unit_name, kernel; /* rows */
	s64 before; /* the run of the same target and unit before this one, whole; 0: none */
	bool same;  /* kernel, machine and checkjit are those of that run */
	struct diag *diag;
};

/* The row of @text in table name, made if it is not there. */
int name_id(struct history *h, const char *text, s64 *id, struct diag *diag);
/* The same in table target. */
int target_id(struct history *h, const char *arch, const char *variant, s64 *id, struct diag *diag);

/* <arch>.stats: seconds and counts of families and engines, and of the whole run. */
int add_costs(const struct adding *a, const char *rundir);
/* Verdicts by engine, family and operation. */
int add_counts(const struct adding *a);
int add_verdicts(const struct adding *a);
int add_caps(const struct adding *a);
int add_idle(const struct adding *a);

#endif
