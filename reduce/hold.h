/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a reduction preserves: the kind of finding that a trial shows. Tells whether another trial
 * shows the same.
 */
#ifndef CHECKJIT_HOLD_H
#define CHECKJIT_HOLD_H

#include "session/trial.h"

enum finding_kind {
	FINDING_NONE,
	FINDING_STATE,	/* it runs, and the state differs from the model's */
	FINDING_REJECT, /* refused, with this errno and message of the verifier */
	FINDING_CRASH,	/* the kernel prints this message */
	FINDING_HANG,
};

struct finding {
	enum finding_kind kind;
	int err;
	char *words;			 /* without numbers and addresses; or NULL */
	const struct insn_desc *culprit; /* an insn of this form must remain and be executed; NULL:
					    none in particular */
};

/* Sets @out to what @t shows: FINDING_NONE if it passes, is skipped, or cannot be reduced. */
void finding_of(const struct trial *t, struct finding *out);
bool finding_same(const struct finding *a, const struct finding *b);
void finding_free(struct finding *f);
/* "wrong state", "refused with errno 22: …": one line, valid until the next call. */
const char *finding_text(const struct finding *f);

/*
 * A line without what changes from boot to boot: numbers become '#', time stamps are dropped. The
 * caller frees it.
 */
char *normal_words(const char *line, size_t len);
/* The reason in a verifier's log, normalised as by normal_words(), or NULL. The caller frees it. */
char *verifier_words(const char *log);

/* The test of reduce_case() on a session: does one trial of the first vector still show @want? */
struct hold {
	struct session *session;
	const struct engine *engine;
	struct finding want;
	u32 trials, deaths; /* counted here */
};

/* Returns 1 if the case shows what is wanted, 0 if not, or -errno as session_try(). */
int hold_test(void *hold, struct bpf_case *c);

#endif
