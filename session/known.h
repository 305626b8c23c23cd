/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Known failures: results/known/<arch>.txt, one row a bug; all.txt beside it is about code that
 * all arches share, and holds on each of them. Columns are separated by blanks.
 *
 *	QUIRK    ENGINES  KERNELS                     KIND  REASON … | EVIDENCE
 *	ID-GLOB  ENGINES  KERNELS  VERDICT  EXPECTED  KIND  REASON … | EVIDENCE
 *
 * A wrong state is a quirk of bpf/quirks.h: the row says which engines of which kernels compute
 * so. A failure without a state that can be predicted is a row by id: GLOB, or GLOB+GLOB, where the
 * first stands for the bug in reports. VERDICT is REJECT, CRASH or TIMEOUT, or several joined by
 * commas where it depends on the machine, or FAIL. The name of a quirk among them is for machines
 * that go on with a wrong state; SKIP, also behind FAIL, is for what may happen to any program of
 * the engine: as long as this case fails, the others are skipped, with SKIP:may_goto+packet/c*
 * those that have such an insn, such a need or such an id. PASS says that a bug of all.txt does not
 * show on this arch.
 *
 * EXPECTED tells the failure from any other of the same case: an errno (EINVAL), a piece of the
 * verifier's log or of the console ("not supported yet", in quotes; "WORDS","WORDS" where arches
 * word it differently), or - for a PASS, or a TIMEOUT that leaves no words. Of a FAIL, it is a
 * piece of the reason ("accepted, but must be refused"), or the registers and windows that may
 * differ, joined by commas: r5, r5:high for its upper half, r* for any of r0-r9, mem.
 *
 * ENGINES: names joined by commas, or *; a name stands for the engines of proto/engines.h that add
 * load flags to it, too; -NAME takes one out: *,-jit_state_freq.
 * KERNELS: *, or ranges joined by commas (any of them): 7.3.4, 7.3 (all of 7.3.x), <7.4-rc1,
 * <=7.3.9, >=6.12, 7.1..7.3 (both ends included), and fixed-by:COMMIT, which says where the range's
 * end comes from. KIND: jit-bug, interp-bug, verifier-bug, qemu-bug or spec-open. The first row
 * that matches counts; those of the arch come before those of all.txt. Between them are those of
 * another arch where a line "as ARCH" says that it has the same JIT, in the other byte order.
 */
#ifndef CHECKJIT_KNOWN_H
#define CHECKJIT_KNOWN_H

#include "bpf/quirks.h"
#include "lib/diag.h"
#include "lib/types.h"
#include "session/verdict.h"

struct known_row {
	char *name; /* of the quirk, or the first glob, which has the case that proves the bug */
	char *more; /* the other globs, joined by +, or NULL */
	int quirk;  /* enum quirk, or -1 */
	char *engines;
	char *kernels;
	u32 verdicts; /* of a row by id: mask of 1 << enum verdict; 0: a row of a quirk */
	bool spoils;  /* any program may fail so: campaign/spoiled.h */
	char *only;   /* those with such an insn, need or id: "may_goto+rnd_hi32+packet/c*" */
	int err;      /* expected errno, positive, or 0 */
	char *words;  /* a line is expected in log or console, of a FAIL in the reason, or NULL */
	char *places; /* where a FAIL may differ: "r5,r0:high,mem", or NULL */
	char *kind;
	char *reason;
	char *evidence;
	char *path; /* of its file */
	int line;
	bool common; /* of all.txt: need not show on each arch */
	u32 used;    /* number of records that it matched */
};

struct known {
	struct known_row *rows;
	u32 cnt;
	char *twin; /* the arch whose list counts here, too, or NULL */
};

/*
 * Load the list at @path, and all.txt in the same folder. A missing file is an empty list. Returns
 * 0, or -EINVAL with @diag.
 */
int known_load(const char *path, struct known *out, struct diag *diag);
/* Likewise, without all.txt. */
int known_load_alone(const char *path, struct known *out, struct diag *diag);
/* Return 0, or -EINVAL with @diag. @path: for messages. */
int known_parse(const char *text, const char *path, struct known *out, struct diag *diag);
/* Returns the path of results/known/@arch.txt; the caller frees. */
char *known_path(const char *arch);
/* Load it. Returns 0, or -EINVAL after printing the error. */
int known_load_arch(const char *arch, struct known *out);
void known_free(struct known *k);

/* Returns the first row by id that covers (id, engine) on kernel release @kernel, or NULL. */
struct known_row *known_find(const struct known *k, const char *id, const char *engine,
			     const char *kernel);

/* Returns the first row behind @after (NULL: of all) that spoils that engine on that kernel, or
 * NULL. */
struct known_row *known_spoiler(const struct known *k, const struct known_row *after,
				const char *engine, const char *kernel);

/* Returns the row of @quirk for that engine and kernel, or NULL. */
struct known_row *known_quirk(const struct known *k, enum quirk quirk, const char *engine,
			      const char *kernel);

/* Returns the quirks of that engine and kernel, a bit per enum quirk. */
quirk_set known_quirks(const struct known *k, const char *engine, const char *kernel);

/* Returns the first row by id whose expected words for verdict @v are in @text, or NULL. */
struct known_row *known_by_words(const struct known *k, const char *engine, const char *kernel,
				 enum verdict v, const char *text);

/* Does @r speak of @engine, on any kernel? What is known of an engine is known of the same one with
 * test flags. */
bool known_row_names(const struct known_row *r, const char *engine);

/* Is @r a row by id that has @id, on any engine and kernel? */
bool known_row_has(const struct known_row *r, const char *id);

/* Does any row by id cover @id, on any engine and kernel? */
bool known_lists(const struct known *k, const char *id);

/* A place where the state differs from the standard's. */
struct known_place {
	const char *what; /* "r5", "mem+8..15" */
	bool low;	  /* also in the low half */
};

/* What came of a case: texts may be NULL. */
struct known_outcome {
	enum verdict verdict;
	int err;
	const char *log, *console, *reason;
	const struct known_place *places;
	u32 nplaces;
};

/* Returns XFAIL if @row (or NULL) expects @o, XPASS if @o is a PASS in spite of it, or @o's. */
enum verdict known_verdict(const struct known_row *row, const struct known_outcome *o);

/* Does @row say that a bug of all.txt does not show on this arch? */
static inline bool known_is_absent(const struct known_row *row)
{
	return row->verdicts == 1u << VERDICT_PASS;
}

/* Does @row (or NULL) expect the guest to die? */
bool known_kills(const struct known_row *row);
/* Does @row (or NULL) expect the guest to hang without a word? */
bool known_hangs(const struct known_row *row);

#endif
