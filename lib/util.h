/* SPDX-License-Identifier: GPL-2.0 */
/* Helpers that every host program needs: allocation that cannot fail, messages, growing arrays. */
#ifndef CHECKJIT_UTIL_H
#define CHECKJIT_UTIL_H

#include <stdio.h>
#include <stdlib.h>
#include "lib/types.h"

/* Allocate or end the program with EXIT_INFRA: a host without memory has no verdict to give. */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void *xmemdup(const void *p, size_t size);

/* Make room for one more element in @arr, which has @cnt of them and room for @cap. */
#define ARRAY_GROW(arr, cnt, cap)                                              \
	do {                                                                   \
		if ((cnt) == (cap)) {                                          \
			(cap) = (cap) ? 2 * (cap) : 16;                        \
			(arr) = xrealloc((arr), (size_t)(cap) * sizeof(*(arr)));\
		}                                                              \
	} while (0)

/* "checkjit: …" on stderr. pr_info() says nothing when @quiet was set. */
void pr_err(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void pr_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
extern bool quiet;

/* Whole file as a NUL-terminated string (caller frees), its size in *@len (may be NULL).
 * NULL with errno set on failure. */
char *read_file(const char *path, size_t *len);

/* @text as a number from @min to @max for option --@name. 0, or -EINVAL, said on stderr. */
int parse_number(const char *name, const char *text, int min, int max, int *to);

/* Of a clock that only goes forward, in microseconds. */
u64 clock_us(void);

/* Make @path and the directories above it; those that are there stay. 0 or -errno. */
int make_dirs(const char *path);

/* Exit codes of every program of the project. */
enum {
	EXIT_OK = 0,
	EXIT_FINDINGS = 1,
	EXIT_USAGE = 2,
	EXIT_INFRA = 3,
};

#endif
