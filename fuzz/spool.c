// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>
#include "fuzz/input.h"
#include "fuzz/spool.h"
#include "lib/bytes.h"
#include "lib/outfile.h"
#include "lib/util.h"

#define TIME_DIGITS 16
#define LENGTH	    4 /* bytes before each program */

static const char *const names[NR_SPOOL_CLASSES] = { "raw", "fresh", "rest" };

const char *spool_class_name(enum spool_class class)
{
	return names[class];
}

/* ---- the directory ---- */

/* "raw.00061f2a3b4c5d6e.main": the name of a complete chunk of @class? */
static bool is_chunk(const char *name, enum spool_class class)
{
	size_t n = strlen(names[class]);

	return !strncmp(name, names[class], n) && name[n] == '.' &&
	       strspn(name + n + 1, "0123456789abcdef") == TIME_DIGITS &&
	       name[n + 1 + TIME_DIGITS] == '.' && !strchr(name + n + 2 + TIME_DIGITS, '.');
}

/*
 * Count the chunks of @class in @dir. *@oldest and *@newest are the names of two of them, which
 * the caller frees, or NULL; either may be NULL.
 */
static u32 look(const char *dir, enum spool_class class, char **oldest, char **newest)
{
	DIR *d = opendir(dir);
	char *first = NULL, *last = NULL;
	struct dirent *ent;
	u32 n = 0;

	while (d && (ent = readdir(d))) {
		if (!is_chunk(ent->d_name, class))
			continue;
		n++;
		if (!first || strcmp(ent->d_name, first) < 0) {
			free(first);
			first = xstrdup(ent->d_name);
		}
		if (!last || strcmp(ent->d_name, last) > 0) {
			free(last);
			last = xstrdup(ent->d_name);
		}
	}
	if (d)
		closedir(d);
	if (oldest)
		*oldest = first;
	else
		free(first);
	if (newest)
		*newest = last;
	else
		free(last);
	return n;
}

static void bound(const char *dir, enum spool_class class)
{
	bool removed = true;

	while (removed) {
		char *oldest, *path;

		removed = look(dir, class, &oldest, NULL) > SPOOL_CHUNKS;
		path = xasprintf("%s/%s", dir, removed ? oldest : "");
		removed = removed && !unlink(path);
		free(path);
		free(oldest);
	}
}

/* ---- the writer ---- */

int spool_open(struct spool *s, const char *const *dirs, u32 ndirs, const char *instance)
{
	memset(s, 0, sizeof(*s));
	s->dirs = dirs;
	s->ndirs = ndirs;
	s->instance = instance;
	for (u32 i = 0; i < ndirs; i++) {
		int ret = make_dirs(dirs[i]);

		if (ret) {
			pr_err("cannot make %s: %s", dirs[i], strerror(-ret));
			return ret;
		}
	}
	return 0;
}

/* afl-fuzz runs an input again to calibrate and to trim it. */
static bool seen_recently(struct spool *s, const void *data, size_t len)
{
	u64 h = fuzz_input_hash(data, len), *slot = &s->recent[h % SPOOL_RECENT];
	bool seen = *slot == h;

	*slot = h;
	return seen;
}

static void append(struct spool_chunk *c, const void *data, size_t len)
{
	if (c->len + LENGTH + len > c->cap) {
		c->cap = 2 * (c->len + LENGTH + len);
		c->data = xrealloc(c->data, c->cap);
	}
	if (!c->cnt++)
		c->since_us = clock_us();
	bytes_put(c->data + c->len, LENGTH, len, ORDER_LE);
	memcpy(c->data + c->len + LENGTH, data, len);
	c->len += LENGTH + len;
}

void spool_put(struct spool *s, u32 classes, const void *data, size_t len)
{
	if (!s->ndirs || seen_recently(s, data, len))
		return;
	for (u32 class = 0; class < NR_SPOOL_CLASSES; class ++) {
		if (!(classes >> class & 1))
			continue;
		append(&s->chunks[class], data, len);
		s->cnt[class]++;
	}
}

static int write_chunk(const struct spool *s, const char *dir, enum spool_class class)
{
	const struct spool_chunk *c = &s->chunks[class];
	struct timeval now;
	struct outfile out;
	char *path;
	int ret;

	gettimeofday(&now, NULL);
	path = xasprintf("%s/%s.%0*llx.%s", dir, names[class], TIME_DIGITS,
			 now.tv_sec * 1000000ull + now.tv_usec, s->instance);
	ret = outfile_open(&out, path);
	if (!ret) {
		fwrite(c->data, 1, c->len, out.f);
		ret = outfile_close(&out, true);
	}
	free(path);
	if (!ret)
		bound(dir, class);
	return ret;
}

int spool_flush(struct spool *s, bool all)
{
	u64 now = clock_us();
	int ret = 0;

	for (u32 class = 0; class < NR_SPOOL_CLASSES; class ++) {
		struct spool_chunk *c = &s->chunks[class];

		if (!c->cnt || (!all && c->cnt < SPOOL_CHUNK && now - c->since_us < SPOOL_US))
			continue;
		for (u32 i = 0; i < s->ndirs; i++) {
			int err = write_chunk(s, s->dirs[i], class);

			ret = ret ? ret : err;
		}
		c->cnt = 0;
		c->len = 0;
	}
	return ret;
}

void spool_close(struct spool *s)
{
	for (u32 class = 0; class < NR_SPOOL_CLASSES; class ++)
		free(s->chunks[class].data);
	memset(s, 0, sizeof(*s));
}

/* ---- the reader ---- */

static int read_taken(struct spool_reader *r, char *path)
{
	r->data = (u8 *)read_file(path, &r->len);
	if (!r->data) {
		free(path);
		return -errno;
	}
	r->path = path;
	r->pos = 0;
	return 1;
}

int spool_take(struct spool_reader *r, enum spool_class class)
{
	char *taken = xasprintf("%s/taken.%s.%s", r->dir, r->instance, names[class]), *newest,
	     *path;
	int ret;

	if (!access(taken, F_OK))
		return read_taken(r, taken);
	/* another reader, or the writer's bound, may be faster */
	while (look(r->dir, class, NULL, &newest)) {
		path = xasprintf("%s/%s", r->dir, newest);
		ret = rename(path, taken) ? -errno : 0;
		free(path);
		free(newest);
		if (!ret)
			return read_taken(r, taken);
		if (ret != -ENOENT) {
			free(taken);
			return ret;
		}
	}
	free(taken);
	return 0;
}

bool spool_next(struct spool_reader *r, const u8 **data, size_t *len)
{
	size_t n;

	if (r->len - r->pos < LENGTH)
		return false;
	n = bytes_get(r->data + r->pos, LENGTH, ORDER_LE);
	if (n > r->len - r->pos - LENGTH)
		return false;
	*data = r->data + r->pos + LENGTH;
	*len = n;
	r->pos += LENGTH + n;
	return true;
}

void spool_done(struct spool_reader *r, bool again)
{
	if (!again)
		unlink(r->path);
	free(r->path);
	free(r->data);
	r->path = NULL;
	r->data = NULL;
}
