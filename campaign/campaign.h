/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of a campaign: many cases on the engines of one guest. Only the files of campaign/ see
 * it. They stand in this order, each uses only those before it:
 *
 *	plan, counts, crashes	what to run, and what is counted
 *	progress		what a run says while it lasts
 *	verdicts		a trial becomes a record
 *	recheck			failures wait for the second CPU model
 *	confirm			a wrong state is run again
 *	batch			the answer to a program of several cases
 *	isolate			finds the case at fault
 *	spoiled			engines on which any program may fail
 *	pipeline		a plan on an engine, several requests in flight
 *	run_sweep, run		the whole run
 */
#ifndef CHECKJIT_CAMPAIGN_H
#define CHECKJIT_CAMPAIGN_H

#include "campaign/crashes.h"
#include "campaign/recheck.h"
#include "campaign/run.h"
#include "campaign/counts.h"
#include "session/session.h"

struct campaign_stats {
	u64 checks;		/* vectors that ran */
	u64 cases;		/* verdicts */
	u64 work;		/* what they take: verdict_work() */
	u64 predicted;		/* verdicts XFAIL */
	u64 start_us;		/* clock_us() of the first boot */
	u32 hello_ms, first_ms; /* from there to the hello, and to the first verdict of a case */
};

/* Totals since the start; a cost is the difference of two of these. */
struct cost {
	double seconds;
	u64 cases, checks, predicted, load_us, run_us;
};

#define MAX_SPOILERS 4 /* of an engine */

struct cost_line; /* of <arch>.stats: cost.h */

struct campaign {
	const struct run_conf *conf;
	struct session session;
	struct plan *plan; /* current: the written cases, or some thousand generated ones */
	const struct known *known;
	struct results *results;
	struct counts counts;
	struct crashes crashes;
	struct recheck recheck;
	struct plan_entry null_entry;
	bool raw; /* current pass: the raw engines, which come first, or those that verify */
	bool trusted[NR_ENGINES]; /* by index in conf->engines: the null block passed */
	/* by enum wire_engine: why cases are left out (spoiled.h), up to the first NULL */
	const struct known_row *spoiled[NR_ENGINES][MAX_SPOILERS + 1];
	u32 blamed;	      /* deaths of the guest that are recorded */
	u32 findings;	      /* recorded so far */
	u32 codes;	      /* records that have their code, or a log of all states */
	bool broken;	      /* the results cannot be written */
	u32 planned, resumed; /* verdicts of the whole run; those that were there before */
	u64 planned_work;     /* of the planned verdicts */
	u64 shown_us;	      /* when progress was shown last */
	struct campaign_stats stats;
	struct cost_line *lines;
	u32 nlines, lines_cap;
	struct cost parts_until; /* what the lines of parts have */
};

/* Does the engine of that index in conf->engines run in the current pass? */
static inline bool in_pass(const struct campaign *c, u32 i)
{
	return c->conf->engines[i]->raw == c->raw;
}

/* What a verdict on @e takes, in verdicts of a raw engine: 30 as a rule (docs/speed.md). */
static inline u32 verdict_work(const struct engine *e)
{
	return e->raw ? 1 : 30;
}

#endif
