// SPDX-License-Identifier: GPL-2.0
/* Finds the files that hold cases, and the family of a file. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include "bpf/case.h"
#include "lib/util.h"

struct paths {
	char **v;
	size_t cnt, cap;
};

static void add(struct paths *p, char *path)
{
	ARRAY_GROW(p->v, p->cnt, p->cap);
	p->v[p->cnt++] = path;
}

static bool is_case_file(const char *name)
{
	size_t len = strlen(name);

	return len > 5 && !strcmp(name + len - 5, ".case");
}

static int walk_dir(const char *dir, int depth, struct paths *out, struct diag *diag)
{
	struct dirent *e;
	int err = 0;
	DIR *d;

	if (depth > 16)
		return diag_set(diag, dir, 0, 0, "folders nested too deeply");
	d = opendir(dir);
	if (!d) {
		err = -errno;
		diag_set(diag, dir, 0, 0, "%s", strerror(-err));
		return err;
	}
	while (!err && (e = readdir(d))) {
		struct stat st;
		char *path;

		if (e->d_name[0] == '.')
			continue;
		path = xasprintf("%s/%s", dir, e->d_name);
		if (stat(path, &st)) {
			err = -errno;
			diag_set(diag, path, 0, 0, "%s", strerror(-err));
		} else if (S_ISDIR(st.st_mode)) {
			err = walk_dir(path, depth + 1, out, diag);
		} else if (S_ISREG(st.st_mode) && is_case_file(path)) {
			add(out, path);
			continue;
		}
		free(path);
	}
	closedir(d);
	return err;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **case_paths(const char *dir, struct diag *diag)
{
	struct paths p = { 0 };
	char *root = xstrdup(dir);
	size_t len = strlen(root);
	int err;

	while (len > 1 && root[len - 1] == '/')
		root[--len] = '\0';
	err = walk_dir(root, 0, &p, diag);
	free(root);
	if (p.cnt)
		qsort(p.v, p.cnt, sizeof(*p.v), by_name);
	add(&p, NULL);
	if (err) {
		case_paths_free(p.v);
		return NULL;
	}
	return p.v;
}

void case_paths_free(char **paths)
{
	if (!paths)
		return;
	for (char **p = paths; *p; p++)
		free(*p);
	free(paths);
}

/* The part of @path behind its last component "cases", or NULL. */
static const char *below_cases(const char *path)
{
	const char *found = NULL;

	for (const char *p = path; (p = strstr(p, "cases/")); p++)
		if (p == path || p[-1] == '/')
			found = p + strlen("cases/");
	return found;
}

char *case_family(const char *dir, const char *path)
{
	size_t len = dir ? strlen(dir) : 0;
	const char *below = NULL, *last;

	if (!dir) {
		below = below_cases(path);
	} else if (!strncmp(path, dir, len)) {
		below = path + len;
		below += strspn(below, "/");
	}
	last = below ? strrchr(below, '/') : NULL;
	return last ? xstrndup(below, last - below) : xstrdup("local");
}
