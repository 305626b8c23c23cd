// SPDX-License-Identifier: GPL-2.0
/* `make run HOSTS=FILE`: units on many machines, then one run out of theirs. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "cmd/ci_output.h"
#include "cmd/cmd.h"
#include "cmd/job.h"
#include "cmd/proc.h"
#include "lib/outfile.h"
#include "lib/shipped.h"
#include "lib/strbuf.h"
#include "lib/utc.h"
#include "lib/util.h"
#include "lib/version.h"
#include "report/report.h"
#include "report/since.h"

struct hosts {
	struct args arches;
	char *run, *units; /* directories */
	u32 machines;
};

/* What makes no sense in a unit, or on several machines. */
static const enum setting_id excluded[] = { SET_TARGET, SET_WATCH,	SET_CPUS,
					    SET_SHARD,	SET_STOP_AFTER, SET_COVERAGE };
/* What this machine does, and not the units. */
static const enum setting_id own[] = { SET_HOSTS, SET_SHARDS, SET_ARCH,
				       SET_RUN,	  SET_RESUME, SET_O,
				       SET_V,	  SET_LAVA,   SET_GITHUB_ACTIONS };

static int check_settings(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(excluded); i++) {
		if (!setting(excluded[i]))
			continue;
		pr_err("HOSTS= and %s= exclude each other", settings[excluded[i]].name);
		return EXIT_USAGE;
	}
	if (!setting(SET_RESUME) || setting(SET_RUN))
		return EXIT_OK;
	pr_err("RESUME=1 needs RUN=, the directory of the interrupted run");
	return EXIT_USAGE;
}

static int count_machines(struct hosts *h)
{
	const char *path = setting(SET_HOSTS);
	char *text = read_file(path, NULL), *next = text, *line;

	if (!text) {
		pr_err("HOSTS=%s: %s (expected a file with a machine a line)", path,
		       strerror(errno));
		return EXIT_USAGE;
	}
	while ((line = strsep(&next, "\n")))
		h->machines += line[strspn(line, " \t")] && *line != '#';
	free(text);
	if (h->machines)
		return EXIT_OK;
	pr_err("HOSTS=%s: no machine in it (expected one a line: 4/user@host, or : for this one)",
	       path);
	return EXIT_USAGE;
}

static int find_arches(struct hosts *h)
{
	struct args names = {};
	int ret = EXIT_OK;

	args_words(&names, setting(SET_ARCH) ? setting(SET_ARCH) : "--list");
	for (u32 i = 0; i < names.cnt && !ret; i++)
		ret = proc_words(shipped("runners/qemu/arch.sh"), names.v[i], &h->arches);
	args_free(&names);
	return ret;
}

static int install(void)
{
	struct args a = {};
	int ret;

	args_add(&a, shipped("images/deps.sh"));
	args_add(&a, "hosts");
	ret = proc_run(&a);
	args_free(&a);
	return ret;
}

/* All arches begin early. An interrupted run goes on with its list. */
static int write_list(const struct hosts *h)
{
	u32 shards = setting(SET_SHARDS) ? (u32)atoi(setting(SET_SHARDS)) : h->machines;
	char *path = xasprintf("%s/list", h->units), *text;
	bool there = !access(path, F_OK);
	struct strbuf units = {};
	int ret = EXIT_OK;

	for (u32 k = 1; k <= shards; k++)
		for (u32 i = 0; i < h->arches.cnt; i++)
			strbuf_add(&units, "%s %u %u\n", h->arches.v[i], k, shards);
	text = strbuf_take(&units);
	if (there && !setting(SET_RESUME)) {
		pr_err("%s has units of another run (expected RESUME=1, or another RUN)", h->run);
		ret = EXIT_USAGE;
	} else if (!there && outfile_write(path, text)) {
		ret = EXIT_INFRA;
	}
	if (!ret)
		pr_info("%u units on %u machine%s", shards * h->arches.cnt, h->machines,
			h->machines == 1 ? "" : "s");
	free(text);
	free(path);
	return ret;
}

static int run_units(const struct hosts *h)
{
	char *words = settings_words(1u << JOB_RUN, own, ARRAY_SIZE(own));
	char *version = xasprintf("checkjit %s", checkjit_version());
	struct args a = {};
	int ret;

	setenv("CHECKJIT", self_path(), 1);
	args_add(&a, shipped("runners/hosts.sh"));
	args_add(&a, h->units);
	args_add(&a, setting(SET_HOSTS));
	args_add(&a, version);
	args_add(&a, words);
	ret = proc_run(&a);
	args_free(&a);
	free(version);
	free(words);
	return ret;
}

static int merge_units(const struct hosts *h)
{
	DIR *dir = opendir(h->units);
	struct args a = {};
	struct dirent *d;
	u32 options;
	int ret;

	args_add(&a, "merge");
	args_option(&a, "--out", h->run);
	options = a.cnt;
	while (dir && (d = readdir(dir))) {
		char *path = xasprintf("%s/%s", h->units, d->d_name);

		if (*d->d_name != '.' && run_dir_has_results(path))
			args_add(&a, path);
		free(path);
	}
	if (dir)
		closedir(dir);
	optind = 0; /* the options of the job were parsed with it */
	ret = a.cnt > options ? cmd_merge(a.cnt, a.v) : EXIT_INFRA;
	args_free(&a);
	return ret;
}

static int run_all(struct hosts *h)
{
	char *names = join_words(h->arches.v, h->arches.cnt, " ");
	int ret = write_list(h), merged, code;

	if (!ret) {
		ret = run_units(h);
		merged = merge_units(h);
		if (run_dir_has_results(h->run)) {
			code = report_run(h->run, names, setting(SET_V));
			report_since(stdout, h->run, setting(SET_V));
			ci_output(h->run);
			ret = code == EXIT_FINDINGS ? code : ret ? ret : merged ? merged : code;
		} else {
			pr_err("%s: no unit has results", h->run);
			ret = EXIT_INFRA;
		}
	}
	if (ret == EXIT_INFRA)
		pr_info("`%s run HOSTS=%s RESUME=1 RUN=%s` runs what is missing", front_door(),
			setting(SET_HOSTS), h->run);
	free(names);
	return ret;
}

int job_hosts(void)
{
	struct hosts h = {};
	int ret = check_settings();

	if (!ret)
		ret = count_machines(&h);
	if (!ret)
		ret = find_arches(&h);
	if (!ret)
		ret = install();
	if (!ret) {
		h.run = setting(SET_RUN) ? xstrdup(setting(SET_RUN))
					 : xasprintf("results/%s", utc_stamp());
		h.units = xasprintf("%s/units", h.run);
		ret = make_dirs(h.units) ? EXIT_INFRA : EXIT_OK;
		if (ret)
			pr_err("cannot make %s", h.units);
	}
	if (!ret) {
		pr_info("results go to %s", h.run);
		ret = run_all(&h);
	}
	args_free(&h.arches);
	free(h.run);
	free(h.units);
	return ret;
}
