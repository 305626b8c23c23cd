/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The record: one verdict of one case on one engine, with all that a report shows.
 * results/<run>/<arch>.jsonl holds a header line {"run":…}, one line a record, and a last line
 * {"totals":…}; without the last line it is partial. Every other output (KTAP, JUnit, KCIDB,
 * matrix) is made from these files alone.
 *
 * Texts may come from a guest: they are cleaned (printable, valid UTF-8, bounded) when a record is
 * written and again when it is read.
 */
#ifndef CHECKJIT_RECORD_H
#define CHECKJIT_RECORD_H

#include "lib/diag.h"
#include "lib/types.h"
#include "report/operations.h"
#include "session/known.h"
#include "session/verdict.h"

/* One difference between the expected and the observed state. */
struct record_diff {
	char *what; /* "r3", "mem+8..15", "guard before mem, mem-4..-1", "retval", "errno" */
	char *expected;
	char *predicted; /* by quirks, or NULL */
	char *observed;
};

/* The record owns its strings, allocated with xmalloc(); any may be NULL. */
struct record {
	char *id;     /* family/operation/operands, without the vector */
	char *engine; /* its name in proto/engines.h */
	enum verdict verdict;
	enum verdict raw; /* before results/known is applied; set by results_add() and run_load() */
	u32 cases;   /* 0: this one; else so many of an operation, and the id is count_id(), perhaps
			with a number behind it */
	u32 jited;   /* bytes of native code, 0: interpreted; of a count: the cases that have native
			code */
	u32 vectors; /* number that ran */
	u32 failed_vectors;
	s32 vector;   /* the first failing vector, or -1 */
	int err;      /* errno of the load or run, positive, 0: none */
	char *file;   /* file of the case */
	u32 line;     /* line of the failing vector if it has one, else of the case */
	char *insn;   /* the insn under test: "r3 s/= r4"; failures only */
	char *inputs; /* "r3=0x8000000000000000 r4=-1"; failures only */
	struct record_diff *diffs;
	u32 ndiffs;
	char *reason;  /* why it was skipped, fell back, was refused, was lost …: one line */
	char *log;     /* of the verifier */
	char *console; /* kernel messages of a CRASH or TIMEOUT */
	char *code; /* of a wrong state: the insns under test, translated, with their native code */
	char *note; /* "baseline failed: not believed", "passes on -cpu qemu"
		     */
	char *quirks; /* names of those that predict another state than the standard's */
	struct {
		char *row; /* "results/known/s390x.txt:12", or NULL; several: joined by ", " */
		char *kind, *reason, *evidence;
	} known; /* set by results_add() */

	/* set by the reader: copied from the run's header, or derived */
	char *family, *arch, *kernel, *rerun;
	/* the same, of a count of written cases: what it may stand for; owned by the run */
	const struct operations *operations;
};

void record_init(struct record *r, const char *id, const char *engine, enum verdict verdict);
void record_free(struct record *r);

/* Append a difference; equal values append nothing. Return whether they differ. */
bool record_diff_text(struct record *r, const char *what, const char *expected,
		      const char *observed);
/* @what: "r3". @predicted may be NULL; else all three are compared. */
bool record_diff_reg(struct record *r, const char *what, u64 expected, const u64 *predicted,
		     u64 observed);
/* @what: "retval" */
bool record_diff_u32(struct record *r, const char *what, u32 expected, const u32 *predicted,
		     u32 observed);
/*
 * A window of @size bytes, of which the first @before and the last @after are guards. @first is the
 * offset of the first byte after the leading guard, as cases write it (mem and ctx: 0; stack: -N).
 * Each run of differing bytes becomes one diff. @predicted may be NULL.
 */
bool record_diff_window(struct record *r, const char *name, long first, const u8 *expected,
			const u8 *predicted, const u8 *observed, u32 size, u32 before, u32 after);

static inline u32 record_cases(const struct record *r)
{
	return r->cases ? r->cases : 1;
}

/* Let a count know what it may stand for. */
void record_set_operations(struct record *r, const struct operations *operations);
/* Is @r one that counts cases, and @id among them, or an operation of which it counts cases? */
bool record_counts(const struct record *r, const char *id);

struct run_cap {
	char *name; /* as in a case's needs line */
	bool have;
	int err; /* errno of the probe */
};

