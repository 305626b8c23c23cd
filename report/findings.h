/* SPDX-License-Identifier: GPL-2.0 */
/* What a run found, folded: one finding for all cases of an operation that fail alike. */
#ifndef CHECKJIT_REPORT_FINDINGS_H
#define CHECKJIT_REPORT_FINDINGS_H

#include "lib/strset.h"
#include "report/record.h"

#define CASES_SHOWN 3 /* of a finding: those that have a page of their own */

/* Findings come in this order. */
enum finding_kind {
	FINDING_NEW,   /* a failure that results/known does not list */
	FINDING_FIXED, /* passes, though results/known lists it */
	FINDING_LOST,  /* no verdict on the kernel */
	FINDING_KNOWN, /* a row of results/known on one arch */
	NR_FINDING_KINDS,
};

struct finding {
	enum finding_kind kind;
	char *what;    /* the operation, or the row of results/known */
	char *text;    /* who differs from whom; the reason of the row */
	char *suspect; /* or NULL */
	const struct record *shown[CASES_SHOWN];
	u32 nshown;
	u32 cases; /* cases on engines */
};

struct findings {
	struct finding *list;
	u32 cnt, cap;
	u32 of_kind[NR_FINDING_KINDS];
	struct strset pages; /* the ids of cases that have a page */
	struct strset keys;  /* of the list */
};

void findings_make(const struct run_set *set, struct findings *out);
void findings_free(struct findings *f);

#endif
