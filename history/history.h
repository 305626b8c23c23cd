/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What earlier runs found, in a SQLite database. docs/history.md describes its tables.
 *
 * Verdicts are kept as changes. A case has rows from its first failure on: one for each run in
 * which its verdict differs from the one before. What never failed is only counted.
 *
 * Runs are ordered by their number, which is the order in which they were added. Times are what the
 * clock said; they are shown, and nothing is decided by them.
 *
 * Functions return 0, or -errno with @diag filled: -ENOENT there is no database, -ENOTSUP a newer
 * checkjit wrote it, -EBUSY another program holds it, -ENOSPC the disk is full, -EUCLEAN it is
 * damaged or of something else.
 *
 * Those named history_each_*() call @fn for each row, with strings that are valid during the call.
 * They stop with its value if it returns another one than 0.
 */
#ifndef CHECKJIT_HISTORY_H
#define CHECKJIT_HISTORY_H

#include "lib/diag.h"
#include "lib/types.h"
#include "session/verdict.h"

struct history;

enum history_mode {
	HISTORY_READ,  /* it must be there */
	HISTORY_WRITE, /* made, with its directory, if it is not there */
};

/* Opens @path, and brings tables of older versions up to date, in either mode. */
int history_open(const char *path, enum history_mode mode, struct history **out, struct diag *diag);
void history_close(struct history *h);

/* ---- writing ---- */

/* What a run directory is to the history. */
struct history_unit {
	/* how the kernel or the machine differs from the default: "", "BTF=1", "QEMU_CPU=second" */
	const char *variant;
	/* which cases: "quick", "retest", "gen/alu_x 3/8"; runs of one unit have the same cases */
	const char *unit;
	bool varying; /* each run of the unit has other cases: their counts do not compare */
	s64 night;    /* of history_night_begin(), or 0 */
	/* the cursor that moves on with this run; shard 0: none */
	const char *family; /* "alu_x" */
	u64 version;	    /* gen_version() of the family */
	u32 shard, nshards;
	const char *arch; /* only the results of this one, or NULL */
};

/*
 * Add the results of all arches in @rundir in one transaction. A run is known by the path of its
 * directory and its arch. If it is there already, nothing changes and *@added does not count it;
 * but a partial run that is still the newest of its arch and variant is replaced.
 */
int history_add_run(struct history *h, const char *rundir, const struct history_unit *unit,
		    u32 *added, struct diag *diag);

/*
 * Cases that fail on @arch since before run @run, and for which @exists is false, are gone: since
 * that run they are SKIP. Each is news once.
 */
int history_gone(struct history *h, const char *arch, s64 run,
		 bool (*exists)(void *arg, const char *id), void *arg, struct diag *diag);

/* ---- runs ---- */

struct history_run {
	s64 id, night; /* night 0: of no night */
	const char *dir, *arch, *variant, *unit;
	const char *kernel, *config_hash, *compiler, *image;
	const char *version, *qemu, *cpu; /* of checkjit; "" where unknown */
	s64 start;			  /* seconds since 1970, by the clock of that time */
	double seconds, hello_s, host_cpu_s;
	u32 boots;
	u64 cases, checks, planned;
	u64 count[NR_VERDICTS];	   /* verdicts */
	u64 fresh, changed, fixed; /* as in struct run_totals */
	u64 image_bytes;	   /* 0: unknown */
	bool partial, full;
};

/* Which rows: NULL and 0 do not narrow. */
struct history_filter {
	const char *id; /* of a case, without a vector */
	const char *arch, *variant, *engine, *unit;
	s64 night;  /* of this one */
	s64 after;  /* of runs with a greater number */
	u32 limit;  /* at most so many rows */
	bool flaky; /* only rows whose verdict changed while nothing else did */
};

/* The newest first. */
int history_each_run(struct history *h, const struct history_filter *filter,
		     int (*fn)(void *arg, const struct history_run *run), void *arg,
		     struct diag *diag);

struct history_cost {
	s64 run;
	const char *kind, *name; /* as in <arch>.stats: "family" "alu_x", "engine" and its name */
	double seconds;
	u64 cases, checks;
};

/* Where the time of @run went. */
int history_each_cost(struct history *h, s64 run,
		      int (*fn)(void *arg, const struct history_cost *cost), void *arg,
		      struct diag *diag);

/* ---- verdicts ---- */

/* Does a case with verdict @v fail, known or not? */
bool history_fails(enum verdict v);

/* With which run something came. */
struct history_when {
	s64 run, night, time; /* time: start of the run */
	const char *dir, *unit, *kernel, *version;
};

/* The verdict of a case from one run on. */
struct history_verdict {
	const char *id, *arch, *variant, *engine;
	enum verdict verdict, raw; /* with results/known applied, and without */
	s32 vector;		   /* the first that failed, or -1 */
	bool flaky; /* kernel, machine and checkjit are those of the run before, the verdict is not
		     */
	const char *known;  /* row of results/known, or "" */
	const char *detail; /* what failure_print() says, or the reason; several lines, or "" */
	const char *rerun;  /* command, or "" */
	struct history_when when;
	struct history_when since; /* history_each_finding(): when the case began to fail */
};

/* The oldest first. */
int history_each_change(struct history *h, const struct history_filter *filter,
			int (*fn)(void *arg, const struct history_verdict *v), void *arg,
			struct diag *diag);
/* For each arch, variant and engine on which case @id failed, its first failure. */
int history_each_first_failure(struct history *h, const char *id,
			       int (*fn)(void *arg, const struct history_verdict *v), void *arg,
			       struct diag *diag);
