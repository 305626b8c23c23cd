// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include "lib/util.h"
#include "report/json.h"
#include "report/report.h"

#define RESULTS_DIR "results"

static int parse_line(struct run *run, json_t *j, int line, bool *ended, char *why)
{
	static const char after[] = "a line behind the totals";
	struct record *r;
	u32 cap = run->cap;

	if (line == 1)
		return info_from_json(j, &run->info, why);
	if (*ended) {
		snprintf(why, WHY_MAX, after);
		return -EINVAL;
	}
	if (json_object_get(j, "totals")) {
		*ended = true;
		return totals_from_json(j, &run->totals, run->cnt, &run->unused, &run->nunused,
					why);
	}
	if (json_object_get(j, "operation"))
		return operation_from_json(j, run->operations, why);
	ARRAY_GROW(run->recs, run->cnt, cap);
	run->cap = cap;
	r = &run->recs[run->cnt];
	if (record_from_json(j, &run->info, r, why))
		return -EINVAL;
	record_set_operations(r, run->operations);
	run->cases += record_cases(r);
	totals_add(&run->totals, r);
	run->cnt++;
	return 0;
}

int run_load(const char *path, struct run *out, struct diag *diag)
{
	char *line = NULL, why[WHY_MAX] = "";
	bool ended = false, cut = false;
	int nr = 0, ret = 0;
	size_t cap = 0;
	ssize_t n;
	FILE *f;

	*out = (struct run){ .path = xstrdup(path),
			     .operations = xcalloc(1, sizeof(*out->operations)) };
	f = fopen(path, "re");
	if (!f) {
		ret = -errno;
		diag_set(diag, path, 0, 0, "%s", strerror(errno));
		goto out;
	}
	while (!ret && !cut && (n = getline(&line, &cap, f)) > 0) {
		json_error_t err;
		json_t *j;

		nr++;
		j = json_loadb(line, n, JSON_REJECT_DUPLICATES, &err);
		if (!j && line[n - 1] != '\n' && nr > 1) {
			cut = true;
		} else if (!j || !json_is_object(j)) {
			ret = diag_set(diag, path, nr, j ? 0 : err.column,
				       "%s (expected one JSON object a line)",
				       j ? "no object" : err.text);
			ret = -EINVAL;
		} else if (parse_line(out, j, nr, &ended, why)) {
			diag_set(diag, path, nr, 0, "%s", why);
			ret = -EINVAL;
		}
		json_decref(j);
	}
	if (!ret && ferror(f)) {
		ret = -errno;
		diag_set(diag, path, nr, 0, "%s", strerror(errno));
	}
	if (!ret && !nr) {
		diag_set(diag, path, 0, 0, "empty (expected a header {\"run\":…} and records)");
		ret = -EINVAL;
	}
	fclose(f);
	out->lines = nr;
	out->cut = cut;
	out->partial = !ended || cut || out->cases < out->info.planned;
out:
	free(line);
	if (ret)
		run_free(out);
	return ret;
}

void run_free(struct run *run)
{
	if (run->operations)
		operations_free(run->operations);
	free(run->operations);
	for (u32 i = 0; i < run->cnt; i++)
		record_free(&run->recs[i]);
	for (u32 i = 0; i < run->nunused; i++)
		free(run->unused[i]);
	free(run->unused);
	free(run->recs);
	free(run->path);
	run_info_free(&run->info);
	*run = (struct run){ 0 };
}

int record_cmp(const struct record *a, const struct record *b)
{
	int c = strcmp(a->id, b->id);

	if (!c)
		c = strcmp(a->arch, b->arch);
	return c ? c : strcmp(a->engine, b->engine);
}

static int by_id_cmp(const void *a, const void *b)
{
	return record_cmp(*(struct record *const *)a, *(struct record *const *)b);
}

void run_set_index(struct run_set *set)
{
	u32 n = 0;

	for (u32 i = 0; i < set->cnt; i++)
		n += set->runs[i].cnt;
	set->by_id = xcalloc(n, sizeof(*set->by_id));
	set->nrecords = 0;
	for (u32 i = 0; i < set->cnt; i++)
		for (u32 k = 0; k < set->runs[i].cnt; k++)
			set->by_id[set->nrecords++] = &set->runs[i].recs[k];
	qsort(set->by_id, n, sizeof(*set->by_id), by_id_cmp);
}

struct record **run_set_find(const struct run_set *set, const char *id, u32 *n)
{
	u32 lo = 0, hi = set->nrecords;

