/* SPDX-License-Identifier: GPL-2.0 */
/* The subcommands of checkjit: one file each, one row each in cmd/commands.def. */
#ifndef CHECKJIT_CMD_H
#define CHECKJIT_CMD_H

#include "lib/types.h"

/* argv[0] is the subcommand's name; returns an exit code of lib/util.h. --help prints the usage to
 * stdout, exit 0; wrong usage: a message that says what was expected, exit 2. */
#define COMMAND(id, name, help) int cmd_##id(int argc, char **argv);
#include "cmd/commands.def"
#undef COMMAND

struct command {
	const char *name, *help;
	int (*fn)(int argc, char **argv);
};

/* The rows of cmd/commands.def. */
extern const struct command commands[];
extern const u32 nr_commands;

#endif
