/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Known failures: results/known/<arch>.txt, one row each. Columns are separated by blanks:
 *
 *	ID-GLOB  ENGINES  KERNELS  VERDICT  KIND  REASON … | EVIDENCE
 *
 * ENGINES: names joined by commas, or *. KERNELS: *, or ranges joined by commas (any of
 *them): 7.3.4, 7.3 (all of 7.3.x), <7.4-rc1, <=7.3.9, >=6.12, 7.1..7.3 (both ends included), and
 *fixed-by:COMMIT, which says where the range's end comes from. The first row that matches counts.
 * VERDICT: FAIL, REJECT, CRASH, TIMEOUT; several, joined by commas, where it depends on the CPU. A
 *row turns it into XFAIL and PASS into XPASS. CRASH and TIMEOUT stand for each other: a kernel
 *whose memory is overwritten dies in one way or in another.
 */
#ifndef CHECKJIT_KNOWN_H
#define CHECKJIT_KNOWN_H

#include "lib/diag.h"
#include "lib/types.h"
#include "session/verdict.h"

struct known_row {
	char *glob;
	char *engines;
	char *kernels;
	u32 verdicts; /* mask of 1 << enum verdict */
	char *kind;   /* jit-bug, interp-bug, verifier-bug, qemu-bug, spec-open */
	char *reason;
	char *evidence;
	int line;
	u32 used; /* number of records that it matched */
};

struct known {
	char *path;
	struct known_row *rows;
	u32 cnt;
};

/* Return 0, or -EINVAL with @diag. A missing file is an empty list. */
int known_load(const char *path, struct known *out, struct diag *diag);
int known_parse(const char *text, const char *path, struct known *out, struct diag *diag);
void known_free(struct known *k);

/* Returns the first row that covers (id, engine) on kernel release @kernel, or NULL. */
struct known_row *known_find(const struct known *k, const char *id, const char *engine,
			     const char *kernel);

/* Does any row cover @id, on any engine and kernel? */
bool known_lists(const struct known *k, const char *id);

/* Returns XFAIL, XPASS or @v. */
enum verdict known_verdict(const struct known_row *row, enum verdict v);

/* Does @row (or NULL) expect the guest to die? */
bool known_kills(const struct known_row *row);

/* < 0, 0, > 0; "7.4-rc1" < "7.4" < "7.4.1-arm64". */
int release_cmp(const char *a, const char *b);
/* Is @release in @kernels (the column)? Returns -EINVAL if the column is malformed. */
int release_in(const char *kernels, const char *release);

#endif
