// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include "cmd/cmd.h"
#include "lib/shipped.h"
#include "lib/util.h"
#include "lib/version.h"

#define COMMAND(id, name, help) { name, help, cmd_##id },
const struct command commands[] = {
#include "cmd/commands.def"
};
#undef COMMAND
const u32 nr_commands = ARRAY_SIZE(commands);

static void usage(FILE *f)
{
	fprintf(f,
		"usage: checkjit COMMAND [ARGUMENT...]\n"
		"       checkjit --version\n\n"
		"Conformance suite for the eBPF JIT compilers of the Linux kernel.\n"
		"`%s` shows the jobs that boot machines; these are their parts:\n\n",
		is_installed() ? "checkjit job --help" : "make help");
	for (u32 i = 0; i < nr_commands; i++)
		fprintf(f, "  %-12s %s\n", commands[i].name, commands[i].help);
	fprintf(f, "\n`checkjit COMMAND --help` explains each.\n"
		   "Exit codes: 0 ok, 1 findings, 2 usage or bad input, 3 infrastructure.\n");
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return EXIT_OK;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("checkjit %s\n", checkjit_version());
		return EXIT_OK;
	}
	for (u32 i = 0; i < nr_commands; i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].fn(argc - 1, argv + 1);
	pr_err("unknown command '%s' (expected one of those that `checkjit --help` lists)",
	       argv[1]);
	return EXIT_USAGE;
}
