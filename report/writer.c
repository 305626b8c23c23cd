// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "lib/strset.h"
#include "lib/util.h"
#include "lib/version.h"
#include "report/compact.h"
#include "report/json.h"
#include "report/policy.h"
#include "report/report.h"

struct results {
	char *dir;
	char *part; /* the temporary name */
	FILE *f;
	struct run_info info; /* strings are copies */
	const struct known *known;
	struct run_totals totals;
	u32 cnt, cases;	    /* records; verdicts, of which one record may stand for many */
	struct strset seen; /* "ENGINE ID" of each record */
	struct operations *operations; /* of the counts in the interrupted run, or NULL */
	int err;		       /* the first write error; sticky */
};

static bool is_recorded(const struct results *w, const char *id, const char *engine)
{
	char *key = xasprintf("%s %s", engine, id);
	bool has = strset_find(&w->seen, key);

	free(key);
	return has;
}

/* Did the interrupted run count case @id? */
static bool counted(const struct results *w, const char *id, const char *engine)
{
	bool has = false;
	char *operation;

	if (!w->operations || !strset_find(&w->operations->ids, id))
		return false;
	operation = id_operation(id);
	for (int v = 0; v < NR_VERDICTS && !has; v++) {
		char *count = count_id(operation, v);

		has = is_recorded(w, count, engine);
		free(count);
	}
	free(operation);
	return has;
}

bool results_has(const struct results *w, const char *id, const char *engine)
{
	return is_recorded(w, id, engine) || counted(w, id, engine);
}

static char *dup_or_null(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static void copy_info(struct run_info *to, const struct run_info *from)
{
	*to = *from;
	to->arch = xstrdup(from->arch);
	to->kernel = dup_or_null(from->kernel);
	to->machine = dup_or_null(from->machine);
	to->order = dup_or_null(from->order);
	to->config_hash = dup_or_null(from->config_hash);
	to->compiler = dup_or_null(from->compiler);
	to->qemu = dup_or_null(from->qemu);
	to->cpu = dup_or_null(from->cpu);
	to->version = xstrdup(from->version ? from->version : checkjit_version());
	to->cases = dup_or_null(from->cases);
	to->sweep = dup_or_null(from->sweep);
	to->image = dup_or_null(from->image);
	to->make_args = dup_or_null(from->make_args);
	to->require_jit = dup_or_null(from->require_jit);
	to->start = dup_or_null(from->start);
	if (!to->start) {
		char now[32];
		time_t t = time(NULL);

		strftime(now, sizeof(now), "%Y-%m-%dT%H:%M:%SZ", gmtime(&t));
		to->start = xstrdup(now);
	}
	to->engines = xcalloc(from->nengines, sizeof(*to->engines));
	for (u32 i = 0; i < from->nengines; i++)
		to->engines[i] = xstrdup(from->engines[i]);
	to->caps = xcalloc(from->ncaps, sizeof(*to->caps));
	for (u32 i = 0; i < from->ncaps; i++) {
		to->caps[i] = from->caps[i];
		to->caps[i].name = xstrdup(from->caps[i].name);
	}
}

static void results_free(struct results *w)
{
	if (w->f)
		fclose(w->f);
	strset_free(&w->seen);
	if (w->operations)
		operations_free(w->operations);
	free(w->operations);
	run_info_free(&w->info);
	free(w->part);
	free(w->dir);
	free(w);
}

static int write_line(struct results *w, json_t *j)
{
	char *s = json_dumps(j, JSON_COMPACT);

	json_decref(j);
	if (!w->err && (!s || fprintf(w->f, "%s\n", s) < 0 || fflush(w->f))) {
		w->err = s && errno ? -errno : -EIO;
		pr_err("%s: %s", w->part, strerror(-w->err));
	}
	free(s);
	return w->err;
}

static char *path_in(const char *dir, const char *arch, const char *suffix)
{
	return xasprintf("%s/%s%s", dir, arch, suffix);
}

/* The file of an interrupted run: the first of these names that exists. */
static char *find_old(const struct results *w)
{
	char *names[] = { path_in(w->dir, w->info.arch, ".jsonl"),
			  path_in(w->dir, w->info.arch, ".partial.jsonl"), xstrdup(w->part) };
	char *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!found && !access(names[i], F_OK))
			found = names[i];
		else
			free(names[i]);
	}
	return found;
}

static bool same(const char *a, const char *b)
{
	return !strcmp(a ? a : "unknown", b ? b : "unknown");
}

/* Read it whole first: the new file may replace it. */
static int load_old(const struct results *w, const char *path, struct run *old, struct diag *diag)
{
	int ret = run_load(path, old, diag);

	if (ret)
		return ret;
	if (same(old->info.kernel, w->info.kernel) && same(old->info.image, w->info.image) &&
	    same(old->info.config_hash, w->info.config_hash))
		return 0;
	run_free(old);
	return diag_set(diag, path, 0, 0,
			"made with another kernel, image or configuration: cannot be resumed "
			"(expected another run directory)");
}

