// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "lib/util.h"

bool quiet;

static void *or_die(void *p)
{
	if (!p) {
		pr_err("out of memory");
		exit(EXIT_INFRA);
	}
	return p;
}

void *xmalloc(size_t size)
{
	return or_die(malloc(size ? size : 1));
}

void *xcalloc(size_t n, size_t size)
{
	return or_die(calloc(n ? n : 1, size ? size : 1));
}

void *xrealloc(void *p, size_t size)
{
	return or_die(realloc(p, size ? size : 1));
}

char *xstrdup(const char *s)
{
	return or_die(strdup(s));
}

char *xstrndup(const char *s, size_t n)
{
	return or_die(strndup(s, n));
}

int text_cmp(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

char *xasprintf(const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	return or_die(s);
}

void *xmemdup(const void *p, size_t size)
{
	return memcpy(xmalloc(size), p, size);
}

static void pr(const char *fmt, va_list ap)
{
	char line[2048];

	/* one write(): lines of parallel processes do not mix */
	vsnprintf(line, sizeof(line), fmt, ap);
	fprintf(stderr, "checkjit: %s\n", line);
}

void pr_err(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	pr(fmt, ap);
	va_end(ap);
}

void pr_info(const char *fmt, ...)
{
	va_list ap;

	if (quiet)
		return;
	va_start(ap, fmt);
	pr(fmt, ap);
	va_end(ap);
}

char *read_file(const char *path, size_t *len)
{
	size_t cnt = 0, cap = 4096, n;
	FILE *f = fopen(path, "re");
	char *buf;

	if (!f)
		return NULL;
	buf = xmalloc(cap);
	while ((n = fread(buf + cnt, 1, cap - cnt - 1, f)) > 0) {
		cnt += n;
		if (cap - cnt < 2)
			buf = xrealloc(buf, cap *= 2);
	}
	if (ferror(f)) {
		int err = errno;

		fclose(f);
		free(buf);
		errno = err;
		return NULL;
	}
	fclose(f);
	buf[cnt] = '\0';
	if (len)
		*len = cnt;
	return buf;
}

int parse_number(const char *name, const char *text, int min, int max, int *to)
{
	char *end;
	long v = strtol(text, &end, 10);

	if (*end || end == text || v < min || v > max) {
		pr_err("--%s '%s' (expected a number from %d to %d)", name, text, min, max);
		return -EINVAL;
	}
	*to = v;
	return 0;
}

u64 clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (u64)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

int dirent_cmp(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int make_dirs(const char *path)
{
	char *copy = xstrdup(path);
	int ret = 0;

	for (char *p = copy + 1; !ret; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = '\0';
		if (mkdir(copy, 0777) && errno != EEXIST)
			ret = -errno;
		*p = c;
		if (!c)
			break;
	}
	free(copy);
	return ret;
}
