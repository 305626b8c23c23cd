/* SPDX-License-Identifier: GPL-2.0 */
/* What the filters among the subcommands share. */
#ifndef CHECKJIT_CMD_STDIN_H
#define CHECKJIT_CMD_STDIN_H

#include <stdbool.h>

/* After opts_parse(): is there no argument left? Where there is one, it is complained about. */
bool no_arguments(int argc, char **argv);

/* All of stdin as a string (caller frees); NULL where it cannot be read or has a NUL byte, with the
 * exit code in *@ret. */
char *read_stdin(int *ret);

/* EXIT_OK, or EXIT_INFRA where stdout did not take everything. */
int flush_stdout(void);

#endif
