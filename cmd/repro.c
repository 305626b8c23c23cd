// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include "cmd/cmd.h"
#include "cmd/lab_opts.h"
#include "lib/util.h"
#include "runners/show.h"

static void usage(FILE *f)
{
	fprintf(f, "usage: checkjit repro --arch ARCH --image DIR --initrd FILE --id ID|--case FILE [OPTION...]\n\n"
		   "Run one case on every engine and show all there is to see: the verdicts, the states, and the code that\n"
		   "verifier and JIT made, disassembled. `make repro` calls it.\n\n%s"
		   "  --verbose            fill and spill, and what does not change, too\n"
		   "  --infer              boundaries of native code from the lengths of growing prefixes, though the JIT\n"
		   "                       says where they are\n", lab_opts_help);
}

static const struct option options[] = {
	LAB_OPTIONS,
	{ "verbose", no_argument, NULL, 'v' },
	{ "infer", no_argument, NULL, 'i' },
	{ "help", no_argument, NULL, 'h' },
	{}
};

int cmd_repro(int argc, char **argv)
{
	struct show_ask ask = {};
	struct lab_opts o;
	struct one_case one;
	struct lab lab;
	int opt, ret;

	lab_opts_init(&o);
	while ((opt = getopt_long(argc, argv, "hv", options, NULL)) != -1) {
		switch (opt) {
		case 'h':
			usage(stdout);
			return EXIT_OK;
		case 'v':
			ask.verbose = true;
			break;
		case 'i':
			ask.infer = true;
			break;
		default:
			if (lab_opts_take(&o, opt, optarg))
				return EXIT_USAGE;
		}
	}
	if (lab_opts_done(&o, "repro") || one_case_load(&o, &one))
		return EXIT_USAGE;
	if (lab_open(&lab, &o.guest)) {
		one_case_free(&one);
		return EXIT_INFRA;
	}
	ask.engines = o.engines;
	ask.nengines = o.nengines;
	ask.c = one.c;
	ask.vec = one.vec;
	ret = show_case(&lab, &ask);
	lab_close(&lab);
	one_case_free(&one);
	return ret;
}
