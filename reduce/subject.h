/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Used before and after a reduction or a trace: which engine and vector of a case fail, and do they
 * fail every time?
 */
#ifndef CHECKJIT_SUBJECT_H
#define CHECKJIT_SUBJECT_H

#include "reduce/hold.h"

struct subject {
	const struct engine *engine; /* the first of the given engines that fails */
	u32 vec;		     /* the first failing vector */
	struct bpf_case *c;	     /* that vector alone: case_dup_vec() */
	struct finding finding;
};

/*
 * Run @c on @engines, all vectors or @vec if >= 0, then the failing one several times. A failure
 * that the session's quirks do not predict comes first, and stays one to the end; if there is none,
 * the session forgets its quirks. Returns 0;
 * -ENOENT: no engine fails; -EAGAIN: it fails only sometimes; -ENOTSUP: such a failure cannot be
 * traced or reduced; or -errno of session_try(). All errors but the last are printed.
 */
int subject_find(struct session *session, const struct engine *const *engines, u32 nengines,
		 struct bpf_case *c, long vec, struct subject *out);
void subject_free(struct subject *s);

/*
 * Does @c show @want on @engine in each of @boots fresh guests? Returns 1, 0 or -errno of
 * session_try().
 */
int subject_prove(struct session *session, const struct engine *engine, struct bpf_case *c,
		  const struct finding *want, u32 boots);

/*
 * The exit code for @ret, which is 0 or an error of these functions or of a trace or reduction of
 * @c. Prints errors not printed yet. @what: "trace".
 */
int subject_exit(int ret, const struct bpf_case *c, const char *what);

#endif
