/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the oracles share: each is a file fuzz/oracle_*.c, and fuzz/judge.c asks them one after the
 * other. They return what the input is judged to be.
 */
#ifndef CHECKJIT_FUZZ_ORACLE_H
#define CHECKJIT_FUZZ_ORACLE_H

#include "fuzz/judge.h"
#include "reduce/hold.h"

/* The result of an input that is judged. */
struct trial_of {
	struct judge *j;
	struct fuzz_result *result;
	const struct fuzz_input *in;
	const void *data;
	size_t len;
};

/* Make a case of the input that loads, and runs as far as the model can tell what must come out. */
void oracle_settle(struct prediction *p);

/*
 * Keep a find with the case @c (may be NULL) in bucket @b: JUDGED_NEW or JUDGED_AGAIN. The case of
 * the input itself is settled.
 */
enum judged oracle_keep(struct trial_of *o, struct bucket *b, struct bpf_case *c, const char *text,
			const char *console);

/* "ARCH, kernel RELEASE", valid until the next call. */
const char *oracle_where(const struct judge *j);

/* ---- the kernel ---- */

/*
 * Keep a death. @engine: one on which it happens again with this input alone; NULL: none, and
 * @label stands for it in the bucket's name, @remark in the text.
 */
enum judged oracle_keep_death(struct trial_of *o, const struct finding *first,
			      const struct engine *engine, const char *label, const char *remark);

/* Keep a death that did not happen again. */
enum judged oracle_unattributed(struct trial_of *o, const struct finding *first);

/* The verifier may need more memory than a small guest has: is that what @console says? */
bool oracle_out_of_memory(const char *console);

/* The guest died or gave no answer. */
enum judged oracle_died(struct trial_of *o);

/* The guest lost memory. */
enum judged oracle_memory(struct trial_of *o);

/* ---- the verifier ---- */

/* errno EFAULT: an internal error of the verifier? */
enum judged oracle_confused(struct trial_of *o);

/* Accepted for the first engine and refused for @e: does the first one still accept it? */
enum judged oracle_refused_later(struct trial_of *o, const struct engine_result *e);

/*
 * Load it once more with FUZZ_STATE_FREQ, which decides when states are kept and nothing else.
 * @what: what the input was judged to be without.
 */
enum judged oracle_state_freq(struct trial_of *o, enum judged what);

/* ---- the state, and what the verifier takes it to be ---- */

/* Does @e have another state than the model's, or a violated ABI? */
bool oracle_is_wrong(const struct engine_result *e);
enum judged oracle_state(struct trial_of *o);
enum judged oracle_soundness(struct trial_of *o);

#endif
