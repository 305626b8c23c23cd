/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The record: one verdict of one case on one engine, with all that a report shows. results/<run>/<arch>.jsonl holds
 * a header line {"run":…}, one line a record, and a last line {"totals":…}; without the last line it is partial.
 * Every other output (KTAP, JUnit, KCIDB, matrix) is made from these files alone.
 *
 * Texts may come from a guest: they are cleaned (printable, valid UTF-8, bounded) when a record is written and again
 * when it is read.
 */
#ifndef CHECKJIT_RECORD_H
#define CHECKJIT_RECORD_H

#include "lib/diag.h"
#include "lib/types.h"
#include "report/known.h"
#include "session/verdict.h"

/* One thing that differs. */
struct record_diff {
	char *what;		/* "r3", "mem+8..15", "guard before mem, mem-4..-1", "retval", "errno" */
	char *expected;
	char *observed;
};

/* All strings are owned by the record, allocated with xmalloc(), and may be NULL. */
struct record {
	char *id;		/* family/operation/operands, without the vector */
	char *engine;		/* its name in proto/engines.h */
	enum verdict verdict;
	enum verdict raw;	/* before results/known was asked; set by results_add() and run_load() */
	u32 cases;		/* 0: this one; else so many of a generated group, and the id ends in a * (campaign/tally.h) */
	u32 jited;		/* bytes of native code, 0: interpreted */
	u32 vectors;		/* how many ran */
	u32 failed_vectors;
	s32 vector;		/* the first that failed, or -1 */
	int err;		/* errno of the load or run, positive, 0: none */
	char *file;		/* of the case */
	u32 line;		/* of the failing vector where it has one, else of the case */
	char *insn;		/* what was tested: "r3 s/= r4"; only where it failed */
	char *inputs;		/* "r3=0x8000000000000000 r4=-1"; only where it failed */
	struct record_diff *diffs;
	u32 ndiffs;
	char *reason;		/* why skipped, fallen back, refused, lost …: one line */
	char *log;		/* the verifier's */
	char *console;		/* what the kernel said, for CRASH and TIMEOUT */
	char *note;		/* "baseline failed: not believed", "suspect of emulation: passes on -cpu qemu" */
	struct {
		char *row;	/* "results/known/s390x.txt:12", NULL: none covers it */
		char *kind, *reason, *evidence;
	} known;		/* set by results_add() */

	/* read back only: copied from the run's header, or derived from the rest */
	char *family, *arch, *kernel, *rerun;
};

void record_init(struct record *r, const char *id, const char *engine, enum verdict verdict);
void record_free(struct record *r);

/* Append what differs; nothing is appended where both are equal. Return whether they differ. */
bool record_diff_text(struct record *r, const char *what, const char *expected, const char *observed);
bool record_diff_reg(struct record *r, const char *what, u64 expected, u64 observed);	/* "r3" */
bool record_diff_u32(struct record *r, const char *what, u32 expected, u32 observed);	/* "retval" */
/*
 * A window: @size bytes of which the first @before and the last @after are guards; @first is the offset, in the
 * notation of the cases, of the first byte behind the leading guard (mem and ctx: 0; stack: -N). Each run of differing bytes
 * becomes one diff.
 */
bool record_diff_window(struct record *r, const char *name, long first, const u8 *expected, const u8 *observed,
			u32 size, u32 before, u32 after);

static inline u32 record_cases(const struct record *r)
{
	return r->cases ? r->cases : 1;
}

struct run_cap {
	char *name;		/* as in a case's needs line */
	bool have;
	int err;		/* errno of the probe */
};

