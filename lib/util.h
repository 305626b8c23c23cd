/* SPDX-License-Identifier: GPL-2.0 */
/* Helpers that every host program needs: allocation that cannot fail, messages, growing arrays. */
#ifndef CHECKJIT_UTIL_H
#define CHECKJIT_UTIL_H

#include <stdio.h>
#include <stdlib.h>
#include "lib/types.h"

/* Allocation that cannot fail: without memory, the program exits with EXIT_INFRA. */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void *xmemdup(const void *p, size_t size);

/* As strcmp(3); NULL is an empty text. */
int text_cmp(const char *a, const char *b);

/* Make room for one more element in @arr, which holds @cnt elements and has room for @cap. */
#define ARRAY_GROW(arr, cnt, cap)                                                \
	do {                                                                     \
		if ((cnt) == (cap)) {                                            \
			(cap) = (cap) ? 2 * (cap) : 16;                          \
			(arr) = xrealloc((arr), (size_t)(cap) * sizeof(*(arr))); \
		}                                                                \
	} while (0)

/* Print "checkjit: ..." on stderr. pr_info() prints nothing if @quiet is set. */
void pr_err(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void pr_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
extern bool quiet;

/*
 * Returns the whole file as a NUL-terminated string, which the caller frees, or NULL with errno
 * set. *@len, if @len is not NULL, is its size in bytes.
 */
char *read_file(const char *path, size_t *len);

/*
 * Parse @text, the argument of option --@name, as a number from @min to @max.
 * Returns 0, or -EINVAL after a message on stderr.
 */
int parse_number(const char *name, const char *text, int min, int max, int *to);

/* Returns the time of the monotonic clock in microseconds. */
u64 clock_us(void);

/* Returns what @c, a digit of a base up to 36, counts, or 99 if it is none. */
int digit_value(char c);

struct dirent;
/* For scandir(3): by the bytes of the names, in any locale. */
int dirent_cmp(const struct dirent **a, const struct dirent **b);

/* Make directory @path and its parents, as mkdir -p does. Returns 0 or -errno. */
int make_dirs(const char *path);

/* The exit codes of all programs of the project. */
enum {
	EXIT_OK = 0,
	EXIT_FINDINGS = 1,
	EXIT_USAGE = 2,
	EXIT_INFRA = 3,
};

#endif
