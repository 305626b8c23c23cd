/* SPDX-License-Identifier: GPL-2.0 */
/* Starts a subcommand on one architecture's guest: machine, CPU, accelerator, options. */
#ifndef CHECKJIT_CMD_GUEST_H
#define CHECKJIT_CMD_GUEST_H

#include "cmd/args.h"

struct guest_start {
	const char *program; /* NULL: this one */
	const char *command; /* of checkjit: run, repro, verdict, ... */
	const char *arch;
	const char *work;   /* directory with ARCH.image, ARCH.agent, ARCH.cpio */
	const char *rundir; /* where the console goes, and what the command writes */
	int cpu_model;	    /* of the arch: 1, 2 or 3 */
};

/*
 * Become that command, with the settings of the environment as options, then @args. Returns an exit
 * code only if that fails. Changes the environment.
 */
int guest_exec(const struct guest_start *g, const struct args *args);

#endif
