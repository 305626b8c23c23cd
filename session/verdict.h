/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The outcome of one case on one engine, and the one table that says how each output shows it.
 * HACKING.md has the same table (`checkjit results --verdicts`).
 */
#ifndef CHECKJIT_VERDICT_H
#define CHECKJIT_VERDICT_H

#include <stdio.h>
#include "lib/types.h"

enum verdict {
	VERDICT_PASS,
	VERDICT_FAIL,	/* state, errno or log differ from the expected ones; or accepted instead of
			   refused */
	VERDICT_REJECT, /* the verifier refused a valid program */
	VERDICT_CRASH,	/* the kernel died, oopsed or warned */
	VERDICT_TIMEOUT,    /* the kernel hung */
	VERDICT_XFAIL,	    /* fails as results/known/<arch>.txt expects */
	VERDICT_XPASS,	    /* listed there, but passes */
	VERDICT_SKIP,	    /* a capability is missing, or a bug may meet any program */
	VERDICT_FALLBACK,   /* the JIT left it to the interpreter */
	VERDICT_NOT_TESTED, /* the insns under test are missing in the translated program */
	VERDICT_NOTRUN,	    /* quarantined after too many crashes of its family */
	VERDICT_LOST,	    /* no answer, or a damaged one */
	VERDICT_ERROR,	    /* the harness failed */
	NR_VERDICTS,
};

struct verdict_desc {
	const char *name; /* in records: "PASS" */
	const char *key;  /* in totals and matrix: "pass" */
	const char *meaning;
	bool ok;	       /* KTAP: "ok" or "not ok" */
	const char *directive; /* KTAP: SKIP XFAIL TIMEOUT ERROR, or "" */
	const char *word;      /* KTAP and JUnit: precedes the reason; "" for none */
	const char *junit;     /* child element of <testcase>: failure, error, skipped, or "" */
	const char *kcidb;     /* test status */
	int exit;      /* minimum exit code of a run with such a verdict: EXIT_OK, EXIT_FINDINGS,
			  EXIT_INFRA */
	bool executed; /* an engine ran the case, or should have; a run without any exits with
			  EXIT_INFRA */
	const char *column; /* in the matrix: pass, fail, skip, fallback, lost */
};

extern const struct verdict_desc verdicts[NR_VERDICTS];

int verdict_parse(const char *name); /* enum verdict, or -1 */
void verdict_print_table(FILE *f);   /* markdown */

/* Exit code of a run with these counts: findings (1) first, then infrastructure (3). */
int verdict_exit(const u32 count[NR_VERDICTS]);

#endif