/* The header of one arch's results. Strings may be NULL ("unknown"). */
struct run_info {
	char *arch;
	char *kernel;  /* release, from the guest's uname; "" if no guest ever answered */
	char *machine; /* from uname */
	char *order;   /* of bytes: "little" or "big" */
	char *config_hash;
	char *compiler;
	char *qemu;	 /* version */
	char *cpu;	 /* model */
	char *version;	 /* of checkjit; NULL: checkjit_version() */
	char *start;	 /* ISO 8601 UTC; NULL: now */
	char *cases;	 /* the selection (CASES=, ID=), or NULL */
	char *sweep;	 /* which generated cases: "SWEEP=quick SEED=0 SHARD=1/4", or NULL */
	char *image;	 /* path of the kernel image */
	char *make_args; /* more variables for the rerun command: "KERNEL=/home/me/linux", or NULL
			  */
	char **engines;
	u32 nengines;
	u32 word_bits; /* of the kernel; 0: not known */
	struct run_cap *caps;
	u32 ncaps;
	bool full;	   /* all cases on all engines: unused rows of results/known are reported */
	char *require_jit; /* REQUIRE_JIT: a FALLBACK of an id on this list (idlist_has()) is a
			      FAIL; NULL: no id */
	u32 planned;	   /* verdicts of a complete run: cases x engines */
};

void run_info_free(struct run_info *info);

struct run_totals {
	u32 count[NR_VERDICTS];
	u32 fresh;   /* failures that results/known does not list ("new" in the outputs) */
	u32 changed; /* listed with another verdict */
	u32 fixed;   /* listed, but pass */
};

/* ---- writing ---- */

struct results;

/*
 * Start results/<run>/<arch>.jsonl under a temporary name, creating @rundir if needed. @known (may
 * be NULL) must outlive it. @resume: take over the records of an interrupted run of the same arch,
 * kernel and image in @rundir. Returns NULL with @diag on failure.
 */
struct results *results_open(const char *rundir, const struct run_info *info,
			     const struct known *known, bool resume, struct diag *diag);
/* Has (id, engine) a verdict already, from the resumed run or from results_add()? */
bool results_has(const struct results *w, const char *id, const char *engine);
/*
 * Apply results/known and REQUIRE_JIT to @r (verdict, raw, known) and write it. Returns 0 or
 * -errno.
 */
int results_add(struct results *w, struct record *r);
u32 results_cases(const struct results *w); /* verdicts so far */
const struct run_totals *results_totals(const struct results *w);
/*
 * Finish: totals, fsync, rename, and <arch>.ktap.gz. If not @complete (Ctrl-C), or with fewer
 * records than planned, the file becomes <arch>.partial.jsonl. Frees @w. Returns an exit code of
 * lib/util.h.
 */
int results_close(struct results *w, bool complete);

/* ---- reading ---- */

struct run {
	char *path;
	struct run_info info;
	struct record *recs;
	u32 cnt, cap;
	u32 cases;		  /* verdicts; one record may stand for many */
	struct run_totals totals; /* counted from the records */
	bool partial;		  /* no totals line, truncated, or fewer records than planned */
	bool cut;		  /* truncated in line @lines */
	u32 lines;
	struct operations *operations; /* of the counts of written cases */
	char **unused; /* rows of results/known that matched nothing in a full run */
	u32 nunused;
};

/*
 * Returns 0, or -errno with @diag (file:line) if the file is missing or corrupt. A truncated last
 * line makes it partial, not corrupt.
 */
int run_load(const char *path, struct run *out, struct diag *diag);
void run_free(struct run *run);

/*
 * Write @dir/<arch>.jsonl, or <arch>.partial.jsonl, in the place of the other one;
 * @dir/<arch>.ktap.gz.gz. A file has its name once it is complete. Return 0, or -errno after a
 * message on stderr.
 */
int run_write(const char *dir, const struct run *run);
int run_write_ktap(const char *dir, const struct run *run);

/* All arches of a run directory, sorted by arch. */
struct run_set {
	char *dir;
	struct run *runs;
	u32 cnt;
	struct record **by_id; /* all records of all arches, sorted by (id, arch, engine) */
	u32 nrecords;
};

/* @name: a directory, or "last" for the newest below results/. Returns 0, or -errno with @diag. */
int run_set_load(const char *name, struct run_set *out, struct diag *diag);
/* Order by id, arch, engine. */
int record_cmp(const struct record *a, const struct record *b);
/* Returns the first of the *@n records of @id (0: none). */
struct record **run_set_find(const struct run_set *set, const char *id, u32 *n);
/*
 * The same, plus for each arch and engine without a record of its own the records that count @id.
 * The caller frees the array.
 */
struct record **run_set_opinions(const struct run_set *set, const char *id, u32 *n);
/* Fill @by_id from @runs, as run_set_load() does. */
void run_set_index(struct run_set *set);
void run_set_free(struct run_set *set);

#endif
