// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fuzz/finds.h"
#include "lib/outfile.h"
#include "lib/util.h"

static int make_dir(const char *path)
{
	int ret = make_dirs(path);

	if (ret)
		pr_err("cannot make %s: %s", path, strerror(-ret));
	return ret;
}

/* ---- counts ---- */

static struct find_count *count_of(struct finds *f, const char *name)
{
	struct find_count *c;

	for (u32 i = 0; i < f->ncounts; i++)
		if (!strcmp(f->counts[i].name, name))
			return &f->counts[i];
	if (f->ncounts == FINDS_MAX)
		return NULL;
	ARRAY_GROW(f->counts, f->ncounts, f->cap);
	c = &f->counts[f->ncounts++];
	memset(c, 0, sizeof(*c));
	snprintf(c->name, sizeof(c->name), "%s", name);
	return c;
}

static char *counts_path(const struct finds *f)
{
	return xasprintf("%s/%s.counts", f->dir, f->instance);
}

/* Lines "COUNT NAME"; a damaged file only loses counts. */
static void read_counts(struct finds *f)
{
	char *path = counts_path(f), *text = read_file(path, NULL), *save = NULL;

	for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *name;
		u64 cnt = strtoull(line, &name, 10);
		struct find_count *c = *name == ' ' && strlen(name + 1) < BUCKET_NAME
					       ? count_of(f, name + 1)
					       : NULL;

		if (c)
			c->cnt += cnt;
	}
	free(text);
	free(path);
}

int finds_flush(struct finds *f)
{
	char *path = counts_path(f);
	struct outfile out;
	int ret = outfile_open(&out, path);

	if (!ret) {
		for (u32 i = 0; i < f->ncounts; i++)
			fprintf(out.f, "%llu %s\n", (unsigned long long)f->counts[i].cnt,
				f->counts[i].name);
		ret = outfile_close(&out, true);
	}
	free(path);
	return ret;
}

int finds_open(struct finds *f, const char *dir, const char *instance)
{
	int ret;

	memset(f, 0, sizeof(*f));
	f->dir = xstrdup(dir);
	f->instance = xstrdup(instance);
	ret = make_dir(dir);
	if (!ret)
		read_counts(f);
	return ret;
}

void finds_close(struct finds *f)
{
	free(f->dir);
	free(f->instance);
	free(f->counts);
	memset(f, 0, sizeof(*f));
}

/* ---- files ---- */

static int write_new(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644), ret = 0;

	if (fd < 0)
		return -errno;
	if (len && write(fd, data, len) != (ssize_t)len)
		ret = -EIO;
	close(fd);
	return ret;
}

static int write_case(const struct finds *f, const struct find *find, const char *name)
{
	char *path = xasprintf("%s/%s.case", f->dir, name);
	struct outfile out;
	int ret;

	bucket_id(&find->bucket, find->c->id, sizeof(find->c->id));
	find->c->group = case_intern("fuzz/find");
	free(find->c->doc);
	find->c->doc = xstrdup(find->text);
	ret = outfile_open(&out, path);
	if (!ret) {
		bpf_case_print(out.f, find->c, -1);
		ret = outfile_close(&out, true);
	}
	free(path);
	return ret;
}

static int write_text(const struct finds *f, const char *name, const char *suffix, const char *text)
{
	char *path = xasprintf("%s/%s.%s", f->dir, name, suffix);
	struct outfile out;
	int ret = outfile_open(&out, path);

	if (!ret) {
		fprintf(out.f, "%s\n", text);
		ret = outfile_close(&out, true);
	}
	free(path);
	return ret;
}

int finds_add(struct finds *f, const struct find *find)
{
	char name[BUCKET_NAME], *path;
	struct find_count *c;
	int ret;

	bucket_name(&find->bucket, name);
	c = count_of(f, name);
	if (!c)
		return 0;
	c->cnt++;
	path = xasprintf("%s/%s.input", f->dir, name);
	ret = write_new(path, find->input, find->len);
	if (ret && ret != -EEXIST)
		pr_err("writing %s: %s", path, strerror(-ret));
	free(path);
	if (ret)
		return ret == -EEXIST ? 0 : ret;
	ret = write_text(f, name, "text", find->text);
	if (!ret && find->c)
		ret = write_case(f, find, name);
	if (!ret && find->console)
		ret = write_text(f, name, "console", find->console);
	return ret ? ret : 1;
}

void finds_later(struct finds *f, bool raw, const void *input, size_t len)
{
	char *dir = xasprintf("%s/later%s", f->dir, raw ? "_raw" : ""), *path;

	if (f->later < FINDS_LATER && !make_dir(dir)) {
		path = xasprintf("%s/%s.%u", dir, f->instance, f->later++);
		write_new(path, input, len);
		free(path);
	}
	free(dir);
}