	while (lo < hi) {
		u32 mid = lo + (hi - lo) / 2;

		if (strcmp(set->by_id[mid]->id, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (*n = 0; lo + *n < set->nrecords && !strcmp(set->by_id[lo + *n]->id, id);)
		++*n;
	return set->by_id + lo;
}

void record_set_operations(struct record *r, const struct operations *operations)
{
	char *name = id_operation(r->id);

	r->operations = r->cases && strset_find(&operations->names, name) ? operations : NULL;
	free(name);
}

bool record_counts(const struct record *r, const char *id)
{
	const char *star = strrchr(r->id, '*');

	if (!r->cases || !star || strncmp(r->id, id, star - r->id))
		return false;
	return !r->operations || strchr(id, '*') || strset_find(&r->operations->ids, id);
}

static bool has_own(struct record *const *own, u32 n, const struct record *group)
{
	for (u32 i = 0; i < n; i++)
		if (!strcmp(own[i]->arch, group->arch) && !strcmp(own[i]->engine, group->engine))
			return true;
	return false;
}

struct record **run_set_opinions(const struct run_set *set, const char *id, u32 *n)
{
	struct record **own = run_set_find(set, id, n), **all = xcalloc(*n + 1, sizeof(*all));
	char *op = id_operation(id), *prefix = xasprintf("%s/*", op);
	u32 nown = *n, nall = *n, cap = *n + 1, m;

	memcpy(all, own, nown * sizeof(*all));
	/* group records are adjacent, the plain one first */
	for (struct record **r = run_set_find(set, prefix, &m);
	     r < set->by_id + set->nrecords && !strncmp((*r)->id, prefix, strlen(prefix)); r++) {
		if (!record_counts(*r, id) || has_own(own, nown, *r))
			continue;
		ARRAY_GROW(all, nall, cap);
		all[nall++] = *r;
	}
	free(prefix);
	free(op);
	*n = nall;
	return all;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && !strcmp(s + n - m, end);
}

/*
 * The state of the result file @name: 0 complete, 1 partial, 2 still being written (or killed), -1
 * not one.
 */
static int file_rank(const char *name)
{
	if (*name == '.')
		return ends_with(name, ".jsonl.part") ? 2 : -1;
	if (ends_with(name, ".partial.jsonl"))
		return 1;
	return ends_with(name, ".jsonl") ? 0 : -1;
}

static int is_result(const struct dirent *d)
{
	return file_rank(d->d_name) >= 0;
}

bool run_dir_has_results(const char *dir)
{
	struct dirent **list;
	int n = scandir(dir, &list, is_result, NULL);

	for (int i = 0; i < n; i++)
		free(list[i]);
	if (n >= 0)
		free(list);
	return n > 0;
}

/* The newest directory below results/ with results. */
static char *newest_run(void)
{
	struct timespec best = { 0 };
	struct dirent *d;
	char *found = NULL;
	DIR *dir = opendir(RESULTS_DIR);

	while (dir && (d = readdir(dir))) {
		char *path = xasprintf(RESULTS_DIR "/%s", d->d_name);
		struct stat st;

		if (*d->d_name != '.' && !lstat(path, &st) && S_ISDIR(st.st_mode) &&
		    run_dir_has_results(path) &&
		    (!found || st.st_mtim.tv_sec > best.tv_sec ||
		     (st.st_mtim.tv_sec == best.tv_sec && st.st_mtim.tv_nsec > best.tv_nsec))) {
			free(found);
			found = path;
			best = st.st_mtim;
		} else {
			free(path);
		}
	}
	if (dir)
		closedir(dir);
	return found;
}

static char *find_dir(const char *name, struct diag *diag)
{
	struct stat st;
	char *path;

	if (!stat(name, &st) && S_ISDIR(st.st_mode))
		return xstrdup(name);
	if (!strcmp(name, "last")) {
		path = newest_run();
		if (!path)
			diag_set(diag, RESULTS_DIR, 0, 0,
				 "no run in it (expected one that `make run` wrote)");
		return path;
	}
	path = xasprintf(RESULTS_DIR "/%s", name);
	if (!strchr(name, '/') && !stat(path, &st) && S_ISDIR(st.st_mode))
		return path;
	free(path);
	diag_set(diag, name, 0, 0,
		 "no such run (expected a directory, one below results/, or 'last')");
	return NULL;
}

/* Of several files of one arch the most complete one counts. */
static bool superseded(const struct run_set *set, const char *arch)
{
	for (u32 i = 0; i < set->cnt; i++)
		if (!strcmp(set->runs[i].info.arch, arch))
			return true;
	return false;
}

static int arch_cmp(const void *a, const void *b)
{
	return strcmp(((const struct run *)a)->info.arch, ((const struct run *)b)->info.arch);
}

int run_set_load(const char *name, struct run_set *out, struct diag *diag)
{
	struct dirent **list;
	int n, ret = 0;

	*out = (struct run_set){ .dir = find_dir(name, diag) };
	if (!out->dir)
		return -ENOENT;
	n = scandir(out->dir, &list, is_result, dirent_cmp);
	if (n < 0) {
		ret = -errno;
		diag_set(diag, out->dir, 0, 0, "%s", strerror(errno));
		run_set_free(out);
		return ret;
	}
	out->runs = xcalloc(n, sizeof(*out->runs));
	for (int rank = 0; rank < 3 && !ret; rank++) {
		for (int i = 0; i < n && !ret; i++) {
			char *path;

			if (file_rank(list[i]->d_name) != rank)
				continue;
			path = xasprintf("%s/%s", out->dir, list[i]->d_name);
			ret = run_load(path, &out->runs[out->cnt], diag);
			free(path);
			if (ret)
				break;
			if (superseded(out, out->runs[out->cnt].info.arch))
				run_free(&out->runs[out->cnt]);
			else
				out->cnt++;
		}
	}
	for (int i = 0; i < n; i++)
		free(list[i]);
	free(list);
	if (!ret && !out->cnt) {
		ret = -ENOENT;
		diag_set(diag, out->dir, 0, 0, "no results in it (expected <arch>.jsonl files)");
	}
	if (ret) {
		run_set_free(out);
		return ret;
	}
	qsort(out->runs, out->cnt, sizeof(*out->runs), arch_cmp);
	run_set_index(out);
	return 0;
}

void run_set_free(struct run_set *set)
{
	for (u32 i = 0; i < set->cnt; i++)
		run_free(&set->runs[i]);
	free(set->runs);
	free(set->by_id);
	free(set->dir);
	*set = (struct run_set){ 0 };
}
