/* SPDX-License-Identifier: GPL-2.0 */
/* News folded: a bug makes many cases of an operation fail on many engines, and is one finding. */
#ifndef CHECKJIT_HISTORY_FOLD_H
#define CHECKJIT_HISTORY_FOLD_H

#include "history/history.h"
#include "lib/strset.h"

/* What is alike: kind, arch, variant, operation, and the verdict. */
struct folded {
	enum history_kind kind;
	char *arch, *variant, *operation; /* "alu/sub64" */
	char *engines;			  /* those that are concerned: "interp raw_interp" */
	enum verdict verdict, was;
	u32 verdicts; /* cases on engines */
	/* the first one */
	char *id, *kernel, *detail, *rerun;
	s32 vector;
};

struct fold {
	bool first; /* there was no night before: what fails was not seen to pass */
	struct folded *list;
	u32 cnt, cap;
	u32 kinds[NR_HISTORY_KINDS]; /* how many of each */
	struct strset keys;	     /* of the list */
};

/*
 * What changed after run @since, folded, in the order of history_each_news(). Returns 0 or -errno;
 * fold_free() in both cases.
 */
int fold_news(struct history *h, s64 since, struct fold *out, struct diag *diag);
/* *@cnt: how many operations fail at present, each on one arch and variant, without those that
 * results/known explains. Returns 0 or -errno. */
int fold_failing(struct history *h, u32 *cnt, struct diag *diag);
/* What is said behind the verdict of @x: ", was PASS", or nothing if it had none. In a static
 * buffer. */
const char *fold_was(const struct fold *f, const struct folded *x);
void fold_free(struct fold *f);

#endif
