/* SPDX-License-Identifier: GPL-2.0 */
/* The agent as a program on a machine with other work (--stdio) instead of /init of a guest. */
#ifndef CHECKJIT_AGENT_PROGRAM_H
#define CHECKJIT_AGENT_PROGRAM_H

#include <poll.h>

/*
 * Become two processes. It returns in the worker; the other one waits for the worker's end, however
 * it ends, and restores the machine.
 */
void program_begin(void);

/* Make stdin and stdout the byte stream. Returns 0 or -errno. */
int program_stdio(void);

/* Copy new kernel messages to stderr, ahead of the answer that they may concern. */
void program_before_answer(void);

/* poll() of one descriptor that also copies kernel messages to stderr. */
int program_poll(struct pollfd *p, int ms);

#endif