/* Take over verdicts only; lost cases are run again. */
static int take_over(struct results *w, struct run *old)
{
	int ret = 0;

	w->operations = old->operations;
	old->operations = NULL;
	for (u32 i = 0; w->operations && i < w->operations->cnt && !ret; i++)
		ret = write_line(w, operation_to_json(&w->operations->list[i]));
	for (u32 i = 0; i < old->cnt && !ret; i++) {
		struct record *r = &old->recs[i];

		if (verdicts[r->verdict].exit == EXIT_INFRA || results_has(w, r->id, r->engine))
			continue;
		if (!r->quirks)
			r->verdict = r->raw;
		ret = results_add(w, r);
	}
	return ret;
}

struct results *results_open(const char *rundir, const struct run_info *info,
			     const struct known *known, bool resume, struct diag *diag)
{
	struct results *w = xcalloc(1, sizeof(*w));
	struct run old = { 0 };
	char *found = NULL;
	int ret;

	w->dir = xstrdup(rundir);
	w->part = xasprintf("%s/.%s.jsonl.part", rundir, info->arch);
	w->known = known;
	copy_info(&w->info, info);
	ret = make_dirs(rundir);
	if (ret) {
		diag_set(diag, rundir, 0, 0, "%s", strerror(-ret));
		goto fail;
	}
	if (resume)
		found = find_old(w);
	if (found && load_old(w, found, &old, diag))
		goto fail;
	w->f = fopen(w->part, "we");
	if (!w->f) {
		diag_set(diag, w->part, 0, 0, "%s", strerror(errno));
		goto fail;
	}
	if (write_line(w, info_to_json(&w->info)) || take_over(w, &old)) {
		diag_set(diag, w->part, 0, 0, "%s", strerror(-w->err));
		goto fail;
	}
	run_free(&old);
	free(found);
	return w;
fail:
	run_free(&old);
	free(found);
	results_free(w);
	return NULL;
}

int results_add(struct results *w, struct record *r)
{
	char *key = xasprintf("%s %s", r->engine, r->id);
	bool again = strset_find(&w->seen, key);

	if (!again)
		strset_add(&w->seen, key, 0);
	free(key);
	if (again) {
		pr_err("%s: second verdict for %s on %s", w->part, r->id, r->engine);
		return -EEXIST;
	}
	w->cnt++;
	policy_apply(w->known, &w->info, r);
	w->cases += record_cases(r);
	totals_add(&w->totals, r);
	return write_line(w, record_to_json(r, &w->info, false));
}

u32 results_cases(const struct results *w)
{
	return w->cases;
}

const struct run_totals *results_totals(const struct results *w)
{
	return &w->totals;
}

static void write_totals(struct results *w)
{
	char **unused;
	u32 n = policy_unused(w->known, &w->info, &unused);

	write_line(w, totals_to_json(&w->totals, w->cnt, unused, n));
	for (u32 i = 0; i < n; i++)
		free(unused[i]);
	free(unused);
}

/* Make the rename survive a power failure. */
static void sync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

/* Make the files of a run that is over from its records on disk. */
static int write_files(const struct results *w, bool complete)
{
	struct diag diag;
	struct run run;
	int ret = run_load(w->part, &run, &diag);

	if (ret) {
		diag_print(&diag);
		return ret;
	}
	/* whoever selects cases wants to see them */
	if (complete && !w->info.cases)
		run_compact(&run);
	if (complete)
		ret = run_write(w->dir, &run);
	if (!ret)
		ret = run_write_ktap(w->dir, &run);
	run_free(&run);
	return ret;
}

int results_close(struct results *w, bool complete)
{
	char *whole = path_in(w->dir, w->info.arch, ".jsonl"),
	     *partial = path_in(w->dir, w->info.arch, ".partial.jsonl");
	int code = verdict_exit(w->totals.count);

	if (complete && w->cases < w->info.planned) {
		pr_err("%s: %u verdicts of %u planned: partial", w->info.arch, w->cases,
		       w->info.planned);
		complete = false;
	}
	if (complete)
		write_totals(w);
	complete &= !w->err;
	if (!w->err && fsync(fileno(w->f))) {
		w->err = -errno;
		pr_err("%s: %s", w->part, strerror(errno));
	}
	if (!w->err && write_files(w, complete)) {
		w->err = -EIO;
		complete = false;
	}
	if (!complete && rename(w->part, partial)) {
		w->err = -errno;
		pr_err("%s: %s", partial, strerror(errno));
	}
	/* what is left here is of an earlier run in the same directory */
	unlink(complete ? w->part : whole);
	sync_dir(w->dir);
	if (code != EXIT_FINDINGS && (!complete || w->err))
		code = EXIT_INFRA;
	results_free(w);
	free(whole);
	free(partial);
	return code;
}
