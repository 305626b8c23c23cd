/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Jobs that boot guests, such as `make run` and `make repro`. They read the settings from the
 * environment.
 */
#ifndef CHECKJIT_JOB_H
#define CHECKJIT_JOB_H

#include "cmd/args.h"
#include "cmd/settings.h"

/* Append the words of a command that does @job. */
void job_command(struct args *a, enum job_id job);
/* Build what is missing, boot a guest for each of ARCH, do @job in it, report. An exit code of
 * lib/util.h. */
int job_guests(enum job_id job);
/* Run the cases again after each change of the source tree KERNEL, until a signal comes, and print
 * what each change brought. The exit code of the last run. */
int job_watch(void);
/* Run one case on all engines of all architectures, and say who stands alone. */
int job_attribute(void);
/* `make run` on the machines of HOSTS. An exit code of lib/util.h. */
int job_hosts(void);
/* A night of runs: cmd/job_nightly.c. */
int job_nightly(void);

#endif
