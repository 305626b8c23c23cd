/* SPDX-License-Identifier: GPL-2.0 */
/* What every file of the agent may use: the console, small files, time, modules, the end. */
#ifndef CHECKJIT_AGENT_BASE_H
#define CHECKJIT_AGENT_BASE_H

#include "agent/types.h"

/*
 * The agent is a program on a machine with other work (--stdio), not /init of a guest: it mounts
 * nothing, inserts no module and never reboots. program_begin() sets it.
 */
extern int as_program;

/* Print a line on the console (stderr). */
void __printf(1, 2) say(const char *fmt, ...);

/* End the guest; as a program, exit with @status. */
#define LEAVE_FAILED 3
__attribute__((noreturn)) void leave(int status);

/* Write @text to the file. Returns 0 or -errno. */
int write_file(const char *path, const char *text);

/* Read up to @size - 1 bytes and add a NUL. Returns their number or -errno. */
int read_small_file(const char *path, char *buf, u32 size);

/* Returns what follows "@key" on the kernel's command line, or NULL. */
const char *cmdline_param(const char *key);

/* Monotonic time in microseconds. */
u64 now_us(void);
void sleep_ms(u32 ms);

/* Insert the kernel module @path. Returns 0 or -errno. */
int module_insert(const char *path);

#endif
