// SPDX-License-Identifier: GPL-2.0
/* WATCH=1: a run after each change of a JIT, compared with the run before. */
#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cmd/args.h"
#include "cmd/job.h"
#include "cmd/proc.h"
#include "lib/shipped.h"
#include "lib/utc.h"
#include "lib/util.h"
#include "report/report.h"

/* An editor writes several files for one change. */
#define QUIET_MS 300

/* where JITs, and what they depend on, are below a source tree */
static const char *const watched[] = { "arch/*/net", "kernel/bpf", "kernel/bpf/*/" };
/* what the kernel is built from; the rest are an editor's own files, or objects */
static const char *const sources[] = { "*.[chS]", "Makefile", "Kconfig" };

struct watch {
	const char *tree;
	int fd;
	struct args dirs; /* by watch descriptor, which inotify counts from 1 */
};

static int watch_dirs(struct watch *w, const char *pattern)
{
	char *path = xasprintf("%s/%s", w->tree, pattern);
	size_t skip = strlen(w->tree) + 1;
	glob_t found;
	int ret = EXIT_OK;

	if (glob(path, 0, NULL, &found))
		found.gl_pathc = 0;
	for (size_t i = 0; i < found.gl_pathc && !ret; i++) {
		const char *dir = found.gl_pathv[i];
		int wd = inotify_add_watch(w->fd, dir,
					   IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_ONLYDIR);

		if (wd == (int)w->dirs.cnt + 1)
			args_add(&w->dirs, dir + skip);
		else if (wd < 0 && errno != ENOTDIR) {
			pr_err("WATCH=1: cannot watch %s: %s", dir, strerror(errno));
			ret = EXIT_INFRA;
		}
	}
	if (found.gl_pathc)
		globfree(&found);
	free(path);
	return ret;
}

static int watch_open(struct watch *w)
{
	int ret = EXIT_OK;

	w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->fd < 0) {
		pr_err("WATCH=1: inotify: %s", strerror(errno));
		return EXIT_INFRA;
	}
	for (u32 i = 0; i < ARRAY_SIZE(watched) && !ret; i++)
		ret = watch_dirs(w, watched[i]);
	if (!ret && !w->dirs.cnt) {
		pr_err("WATCH=1: KERNEL=%s has no arch/*/net (expected a source tree of the "
		       "kernel)",
		       w->tree);
		ret = EXIT_USAGE;
	}
	return ret;
}

static bool is_source(const char *name)
{
	for (u32 i = 0; i < ARRAY_SIZE(sources); i++)
		if (!fnmatch(sources[i], name, FNM_PERIOD))
			return true;
	return false;
}

static void add_once(struct args *a, const char *text)
{
	for (u32 i = 0; i < a->cnt; i++)
		if (!strcmp(a->v[i], text))
			return;
	args_add(a, text);
}

/* Add the source files that changed since the last call to @changed. */
static void take_events(struct watch *w, struct args *changed)
{
	char buf[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n;

	while ((n = read(w->fd, buf, sizeof(buf))) > 0) {
		for (char *p = buf; p < buf + n;) {
			const struct inotify_event *e = (const void *)p;
			char *path;

			p += sizeof(*e) + e->len;
			if (!e->len || e->wd < 1 || e->wd > (int)w->dirs.cnt || !is_source(e->name))
				continue;
			path = xasprintf("%s/%s", w->dirs.v[e->wd - 1], e->name);
			add_once(changed, path);
			free(path);
		}
	}
}

/* Wait for a change, and for its end. False: a signal came first. */
static bool wait_for_change(struct watch *w)
{
	struct pollfd p = { .fd = w->fd, .events = POLLIN };
	struct args changed = {};
	bool quiet = false;

	while (!proc_stopped && !(quiet && changed.cnt)) {
		quiet = !poll(&p, 1, QUIET_MS);
		take_events(w, &changed);
	}
	for (u32 i = 0; i < changed.cnt && !proc_stopped; i++)
		pr_info("changed: %s", changed.v[i]);
	args_free(&changed);
	return !proc_stopped;
}

static int run_once(const char *rundir)
{
	struct args a = {};
	int ret;

	setenv(settings[SET_RUN].name, rundir, 1);
	job_command(&a, JOB_RUN);
	ret = proc_run(&a);
	args_free(&a);
	return ret;
}

static void compare(const char *before, const char *after)
{
	struct args a = {};

	args_add(&a, self_path());
	args_add(&a, "compare");
	args_add(&a, before);
	args_add(&a, after);
	pr_info("since the run before:");
	proc_run(&a);
	args_free(&a);
}

static char *round_dir(const char *first, u32 round)
{
	return round > 1 ? xasprintf("%s-%u", first, round) : xstrdup(first);
}

static char *first_dir(void)
{
	return setting(SET_RUN) ? xstrdup(setting(SET_RUN)) : xasprintf("results/%s", utc_stamp());
}

static int rounds(struct watch *w)
{
	char *first = first_dir(), *before = NULL;
	int ret;

	unsetenv(settings[SET_WATCH].name);
	for (u32 round = 1;; round++) {
		char *rundir = round_dir(first, round);

		ret = run_once(rundir);
		if (!proc_stopped && run_dir_has_results(rundir)) {
			if (before)
				compare(before, rundir);
			free(before);
			before = xstrdup(rundir);
		}
		free(rundir);
		if (ret == EXIT_USAGE || proc_stopped)
			break;
		pr_info("waiting for a change below arch/*/net or kernel/bpf of %s (Ctrl-C ends)",
			w->tree);
		if (!wait_for_change(w))
			break;
	}
	free(before);
	free(first);
	return ret;
}

int job_watch(void)
{
	struct watch w = { .tree = setting(SET_KERNEL), .fd = -1 };
	struct stat st;
	int ret;

	if (!w.tree || stat(w.tree, &st) || !S_ISDIR(st.st_mode)) {
		pr_err("WATCH=1 needs KERNEL= and a source tree");
		return EXIT_USAGE;
	}
	if (setting(SET_PATCHES) || setting(SET_RESUME)) {
		pr_err("WATCH=1 runs the tree itself, each time anew: PATCHES= and RESUME= do not "
		       "apply");
		return EXIT_USAGE;
	}
	proc_catch_signals();
	ret = watch_open(&w);
	if (!ret)
		ret = rounds(&w);
	if (w.fd >= 0)
		close(w.fd);
	args_free(&w.dirs);
	return ret;
}