/* The header of one arch's results. Strings may be NULL ("unknown"). */
struct run_info {
	char *arch;
	char *kernel;		/* release, as the guest's uname says; "" where no guest ever answered */
	char *machine;		/* of uname */
	char *config_hash;
	char *compiler;
	char *qemu;		/* version */
	char *cpu;		/* model */
	char *version;		/* of checkjit; NULL: checkjit_version() */
	char *start;		/* ISO 8601 UTC; NULL: now */
	char *cases;		/* the selection (CASES=, ID=), or NULL */
	char *image;		/* path of the kernel image */
	char *make_args;	/* further variables of the rerun command: "KERNEL=/home/me/linux", or NULL */
	char **engines;
	u32 nengines;
	struct run_cap *caps;
	u32 ncaps;
	bool full;		/* no selection of cases or engines: unused rows of results/known are worth a word */
	char *require_jit;	/* REQUIRE_JIT: a FALLBACK of an id on this list (idlist_has()) is a FAIL; NULL: none is */
	u32 planned;		/* verdicts that a complete run has: cases x engines */
};

void run_info_free(struct run_info *info);
const char *checkjit_version(void);	/* git describe of the checkout, or "unknown" */

struct run_totals {
	u32 count[NR_VERDICTS];
	u32 fresh;		/* findings that results/known does not list ("new" in the outputs) */
	u32 changed;		/* listed with another verdict */
	u32 fixed;		/* listed, but pass */
};

/* ---- writing ---- */

struct results;

/*
 * Begin results/<run>/<arch>.jsonl under a temporary name; @rundir is made if missing. @known (may be NULL) must outlive it.
 * @resume: records of an interrupted run of the same arch, kernel and image in @rundir are taken over.
 * NULL with @diag on failure.
 */
struct results *results_open(const char *rundir, const struct run_info *info, const struct known *known, bool resume,
			     struct diag *diag);
/* Has (id, engine) a verdict already? (Only ever true after a resume, or when it was added.) */
bool results_has(const struct results *w, const char *id, const char *engine);
/* Write one record, with results/known and REQUIRE_JIT applied; @r->verdict, raw and known are updated. 0 or -errno. */
int results_add(struct results *w, struct record *r);
const struct run_totals *results_totals(const struct results *w);
/*
 * The end: totals, fsync, rename, and <arch>.ktap beside it. Not @complete (Ctrl-C), or fewer records than planned:
 * <arch>.partial.jsonl.
 * Frees @w. Returns an exit code of lib/util.h.
 */
int results_close(struct results *w, bool complete);

/* ---- reading ---- */

struct run {
	char *path;
	struct run_info info;
	struct record *recs;
	u32 cnt, cap;
	u32 cases;			/* verdicts: a record may stand for many */
	struct run_totals totals;	/* counted from the records */
	bool partial;			/* no totals line, cut short, or less than planned */
	bool cut;			/* ends in the middle of line @lines */
	u32 lines;
	char **unused;			/* rows of results/known that nothing matched, in a full run */
	u32 nunused;
};

/* 0, or -errno with @diag (file:line) where the file is missing or corrupt. A cut last line is not corrupt but partial. */
int run_load(const char *path, struct run *out, struct diag *diag);
void run_free(struct run *run);

/* All arches of a run directory, sorted by arch. */
struct run_set {
	char *dir;
	struct run *runs;
	u32 cnt;
	struct record **by_id;	/* all records of all arches, sorted by (id, arch, engine) */
	u32 nrecords;
};

/* @name: a directory, or "last" for the newest below results/. 0, or -errno with @diag. */
int run_set_load(const char *name, struct run_set *out, struct diag *diag);
/* By id, arch, engine. */
int record_cmp(const struct record *a, const struct record *b);
/* The records of @id: @n of them (0: none), from the returned position on. */
struct record **run_set_find(const struct run_set *set, const char *id, u32 *n);
/* The same, and for each arch and engine without a record of its own the one of the generated group that @id belongs to.
 * The caller frees the array. */
struct record **run_set_opinions(const struct run_set *set, const char *id, u32 *n);
/* Fill @by_id from @runs; run_set_load() does it. */
void run_set_index(struct run_set *set);
void run_set_free(struct run_set *set);

#endif
