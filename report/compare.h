/* SPDX-License-Identifier: GPL-2.0 */
/* Compares two runs: what is new, fixed, changed, vanished. */
#ifndef CHECKJIT_COMPARE_H
#define CHECKJIT_COMPARE_H

#include <stdio.h>
#include "report/record.h"

/* The change of one case on one engine. compare.c has a row for each; the output has this order. */
enum change {
	CHANGE_FAILS,	  /* a failure that A did not have */
	CHANGE_FLAKY,	  /* fails in one of them, or differently, on the same image */
	CHANGE_FALLBACK,  /* A had native code, B leaves it to the interpreter */
	CHANGE_REQUIRED,  /* fell back in A as well, but REQUIRE_JIT names it */
	CHANGE_LOST,	  /* ran in A; skipped in B */
	CHANGE_VANISHED,  /* ran in A; B is complete and has no record of it */
	CHANGE_DIFFERENT, /* fails in both, but differently */
	CHANGE_KNOWN,	  /* fails now, as results/known expects */
	CHANGE_UNKNOWN, /* ran in A; no verdict in B: lost, quarantined, or an error of the harness
			 */
	CHANGE_FIXED,
	CHANGE_GAINED,	    /* did not run in A; passes */
	CHANGE_ADDED_FAILS, /* A has no record of it, and it fails */
	CHANGE_ADDED,
	CHANGE_NONE,
	NR_CHANGES,
};

struct compare_opts {
	const char *require_jit; /* ids (idlist_has()) whose FALLBACK in B is a regression
				    regardless of A, or NULL */
	bool all;		 /* do not cut lists short */
};

/* @a and @b are records of the same (id, arch, engine), or NULL. @b_whole: B is complete. */
enum change compare_records(const struct record *a, const struct record *b, bool b_whole,
			    const struct compare_opts *opts);

/*
 * Print @what and the capabilities of @to that @from was probed for and lacks: "gained movsx,
 * gotol; ". Returns their number, and prints nothing if it is 0.
 */
u32 compare_caps(FILE *f, const char *what, const struct run_info *from, const struct run_info *to);

/* Print for the one arch of  what changed since , each change with its rerun line; a line if there
 * is none. */
void compare_since(FILE *f, const struct run_set *a, const struct run_set *b,
		   const struct compare_opts *opts);

/* Print the comparison. Returns EXIT_FINDINGS if something got worse, else EXIT_OK. */
int compare_print(FILE *f, const struct run_set *a, const struct run_set *b,
		  const struct compare_opts *opts);

#endif
