/* SPDX-License-Identifier: GPL-2.0 */
/* A file that appears under its name only when it is complete. */
#ifndef CHECKJIT_OUTFILE_H
#define CHECKJIT_OUTFILE_H

#include <stdbool.h>
#include <stdio.h>

struct outfile {
	FILE *f;
	char *path, *tmp;	/* NULL: stdout */
};

/* @path NULL: stdout. 0, or -errno, said on stderr. */
int outfile_open(struct outfile *o, const char *path);
/* @keep: rename it to its name, else remove it. 0, or -errno where not all could be written, said on stderr. */
int outfile_close(struct outfile *o, bool keep);

#endif
