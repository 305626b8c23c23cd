/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What became of one case on one engine, and the one table that says how each output shows it. HACKING.md publishes the
 * same table (`checkjit results --verdicts`).
 */
#ifndef CHECKJIT_VERDICT_H
#define CHECKJIT_VERDICT_H

#include <stdio.h>
#include "lib/types.h"

enum verdict {
	VERDICT_PASS,
	VERDICT_FAIL,		/* state, errno or log differ from what was expected; accepted what must be refused */
	VERDICT_REJECT,		/* the verifier refused what it must accept */
	VERDICT_CRASH,		/* the kernel died or oopsed of it */
	VERDICT_TIMEOUT,	/* the kernel hung of it */
	VERDICT_XFAIL,		/* as results/known/<arch>.txt says */
	VERDICT_XPASS,		/* listed there, but passes */
	VERDICT_SKIP,		/* the kernel lacks a capability, or a JIT at all */
	VERDICT_FALLBACK,	/* the JIT left it to the interpreter */
	VERDICT_NOT_TESTED,	/* the instruction under test was not in the translated program */
	VERDICT_NOTRUN,		/* quarantined after too many crashes of its family */
	VERDICT_LOST,		/* no answer, or a damaged one: nothing is known */
	VERDICT_ERROR,		/* of the harness */
	NR_VERDICTS,
};

struct verdict_desc {
	const char *name;	/* in records: "PASS" */
	const char *key;	/* in totals and matrix: "pass" */
	const char *meaning;
	bool ok;		/* KTAP: "ok" or "not ok" */
	const char *directive;	/* KTAP: SKIP XFAIL TIMEOUT ERROR, or "" */
	const char *word;	/* KTAP and JUnit: stands before the reason, "" for none */
	const char *junit;	/* child element of <testcase>: failure, error, skipped, or "" */
	const char *kcidb;	/* test status */
	int exit;		/* EXIT_OK, EXIT_FINDINGS, EXIT_INFRA: the least that a run with one of these exits with */
	bool executed;		/* an engine ran the case (or should have): a run without any exits EXIT_INFRA */
	const char *column;	/* of the matrix: pass, fail, skip, fallback, lost */
};

extern const struct verdict_desc verdicts[NR_VERDICTS];

int verdict_parse(const char *name);		/* enum verdict, or -1 */
void verdict_print_table(FILE *f);		/* markdown */

/* Exit code of a run with these counts: findings (1) stand whatever else broke, then infrastructure (3). */
int verdict_exit(const u32 count[NR_VERDICTS]);

#endif
