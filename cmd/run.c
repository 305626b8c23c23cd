// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cmd/cmd.h"
#include "cmd/lab_opts.h"
#include "cmd/select.h"
#include "lib/strbuf.h"
#include "lib/shipped.h"
#include "lib/util.h"
#include "session/engine.h"
#include "session/known.h"
#include "campaign/run.h"
#include "explain/show.h"

struct run_opts {
	struct lab_opts lab;
	struct sweep_opts sweep;
	const char *out, *known, *cpu2, *qemu, *require_jit, *make_args, *gcov;
	int batch, max_crashes, share;
	bool resume, no_progress, list_engines;
};

static const struct opt_usage usage = {
	.name = "run",
	.head = "usage: checkjit run --arch ARCH --image DIR --initrd FILE --out RUNDIR "
		"[OPTION...] [PATTERN...]\n\n"
		"Boot one guest and run the cases on its engines. `make run` builds what this "
		"needs and calls it\n"
		"for each arch. PATTERN: an id, id.vector, FAMILY/NAME or a glob; none: all "
		"cases.\n\n",
};

static const struct opt rows[] = {
	OPT_TEXT("out", "RUNDIR", struct run_opts, out,
		 "ARCH.jsonl, ARCH.ktap.gz and ARCH.console go there"),
	OPT_TEXT("known", "FILE", struct run_opts, known,
		 "known failures (default: results/known/ARCH.txt)"),
	OPT_NUMBER("batch", "N", struct run_opts, batch, 1, 1024,
		   "cases in a program (default 64)"),
	OPT_NUMBER("max-crashes", "N", struct run_opts, max_crashes, 1, 100000,
		   "in a family, before the rest of it is quarantined (default 5)"),
	OPT_TEXT("cpu2", "MODEL", struct run_opts, cpu2,
		 "second CPU model, on which failures are run again"),
	OPT_TEXT("qemu", "TEXT", struct run_opts, qemu, "QEMU's version, for the results"),
	OPT_CALL("require-jit", "[=IDS]", struct run_opts, require_jit, take_require_jit,
		 "a program that the JIT leaves to the interpreter is a failure:\nall, or those of "
		 "IDS, families and globs"),
	OPT_FLAG("resume", struct run_opts, resume, "continue the interrupted run in RUNDIR"),
	OPT_TEXT("gcov", "DIR", struct run_opts, gcov,
		 "the counters of a kernel built with COVERAGE=1 go there"),
	OPT_TEXT("make-args", "TEXT", struct run_opts, make_args,
		 "more variables for the rerun commands in the results: KERNEL=..."),
	OPT_NUMBER(
		"share", "N", struct run_opts, share, 1, 1000,
		"quick loads one in N of what it loads elsewhere: for archs with\nslow verifiers"),
	OPT_FLAG("quiet", struct run_opts, no_progress, "no progress"),
	OPT_FLAG("list-engines", struct run_opts, list_engines, "print the engines and end"),
	{}
};

/* Read the image's meta file, lines key=value, which describe the kernel. */
static void read_meta(struct run_info *info, const char *image)
{
	char *path = xasprintf("%s/meta", image), *text = read_file(path, NULL), *save = NULL;

	free(path);
	if (!text)
		return;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *value = strchr(line, '=');

		if (!value)
			continue;
		*value++ = '\0';
		if (!strcmp(line, "config_hash"))
			info->config_hash = xstrdup(value);
		else if (!strcmp(line, "compiler"))
			info->compiler = xstrdup(value);
	}
	free(text);
}

static int parse(struct run_opts *o, int argc, char **argv)
{
	const struct opt_table tables[] = {
		{ rows, o },
		{ guest_rows, &o->lab },
		{ cases_rows, &o->lab },
		{ sweep_rows, &o->sweep },
		{},
	};
	int ret;

	lab_opts_init(&o->lab);
	o->lab.guest.console = NULL;
	ret = opts_parse(&usage, tables, argc, argv);
	if (ret >= 0)
		return ret;
	if (o->list_engines) {
		for (u32 i = 0; i < nr_engines; i++)
			printf("%s\n", engines[i].name);
		return EXIT_OK;
	}
	if (!o->out) {
		pr_err("run: --out is needed (`checkjit run --help`)");
		return EXIT_USAGE;
	}
	return lab_opts_done(&o->lab, "run") ? EXIT_USAGE : -1;
}

int cmd_run(int argc, char **argv)
{
	struct run_opts o = { .batch = 64, .max_crashes = 5 };
	struct run_conf conf = {};
	struct plan_select sel = {};
	struct plan plan;
	int ret = parse(&o, argc, argv);

	if (ret >= 0)
		return ret;
	conf.guest = o.lab.guest;
	conf.guest.gcov = o.gcov;
	if (!conf.guest.console)
		conf.guest.console = xasprintf("%s/%s.console", o.out, conf.guest.arch);
	memcpy(conf.engines, o.lab.engines, sizeof(conf.engines));
	conf.nengines = o.lab.nengines;
	conf.cpu2 = o.cpu2;
	conf.code = code_text;
	conf.max_batch = o.batch;
	conf.stop_after = o.sweep.stop_after;
	conf.max_crashes = o.max_crashes;
	conf.progress = !o.no_progress;
	conf.resume = o.resume;
	conf.rundir = o.out;
	conf.known = o.known ? o.known : known_path(conf.guest.arch);
	sel.dir = o.lab.dir;
	sel.max_batch = o.batch;
	conf.share = o.share;
	if (select_cases(&sel, &o.sweep.conf, argv + optind, argc - optind, &plan))
		return EXIT_USAGE;
	conf.sweep = o.sweep.conf;
	conf.info.arch = (char *)conf.guest.arch;
	conf.info.cpu = (char *)conf.guest.cpu;
	conf.info.image = (char *)conf.guest.image;
	conf.info.qemu = (char *)o.qemu;
	conf.info.make_args = (char *)o.make_args;
	conf.info.require_jit = (char *)o.require_jit;
	conf.info.cases = optind < argc ? join_words(argv + optind, argc - optind, " ") : NULL;
	conf.info.sweep = sweep_text(&conf.sweep);
	conf.info.full =
		optind == argc && !strcmp(sel.dir, shipped("cases")) && conf.nengines == nr_engines;
	read_meta(&conf.info, conf.guest.image);
	ret = run_arch(&conf, &plan);
	plan_free(&plan);
	return ret;
}
