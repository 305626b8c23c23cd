/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The spool: accepted programs on disk, which wait for a guest that cannot verify as fast. Each
 * such arch has a directory. The writer puts chunks of programs into all of them, and the reader
 * takes the newest chunk first. A directory is bounded: the writer removes the oldest chunks, so a
 * slow reader gets a sample. A chunk that a reader has taken stays on disk until it is done, so
 * that an interrupted reader takes it again.
 *
 * A chunk is a file CLASS.TIME.INSTANCE, whose TIME is in hexadecimal digits: any number of u32
 * length (little-endian) and the bytes of an input (fuzz/input.h).
 */
#ifndef CHECKJIT_FUZZ_SPOOL_H
#define CHECKJIT_FUZZ_SPOOL_H

#include <stddef.h>
#include "lib/types.h"

#define SPOOL_CHUNK  256     /* programs in a chunk, at most */
#define SPOOL_US     1000000 /* age at which a chunk is written even if it is not full */
#define SPOOL_CHUNKS 64u     /* chunks of a class in a directory */
#define SPOOL_RECENT 4096u   /* programs that are remembered, so as not to write them twice */

enum spool_class {
	SPOOL_RAW,   /* the raw route can run it */
	SPOOL_FRESH, /* it reached new places of the verifier */
	SPOOL_REST,  /* all others: only engines that verify can run them */
	NR_SPOOL_CLASSES,
};

struct spool_chunk {
	u8 *data;
	size_t len, cap;
	u32 cnt;      /* programs */
	u64 since_us; /* clock_us() of the first one */
};

struct spool {
	const char *const *dirs;
	u32 ndirs;
	const char *instance;
	struct spool_chunk chunks[NR_SPOOL_CLASSES];
	u64 recent[SPOOL_RECENT];  /* hashes */
	u64 cnt[NR_SPOOL_CLASSES]; /* programs put in */
};

/* "raw", "fresh", "rest" */
const char *spool_class_name(enum spool_class class);

/*
 * Create the @ndirs directories @dirs, which must outlive @s. @instance names this writer. Returns
 * 0, or -errno after printing the error.
 */
int spool_open(struct spool *s, const char *const *dirs, u32 ndirs, const char *instance);

/*
 * Put a program in, as a member of every class whose bit (1 << enum spool_class) is in @classes.
 * One that was put in recently is left out.
 */
void spool_put(struct spool *s, u32 classes, const void *data, size_t len);

/* Write chunks that are old enough; with @all, every chunk. Returns 0 or the first -errno. */
int spool_flush(struct spool *s, bool all);
void spool_close(struct spool *s);

/* ---- the reader ---- */

struct spool_reader {
	const char *dir, *instance;
	char *path; /* of the chunk that was taken, or NULL */
	u8 *data;
	size_t len, pos;
};

/*
 * Take a chunk of @class: the one of an interrupted reader of this instance, or the newest one.
 * Returns 1, 0 if there is none, or -errno. spool_done() must follow a 1.
 */
int spool_take(struct spool_reader *r, enum spool_class class);

/* The next program of the chunk, valid until spool_done(). Returns false at its end. */
bool spool_next(struct spool_reader *r, const u8 **data, size_t *len);

/* The chunk is done and removed; with @again, it stays for the next spool_take(). */
void spool_done(struct spool_reader *r, bool again);

#endif
