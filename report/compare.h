/* SPDX-License-Identifier: GPL-2.0 */
/* Two runs side by side: what is new, fixed, changed, vanished. */
#ifndef CHECKJIT_COMPARE_H
#define CHECKJIT_COMPARE_H

#include <stdio.h>
#include "report/record.h"

/* What became of one case on one engine; one row each in compare.c, in this order in the output. */
enum change {
	CHANGE_FAILS,		/* a finding that A did not have */
	CHANGE_FALLBACK,	/* A had native code, B leaves it to the interpreter */
	CHANGE_REQUIRED,	/* fell back in A too, but REQUIRE_JIT names it */
	CHANGE_LOST,		/* ran in A; B skips it */
	CHANGE_VANISHED,	/* ran in A; B, a complete run, has no record of it */
	CHANGE_DIFFERENT,	/* fails in both, in another way */
	CHANGE_KNOWN,		/* fails now, as results/known says */
	CHANGE_UNKNOWN,		/* ran in A; B gives no verdict: lost, quarantined, an error of the harness */
	CHANGE_FIXED,
	CHANGE_GAINED,		/* did not run in A; passes */
	CHANGE_ADDED_FAILS,	/* A has no record of it, and it fails */
	CHANGE_ADDED,
	CHANGE_NONE,
	NR_CHANGES,
};

struct compare_opts {
	const char *require_jit;	/* ids, as in idlist_has(), whose FALLBACK in B is a regression whatever A says; NULL: none */
	bool all;			/* no list is cut short */
};

/* @a and @b are records of one (id, arch, engine); NULL: there is none. @b_whole: B has all that it was to have. */
enum change compare_records(const struct record *a, const struct record *b, bool b_whole, const struct compare_opts *opts);

/* Print it all; EXIT_FINDINGS where something is worse, else EXIT_OK. */
int compare_print(FILE *f, const struct run_set *a, const struct run_set *b, const struct compare_opts *opts);

#endif
