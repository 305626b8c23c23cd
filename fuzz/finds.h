/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds on disk, in a directory that several instances share. BUCKET.input is the first input as
 * AFL++ had it (whoever creates it was first), BUCKET.case the case, BUCKET.console the kernel
 * messages. Each instance counts its hits per bucket in a file of its own, *.counts.
 */
#ifndef CHECKJIT_FUZZ_FINDS_H
#define CHECKJIT_FUZZ_FINDS_H

#include <stddef.h>
#include "bpf/case.h"
#include "fuzz/bucket.h"

#define FINDS_MAX   2000 /* buckets per instance; later ones are dropped, the disk is finite */
#define FINDS_LATER 256	 /* inputs per instance that wait to be examined */

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
	struct bpf_case *c;  /* renamed by finds_add() to the bucket's id; NULL: no case */
	const char *text;    /* what is wrong, in one line */
	const char *console; /* or NULL */
	const void *input;   /* may be NULL */
	size_t len;
};

/*
 * Create @dir, and load the counts of an earlier run of @instance. Returns 0 or -errno, reported on
 * stderr.
 */
int finds_open(struct finds *f, const char *dir, const char *instance);
void finds_close(struct finds *f);

/*
 * Count a find, and keep it if it is the first of its bucket. Returns 1 if it was, 0 if not, -errno
 * if writing failed (reported on stderr).
 */
int finds_add(struct finds *f, const struct find *find);
/*
 * Keep an input for later in DIR/later, or in DIR/later_raw if it was wrong on the raw route
 * (@raw). Inputs beyond FINDS_LATER are dropped.
 */
void finds_later(struct finds *f, bool raw, const void *input, size_t len);
/* Write the counts if they changed. */
int finds_flush(struct finds *f);

#endif
