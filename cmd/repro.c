// SPDX-License-Identifier: GPL-2.0
#include "cmd/cmd.h"
#include "cmd/lab_opts.h"
#include "lib/util.h"
#include "explain/show.h"

static const struct opt rows[] = { OPT_FLAG("verbose", struct show_ask, verbose,
					    "fill and spill, and what does not change, too"),
				   OPT_FLAG("infer", struct show_ask, infer,
					    "boundaries of native code from the lengths of growing "
					    "prefixes,\nthough the JIT says where they are"),
				   {} };

static int repro(void *ctx, struct session *session, const struct lab_opts *o, struct one_case *one)
{
	struct show_ask *ask = ctx;

	ask->engines = o->engines;
	ask->nengines = o->nengines;
	ask->c = one->c;
	ask->vec = one->vec;
	return show_case(session, ask);
}

int cmd_repro(int argc, char **argv)
{
	struct show_ask ask = {};
	const struct lab_command cmd = {
		.usage = {
			.name = "repro",
			.head = "usage: checkjit repro --arch ARCH --image DIR --initrd FILE "
				"--id ID|--case FILE [OPTION...]\n\n"
				"Run one case on every engine and show all there is to see: the "
				"verdicts, the states, and the code\n"
				"that verifier and JIT made, disassembled. `make repro` calls "
				"it.\n\n",
		},
		.rows = rows,
		.run = repro,
		.ctx = &ask,
	};

	return lab_command(&cmd, argc, argv);
}
