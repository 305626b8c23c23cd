// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cmd/cmd.h"
#include "cmd/select.h"
#include "lib/strbuf.h"
#include "lib/util.h"
#include "session/engine.h"
#include "campaign/run.h"

#define DEFAULT_BATCH	64	/* members in a program: loading dominates, and 64 share its fixed part */

static void usage(FILE *f)
{
	fprintf(f,
		"usage: checkjit run --arch ARCH --image DIR --initrd FILE --out RUNDIR [OPTION...] [PATTERN...]\n\n"
		"Boot one guest and run the cases on its engines. `make run` builds what this needs and calls it for each arch.\n"
		"PATTERN: an id, id.vector, FAMILY/NAME or a glob; none: all cases.\n\n"
		"  --arch ARCH          name of runners/qemu/arch/ARCH.conf\n"
		"  --image DIR          what images/build.sh made; its `meta` goes into the results\n"
		"  --initrd FILE        what images/initramfs.sh made\n"
		"  --out RUNDIR         ARCH.jsonl, ARCH.ktap and ARCH.console go there\n"
		"  --engines LIST       names, separated by blanks or commas (default: all)\n"
		"  --cases DIR          where the *.case files are (default: cases)\n"
		"  --known FILE         known failures (default: results/known/ARCH.txt)\n"
		"  --batch N            members in a program (default %d)\n"
		"  --max-crashes N      in a family, before the rest of it is quarantined (default 5)\n"
		"  --boot-timeout S     to the agent's hello (default 60)\n"
		"  --timeout S          of silence until a guest counts as hung (default 30)\n"
		"  --cpu MODEL          QEMU's CPU model\n"
		"  --cpu2 MODEL         another one, on which failures are run again\n"
		"  --qemu TEXT          QEMU's version, for the results\n"
		"  --require-jit[=IDS]  a program that the JIT leaves to the interpreter is a failure: all, or those of\n"
		"                       IDS, families and globs\n"
		"  --resume             go on with an interrupted run in RUNDIR\n"
		"  --gcov DIR           the counters of a kernel built with COVERAGE=1 go there\n"
		"  --make-args TEXT     more variables for the rerun commands in the results: KERNEL=…\n"
		"  --stop-after N       findings\n"
		"  --sweep PROFILE      generated cases, too: none (default), quick, nightly; PATTERNs gen/… name some\n"
		"  --seed N             of what quick picks (default 0)\n"
		"  --share N            quick loads one in N of what it loads elsewhere: for archs with slow verifiers\n"
		"  --shard I/N          only this part of the generated cases\n"
		"  --quiet              no progress\n"
		"  --list-engines       print the engines and end\n", DEFAULT_BATCH);
}

enum option_id {
	OPT_ARCH = 256, OPT_IMAGE, OPT_INITRD, OPT_OUT, OPT_ENGINES, OPT_CASES, OPT_KNOWN, OPT_BATCH, OPT_MAX_CRASHES,
	OPT_BOOT_TIMEOUT, OPT_TIMEOUT, OPT_CPU, OPT_CPU2, OPT_QEMU, OPT_REQUIRE_JIT, OPT_RESUME, OPT_QUIET,
	OPT_LIST_ENGINES, OPT_BOOT, OPT_GCOV, OPT_HELP, OPT_SWEEP, OPT_SEED, OPT_SHARE, OPT_SHARD, OPT_STOP_AFTER, OPT_MAKE_ARGS,
};

static const struct option options[] = {
	{ "arch", required_argument, NULL, OPT_ARCH },
	{ "image", required_argument, NULL, OPT_IMAGE },
	{ "initrd", required_argument, NULL, OPT_INITRD },
	{ "out", required_argument, NULL, OPT_OUT },
	{ "engines", required_argument, NULL, OPT_ENGINES },
	{ "cases", required_argument, NULL, OPT_CASES },
	{ "known", required_argument, NULL, OPT_KNOWN },
	{ "batch", required_argument, NULL, OPT_BATCH },
	{ "max-crashes", required_argument, NULL, OPT_MAX_CRASHES },
	{ "boot-timeout", required_argument, NULL, OPT_BOOT_TIMEOUT },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "cpu", required_argument, NULL, OPT_CPU },
	{ "cpu2", required_argument, NULL, OPT_CPU2 },
	{ "qemu", required_argument, NULL, OPT_QEMU },
	{ "require-jit", optional_argument, NULL, OPT_REQUIRE_JIT },
	{ "resume", no_argument, NULL, OPT_RESUME },
	{ "quiet", no_argument, NULL, OPT_QUIET },
	{ "list-engines", no_argument, NULL, OPT_LIST_ENGINES },
	{ "gcov", required_argument, NULL, OPT_GCOV },
	{ "boot", required_argument, NULL, OPT_BOOT },
	{ "sweep", required_argument, NULL, OPT_SWEEP },
	{ "make-args", required_argument, NULL, OPT_MAKE_ARGS },
	{ "stop-after", required_argument, NULL, OPT_STOP_AFTER },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "share", required_argument, NULL, OPT_SHARE },
	{ "shard", required_argument, NULL, OPT_SHARD },
	{ "help", no_argument, NULL, OPT_HELP },
	{}
};

