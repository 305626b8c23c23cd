// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/util.h"
#include "report/compare.h"
#include "report/json.h"
#include "report/report.h"
#include "report/since.h"
#include "report/stats.h"

/* ---- the run before ---- */

/* The header of the records @path. False: there are none, or they are damaged. */
static bool read_header(const char *path, struct run_info *info)
{
	FILE *f = fopen(path, "re");
	char why[WHY_MAX], *line = NULL;
	size_t cap = 0;
	json_t *j = NULL;
	bool ok = false;

	if (f && getline(&line, &cap, f) > 0)
		j = json_loads(line, 0, NULL);
	if (j)
		ok = !info_from_json(j, info, why);
	json_decref(j);
	free(line);
	if (f)
		fclose(f);
	return ok;
}

static bool same_engines(const struct run_info *a, const struct run_info *b)
{
	if (a->nengines != b->nengines)
		return false;
	for (u32 i = 0; i < a->nengines; i++)
		if (strcmp(a->engines[i], b->engines[i]))
			return false;
	return true;
}

/* Is @a an earlier run than @b, of the same cases on the same engines? */
static bool precedes(const struct run_info *a, const struct run_info *b)
{
	return a->start && b->start && strcmp(a->start, b->start) < 0 &&
	       !text_cmp(a->cases, b->cases) && !text_cmp(a->sweep, b->sweep) && same_engines(a, b);
}

/* The directory of the run before @run, which the caller frees, or NULL. */
static char *dir_before(const char *rundir, const struct run_info *info)
{
	char *copy = xstrdup(rundir), *above = xstrdup(dirname(copy)), *found = NULL, *start = NULL;
	DIR *dir = opendir(above);
	struct dirent *d;

	while (dir && (d = readdir(dir))) {
		char *path = xasprintf("%s/%s/%s.jsonl", above, d->d_name, info->arch);
		struct run_info other = {};

		if (*d->d_name != '.' && !access(path, R_OK) && read_header(path, &other) &&
		    precedes(&other, info) && (!start || strcmp(other.start, start) > 0)) {
			free(found);
			free(start);
			found = xasprintf("%s/%s", above, d->d_name);
			start = xstrdup(other.start);
		}
		run_info_free(&other);
		free(path);
	}
	if (dir)
		closedir(dir);
	free(start);
	free(above);
	free(copy);
	return found;
}

/* Load the run of @arch in @dir as a set of one. */
static bool load_one(const char *dir, const char *arch, struct run_set *out)
{
	char *path = xasprintf("%s/%s.jsonl", dir, arch);
	struct diag diag;
	bool ok;

	*out = (struct run_set){ .dir = xstrdup(dir), .runs = xcalloc(1, sizeof(*out->runs)) };
	ok = !run_load(path, out->runs, &diag);
	free(path);
	if (ok) {
		out->cnt = 1;
		run_set_index(out);
	} else {
		run_set_free(out);
	}
	return ok;
}

/* ---- the comparison ---- */

static void print_speed(FILE *f, const struct run_set *before, const struct run_set *now)
{
	double was = run_speed(before->dir, before->runs), is = run_speed(now->dir, now->runs);

	if (was > 0 && is > 0 && is < SPEED_SLOWER * was)
		fprintf(f, "#   slower: %.0f checks/s, before %.0f\n", is, was);
}

static void compare_one(FILE *f, const char *rundir, const struct run_info *info, bool all)
{
	struct compare_opts opts = { .require_jit = info->require_jit, .all = all };
	char *dir = dir_before(rundir, info);
	struct run_set before, now;

	if (dir && load_one(dir, info->arch, &before)) {
		if (load_one(rundir, info->arch, &now)) {
			compare_since(f, &before, &now, &opts);
			print_speed(f, &before, &now);
			run_set_free(&now);
		}
		run_set_free(&before);
	}
	free(dir);
}

void report_since(FILE *f, const char *rundir, bool all)
{
	struct dirent **list;
	int n = scandir(rundir, &list, NULL, dirent_cmp);

	for (int i = 0; i < n; i++) {
		char *path = xasprintf("%s/%s", rundir, list[i]->d_name);
		const char *end = strrchr(list[i]->d_name, '.');
		struct run_info info = {};

		if (*list[i]->d_name != '.' && end && !strcmp(end, ".jsonl") &&
		    !strstr(list[i]->d_name, ".partial.") && read_header(path, &info))
			compare_one(f, rundir, &info, all);
		run_info_free(&info);
		free(path);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	fflush(f);
}
