// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "history/add.h"
#include "lib/util.h"

int name_id(struct history *h, const char *text, s64 *id, struct diag *diag)
{
	int ret;

	*id = 0;
	ret = db_number(h, id, diag, "SELECT id FROM name WHERE text = ?", "t", text);
	if (ret || *id)
		return ret;
	return db_number(h, id, diag, "INSERT INTO name(text) VALUES(?) RETURNING id", "t", text);
}

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

/* ---- rows that a run points to ---- */

int target_id(struct history *h, const char *arch, const char *variant, s64 *id, struct diag *diag)
{
	int ret = db_run(h, diag, "INSERT OR IGNORE INTO target(arch, variant) VALUES(?, ?)", "tt",
			 arch, variant);

	return ret ? ret
		   : db_number(h, id, diag, "SELECT id FROM target WHERE arch = ? AND variant = ?",
			       "tt", arch, variant);
}

/* The bytes of the files in directory @path; 0 if it is not there. */
static s64 bytes_of(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *d;
	s64 sum = 0;

	while (dir && (d = readdir(dir))) {
		char *file = xasprintf("%s/%s", path, d->d_name);
		struct stat st;

		if (!stat(file, &st) && S_ISREG(st.st_mode))
			sum += st.st_size;
		free(file);
	}
	if (dir)
		closedir(dir);
	return sum;
}

static int find_kernel(struct adding *a)
{
	const struct run_info *info = &a->run->info;
	const char *release = or_empty(info->kernel), *hash = or_empty(info->config_hash),
		   *compiler = or_empty(info->compiler), *image = or_empty(info->image);
	int ret = db_run(a->h, a->diag,
			 "INSERT OR IGNORE INTO kernel"
			 "(release, config_hash, compiler, image, image_bytes) "
			 "VALUES(?, ?, ?, ?, ?)",
			 "tttti", release, hash, compiler, image, bytes_of(image));

	return ret ? ret
		   : db_number(a->h, &a->kernel, a->diag,
			       "SELECT id FROM kernel WHERE release = ? AND config_hash = ? AND "
			       "compiler = ? AND image = ?",
			       "tttt", release, hash, compiler, image);
}

/* ---- the run ---- */

static s64 seconds_of(const char *iso)
{
	struct tm tm = {};

	return iso && strptime(iso, "%Y-%m-%dT%H:%M:%SZ", &tm) ? timegm(&tm) : 0;
}

/*
 * Is the run there already? Then a->id names it. A partial one is replaced while no later run of
 * its target builds on it.
 */
static int find_run(struct adding *a, const char *dir, bool *replace)
{
	s64 partial = 0, later = 0;
	int ret =
		db_number(a->h, &a->id, a->diag, "SELECT id FROM run WHERE dir = ? AND target = ?",
			  "ti", dir, a->target);

	*replace = false;
	if (ret || !a->id)
		return ret;
	ret = db_number(a->h, &partial, a->diag, "SELECT partial FROM run WHERE id = ?", "i",
			a->id);
	if (!ret)
		ret = db_number(a->h, &later, a->diag,
				"SELECT count(*) FROM run WHERE target = ? AND id > ?", "ii",
				a->target, a->id);
	*replace = partial && !later;
	return ret;
}

/* Take back what a partial run counted; its changes of verdicts stay. */
static int forget_counts(const struct adding *a)
{
	static const char *const tables[] = { "total", "cost", "cap" };
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(tables) && !ret; i++) {
		char *sql = xasprintf("DELETE FROM %s WHERE run = ?", tables[i]);

		ret = db_run(a->h, a->diag, sql, "i", a->id);
		free(sql);
	}
	return ret;
}

static int find_before(struct adding *a)
{
	const struct run_info *info = &a->run->info;
	s64 same = 0;
	int ret;

	if (a->unit->varying)
		return 0;
	ret = db_number(a->h, &a->before, a->diag,
			"SELECT id FROM run WHERE target = ? AND unit = ? AND NOT partial "
			"ORDER BY id DESC LIMIT 1",
			"ii", a->target, a->unit_name);
	if (!ret && a->before)
		ret = db_number(a->h, &same, a->diag,
				"SELECT kernel = ? AND version = ? AND qemu = ? AND cpu = ? "
				"FROM run WHERE id = ?",
				"ittti", a->kernel, or_empty(info->version), or_empty(info->qemu),
				or_empty(info->cpu), a->before);
	a->same = same;
	return ret;
}

