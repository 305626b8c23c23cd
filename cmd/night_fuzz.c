// SPDX-License-Identifier: GPL-2.0
/* The fuzzer's share of a night: it goes on where the last night stopped. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "cmd/job.h"
#include "cmd/night_fuzz.h"
#include "cmd/proc.h"
#include "cmd/settings.h"
#include "lib/duration.h"
#include "lib/util.h"

int night_fuzz_time(u32 budget, u32 *seconds)
{
	const char *text = setting(SET_FUZZ);

	*seconds = 0;
	if (!text)
		return EXIT_OK;
	if (duration_parse(text, seconds)) {
		pr_err("FUZZ=%s (expected seconds, or a number with m, h or d behind it)", text);
		return EXIT_USAGE;
	}
	if (*seconds >= budget) {
		pr_err("FUZZ=%s leaves nothing of the night (expected less than TIME)", text);
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

/* In the child: become the fuzzer. */
static void become_fuzzer(const char *log, u32 seconds)
{
	char *limit = xasprintf("TIME=%u", seconds);
	struct args a = {};

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (proc_log(log))
		_exit(EXIT_INFRA);
	job_command(&a, JOB_FUZZ);
	args_add(&a, limit);
	execvp(a.v[0], a.v);
	pr_err("%s: %s", a.v[0], strerror(errno));
	_exit(EXIT_INFRA);
}

void night_fuzz(struct night *n)
{
	char *log = xasprintf("%s/fuzz.log", n->dir);
	struct args a = {};
	pid_t pid;
	int exit;

	pr_info("fuzzing for %s", duration_text(n->fuzz_s));
	pid = proc_fork();
	if (!pid)
		become_fuzzer(log, n->fuzz_s);
	exit = pid < 0 ? EXIT_INFRA : proc_wait(pid, NULL);
	if (exit != EXIT_OK && exit != EXIT_FINDINGS && !proc_stopped) {
		strbuf_add(&n->trouble, "  the fuzzer: exit code %d, %s\n", exit, log);
	} else if (!proc_stopped) {
		job_command(&a, JOB_FUZZ_REPORT);
		n->fuzz_exit = proc_output(&a, &n->fuzz);
		args_free(&a);
	}
	free(log);
}
