/* SPDX-License-Identifier: GPL-2.0 */
/* `make repro`: everything about one case, engine by engine, on stdout. */
#ifndef CHECKJIT_SHOW_H
#define CHECKJIT_SHOW_H

#include "session/trial.h"

struct show_ask {
	const struct engine *const *engines;
	u32 nengines;
	struct bpf_case *c;
	long vec;     /* one vector, or -1 for all */
	bool verbose; /* show fill, spill and unchanged state, too */
	bool infer;   /* see translate_case() */
};

/* Returns an exit code of lib/util.h: EXIT_FINDINGS if an engine fails. */
int show_case(struct session *session, const struct show_ask *ask);

/*
 * Load @c on @engine. Returns the insns under test as the verifier translated them, each with its
 * native code, as show_case() lists them, or NULL if there is nothing to list. The caller frees it.
 */
char *code_text(struct session *session, const struct engine *engine, struct bpf_case *c);

#endif
