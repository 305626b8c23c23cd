// SPDX-License-Identifier: GPL-2.0
#include <time.h>
#include <unistd.h>
#include "cmd/cmd.h"
#include "cmd/lab_opts.h"
#include "lib/util.h"
#include "reduce/subject.h"
#include "reduce/trace.h"

static void usage(FILE *f)
{
	fprintf(f, "usage: checkjit trace --arch ARCH --image DIR --initrd FILE --id ID|--case FILE [OPTION...]\n\n"
		   "Find the first instruction of a failing case after which the state is not the model's any more, on the\n"
		   "first of the engines that fails. `make trace` calls it. Exit code 1: found; 2: the case does not fail, or\n"
		   "not always.\n\n%s", lab_opts_help);
}

static const struct option options[] = {
	LAB_OPTIONS,
	{ "help", no_argument, NULL, 'h' },
	{}
};

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

static int trace(void *ctx, struct lab *lab, const struct lab_opts *o, struct one_case *one)
{
	struct subject s;
	struct trace t;
	int ret;

	(void)ctx;
	ret = subject_find(lab, o->engines, o->nengines, one->c, one->vec, &s);

	if (!ret && s.finding.kind == FINDING_REJECT)
		printf("%s: %s\n", one->c->id, finding_text(&s.finding));
	else if (!ret) {
		ret = trace_run(lab, s.engine, s.c, &s.finding, false, progress, &t);
		if (!ret)
			trace_print(stdout, &t, s.c, s.vec, lab, s.engine);
		trace_free(&t);
	}
	subject_free(&s);
	return subject_exit(ret, one->c, "trace");
}

int cmd_trace(int argc, char **argv)
{
	const struct lab_command cmd = { .name = "trace", .options = options, .usage = usage, .run = trace };

	return lab_command(&cmd, argc, argv);
}
