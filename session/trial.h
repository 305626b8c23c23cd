/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A trial: one case, run once on one engine under one wrapper, alone in its program, and what came
 * of it. session/judge.h decides that.
 */
#ifndef CHECKJIT_TRIAL_H
#define CHECKJIT_TRIAL_H

#include "session/diff.h"
#include "session/verdict.h"

/* Never XFAIL or XPASS: results/known is not asked here. */
struct trial {
	enum attempt how; /* STOPPED and NO_GUEST: there is no verdict, the field says ERROR */
	enum verdict verdict;
	char *reason;	  /* of a verdict other than PASS, in one line without numbers; or NULL */
	char *detail;	  /* the numbers that go with it, or NULL */
	bool differs;	  /* it ran, and its state is not the model's */
	struct diff diff; /* how, where WIRE_DUMP asked for the state */
	u32 stage;	  /* enum wire_stage: how far it came */
	bool refused;	  /* not loaded; needs_jit: because only native code can run it */
	int err;	  /* errno of the refusal, positive; or 0 */
	bool needs_jit;
	u32 vectors; /* that ran */
	u32 jited_len, xlated_len, load_us, run_us;
	struct abi_word *abi; /* what native code did not preserve, in vector abi_vec */
	u32 nr_abi, abi_vec;
	char *log;		    /* the verifier's, or NULL */
	char *console;		    /* what the kernel said where the guest died, or NULL */
	struct wrapper_place place; /* where the case is in the program */
};

void trial_free(struct trial *t);

/* Reason and detail in one line; the caller frees. Empty: there is no reason. */
char *trial_text(const struct trial *t);

/*
 * Send @p on @e under the wrapper @kind, with @flags of enum wire_run_flags, and judge the answer.
 * Nothing else may be in flight. trial_free() @out.
 */
void trial_run(struct session *s, const struct engine *e, struct prediction *p,
	       enum wrapper_kind kind, u32 flags, struct trial *out);

/* What to try, for those who have a case and no prediction. */
struct trial_ask {
	const struct engine *engine;
	struct bpf_case *c;
	u32 first_vec, nr_vecs;	   /* nr_vecs 0: all vectors of the case */
	enum wrapper_kind wrapper; /* CASE_WRAPPER_LOW cases keep theirs */
	u32 flags;		   /* enum wire_run_flags beyond WIRE_DUMP */
};

/*
 * Ask engine and model whether the case can be run at all (SKIP and ERROR if not), then
 * trial_run() it with its whole state dumped. 0 with @out filled; -EINTR: a signal asks to stop;
 * -ENODEV: the guest does not come up any more.
 */
int session_try(struct session *s, const struct trial_ask *ask, struct trial *out);

/*
 * Why @p must not be run on @e although the engine can run it: what the verifier would keep from
 * it makes it undefined (session/raw.h). The caller frees; NULL: nothing speaks against it.
 */
char *session_unchecked(const struct session *s, const struct engine *e,
			const struct prediction *p);

#endif
