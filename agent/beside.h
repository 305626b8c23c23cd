/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A second process, on another CPU, that runs a program each time this one runs its own, or changes
 * something all the time. This one stays on one CPU, so that per-CPU values are the same from run
 * to run.
 */
#ifndef CHECKJIT_AGENT_BESIDE_H
#define CHECKJIT_AGENT_BESIDE_H

#include "agent/load.h"

/* Move to the first CPU. */
void beside_init(void);

/* Returns 0 if there is a second CPU, or -errno. */
int beside_probe(void);

/*
 * Returns 0 if it may also change code that this one runs, or -errno. Where QEMU translates x86, a
 * CPU may meet a breakpoint that another one has removed: the kernel dies of an int3 that is
 * nobody's.
 */
int beside_probe_text(void);

/* Start the process that runs program @fd. Returns 0 or -errno. */
int beside_begin(int fd);

/* Have it run once, at the same time as what follows. */
void beside_go(void);

/* Wait until it has. Returns 0 or the -errno of the run. */
int beside_wait(void);

/*
 * Start a process that calls @change(@rq, @ld) over and over until it fails, and wait for the first
 * call. Returns 0 or -errno.
 */
int beside_begin_changes(int (*change)(struct request *rq, struct loaded *ld), struct request *rq,
			 struct loaded *ld);

/* Returns how many calls of it were made, and the -errno of the last one. */
u32 beside_changes(void);
int beside_error(void);

/* End the process if one was started. */
void beside_end(void);

#endif
