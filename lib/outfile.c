// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include "lib/outfile.h"
#include "lib/util.h"

static ssize_t compress_more(void *gz, const char *buf, size_t size)
{
	int n = gzwrite(gz, buf, size < INT_MAX ? size : INT_MAX);

	return n > 0 ? n : 0;
}

static int compress_end(void *gz)
{
	return gzclose(gz) == Z_OK ? 0 : EOF;
}

/* A stream into @path, compressed where @name says so. NULL with errno set. */
static FILE *open_stream(const char *path, const char *name)
{
	static const cookie_io_functions_t io = { .write = compress_more, .close = compress_end };
	size_t len = strlen(name);
	gzFile gz;
	FILE *f;

	if (len < 3 || strcmp(name + len - 3, ".gz"))
		return fopen(path, "we");
	gz = gzopen(path, "wbe");
	f = gz ? fopencookie(gz, "w", io) : NULL;
	if (gz && !f)
		gzclose(gz);
	return f;
}

int outfile_open(struct outfile *o, const char *path)
{
	int err;

	*o = (struct outfile){ .f = stdout };
	if (!path)
		return 0;
	o->path = xstrdup(path);
	o->tmp = xasprintf("%s.tmp%d", path, (int)getpid());
	o->f = open_stream(o->tmp, path);
	if (o->f)
		return 0;
	err = -errno;
	pr_err("%s: %s", path, strerror(-err));
	free(o->path);
	free(o->tmp);
	return err;
}

int outfile_close(struct outfile *o, bool keep)
{
	const char *name = o->path ? o->path : "stdout";
	int err = 0;

	if (fflush(o->f) || ferror(o->f))
		err = errno ? -errno : -EIO;
	if (o->path) {
		if (fclose(o->f) && !err)
			err = -errno;
		if (keep && !err && rename(o->tmp, o->path))
			err = -errno;
		if (!keep || err)
			unlink(o->tmp);
	}
	if (err)
		pr_err("writing %s: %s", name, strerror(-err));
	free(o->path);
	free(o->tmp);
	return err;
}

char *outfile_read(const char *path)
{
	gzFile gz = gzopen(path, "rbe");
	size_t cnt = 0, cap = 65536;
	char *text;
	int n;

	if (!gz)
		return NULL;
	text = xmalloc(cap);
	while ((n = gzread(gz, text + cnt, cap - cnt - 1)) > 0) {
		cnt += n;
		if (cap - cnt < 2)
			text = xrealloc(text, cap *= 2);
	}
	text[cnt] = '\0';
	if (gzclose(gz) == Z_OK && !n)
		return text;
	free(text);
	errno = EIO;
	return NULL;
}

int outfile_write(const char *path, const char *text)
{
	struct outfile o;
	int ret = outfile_open(&o, path);

	if (ret)
		return ret;
	fputs(text, o.f);
	return outfile_close(&o, true);
}
