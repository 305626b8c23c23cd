// SPDX-License-Identifier: GPL-2.0
/* `make JOB` is `checkjit job JOB`, with the settings in the environment. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cmd/args.h"
#include "cmd/asked_arches.h"
#include "cmd/cmd.h"
#include "cmd/job.h"
#include "lib/shipped.h"
#include "lib/util.h"

static int job_list(void)
{
	struct args a = {};
	int ret;

	args_add(&a, "list");
	args_option(&a, "--cases", setting(SET_CASES_DIR));
	args_words(&a, setting(SET_ID) ? setting(SET_ID) : setting(SET_CASES));
	ret = cmd_list(a.cnt, a.v);
	args_free(&a);
	return ret;
}

static int job_export(void)
{
	struct args a = {};
	int ret;

	args_add(&a, "export");
	args_option(&a, "--format", setting(SET_FORMAT) ? setting(SET_FORMAT) : "c");
	args_option(&a, setting(SET_CASE) ? "--case" : "--id",
		    setting(SET_CASE) ? setting(SET_CASE) : setting(SET_ID));
	args_option(&a, "--cases", setting(SET_CASES_DIR));
	args_option(&a, "--arch", setting(SET_ARCH));
	args_option(&a, "-o", setting(SET_OUT));
	ret = cmd_export(a.cnt, a.v);
	args_free(&a);
	return ret;
}

static int job_report(void)
{
	struct args a = {};
	int ret;

	args_add(&a, "report");
	args_option(&a, "--cases", setting(SET_CASES_DIR));
	args_option(&a, "--out", setting(SET_OUT));
	args_add(&a, setting(SET_RUN) ? setting(SET_RUN) : "last");
	ret = cmd_report(a.cnt, a.v);
	args_free(&a);
	return ret;
}

static int job_arches(void)
{
	struct args a = {};
	int ret;

	args_add(&a, "arches");
	args_option(&a, "--out", setting(SET_OUT) ? setting(SET_OUT) : "docs/arches.md");
	args_option(&a, "--coverage", "docs/coverage.md");
	args_option(&a, "--absent", "runners/qemu/absent.txt");
	args_words(&a, setting(SET_RUN) ? setting(SET_RUN) : "last");
	ret = cmd_arches(a.cnt, a.v);
	args_free(&a);
	return ret;
}

static int job_compare(void)
{
	struct args a = {};
	int ret;

	if (!setting(SET_A) || !setting(SET_B)) {
		pr_err("compare: A= and B= are needed, two runs");
		return EXIT_USAGE;
	}
	args_add(&a, "compare");
	if (setting(SET_REQUIRE_JIT)) {
		char *option = xasprintf("--require-jit=%s", setting(SET_REQUIRE_JIT));

		args_add(&a, option);
		free(option);
	}
	if (setting(SET_V))
		args_add(&a, "--all");
	args_add(&a, setting(SET_A));
	args_add(&a, setting(SET_B));
	ret = cmd_compare(a.cnt, a.v);
	args_free(&a);
	return ret;
}

static int job_history(void)
{
	struct args arches = {};
	int ret = EXIT_OK;

	if (setting(SET_ARCH))
		ret = asked_arches(setting(SET_ARCH), &arches);
	for (u32 i = 0; !ret && i < (arches.cnt ? arches.cnt : 1); i++) {
		struct args a = {};

		args_add(&a, "history");
		args_option(&a, "--arch", arches.cnt ? arches.v[i] : NULL);
		if (setting(SET_ID))
			args_add(&a, setting(SET_ID));
		ret = cmd_history(a.cnt, a.v);
		args_free(&a);
	}
	args_free(&arches);
	return ret;
}

/* How each job is done: by a function, in guests, or by a script with an argument. */
static const struct {
	int (*fn)(void);
	const char *script, *arg;
	bool guests; /* job_guests() does the job */
} how[NR_JOBS] = {
	[JOB_RUN] = { .guests = true },
	[JOB_REPRO] = { .guests = true },
	[JOB_TRACE] = { .guests = true },
	[JOB_REDUCE] = { .guests = true },
	[JOB_ATTRIBUTE] = { .fn = job_attribute },
	[JOB_BISECT] = { .script = "runners/bisect_range.sh" },
	[JOB_REPORT] = { .fn = job_report },
	[JOB_FINDINGS] = { .script = "runners/findings.sh" },
	[JOB_COMPARE] = { .fn = job_compare },
	[JOB_NIGHTLY] = { .fn = job_nightly },
	[JOB_HISTORY] = { .fn = job_history },
	[JOB_LIST] = { .fn = job_list },
	[JOB_EXPORT] = { .fn = job_export },
	[JOB_SOUNDNESS] = { .guests = true },
	[JOB_VM] = { .guests = true },
	[JOB_IMAGES] = { .guests = true },
	[JOB_KERNELS] = { .script = "images/kernels.sh" },
	[JOB_LADDER] = { .script = "runners/ladder.sh" },
	[JOB_BENCH] = { .script = "runners/bench.sh" },
	[JOB_FUZZ] = { .script = "fuzz/fuzz.sh", .arg = "run" },
	[JOB_FUZZ_REPORT] = { .script = "fuzz/fuzz.sh", .arg = "report" },
	[JOB_FUZZ_REPLAY] = { .script = "fuzz/fuzz.sh", .arg = "replay" },
	[JOB_FUZZ_SYNC] = { .script = "fuzz/sync.sh" },
	[JOB_BENCH_FUZZ] = { .script = "fuzz/fuzz.sh", .arg = "bench" },
	[JOB_MUTANTS] = { .script = "tests/mutants.sh" },
	[JOB_ARCHES] = { .fn = job_arches },
	[JOB_COVERAGE] = { .script = "runners/coverage.sh" },
};

