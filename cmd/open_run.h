/* SPDX-License-Identifier: GPL-2.0 */
/* The run that a command's argument names. */
#ifndef CHECKJIT_OPEN_RUN_H
#define CHECKJIT_OPEN_RUN_H

#include "report/record.h"

/* run_set_load(), with the reason of a failure on stderr. EXIT_OK, EXIT_USAGE: no such run,
 * EXIT_INFRA: a damaged one. */
int open_run(const char *name, struct run_set *set);

#endif
