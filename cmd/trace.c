// SPDX-License-Identifier: GPL-2.0
#include <time.h>
#include <unistd.h>
#include "cmd/cmd.h"
#include "cmd/lab_opts.h"
#include "lib/util.h"
#include "reduce/subject.h"
#include "reduce/trace.h"

static void progress(u32 trials, u32 step, u32 steps)
{
	static time_t last;
	time_t now = time(NULL);

	if (!last)
		last = now;
	if (now - last < 2)
		return;
	last = now;
	pr_info("trace: step %u of %u, %u trials", step, steps, trials);
}

static int trace(void *ctx, struct session *session, const struct lab_opts *o, struct one_case *one)
{
	struct subject s;
	struct trace t;
	int ret;

	(void)ctx;
	ret = subject_find(session, o->engines, o->nengines, one->c, one->vec, &s);

	if (!ret && s.finding.kind == FINDING_REJECT)
		printf("%s: %s\n", one->c->id, finding_text(&s.finding));
	else if (!ret) {
		ret = trace_run(session, s.engine, s.c, &s.finding, false, progress, &t);
		if (!ret)
			trace_print(stdout, &t, s.c, s.vec, session, s.engine);
		trace_free(&t);
	}
	subject_free(&s);
	return subject_exit(ret, one->c, "trace");
}

int cmd_trace(int argc, char **argv)
{
	const struct lab_command cmd = {
		.usage = {
			.name = "trace",
			.head = "usage: checkjit trace --arch ARCH --image DIR --initrd FILE "
				"--id ID|--case FILE [OPTION...]\n\n"
				"Find the first instruction of a failing case after which the "
				"state is not the model's any more,\n"
				"on the first of the engines that fails. `make trace` calls "
				"it.\n\n",
			.foot = "Exit codes: 1 found, 2 the case does not fail, or not always.\n",
		},
		.known = true,
		.run = trace,
	};

	return lab_command(&cmd, argc, argv);
}