static int insert_run(struct adding *a, const char *dir)
{
	const struct run_info *info = &a->run->info;
	const struct run_totals *t = &a->run->totals;

	return db_number(a->h, &a->id, a->diag,
			 "INSERT INTO run(id, dir, target, unit, night, kernel, version, qemu, "
			 "cpu, start, seconds, hello_s, host_cpu_s, boots, cases, checks, planned, "
			 "fresh, changed, fixed, partial, full) "
			 "VALUES(nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, ?, 0, ?, ?, "
			 "?, ?, ?, ?) "
			 "ON CONFLICT(id) DO UPDATE SET kernel = excluded.kernel, "
			 "version = excluded.version, qemu = excluded.qemu, cpu = excluded.cpu, "
			 "start = excluded.start, cases = excluded.cases, "
			 "planned = excluded.planned, fresh = excluded.fresh, "
			 "changed = excluded.changed, fixed = excluded.fixed, "
			 "partial = excluded.partial, full = excluded.full RETURNING id",
			 "itiiiitttiiiiiiii", a->id, dir, a->target, a->unit_name, a->unit->night,
			 a->kernel, or_empty(info->version), or_empty(info->qemu),
			 or_empty(info->cpu), seconds_of(info->start), (s64)a->run->cases,
			 (s64)info->planned, (s64)t->fresh, (s64)t->changed, (s64)t->fixed,
			 (s64)a->run->partial, (s64)info->full);
}

/* The shard is done: the cursor goes to the next one. A part of it tells how long it takes. */
static int move_cursor(const struct adding *a)
{
	s64 family;
	int ret;

	if (!a->unit->shard)
		return 0;
	ret = name_id(a->h, a->unit->family, &family, a->diag);
	return ret ? ret
		   : db_run(a->h, a->diag,
			    "UPDATE cursor SET next = next + (NOT run.partial), "
			    "failed = iif(run.partial, failed, 0), "
			    "seconds = cursor.seconds + run.seconds, "
			    "cases = cursor.cases + run.cases, "
			    "checks = cursor.checks + run.checks "
			    "FROM run WHERE run.id = ? AND cursor.target = ? AND family = ? AND "
			    "cursor.version = ? AND nshards = ? AND next = ?",
			    "iiiiii", a->id, a->target, family, (s64)a->unit->version,
			    (s64)a->unit->nshards, (s64)a->unit->shard);
}

/* 1: added, 0: it was there already, or -errno. */
static int add_arch(struct adding *a, const char *dir)
{
	bool replace;
	int ret = target_id(a->h, a->run->info.arch, a->unit->variant, &a->target, a->diag);

	if (!ret)
		ret = name_id(a->h, a->unit->unit, &a->unit_name, a->diag);
	if (!ret)
		ret = find_kernel(a);
	if (!ret)
		ret = find_run(a, dir, &replace);
	if (ret || (a->id && !replace))
		return ret;
	if (replace)
		ret = forget_counts(a);
	if (!ret)
		ret = find_before(a);
	if (!ret)
		ret = insert_run(a, dir);
	if (!ret)
		ret = add_costs(a, dir);
	if (!ret)
		ret = add_caps(a);
	if (!ret)
		ret = add_counts(a);
	if (!ret)
		ret = add_verdicts(a);
	if (!ret)
		ret = add_idle(a);
	if (!ret)
		ret = move_cursor(a);
	return ret ? ret : 1;
}

int history_add_run(struct history *h, const char *rundir, const struct history_unit *unit,
		    u32 *added, struct diag *diag)
{
	struct run_set set;
	int ret = run_set_load(rundir, &set, diag);
	char *dir;

	*added = 0;
	if (ret)
		return ret;
	dir = realpath(set.dir, NULL);
	ret = dir ? db_begin(h, diag) : diag_set(diag, set.dir, 0, 0, "%s", strerror(errno));
	if (ret) {
		free(dir);
		run_set_free(&set);
		return ret;
	}
	for (u32 i = 0; i < set.cnt && ret >= 0; i++) {
		struct adding a = { .h = h, .unit = unit, .run = &set.runs[i], .diag = diag };

		if (unit->arch && strcmp(unit->arch, set.runs[i].info.arch))
			continue;
		ret = add_arch(&a, dir);
		*added += ret > 0;
	}
	ret = ret < 0 ? ret : 0;
	if (db_end(h, !ret, diag) && !ret)
		ret = db_error(h, diag);
	if (ret)
		*added = 0;
	free(dir);
	run_set_free(&set);
	return ret;
}
