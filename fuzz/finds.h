/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was found, on disk: a directory that several instances share. BUCKET.input is the first input as AFL++ had it (its creation
 * decides who was first), BUCKET.case the case, BUCKET.console what the kernel said. How often each bucket was met is counted by each
 * instance in a file of its own, which ends in .counts.
 */
#ifndef CHECKJIT_FUZZ_FINDS_H
#define CHECKJIT_FUZZ_FINDS_H

#include <stddef.h>
#include "bpf/case.h"
#include "fuzz/bucket.h"

#define FINDS_MAX	2000	/* buckets of one instance; more is no news any more, and the disk is not endless */
#define FINDS_LATER	256	/* inputs of one instance that wait to be looked into */

struct find_count {
	char name[BUCKET_NAME];
	u64 cnt;
};

struct finds {
	char *dir, *instance;
	struct find_count *counts;
	u32 ncounts, cap;
	u32 later;
};

struct find {
	struct bucket bucket;
	struct bpf_case *c;		/* renamed by finds_add() to the bucket's id; NULL: there is none */
	const char *text;		/* one line: what is wrong */
	const char *console;		/* or NULL */
	const void *input;		/* may be NULL */
	size_t len;
};

/* Make @dir; take up the counts of an earlier run of @instance. 0 or -errno, said on stderr. */
int finds_open(struct finds *f, const char *dir, const char *instance);
void finds_close(struct finds *f);

/* Count it, and keep it if it is the first of its bucket: 1, else 0; -errno of writing, said on stderr. */
int finds_add(struct finds *f, const struct find *find);
/* Keep an input that there is no time for now: in DIR/later. Those beyond FINDS_LATER are dropped. */
void finds_later(struct finds *f, const void *input, size_t len);
/* Write the counts, if they changed. */
int finds_flush(struct finds *f);

#endif
