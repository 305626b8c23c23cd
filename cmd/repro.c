// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include "cmd/cmd.h"
#include "cmd/lab_opts.h"
#include "lib/util.h"
#include "explain/show.h"

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

static int take(void *ctx, int opt, const char *arg)
{
	struct show_ask *ask = ctx;

	(void)arg;
	switch (opt) {
	case 'v': ask->verbose = true; return 0;
	case 'i': ask->infer = true; return 0;
	default: return -ENOENT;
	}
}

static int repro(void *ctx, struct lab *lab, const struct lab_opts *o, struct one_case *one)
{
	struct show_ask *ask = ctx;

	ask->engines = o->engines;
	ask->nengines = o->nengines;
	ask->c = one->c;
	ask->vec = one->vec;
	return show_case(lab, ask);
}

int cmd_repro(int argc, char **argv)
{
	struct show_ask ask = {};
	const struct lab_command cmd = {
		.name = "repro", .options = options, .usage = usage, .take = take, .run = repro, .ctx = &ask,
	};

	return lab_command(&cmd, argc, argv);
}
