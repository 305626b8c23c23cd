/* SPDX-License-Identifier: GPL-2.0 */
/* The judge, the only place where an answer of the guest, or its death, becomes a verdict. */
#ifndef CHECKJIT_JUDGE_H
#define CHECKJIT_JUDGE_H

#include "session/trial.h"

/*
 * Judge case @b of @x. @how, @reply and @console are those of exec_run() or exec_receive(); takes
 * @console. Compares the state by its dump if the request asked for one, else by its hash. Release
 * @out with trial_free().
 */
void judge(const struct session *s, struct exec *x, u32 b, enum attempt how,
	   const struct reply *reply, char *console, struct trial *out);

/* The verdict on a case that killed the guest in this way. */
enum verdict judge_death(enum attempt how);

/*
 * Does @reply tell the cases of @x apart? If not, or if the native audit objects, the program as a
 * whole failed, and its cases must be tried alone. True for a program of one case that ran.
 */
bool judge_by_block(const struct session *s, const struct exec *x, const struct reply *reply);

#endif
