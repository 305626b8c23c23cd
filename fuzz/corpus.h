/* SPDX-License-Identifier: GPL-2.0 */
/* The inputs that a fuzzer starts with, and directories of inputs. */
#ifndef CHECKJIT_FUZZ_CORPUS_H
#define CHECKJIT_FUZZ_CORPUS_H

#include "fuzz/input.h"
#include "lib/diag.h"
#include "report/known.h"

/* What to take. */
struct corpus_conf {
	const char *cases;	/* directory of the written ones */
	int members;		/* of each written case, at most */
	int samples;		/* of each operation of a family, at most */
	const struct known *known;	/* or NULL. A case that fails is no start: what comes of it fails, too */
};

/* What came of it. */
struct corpus_stats {
	u32 made;		/* inputs that were given out */
	u32 same;		/* the bytes of another one */
	u32 unfit;		/* cases that have no such form, or more loops than is good */
	u32 known;		/* cases that are known to fail */
};

/*
 * Every input once, with the id of its case. A return of @take other than 0 stops and is returned; -EINVAL with @diag: a
 * case that is malformed.
 */
int corpus_make(const struct corpus_conf *conf, int (*take)(void *ctx, const char *id, const struct fuzz_input *in), void *ctx,
		struct corpus_stats *stats, struct diag *diag);

/* Files of a directory that are inputs, by name; what is no input is counted. */
struct corpus_dir {
	char **paths;
	u32 cnt, cap;
	u32 strange;		/* files that are none; the first one's name and reason: */
	char *first_strange;
	const char *why;
};

/* 0 or -errno. Hidden files and folders are passed by. */
int corpus_open(struct corpus_dir *d, const char *path);
void corpus_close(struct corpus_dir *d);
/* One line on stderr if there was one that is none. */
void corpus_say_strange(const struct corpus_dir *d, const char *path);

/* Read one file. 0; -EINVAL with *@why: it is none; -errno. */
int corpus_read(const char *path, struct fuzz_input *in, const char **why);

#endif
