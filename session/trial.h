/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A trial: one case, run once on one engine under one wrapper, alone in its program.
 * session/judge.h judges it.
 */
#ifndef CHECKJIT_TRIAL_H
#define CHECKJIT_TRIAL_H

#include "session/diff.h"
#include "session/verdict.h"

/* XFAIL and XPASS speak of quirks alone (session_expect()); rows by id are not consulted. */
struct trial {
	enum attempt how; /* STOPPED and NO_GUEST: no verdict, the field is ERROR */
	enum verdict verdict;
	char *reason;	  /* for a verdict other than PASS: one line without numbers, or NULL */
	char *detail;	  /* the numbers for reason, or NULL */
	bool differs;	  /* it ran, and its state is neither the model's nor the predicted one */
	bool audit;	  /* its state is right, but the native audit objects to its code */
	quirk_set quirks; /* those that predict another state than the standard's: bit per enum
			     quirk */
	struct diff diff; /* the difference, if WIRE_DUMP asked for the state */
	u32 stage;	  /* enum wire_stage: how far it got */
	bool refused;	  /* not loaded; needs_jit: because only native code can run it */
	int err;	  /* errno of the refusal, positive; or 0 */
	bool needs_jit;
	u32 vectors; /* number of vectors that ran */
	u32 jited_len, xlated_len, load_us, run_us;
	struct abi_word *abi; /* not preserved by native code, in vector abi_vec */
	u32 nr_abi, abi_vec;
	char *log;		    /* the verifier's, or NULL */
	char *console;		    /* what the kernel printed if the guest died, or NULL */
	struct wrapper_place place; /* where the case is in the program */
};

void trial_free(struct trial *t);

/* Returns reason and detail in one line, or an empty one; the caller frees. */
char *trial_text(const struct trial *t);

/*
 * Run @p on @e under the wrapper @kind, with @flags of enum wire_run_flags, and judge the answer.
 * Nothing else may be in flight. Release @out with trial_free().
 */
void trial_run(struct session *s, const struct engine *e, struct prediction *p,
	       enum wrapper_kind kind, u32 flags, struct trial *out);

/* What to try, for callers with a case and no prediction. */
struct trial_ask {
	const struct engine *engine;
	struct bpf_case *c;
	u32 first_vec, nr_vecs;	   /* nr_vecs 0: all vectors of the case */
	enum wrapper_kind wrapper; /* CASE_WRAPPER_LOW cases keep theirs */
	u32 flags;		   /* enum wire_run_flags beyond WIRE_DUMP */
};

/*
 * Give SKIP or ERROR if engine or model cannot run the case, else trial_run() it with its state
 * dumped. Returns 0 with @out filled; -EINTR: a signal asks to stop; -ENODEV: the guest no longer
 * boots.
 */
int session_try(struct session *s, const struct trial_ask *ask, struct trial *out);

/*
 * Returns why @p must not run on @e although the engine can run it: only the verifier's rewrites
 * make it defined (session/raw.h), or a known bug may hang there (session/trap.h). The caller
 * frees; NULL: it may run.
 */
char *session_unchecked(const struct session *s, const struct engine *e,
			const struct prediction *p);

#endif
