// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>
#include "cmd/arch_conf.h"
#include "cmd/asked_arches.h"
#include "cmd/ci_output.h"
#include "cmd/guest.h"
#include "cmd/job.h"
#include "cmd/live.h"
#include "cmd/pin_kernel.h"
#include "cmd/proc.h"
#include "lib/strbuf.h"
#include "lib/shipped.h"
#include "lib/utc.h"
#include "lib/util.h"
#include "report/report.h"
#include "report/since.h"
#include "session/engine.h"

struct job {
	enum job_id id;
	struct args arches;   /* asked for */
	struct args ready;    /* those that have an image, an agent and an initramfs */
	struct args failed;   /* the others */
	struct args patterns; /* ID or CASES, as words */
	char *work;	      /* where guests are built */
	char *run;	      /* where their results go */
	u32 running;	      /* guests */
};

/* ---- what was asked for ---- */

static int wrong(const char *what)
{
	pr_err("%s", what);
	return EXIT_USAGE;
}

static bool on_one_case(enum job_id job)
{
	return job == JOB_REPRO || job == JOB_TRACE || job == JOB_REDUCE;
}

static int check_settings(const struct job *j)
{
	const char *cpus = setting(SET_CPUS), *target = setting(SET_TARGET);

	if (cpus && strcmp(cpus, "all")) {
		pr_err("CPUS=%s (expected all, or nothing)", cpus);
		return EXIT_USAGE;
	}
	if (cpus && setting(SET_QEMU_CPU)) {
		pr_err("CPUS=all and QEMU_CPU=%s exclude each other", setting(SET_QEMU_CPU));
		return EXIT_USAGE;
	}
	if (target && (j->id == JOB_VM || j->id == JOB_IMAGES)) {
		pr_err("%s needs a guest, and TARGET=%s is a machine", job_name(j->id), target);
		return EXIT_USAGE;
	}
	if (target && (setting(SET_KERNEL) || setting(SET_PATCHES) || cpus)) {
		pr_err("TARGET=%s is a machine: KERNEL=, PATCHES= and CPUS= do not apply to it",
		       target);
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

static int find_arches(struct job *j)
{
	if (setting(SET_TARGET))
		return proc_words(shipped("runners/target/arch.sh"), NULL, &j->arches);
	return asked_arches(setting(SET_ARCH), &j->arches);
}

static int check_case(const struct job *j)
{
	const char *file = setting(SET_CASE);

	if (!on_one_case(j->id))
		return EXIT_OK;
	if (!setting(SET_ID) && !file) {
		pr_err("%s needs ID= (`%s list` shows all ids), or CASE= and a .case file",
		       job_name(j->id), front_door());
		return EXIT_USAGE;
	}
	if (file && access(file, R_OK)) {
		pr_err("CASE=%s cannot be read", file);
		return EXIT_USAGE;
	}
	return j->id == JOB_REDUCE && j->arches.cnt != 1 ? wrong("reduce needs one ARCH=")
							 : EXIT_OK;
}

static int check_engines(void)
{
	const struct engine *list[NR_ENGINES];
	u32 n;

	if (!setting(SET_ENGINES) && setting(SET_ENGINE))
		setenv(settings[SET_ENGINES].name, setting(SET_ENGINE), 1);
	if (setting(SET_ENGINES) && engines_parse(setting(SET_ENGINES), list, &n))
		return EXIT_USAGE;
	return EXIT_OK;
}

/* A pattern that matches nothing should not cost a kernel build. */
static int check_patterns(struct job *j)
{
	struct args a = {};
	char *ids;
	int ret;

	args_words(&j->patterns, setting(SET_ID) ? setting(SET_ID) : setting(SET_CASES));
	if (!j->patterns.cnt || j->id == JOB_IMAGES || setting(SET_CASE))
		return EXIT_OK;
	args_add(&a, self_path());
	args_add(&a, "list");
	args_option(&a, "--cases", setting(SET_CASES_DIR));
	for (u32 i = 0; i < j->patterns.cnt; i++)
		args_add(&a, j->patterns.v[i]);
	ret = proc_output(&a, &ids);
	free(ids);
	args_free(&a);
	return ret;
}

/* ---- what guests are made of ---- */

static int install(const char *what, const char *more, const struct args *arches)
{
	struct args a = {};
	int ret;

	args_add(&a, shipped("images/deps.sh"));
	if (what)
		args_add(&a, what);
	if (more)
		args_add(&a, more);
	for (u32 i = 0; arches && i < arches->cnt; i++)
		args_add(&a, arches->v[i]);
	ret = proc_run(&a);
	args_free(&a);
	return ret;
}

/* Is the kernel of @arch a binary package? */
static int is_binary(const char *arch, bool *binary)
{
	struct args a = {};
	char *kind;
	int ret;

	args_add(&a, shipped("images/kernel.sh"));
	args_option(&a, "--kind", arch);
	ret = proc_output(&a, &kind);
	*binary = !strcmp(kind, "binary");
	args_free(&a);
	free(kind);
	return ret;
}

struct turn {
	char *arch;
	bool binary;
	u32 seconds, place; /* of a quick run, roughly; in ARCH= */
};

static int by_turn(const void *pa, const void *pb)
{
	const struct turn *a = pa, *b = pb;

	if (a->binary != b->binary)
		return a->binary ? -1 : 1;
	if (a->seconds != b->seconds)
		return a->seconds > b->seconds ? -1 : 1;
	return a->place < b->place ? -1 : 1;
}

static u32 quick_seconds(const char *arch)
{
	struct arch_conf conf;
	const char *text;
	u32 seconds = 0;

	if (arch_conf_load(&conf, arch))
		return 0;
	text = arch_conf_get(&conf, "QUICK_SECONDS");
	if (text)
		seconds = atoi(text);
	arch_conf_free(&conf);
	return seconds;
}

/*
 * Binary kernels come first: their guests run while others are built. The longest runs come before
 * the shorter ones, so that no processor is idle at the end.
 */
static int order_arches(struct job *j, bool *builds)
{
	struct turn *turns = xcalloc(j->arches.cnt, sizeof(*turns));
	struct args ordered = {};
	int ret = EXIT_OK;
	u32 n = 0;

	*builds = false;
	for (; n < j->arches.cnt && !ret; n++) {
		turns[n] = (struct turn){ .arch = j->arches.v[n],
					  .seconds = quick_seconds(j->arches.v[n]),
					  .place = n };
		ret = is_binary(turns[n].arch, &turns[n].binary);
		*builds |= !turns[n].binary;
	}
	qsort(turns, n, sizeof(*turns), by_turn);
	for (u32 i = 0; i < n; i++)
		args_add(&ordered, turns[i].arch);
	free(turns);
	args_free(&j->arches);
	j->arches = ordered;
	return ret;
}

/* Install emulators and compilers; those for building kernels only if one is built. */
static int install_packages(struct job *j)
{
	bool builds = false;
	int ret = install(NULL, NULL, &j->arches);

	if (!ret && !setting(SET_TARGET))
		ret = order_arches(j, &builds);
	if (!ret && builds)
		ret = install("build", setting(SET_BTF) ? "btf" : NULL, NULL);
	return ret;
}

static char *image_of(const struct job *j, const char *arch)
{
	char *path = xasprintf("%s/%s.image", j->work, arch), *image = read_file(path, NULL);

	free(path);
	if (image)
		image[strcspn(image, "\n")] = '\0';
	return image;
}

static int note_image(const struct job *j, const char *arch, const char *image)
{
	char *path = xasprintf("%s/%s.image", j->work, arch);
	FILE *f = fopen(path, "we");
	int ret = EXIT_OK;

	if (f)
		fprintf(f, "%s\n", image);
	if (!f || fclose(f)) {
		pr_err("%s: %s", path, strerror(errno));
		ret = EXIT_INFRA;
	}
	free(path);
	return ret;
}

static int build_image(const struct job *j, const char *arch)
{
	struct args image = {};
	int ret = proc_words(shipped("images/build.sh"), arch, &image);

	if (!ret)
		ret = image.cnt ? note_image(j, arch, image.v[0]) : EXIT_INFRA;
	args_free(&image);
	return ret;
}

/* On a TARGET the agent is a program and needs no image. */
static int make_agent(const struct job *j, const char *arch)
{
	char *image = setting(SET_TARGET) ? xstrdup("-") : image_of(j, arch);
	struct args tree = {}, a = {};
	int ret = proc_words(shipped("images/kernel.sh"), "--tree", &tree);

	if (!ret && image && tree.cnt) {
		args_add(&a, shipped("runners/agent.sh"));
		args_add(&a, arch);
		args_add(&a, tree.v[0]);
		args_add(&a, image);
		args_add(&a, j->work);
		ret = proc_run(&a);
		args_free(&a);
	}
	args_free(&tree);
	free(image);
	return ret;
}

/*
 * Make image, agent and initramfs of @arch. EXIT_USAGE: the request is impossible, and nothing else
 * is made.
 */
static int make_guest(struct job *j, const char *arch)
{
	int ret = setting(SET_TARGET) ? EXIT_OK : build_image(j, arch);

	if (!ret)
		ret = make_agent(j, arch);
	args_add(ret ? &j->failed : &j->ready, arch);
	return ret;
}

static void say_failed(const struct job *j)
{
	char *names = join_words(j->failed.v, j->failed.cnt, " ");

	if (j->failed.cnt)
		pr_err("no kernel for: %s", names);
	free(names);
}

static int make_guests(struct job *j)
{
	for (u32 i = 0; i < j->arches.cnt; i++)
		if (make_guest(j, j->arches.v[i]) == EXIT_USAGE)
			return EXIT_USAGE;
	say_failed(j);
	return j->ready.cnt ? EXIT_OK : EXIT_INFRA;
}

/* ---- guests ---- */

/* Start `checkjit COMMAND` for @arch in a child process. */
static pid_t start_guest(const struct job *j, const char *arch, int cpu_model, const char *rundir,
			 const struct args *args)
{
	struct guest_start g = {
		.command = job_name(j->id),
		.arch = arch,
		.work = j->work,
		.rundir = rundir,
		.cpu_model = cpu_model,
	};
	pid_t pid = proc_fork();

	if (!pid)
		_exit(guest_exec(&g, args));
	return pid;
}

static int run_guest(const struct job *j, const char *arch, const struct args *args)
{
	pid_t pid = start_guest(j, arch, 1, j->run, args);

	return pid < 0 ? EXIT_INFRA : proc_wait(pid, NULL);
}

/* Start another guest once fewer than J are running. */
static void start_another(struct job *j, const char *arch, int cpu_model, const char *rundir)
{
	u32 limit = setting(SET_J) ? atoi(setting(SET_J)) : get_nprocs();

	while (j->running && j->running >= limit && proc_wait(-1, NULL) >= 0)
		j->running--;
	if (start_guest(j, arch, cpu_model, rundir, &j->patterns) > 0)
		j->running++;
}

static void wait_for_guests(struct job *j)
{
	while (proc_wait(-1, NULL) >= 0)
		;
	j->running = 0;
}

/* ---- the jobs ---- */

static int print_images(const struct job *j)
{
	for (u32 i = 0; i < j->ready.cnt; i++) {
		char *image = image_of(j, j->ready.v[i]);

		printf("%s %s\n", j->ready.v[i], image ? image : "");
		free(image);
	}
	return j->failed.cnt ? EXIT_INFRA : EXIT_OK;
}

static int soundness(const struct job *j)
{
	struct args a = {};
	int ret = EXIT_OK;

	args_option(&a, "--case", setting(SET_CASE));
	for (u32 i = 0; i < j->ready.cnt && !proc_stopped; i++) {
		int got = run_guest(j, j->ready.v[i], a.cnt ? &a : &j->patterns);

		if (got && ret != EXIT_FINDINGS)
			ret = got;
	}
	args_free(&a);
	return ret;
}

static int one_case(const struct job *j)
{
	struct args a = {};
	int ret = EXIT_OK;

	if (j->id == JOB_REPRO && setting(SET_V))
		args_add(&a, "--verbose");
	args_option(&a, setting(SET_CASE) ? "--case" : "--id",
		    setting(SET_CASE) ? setting(SET_CASE) : setting(SET_ID));
	for (u32 i = 0; i < j->ready.cnt && !proc_stopped; i++) {
		int got = run_guest(j, j->ready.v[i], &a);

		ret = got ? got : ret;
	}
	args_free(&a);
	return ret;
}

/* Keep all guests booted until a signal ends them. */
static int keep_warm(const struct job *j)
{
	int ret = EXIT_OK, got;

	pr_info("`%s repro` and the like now use these guests; Ctrl-C ends them (console: "
		"%s/ARCH.console)",
		front_door(), j->run);
	for (u32 i = 0; i < j->ready.cnt; i++)
		if (start_guest(j, j->ready.v[i], 1, j->run, &(struct args){}) < 0)
			ret = EXIT_INFRA;
	while ((got = proc_wait(-1, NULL)) >= 0)
		if (got)
			ret = j->ready.cnt == 1 ? got : EXIT_INFRA;
	return ret;
}

/*
 * CPUS=all: after the run on the first CPU model, run the same cases on model @n of each arch that
 * has it, into another directory.
 */
static int run_model(struct job *j, int n)
{
	char *key = xasprintf("CPU%d", n), *rundir = xasprintf("%s-cpu%d", j->run, n), *names;
	struct args have = {};
	int ret = EXIT_OK;

	for (u32 i = 0; i < j->ready.cnt; i++) {
		struct arch_conf conf;

		if (arch_conf_load(&conf, j->ready.v[i]))
			continue;
		if (arch_conf_get(&conf, key))
			args_add(&have, j->ready.v[i]);
		arch_conf_free(&conf);
	}
	names = join_words(have.v, have.cnt, " ");
	if (have.cnt) {
		pr_info("CPU model %d of %s: results go to %s", n, names, rundir);
		live_begin();
		for (u32 i = 0; i < have.cnt && !proc_stopped; i++)
			start_another(j, have.v[i], n, rundir);
		wait_for_guests(j);
		live_end();
		ret = report_run(rundir, names, setting(SET_V));
		report_since(stdout, rundir, setting(SET_V));
		ci_output(rundir);
	}
	args_free(&have);
	free(names);
	free(rundir);
	free(key);
	return ret;
}

static void say_interrupted(const struct job *j)
{
	if (proc_stopped && j->ready.cnt)
		pr_info("interrupted; `%s run RESUME=1 RUN=%s` continues it", front_door(), j->run);
}

/* Start each guest as soon as possible, while other kernels are built. */
static int run_cases(struct job *j)
{
	bool all_models = setting(SET_CPUS);
	char *names;
	int ret = EXIT_OK;

	pr_info("results go to %s", j->run);
	live_begin();
	for (u32 i = 0; i < j->arches.cnt && !proc_stopped; i++) {
		ret = make_guest(j, j->arches.v[i]);
		if (ret == EXIT_USAGE)
			break;
		if (!ret)
			start_another(j, j->arches.v[i], 1, j->run);
	}
	wait_for_guests(j);
	live_end();
	say_failed(j);
	if (ret == EXIT_USAGE)
		return ret;
	/* each guest that did not come up has said why */
	if (!j->ready.cnt || !run_dir_has_results(j->run)) {
		say_interrupted(j);
		return EXIT_INFRA;
	}
	names = join_words(j->arches.v, j->arches.cnt, " ");
	ret = report_run(j->run, names, setting(SET_V));
	report_since(stdout, j->run, setting(SET_V));
	ci_output(j->run);
	free(names);
	say_interrupted(j);
	for (int n = 2; n <= 3 && all_models && !proc_stopped; n++) {
		int got = run_model(j, n);

		if (got && ret != EXIT_FINDINGS)
			ret = got;
	}
	return j->failed.cnt && ret != EXIT_FINDINGS ? EXIT_INFRA : ret;
}

static int make_dir(const char *path)
{
	int ret = make_dirs(path);

	if (ret)
		pr_err("cannot make %s: %s", path, strerror(-ret));
	return ret ? EXIT_INFRA : EXIT_OK;
}

/* Make RUN, or a directory named by the time; a temporary one for jobs that leave nothing. */
static int make_rundir(struct job *j, const char *out)
{
	const char *prefix = j->id == JOB_SOUNDNESS ? "soundness-" : "";

	if (j->id != JOB_RUN && j->id != JOB_SOUNDNESS) {
		j->run = xasprintf("%s/%s.XXXXXX", out, job_name(j->id));
		if (mkdtemp(j->run))
			return EXIT_OK;
		pr_err("cannot make %s: %s", j->run, strerror(errno));
		return EXIT_INFRA;
	}
	j->run = setting(SET_RUN) ? xstrdup(setting(SET_RUN))
				  : xasprintf("results/%s%s", prefix, utc_stamp());
	return make_dir(j->run);
}

static void remove_rundir(const struct job *j)
{
	struct args a = {};

	args_add(&a, "rm");
	args_option(&a, "-rf", j->run);
	proc_run(&a);
	args_free(&a);
}

static int check(struct job *j)
{
	int ret = check_settings(j);

	if (!ret)
		ret = find_arches(j);
	if (!ret)
		ret = check_case(j);
	if (!ret)
		ret = check_engines();
	if (!ret)
		ret = check_patterns(j);
	if (!ret)
		ret = install_packages(j);
	return ret ? ret : pin_kernel(NULL);
}

static int work(struct job *j, const char *out)
{
	int ret = j->id == JOB_RUN ? EXIT_OK : make_guests(j);

	if (ret)
		return ret;
	if (j->id == JOB_IMAGES)
		return print_images(j);
	ret = make_rundir(j, out);
	if (ret)
		return ret;
	proc_catch_signals();
	switch (j->id) {
	case JOB_RUN:
		return run_cases(j);
	case JOB_SOUNDNESS:
		return soundness(j);
	case JOB_VM:
		ret = keep_warm(j);
		break;
	default:
		ret = one_case(j);
	}
	remove_rundir(j);
	return ret;
}

int job_guests(enum job_id job)
{
	const char *out = work_dir();
	struct job j = { .id = job, .work = xasprintf("%s/guests", out) };
	int ret = check(&j);

	if (!ret)
		ret = make_dir(j.work);
	if (!ret)
		ret = work(&j, out);
	args_free(&j.arches);
	args_free(&j.ready);
	args_free(&j.failed);
	args_free(&j.patterns);
	free(j.work);
	free(j.run);
	return ret;
}
