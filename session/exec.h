/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One program of one or more cases, sent to a session's guest for one engine. Several may be in
 * flight: exec_send() them, then exec_receive() in the same order.
 */
#ifndef CHECKJIT_EXEC_H
#define CHECKJIT_EXEC_H

#include "session/predict.h"
#include "session/request.h"
#include "session/session.h"

/* Sizes of a program in the kernel, in bytes. */
struct exec_size {
	u32 xlated_len, jited_len; /* 0: unknown */
};

struct exec {
	const struct engine *engine;
	struct prediction **cases; /* block i of the program is cases[i] */
	u32 cnt;
	struct wrapper_prog prog;
	struct request rq;
	struct exec_size plain; /* on the plain JIT; for engines that blind constants */
	u32 seq;
};

/* How an exec ended for the guest. CRASHED, HUNG and GARBAGE are deaths. */
enum attempt {
	ATTEMPT_ANSWERED,
	ATTEMPT_CRASHED,  /* the guest died, or its kernel complained */
	ATTEMPT_HUNG,	  /* no answer in time */
	ATTEMPT_GARBAGE,  /* a malformed answer */
	ATTEMPT_STOPPED,  /* a signal, or session.stop */
	ATTEMPT_NO_GUEST, /* it no longer boots */
	ATTEMPT_FAILED,	  /* nothing was sent: the program is too large */
};

bool attempt_died(enum attempt how);

/*
 * Put @cnt cases into one program, under the wrapper @kind unless case or engine demand another.
 * @flags: enum wire_run_flags. Returns NULL if the program is too large for the guest.
 */
struct exec *exec_new(struct session *s, const struct engine *e, struct prediction **cases, u32 cnt,
		      enum wrapper_kind kind, u32 flags);
void exec_free(struct exec *x);

/* Queue @x, after vectors that the guest lacks. The guest must be up. Returns 0 or -errno. */
int exec_send(struct session *s, struct exec *x);

/*
 * Wait for the answer to @x, the oldest in flight. @reply is valid until the next call on the
 * session. *@console: what the kernel printed if the guest died, else NULL; the caller frees.
 */
enum attempt exec_receive(struct session *s, struct exec *x, struct reply *reply, char **console);

/* Boot if needed, send, receive. Nothing else may be in flight. If @x is NULL: ATTEMPT_FAILED. */
enum attempt exec_run(struct session *s, struct exec *x, struct reply *reply, char **console);

#endif
