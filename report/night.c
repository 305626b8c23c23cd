// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include "lib/strset.h"
#include "lib/util.h"
#include "report/json.h"
#include "report/night.h"
#include "report/report.h"

static int no_dots(const struct dirent *d)
{
	return *d->d_name != '.';
}

static void free_list(struct dirent **list, int n)
{
	for (int i = 0; i < n; i++)
		free(list[i]);
	if (n >= 0)
		free(list);
}

bool is_night(const char *dir)
{
	struct dirent **list;
	int n = scandir(dir, &list, no_dots, dirent_cmp);
	bool units = false;

	for (int i = 0; i < n && !units; i++) {
		char *sub = xasprintf("%s/%s", dir, list[i]->d_name);

		units = run_dir_has_results(sub);
		free(sub);
	}
	free_list(list, n);
	return units && !run_dir_has_results(dir);
}

const char *night_variant(const char *label, char **arch)
{
	size_t n = strcspn(label, "/");

	*arch = xstrndup(label, n);
	return label[n] ? label + n + 1 : "";
}

/* ---- one run made of several ---- */

/* The runs of one label while they are joined. */
struct joined {
	struct run run;
	struct strset index; /* "ENGINE ID" to the place in run.recs */
};

struct night_runs {
	struct joined *list;
	u32 cnt, cap;
};

static bool fails_at_night(const struct record *r)
{
	return !verdicts[r->verdict].ok || r->verdict == VERDICT_XFAIL;
}

/* Both are of the same case, or group, and engine. @from is taken over. */
static void join_record(struct record *to, struct record *from)
{
	if (to->cases && from->cases) {
		to->cases += from->cases;
		to->vectors += from->vectors;
		to->jited += from->jited;
		record_free(from);
	} else if (fails_at_night(to) && !fails_at_night(from)) {
		record_free(from);
	} else {
		record_free(to);
		*to = *from;
	}
}

static void add_record(struct joined *j, struct record *r)
{
	struct run *run = &j->run;
	char *key = xasprintf("%s %s", r->engine, r->id);
	const struct strset_entry *e = strset_find(&j->index, key);

	free(r->arch);
	r->arch = xstrdup(run->info.arch);
	if (e) {
		join_record(&run->recs[e->value], r);
	} else {
		ARRAY_GROW(run->recs, run->cnt, run->cap);
		strset_add(&j->index, key, run->cnt);
		run->recs[run->cnt++] = *r;
	}
	free(key);
}

/* The joined run of @label, which takes the header of @first if it is new. */
static struct joined *joined_of(struct night_runs *all, const char *label, struct run *first)
{
	struct joined *j;

	for (u32 i = 0; i < all->cnt; i++)
		if (!strcmp(all->list[i].run.info.arch, label))
			return &all->list[i];
	ARRAY_GROW(all->list, all->cnt, all->cap);
	j = &all->list[all->cnt++];
	*j = (struct joined){ .run = { .path = first->path,
				       .info = first->info,
				       .unused = first->unused,
				       .nunused = first->nunused } };
	first->path = NULL;
	first->info = (struct run_info){};
	first->unused = NULL;
	first->nunused = 0;
	free(j->run.info.arch);
	j->run.info.arch = xstrdup(label);
	j->run.info.planned = 0;
	free(j->run.info.cases);
	j->run.info.cases = NULL;
	return j;
}

/* Take over the records of @run. */
static void join(struct night_runs *all, const char *variant, struct run *run)
{
	char *label =
		*variant ? xasprintf("%s/%s", run->info.arch, variant) : xstrdup(run->info.arch);
	u32 planned = run->info.planned;
	struct joined *j = joined_of(all, label, run);

	j->run.info.planned += planned;
	j->run.cases += run->cases;
	j->run.partial |= run->partial;
	for (u32 i = 0; i < run->cnt; i++)
		add_record(j, &run->recs[i]);
	run->cnt = 0;
	free(label);
}

/* ---- the night ---- */

static int label_cmp(const void *a, const void *b)
{
	return strcmp(((const struct run *)a)->info.arch, ((const struct run *)b)->info.arch);
}

static void finish(struct night_runs *all, const char *dir, struct run_set *out)
{
	*out = (struct run_set){ .dir = xstrdup(dir),
				 .runs = xcalloc(all->cnt, sizeof(*out->runs)),
				 .cnt = all->cnt };
	for (u32 i = 0; i < all->cnt; i++) {
		struct run *run = &all->list[i].run;

		for (u32 k = 0; k < run->cnt; k++)
			totals_add(&run->totals, &run->recs[k]);
		strset_free(&all->list[i].index);
		out->runs[i] = *run;
	}
	free(all->list);
	qsort(out->runs, out->cnt, sizeof(*out->runs), label_cmp);
	run_set_index(out);
}

static int load_unit(struct night_runs *all, const char *dir, const char *name, struct diag *diag)
{
	char *sub = xasprintf("%s/%s", dir, name);
	struct run_set set;
	int ret = run_dir_has_results(sub) ? run_set_load(sub, &set, diag) : -ENOENT;

	free(sub);
	if (ret)
		return ret == -ENOENT ? 0 : ret;
	for (u32 i = 0; i < set.cnt; i++)
		join(all, strchr(name, '=') ? name : "", &set.runs[i]);
	run_set_free(&set);
	return 0;
}

int night_load(const char *dir, struct run_set *out, struct diag *diag)
{
	struct night_runs all = {};
	struct dirent **list;
	int n = scandir(dir, &list, no_dots, dirent_cmp), ret = 0;

	for (int i = 0; i < n && !ret; i++)
		ret = load_unit(&all, dir, list[i]->d_name, diag);
	free_list(list, n);
	finish(&all, dir, out);
	if (!ret && !out->cnt) {
		diag_set(diag, dir, 0, 0, "no results in it (expected run directories)");
		ret = -ENOENT;
	}
	if (ret)
		run_set_free(out);
	return ret;
}
