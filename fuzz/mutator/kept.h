/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs that reached new places of a JIT (follow.kept of fuzz/follow.h). afl-fuzz does not know
 * them, because its coverage is that of the verifier, so the mutator starts from them now and then.
 */
#ifndef CHECKJIT_FUZZ_KEPT_H
#define CHECKJIT_FUZZ_KEPT_H

#include "fuzz/mutator/mutate.h"

#define KEPT_MAX     64 /* programs in memory: a sample of all */
#define KEPT_SECONDS 30 /* age of the sample */

struct kept {
	const char *dirs; /* directories, separated by blanks; NULL: none */
	struct fuzz_input *inputs;
	u32 cnt;
	u64 looked_us; /* clock_us() of the last look at the directories */
};

/* Returns one of them, valid until the next call, or NULL if there are none. */
const struct fuzz_input *kept_pick(struct kept *k, struct rand *rand);
void kept_free(struct kept *k);

#endif
