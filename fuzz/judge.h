/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The oracles: judge a result (fuzz/target.h) and make a find of it. A wrong state is traced to the
 * first wrong instruction in the same guest; if that takes too much of the time, the input is put
 * aside.
 */
#ifndef CHECKJIT_FUZZ_JUDGE_H
#define CHECKJIT_FUZZ_JUDGE_H

#include "fuzz/finds.h"
#include "fuzz/target.h"
#include "session/known.h"

enum judged {
	JUDGED_GARBAGE, /* not a valid input */
	JUDGED_REFUSED, /* refused by the verifier */
	JUDGED_FINE,
	JUDGED_UNMODELLED, /* accepted, but the model cannot predict it */
	JUDGED_KNOWN,	   /* a failure that results/known lists */
	JUDGED_AGAIN,	   /* a find of an existing bucket */
	JUDGED_NEW,
	JUDGED_LATER, /* wrong, but put aside */
	JUDGED_SLOW, /* the load took too long or lacked memory; or no answer in time, but an answer
			in a fresh guest */
	JUDGED_SKIPPED,	 /* no engine of the guest can run it */
	JUDGED_ODD,	 /* no verdict: a map could not be made, or the engine was wrong */
	JUDGED_FALLBACK, /* the JIT leaves it to the interpreter */
	NR_JUDGED,
	JUDGED_STOP,	 /* killed by a signal */
	JUDGED_NO_GUEST, /* the guest does not boot any more */
};

#define JUDGE_ERRNOS 200 /* those of uapi, and some more */

struct judge {
	struct fuzz_target *t;
	struct finds *finds;
	struct known known;
	bool patient; /* trace regardless of the time */
	u64 start_us, traced_us, sound_us, freq_us;
	u64 sound; /* programs whose log was compared with the model */
	u64 freq;  /* programs loaded with FUZZ_STATE_FREQ, too */
	u64 counts[NR_JUDGED];
	u64 refused[JUDGE_ERRNOS]; /* loads by errno; [0]: larger values */
	u32 memory_refusals;	   /* consecutive inputs for which the guest lacked memory */
	struct {
		bool accepted; /* by a verifier */
		bool raw;      /* the raw route can run it, and the model judge it */
	} program;	       /* what is known of the last input */
};

/*
 * @known: path of results/known/<arch>.txt, or NULL. Returns 0, or -EINVAL after printing the
 * error.
 */
int judge_open(struct judge *j, struct fuzz_target *t, struct finds *finds, const char *known);
void judge_close(struct judge *j);

/* Parse, run, judge and count one input. */
enum judged judge_input(struct judge *j, const void *data, size_t len);
/*
 * The guest died (@how, @console) with several inputs in flight, and none of them repeats it.
 * @data is the last one of them.
 */
enum judged judge_unattributed(struct judge *j, enum attempt how, const char *console,
			       const void *data, size_t len);

/* Look at the guest itself if it is time: has it lost memory? */
enum judged judge_guest(struct judge *j);

const char *judged_name(enum judged what);

#endif
