/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A night of runs. Each unit is one `make run` of one arch into a directory of its own, and is
 * recorded in the history when it is complete. What is recorded is not run again, so a night that
 * was killed goes on where it was.
 */
#ifndef CHECKJIT_CMD_NIGHT_H
#define CHECKJIT_CMD_NIGHT_H

#include <sys/types.h>
#include "cmd/args.h"
#include "history/rounds.h"
#include "lib/strbuf.h"

/* What an arch has in a night, in this order. */
enum night_stage {
	STAGE_QUICK,	/* the written cases, and a sample of the generated ones */
	STAGE_RETEST,	/* what fails, once more in the same image: is it flaky? */
	STAGE_VARIANTS, /* one of cmd/variants.def */
	STAGE_ROUND,	/* parts of the enumeration, until the time is over */
	STAGE_DONE,
};

struct night_unit {
	enum night_stage stage;
	char *name, *dir;
	const char *variant;
	struct args settings;	/* "NAME=VALUE", of `make run` */
	struct round_part part; /* STAGE_ROUND */
	bool resumed;		/* the directory has results that are not complete */
};

/* An arch, with at most one unit at a time: they share files below O. */
struct lane {
	const char *arch;
	enum night_stage stage;
	double spent; /* seconds */
	double quick; /* seconds that STAGE_QUICK took this night */
	u32 round;    /* of the enumeration, at the beginning of the night */
	pid_t pid;    /* of the unit that is running, or 0 */
	u64 start_us;
	struct night_unit unit;
};

struct night {
	struct history *h;
	struct diag diag;
	struct rounds rounds;
	s64 id;
	char *dir;
	u32 budget; /* seconds */
	u32 fuzz_s; /* of these, at the end, for the fuzzer */
	u64 end_us; /* on the clock of clock_us() */
	struct lane *lanes;
	u32 nlanes, running, parallel;
	struct strbuf trouble; /* units without results, a line each */
	char *fuzz;	       /* what the fuzzer reports, or NULL */
	int fuzz_exit;
	bool broken;
};

/* Seconds that are left. */
double night_left(const struct night *n);

/* What the history has of a unit. */
struct night_seen {
	bool any, whole;
	s64 run; /* the newest */
	double seconds;
};

#define NIGHT_QUICK "quick" /* the directory of that unit, below the night's */

/* Runs of @unit (NULL: any) on @lane and @variant: of this night or, with @any_night, the newest of
 * all. 0, or -errno with n->diag. */
int night_look(struct night *n, const struct lane *lane, const char *variant, const char *unit,
	       bool any_night, struct night_seen *out);
/* Fill lane->unit; @name and @subdir, its directory below the night's, are taken over. */
void night_begin_unit(const struct night *n, struct lane *lane, char *name, const char *variant,
		      char *subdir);
/* cmd/night_retest.c: as night_next(), for STAGE_RETEST. */
int night_retest(struct night *n, struct lane *lane);

/* cmd/night_units.c: the next unit of @lane. 1: it is in lane->unit; 0: the lane is done; or -errno
 * with n->diag. */
int night_next(struct night *n, struct lane *lane);
void night_unit_free(struct night_unit *u);

#endif