/* Cases that fail at present, known ones too: ordered by arch, variant, id, engine. */
int history_each_finding(struct history *h, const struct history_filter *filter,
			 int (*fn)(void *arg, const struct history_verdict *v), void *arg,
			 struct diag *diag);

struct history_flaky {
	const char *id, *arch, *variant, *engine;
	u32 times; /* that it changed while nothing else did */
	struct history_when last;
};

int history_each_flaky(struct history *h, const struct history_filter *filter,
		       int (*fn)(void *arg, const struct history_flaky *flaky), void *arg,
		       struct diag *diag);

enum history_kind {
	HISTORY_NEW,	 /* fails, and did not */
	HISTORY_CHANGED, /* fails in another way */
	HISTORY_FIXED,	 /* passes, and failed */
	HISTORY_FLAKY,	 /* the verdict changed, and nothing else */
	HISTORY_GONE,	 /* failed, and is not run any more */
	HISTORY_KNOWN,	 /* fails as results/known says, and did not */
	NR_HISTORY_KINDS,
	HISTORY_NOTHING = NR_HISTORY_KINDS,
};

struct history_news {
	enum history_kind kind;
	enum verdict was; /* PASS also where it was not run */
	struct history_verdict now;
};

/* What changed in runs after run @since: each case once, ordered as findings are. */
int history_each_news(struct history *h, s64 since,
		      int (*fn)(void *arg, const struct history_news *news), void *arg,
		      struct diag *diag);

/* ---- counts ---- */

enum history_level {
	HISTORY_FAMILIES,   /* all verdicts of each family */
	HISTORY_OPERATIONS, /* verdicts other than PASS of each operation */
};

struct history_count {
	const char *arch, *variant, *unit, *engine, *name; /* "alu", or "alu/sdiv64" */
	enum verdict verdict;
	u64 cases;
	const char *reason; /* of HISTORY_OPERATIONS: the most frequent one, or "" */
	s64 run;	    /* since which they are so many */
};

/* Present counts of each unit. */
int history_each_count(struct history *h, enum history_level level,
		       const struct history_filter *filter,
		       int (*fn)(void *arg, const struct history_count *count), void *arg,
		       struct diag *diag);

struct history_idle {
	const char *arch, *reason, *example; /* example: the id of one of them */
	u64 cases;
};

/* Cases that no engine of an arch runs on any variant, by reason: the most frequent first. */
int history_each_idle(struct history *h, const struct history_filter *filter,
		      int (*fn)(void *arg, const struct history_idle *idle), void *arg,
		      struct diag *diag);

struct history_cap {
	const char *arch, *variant, *cap;
	bool have;
	bool changed;		  /* it was otherwise before; else the row is of the first run */
	int err;		  /* errno of the probe */
	struct history_when when; /* since which run */
};

/* Capabilities, the oldest change first: the last row of arch, variant and cap is the present. */
int history_each_cap(struct history *h, const struct history_filter *filter,
		     int (*fn)(void *arg, const struct history_cap *cap), void *arg,
		     struct diag *diag);

/* ---- nights ---- */

enum night_state {
	NIGHT_RUNNING, /* or killed */
	NIGHT_ENDED,
	NIGHT_BROKEN, /* ended, but some unit has no results */
};

struct history_night {
	s64 id, start, end; /* seconds since 1970; end 0: it has not ended */
	const char *dir, *host;
	u32 budget; /* seconds */
	enum night_state state;
	int exit;
};

/* Begin a night whose runs go below @dir, or go on with the one of that @dir. *@id names it. */
int history_night_begin(struct history *h, const char *dir, const char *host, u32 budget, s64 *id,
			struct diag *diag);
int history_night_end(struct history *h, s64 id, enum night_state state, int exit,
		      struct diag *diag);
/* The newest first. */
int history_each_night(struct history *h, u32 limit,
		       int (*fn)(void *arg, const struct history_night *night), void *arg,
		       struct diag *diag);
/* The newest run that was there when night @id began; 0: there was none. */
int history_night_first(struct history *h, s64 id, s64 *run, struct diag *diag);
/* The newest run that was there when the night after @id began, or that is there now. */
int history_night_last(struct history *h, s64 id, s64 *run, struct diag *diag);
/* The night before @id that is not broken or killed; 0: there is none. */
int history_night_good(struct history *h, s64 id, s64 *good, struct diag *diag);
/* The run after which changes are news of night @id: the last one of that good night; without one,
 * 0.
 */
int history_night_since(struct history *h, s64 id, s64 *run, struct diag *diag);

/* How far the enumeration of a family is on an arch. */
struct history_cursor {
	const char *arch, *variant, *family;
	u64 version;	   /* gen_version() */
	u32 next, nshards; /* the next shard, from 1; nshards + 1: the round is over */
	u32 round;	   /* from 1 */
	u32 failed;	   /* runs of the next shard in a row that gave no results */
	u32 skipped;	   /* shards that this round leaves out, since they gave none */
	double seconds;	   /* that this round has cost so far */
	u64 cases, checks; /* that this round has run so far */
};

int history_each_cursor(struct history *h, const struct history_filter *filter,
			int (*fn)(void *arg, const struct history_cursor *cursor), void *arg,
			struct diag *diag);
/*
 * Put a cursor at the beginning of a round: @nshards pieces of a family, none done. It replaces the
 * one of the same arch, variant and family.
 */
int history_cursor_set(struct history *h, const struct history_cursor *cursor, struct diag *diag);
/* The run of the next shard gave no results; with @skip the cursor leaves the shard out. */
int history_cursor_failed(struct history *h, const struct history_cursor *cursor, bool skip,
			  struct diag *diag);

#endif