/* The image's meta file, key=value lines: what the results say of the kernel. */
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

int cmd_run(int argc, char **argv)
{
	struct run_conf conf = {
		.guest = { .boot_timeout = 60, .reply_timeout = 30 },
		.max_crashes = 5,
		.progress = true,
	};
	struct plan_select sel = { .dir = "cases", .max_batch = DEFAULT_BATCH };
	const char *engine_list = engine_names(), *known = NULL;
	struct plan plan;
	int opt, n = 0, ret = 0;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (opt) {
		case OPT_ARCH: conf.guest.arch = optarg; break;
		case OPT_IMAGE: conf.guest.image = optarg; break;
		case OPT_INITRD: conf.guest.initrd = optarg; break;
		case OPT_OUT: conf.rundir = optarg; break;
		case OPT_ENGINES: engine_list = optarg; conf.info.full = false; break;
		case OPT_CASES: sel.dir = optarg; break;
		case OPT_KNOWN: known = optarg; break;
		case OPT_BATCH: ret = parse_number("batch", optarg, 1, 1024, &n); sel.max_batch = n; break;
		case OPT_MAX_CRASHES: ret = parse_number("max-crashes", optarg, 1, 100000, &n); conf.max_crashes = n; break;
		case OPT_BOOT_TIMEOUT: ret = parse_number("boot-timeout", optarg, 1, 3600, &conf.guest.boot_timeout); break;
		case OPT_TIMEOUT: ret = parse_number("timeout", optarg, 1, 3600, &conf.guest.reply_timeout); break;
		case OPT_CPU: conf.guest.cpu = optarg; break;
		case OPT_CPU2: conf.cpu2 = optarg; break;
		case OPT_QEMU: conf.info.qemu = optarg; break;
		case OPT_REQUIRE_JIT: conf.info.require_jit = optarg ? optarg : "*"; break;
		case OPT_RESUME: conf.resume = true; break;
		case OPT_QUIET: conf.progress = false; break;
		case OPT_GCOV: conf.guest.gcov = optarg; break;
		case OPT_BOOT: conf.guest.boot = optarg; break;
		case OPT_SWEEP: ret = select_sweep(&conf.sweep, optarg); break;
		case OPT_MAKE_ARGS: conf.info.make_args = optarg; break;
		case OPT_STOP_AFTER: ret = parse_number("stop-after", optarg, 1, 1000000, &n); conf.stop_after = n; break;
		case OPT_SEED: ret = select_seed(&conf.sweep, optarg); break;
		case OPT_SHARE: ret = parse_number("share", optarg, 1, 1000, &n); conf.share = n; break;
		case OPT_SHARD: ret = select_shard(&conf.sweep, optarg); break;
		case OPT_LIST_ENGINES:
			for (u32 i = 0; i < nr_engines; i++)
				printf("%s\n", engines[i].name);
			return EXIT_OK;
		case 'h':
		case OPT_HELP:
			usage(stdout);
			return EXIT_OK;
		default:
			return EXIT_USAGE;
		}
		if (ret)
			return EXIT_USAGE;
	}
	if (!conf.guest.arch || !conf.guest.image || !conf.guest.initrd || !conf.rundir) {
		pr_err("run: --arch, --image, --initrd and --out are needed (`checkjit run --help`)");
		return EXIT_USAGE;
	}
	if (engines_parse(engine_list, conf.engines, ARRAY_SIZE(conf.engines), &conf.nengines))
		return EXIT_USAGE;
	conf.max_batch = sel.max_batch;
	if (select_cases(&sel, &conf.sweep, argv + optind, argc - optind, &plan))
		return EXIT_USAGE;
	conf.known = known ? known : xasprintf("results/known/%s.txt", conf.guest.arch);
	conf.guest.console = xasprintf("%s/%s.console", conf.rundir, conf.guest.arch);
	conf.info.arch = (char *)conf.guest.arch;
	conf.info.cpu = (char *)conf.guest.cpu;
	conf.info.image = (char *)conf.guest.image;
	conf.info.cases = optind < argc ? join_words(argv + optind, argc - optind, " ") : NULL;
	conf.info.full = optind == argc && !strcmp(sel.dir, "cases") && conf.nengines == nr_engines;
	read_meta(&conf.info, conf.guest.image);
	guest_catch_signals();
	ret = run_arch(&conf, &plan);
	plan_free(&plan);
	return ret;
}
