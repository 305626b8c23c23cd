/* SPDX-License-Identifier: GPL-2.0 */
/* Other programs: run, waited for, read from. */
#ifndef CHECKJIT_PROC_H
#define CHECKJIT_PROC_H

#include <sys/types.h>
#include "cmd/args.h"

/* fork() with stdout flushed. The child gets the SIGTERM that this process gets until proc_wait()
 * has seen its end. -1: said on stderr. */
pid_t proc_fork(void);
/* Start @a (the program is its first word). Its pid, or -1, said on stderr. */
pid_t proc_start(const struct args *a);
/* Wait for @pid (-1: any child) and put it into *@who, which may be NULL. Its exit code, 128 + N
 * where signal N ended it; -1: there is no child. */
int proc_wait(pid_t pid, pid_t *who);
/* Both: the exit code; 127: it could not be started, said on stderr. */
int proc_run(const struct args *a);
/* The same with its stdout, without the newlines at its end, in *@out (caller frees, never NULL).
 */
int proc_output(const struct args *a, char **out);

/* Append the words that @script prints, with its argument (or NULL), to @to. Its exit code. */
int proc_words(const char *script, const char *arg, struct args *to);

/* In a child: stdout and stderr go to the end of the file @path. 0, or -EIO, said on stderr. */
int proc_log(const char *path);

/* From here on SIGINT and SIGTERM set proc_stopped and do not end this program. SIGTERM is passed
 * on to its children; a terminal sends SIGINT to them itself. */
void proc_catch_signals(void);
extern volatile int proc_stopped;

#endif
