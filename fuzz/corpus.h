/* SPDX-License-Identifier: GPL-2.0 */
/* The seed inputs of the fuzzer, and directories of inputs. */
#ifndef CHECKJIT_FUZZ_CORPUS_H
#define CHECKJIT_FUZZ_CORPUS_H

#include "fuzz/input.h"
#include "lib/diag.h"
#include "session/known.h"

/* What to collect. */
struct corpus_conf {
	const char *cases;	   /* directory of the written cases */
	int members;		   /* per written case, at most */
	int samples;		   /* per operation of a family, at most */
	const struct known *known; /* or NULL; cases listed as failing are no seeds, because their
				      mutations fail too */
};

/* What was collected. */
struct corpus_stats {
	u32 made;  /* inputs passed to @take */
	u32 same;  /* same bytes as an earlier one */
	u32 unfit; /* cases without this form, or with too many loops */
	u32 known; /* cases listed as failing */
};

/*
 * Pass every input once, with the id of its case, to @take. A nonzero return of @take stops and is
 * returned; -EINVAL with @diag: a malformed case.
 */
int corpus_make(const struct corpus_conf *conf,
		int (*take)(void *ctx, const char *id, const struct fuzz_input *in), void *ctx,
		struct corpus_stats *stats, struct diag *diag);

/* The inputs among the files of a directory, by name; other files are counted. */
struct corpus_dir {
	char **paths;
	u32 cnt, cap;
	u32 strange; /* files that are not inputs; name of the first, and why: */
	char *first_strange;
	const char *why;
};

/* Returns 0 or -errno. Hidden files and folders are skipped. */
int corpus_open(struct corpus_dir *d, const char *path);
void corpus_close(struct corpus_dir *d);
/* Print a line on stderr if some file was not an input. */
void corpus_say_strange(const struct corpus_dir *d, const char *path);

/* Read one file. Returns 0; -EINVAL with *@why if it is not an input; -errno. */
int corpus_read(const char *path, struct fuzz_input *in, const char **why);

#endif
