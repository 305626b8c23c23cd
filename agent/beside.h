/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A second process, on another CPU, that runs a program each time this one runs its own. This one
 * stays on one CPU, so that per-CPU values are the same from run to run.
 */
#ifndef CHECKJIT_AGENT_BESIDE_H
#define CHECKJIT_AGENT_BESIDE_H

/* Move to the first CPU. */
void beside_init(void);

/* Returns 0 if there is a second CPU, or -errno. */
int beside_probe(void);

/* Start the process that runs program @fd. Returns 0 or -errno. */
int beside_begin(int fd);

/* Have it run once, at the same time as what follows. */
void beside_go(void);

/* Wait until it has. Returns 0 or the -errno of the run. */
int beside_wait(void);

/* End the process if beside_begin() started one. */
void beside_end(void);

#endif