static void usage(FILE *f)
{
	fprintf(f, "usage: checkjit job JOB [SETTING=VALUE]...\n\n"
		   "Do a job with the settings that are given or in the environment. `make JOB` "
		   "does it in a checkout,\n"
		   "which must be the present directory; an installed checkjit works anywhere. "
		   "Results go below the\n"
		   "present directory.\n\n");
	jobs_print(f, "");
	fprintf(f, "\n`checkjit job JOB --help` lists the settings of one.\n");
}

static void help(enum job_id job)
{
	printf("usage: checkjit job %s [SETTING=VALUE]...\n\n%s\n\nSettings, their [present "
	       "values] and (defaults):\n",
	       job_name(job), job_help(job));
	settings_print(stdout, 1u << job);
}

void job_command(struct args *a, enum job_id job)
{
	args_add(a, self_path());
	args_add(a, "job");
	args_add(a, job_name(job));
}

/* The scripts of a job call this program, and take the default of O from here, too. */
static void export_place(void)
{
	setenv("CHECKJIT", self_path(), 1);
	setenv(settings[SET_O].name, work_dir(), 1);
}

static int run_script(const char *script, const char *arg)
{
	const char *path = shipped(script);

	export_place();
	execl(path, path, arg, NULL);
	pr_err("%s: %s (expected in %s)", path, strerror(errno),
	       is_installed() ? "a checkout: it is not installed"
			      : "the present directory, checkjit's checkout");
	return EXIT_INFRA;
}

int cmd_job(int argc, char **argv)
{
	enum job_id job = argc > 1 ? job_by_name(argv[1]) : NR_JOBS;
	bool ask = argc > 1 && (!strcmp(argv[argc - 1], "--help") || !strcmp(argv[argc - 1], "-h"));

	if (ask) {
		job == NR_JOBS ? usage(stdout) : help(job);
		return EXIT_OK;
	}
	if (job == NR_JOBS) {
		pr_err("job: expected the name of one job (`checkjit job --help` lists them)");
		return EXIT_USAGE;
	}
	for (int i = 2; i < argc; i++)
		if (setting_take(argv[i]))
			return EXIT_USAGE;
	if (settings_check(1u << job))
		return EXIT_USAGE;
	if (how[job].fn)
		return how[job].fn();
	if (job == JOB_RUN && setting(SET_HOSTS))
		return job_hosts();
	if (job == JOB_RUN && setting(SET_WATCH))
		return job_watch();
	if (how[job].guests)
		return job_guests(job);
	return run_script(how[job].script, how[job].arg);
}
