/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest that follows: it runs what the verifier of another guest accepted. Most programs take the
 * raw route, many in flight, with their states compared by hash. What the raw route cannot run, and
 * what reached new places of the verifier, goes to the engines that verify, newest first, in a
 * bounded share of the time. While no raw program waits, variants of the last ones take turns with
 * those. Whatever is odd runs again alone, under the judge of all inputs.
 */
#ifndef CHECKJIT_FUZZ_FOLLOW_H
#define CHECKJIT_FUZZ_FOLLOW_H

#include "fuzz/forkserver.h"
#include "fuzz/judge.h"
#include "fuzz/spool.h"
#include "fuzz/mutator/variants.h"

struct follow {
	struct judge *j;
	struct spool_reader raw, verified;
	const char *kept; /* directory for programs that reach new places of the JIT, or NULL */
	void (*tick)(void *ctx); /* called now and then */
	void *ctx;
	/* counted here: programs on the raw JIT (or the raw interpreter alone), those of them on
	 * the raw interpreter too, variants, and inputs on the engines that verify */
	u64 nr_raw, nr_interp, nr_variants, nr_verified;
	u64 raw_us, verified_us;
	struct variants variants;
	bool varies;		/* what runs now is a variant */
	u64 edges;		/* places of the JIT: pairs, as for afl-fuzz */
	u8 seen[FUZZ_MAP_SIZE]; /* them */
};

/*
 * Run programs from the spool @dir, as reader @instance, until a signal asks to stop. The members
 * .j, .kept, .tick and .ctx are set. Returns an exit code.
 */
int follow_run(struct follow *f, const char *dir, const char *instance);

#define FOLLOW_BATCH 32 /* programs in flight at most */

/*
 * Run up to FOLLOW_BATCH programs on the raw route, and judge them. Returns JUDGED_FINE,
 * JUDGED_STOP or JUDGED_NO_GUEST.
 */
enum judged follow_batch(struct follow *f, const struct fuzz_bytes *programs, u32 n);

#endif
