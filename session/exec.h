/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One program of one or more cases, sent to a session's guest on an engine. Several may be in
 * flight: exec_send() them, then exec_receive() in the same order.
 */
#ifndef CHECKJIT_EXEC_H
#define CHECKJIT_EXEC_H

#include "session/predict.h"
#include "session/request.h"
#include "session/session.h"

/* Sizes of a program as a kernel made it. */
struct exec_size {
	u32 xlated_len, jited_len; /* 0: not known */
};

struct exec {
	const struct engine *engine;
	struct prediction **cases; /* block i of the program is cases[i] */
	u32 cnt;
	struct wrapper_prog prog;
	struct request rq;
	struct exec_size plain; /* as the plain JIT has it, for engines that blind constants */
	u32 seq;
};

/* How a guest took it. CRASHED, HUNG and GARBAGE are deaths. */
enum attempt {
	ATTEMPT_ANSWERED,
	ATTEMPT_CRASHED,  /* the guest died, or its kernel complained */
	ATTEMPT_HUNG,	  /* no answer in time */
	ATTEMPT_GARBAGE,  /* a malformed answer */
	ATTEMPT_STOPPED,  /* a signal, or session.stop */
	ATTEMPT_NO_GUEST, /* it does not boot any more */
	ATTEMPT_FAILED,	  /* nothing was sent: the program is too large */
};

bool attempt_died(enum attempt how);

/*
 * @cnt cases in one program, under the wrapper @kind unless case or engine demand another. @flags:
 * enum wire_run_flags. NULL: it is too large for the guest.
 */
struct exec *exec_new(struct session *s, const struct engine *e, struct prediction **cases, u32 cnt,
		      enum wrapper_kind kind, u32 flags);
void exec_free(struct exec *x);

/* Queue it, after its vectors if the guest lacks them. The guest must be up. 0 or -errno. */
int exec_send(struct session *s, struct exec *x);

/*
 * Wait for the answer to @x, the oldest in flight. @reply is valid until the next call on the
 * session. *@console: what the kernel said where the guest died, else NULL; the caller frees.
 */
enum attempt exec_receive(struct session *s, struct exec *x, struct reply *reply, char **console);

/* Boot if needed, send, receive. Nothing else may be in flight. @x may be NULL: ATTEMPT_FAILED. */
enum attempt exec_run(struct session *s, struct exec *x, struct reply *reply, char **console);

#endif
