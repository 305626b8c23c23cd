// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include "cmd/cmd.h"
#include "cmd/lab_opts.h"
#include "lib/util.h"
#include "runners/show.h"

static void usage(FILE *f)
{
	fprintf(f, "usage: checkjit repro --arch ARCH --image DIR --initrd FILE --id ID|--case FILE [OPTION...]\n\n"
		   "Run one case on every engine and show all there is to see. `make repro` calls it.\n\n%s", lab_opts_help);
}

static const struct option options[] = {
	LAB_OPTIONS,
	{ "help", no_argument, NULL, 'h' },
	{}
};

int cmd_repro(int argc, char **argv)
{
	struct lab_opts o;
	struct one_case one;
	struct lab lab;
	int opt, ret;

	lab_opts_init(&o);
	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt == 'h') {
			usage(stdout);
			return EXIT_OK;
		}
		if (lab_opts_take(&o, opt, optarg))
			return EXIT_USAGE;
	}
	if (lab_opts_done(&o, "repro") || one_case_load(&o, &one))
		return EXIT_USAGE;
	if (lab_open(&lab, &o.guest)) {
		one_case_free(&one);
		return EXIT_INFRA;
	}
	ret = show_case(&lab, o.engines, o.nengines, one.c, one.vec);
	lab_close(&lab);
	one_case_free(&one);
	return ret;
}
