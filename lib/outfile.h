/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file that appears under its name only when it is complete. What is written to a file that is
 * called *.gz is compressed.
 */
#ifndef CHECKJIT_OUTFILE_H
#define CHECKJIT_OUTFILE_H

#include <stdbool.h>
#include <stdio.h>

struct outfile {
	FILE *f;
	char *path, *tmp; /* NULL: @f is stdout */
};

/*
 * Open @path for writing, or stdout if it is NULL.
 * Returns 0 or -errno after a message on stderr.
 */
int outfile_open(struct outfile *o, const char *path);

/*
 * Close the file. With @keep it gets its name, else it is removed.
 * Returns 0, or -errno after a message on stderr if a write failed.
 */
int outfile_close(struct outfile *o, bool keep);

/* The content of a file, which may be compressed, as a NUL-terminated string. The caller frees it.
 * NULL with errno set if it cannot be read. */
char *outfile_read(const char *path);

/* Write @text as the file @path. Returns 0, or -errno after a message on stderr. */
int outfile_write(const char *path, const char *text);

#endif
