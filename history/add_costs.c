// SPDX-License-Identifier: GPL-2.0
/* What <arch>.stats says of a run, and its capabilities. */
#include <errno.h>
#include <string.h>
#include "history/add.h"
#include "lib/util.h"

/* The number behind "KEY=" in @line; 0 without it. */
static double value_of(const char *line, const char *key)
{
	char *word = xasprintf(" %s=", key);
	const char *at = strstr(line, word);
	double value = at ? strtod(at + strlen(word), NULL) : 0;

	free(word);
	return value;
}

static int add_whole(const struct adding *a, const char *line)
{
	return db_run(a->h, a->diag,
		      "UPDATE run SET seconds = ?, checks = ?, boots = ?, hello_s = ?, "
		      "host_cpu_s = ? WHERE id = ?",
		      "diiddi", value_of(line, "seconds"), (s64)value_of(line, "checks"),
		      (s64)value_of(line, "boots"), value_of(line, "hello_s"),
		      value_of(line, "host_cpu_s"), a->id);
}

static int add_line(const struct adding *a, const char *line)
{
	char kind[16], name[128];
	double seconds = value_of(line, "seconds");
	s64 id, cases = value_of(line, "cases"), checks = value_of(line, "checks");
	int ret;

	if (sscanf(line, "%15[a-z]=%127[^ \n]", kind, name) != 2)
		return 0;
	if (!strcmp(kind, "engine") && !strcmp(name, "all"))
		return add_whole(a, line);
	if (!cases || !strcmp(kind, "part"))
		return 0;
	ret = name_id(a->h, name, &id, a->diag);
	return ret ? ret
		   : db_run(a->h, a->diag, "INSERT OR REPLACE INTO cost VALUES(?, ?, ?, ?, ?, ?)",
			    "itidii", a->id, kind, id, seconds, cases, checks);
}

int add_costs(const struct adding *a, const char *rundir)
{
	char *path = xasprintf("%s/%s.stats", rundir, a->run->info.arch), *line = NULL;
	FILE *f = fopen(path, "re");
	size_t cap = 0;
	int ret = 0;

	free(path);
	while (f && !ret && getline(&line, &cap, f) > 0)
		ret = add_line(a, line);
	if (f)
		fclose(f);
	free(line);
	return ret;
}

/* A row where it differs from the last one. */
int add_caps(const struct adding *a)
{
	const struct run_info *info = &a->run->info;
	int ret = 0;

	for (u32 i = 0; i < info->ncaps && !ret; i++) {
		const struct run_cap *cap = &info->caps[i];
		s64 name, last = -1, now = cap->have + 2 * cap->err;

		ret = name_id(a->h, cap->name, &name, a->diag);
		if (!ret)
			ret = db_number(a->h, &last, a->diag,
					"SELECT have + 2 * err FROM cap "
					"WHERE target = ? AND name = ? ORDER BY run DESC LIMIT 1",
					"ii", a->target, name);
		if (!ret && last != now)
			ret = db_run(a->h, a->diag, "INSERT INTO cap VALUES(?, ?, ?, ?, ?)",
				     "iiiii", a->target, name, a->id, (s64)cap->have,
				     (s64)cap->err);
	}
	return ret;
}
