// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cmd/cmd.h"
#include "cmd/job.h"
#include "cmd/open_run.h"
#include "cmd/proc.h"
#include "lib/strbuf.h"
#include "lib/shipped.h"
#include "lib/util.h"

/* Another emulation, on which failing cases run again. */
struct emulation {
	const char *dir, *what;	  /* of its results, below the attribution's; in words */
	const char *name, *value; /* a variable of runners/qemu/boot.sh */
};

struct attribution {
	const char *id;
	char *dir;
	struct args failing; /* architectures */
	struct args also;    /* options of `checkjit attribute` */
};

static void set(enum setting_id id, const char *value)
{
	setenv(settings[id].name, value, 1);
}

/* ---- the question ---- */

static int count_cases(const char *id, u32 *n)
{
	struct args a = {}, ids = {};
	char *out;
	int ret;

	args_add(&a, self_path());
	args_add(&a, "list");
	args_add(&a, id);
	ret = proc_output(&a, &out);
	args_words(&ids, out);
	*n = ids.cnt;
	args_free(&ids);
	args_free(&a);
	free(out);
	return ret ? EXIT_USAGE : EXIT_OK;
}

static int check(const char *id)
{
	const char *qemu2 = setting(SET_QEMU2);
	struct stat st;
	u32 n;
	int ret = count_cases(id, &n);

	if (ret)
		return ret;
	if (n != 1) {
		pr_err("attribute: ID=%s names more than one case (`%s list ID=%s` shows them)", id,
		       front_door(), id);
		return EXIT_USAGE;
	}
	if (qemu2 && access(qemu2, X_OK) && (stat(qemu2, &st) || !S_ISDIR(st.st_mode))) {
		pr_err("attribute: QEMU2=%s is neither a QEMU nor a directory of them", qemu2);
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

/* ---- runs ---- */

/*
 * Do `make run` into @rundir in a child process; its stdout, and with @all its stderr, go to a
 * file.
 */
static int run_into(const struct attribution *at, const char *rundir, bool all, const char *arches)
{
	char *log = xasprintf("%s/log", at->dir);
	pid_t pid;
	int fd;

	pid = proc_fork();
	if (!pid) {
		fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0644);
		dup2(fd, STDOUT_FILENO);
		if (all)
			dup2(fd, STDERR_FILENO);
		set(SET_RUN, rundir);
		if (arches)
			set(SET_ARCH, arches);
		exit(job_guests(JOB_RUN));
	}
	free(log);
	return pid < 0 ? EXIT_INFRA : proc_wait(pid, NULL);
}

static void find_failing(struct attribution *at, const struct run_set *set)
{
	for (u32 i = 0; i < set->cnt; i++) {
		const struct run *run = &set->runs[i];
		bool fails = false;

		for (u32 k = 0; k < run->cnt; k++)
			fails |= !verdicts[run->recs[k].verdict].ok ||
				 run->recs[k].verdict == VERDICT_XFAIL;
		if (fails)
			args_add(&at->failing, run->info.arch);
	}
}

static void show_complaints(const struct attribution *at)
{
	char *path = xasprintf("%s/log", at->dir), *text = read_file(path, NULL), *save = NULL;

	for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save))
		if (!strncmp(line, "checkjit: ", 10))
			fprintf(stderr, "%s\n", line);
	free(text);
	free(path);
}

/* Run the failing architectures again under @e. */
static void again(struct attribution *at, const struct emulation *e)
{
	char *rundir = xasprintf("%s/%s", at->dir, e->dir),
	     *also = xasprintf("%s=%s", e->what, rundir);
	char *names = join_words(at->failing.v, at->failing.cnt, " ");

	pr_info("attribute: %s once more, with %s", names, e->what);
	setenv(e->name, e->value, 1);
	if (run_into(at, rundir, true, names) == EXIT_INFRA)
		show_complaints(at);
	unsetenv(e->name);
	args_option(&at->also, "--also", also);
	free(names);
	free(also);
	free(rundir);
}

static void other_emulations(struct attribution *at)
{
	static const struct emulation one_insn = { "one-insn", "one instruction at a time",
						   "ONE_INSN", "1" };
	const struct emulation qemu2 = { "qemu2", setting(SET_QEMU2), "QEMU_BIN",
					 setting(SET_QEMU2) };

	if (!at->failing.cnt || (setting(SET_KVM) && !strcmp(setting(SET_KVM), "1")))
		return;
	set(SET_KVM, "0");
	if (!setting(SET_QEMU_CPU))
		set(SET_QEMU_CPU, "primary");
	again(at, &one_insn);
	if (qemu2.value)
		again(at, &qemu2);
}

static int conclude(const struct attribution *at, const char *rundir)
{
	struct args a = {};
	int ret;

	args_add(&a, "attribute");
	for (u32 i = 0; i < at->also.cnt; i++)
		args_add(&a, at->also.v[i]);
	args_add(&a, rundir);
	args_add(&a, at->id);
	ret = cmd_attribute(a.cnt, a.v);
	args_free(&a);
	return ret;
}

static int attribute(struct attribution *at)
{
	static const enum setting_id not_ours[] = { SET_CASES, SET_CASE, SET_RESUME,
						    SET_REQUIRE_JIT };
	char *rundir = xasprintf("%s/run", at->dir);
	struct run_set runs;
	int ret, got;

	for (u32 i = 0; i < ARRAY_SIZE(not_ours); i++)
		unsetenv(settings[not_ours[i]].name);
	got = run_into(at, rundir, false, NULL);
	ret = got == EXIT_USAGE ? EXIT_USAGE : open_run(rundir, &runs);
	if (!ret) {
		find_failing(at, &runs);
		run_set_free(&runs);
		other_emulations(at);
		ret = conclude(at, rundir);
		if (got == EXIT_INFRA && ret == EXIT_OK)
			ret = EXIT_INFRA;
	}
	free(rundir);
	return ret;
}

int job_attribute(void)
{
	struct attribution at = { .id = setting(SET_ID) };
	struct args rm = {};
	int ret;

	if (!at.id) {
		pr_err("attribute: ID= is needed (`%s list` shows all ids)", front_door());
		return EXIT_USAGE;
	}
	if (setting(SET_RUN))
		return conclude(&at, setting(SET_RUN));
	ret = check(at.id);
	if (ret)
		return ret;
	at.dir = xasprintf("%s/attribute.XXXXXX", work_dir());
	if (!mkdtemp(at.dir)) {
		pr_err("attribute: cannot make %s: %s", at.dir, strerror(errno));
		return EXIT_INFRA;
	}
	proc_catch_signals();
	ret = attribute(&at);
	args_add(&rm, "rm");
	args_option(&rm, "-rf", at.dir);
	proc_run(&rm);
	args_free(&rm);
	args_free(&at.failing);
	args_free(&at.also);
	free(at.dir);
	return ret;
}
