/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The oracles: what is to be thought of a shot (fuzz/target.h), and the find that becomes of it. A wrong state is traced to the
 * first instruction that goes wrong, in the same guest; where that takes too much of the time, the input is put aside.
 */
#ifndef CHECKJIT_FUZZ_JUDGE_H
#define CHECKJIT_FUZZ_JUDGE_H

#include "fuzz/finds.h"
#include "fuzz/target.h"
#include "report/known.h"

enum judged {
	JUDGED_GARBAGE,		/* no input at all */
	JUDGED_REFUSED,		/* by the verifier */
	JUDGED_FINE,
	JUDGED_UNMODELLED,	/* accepted, and the model has nothing to compare with */
	JUDGED_KNOWN,		/* a finding that results/known lists */
	JUDGED_AGAIN,		/* a find whose bucket there is */
	JUDGED_NEW,
	JUDGED_LATER,		/* wrong, and put aside */
	JUDGED_SLOW,		/* too long a load; no memory for it; no answer in time, and an answer of a fresh guest */
	JUDGED_SKIPPED,		/* none of the guest's engines can take it */
	JUDGED_ODD,		/* no verdict to be had: a map could not be made, the engine was not what it should be */
	NR_JUDGED,
	JUDGED_STOP,		/* a signal */
	JUDGED_NO_GUEST,	/* it does not come up any more */
};

#define JUDGE_ERRNOS	200	/* those of uapi, and some */

struct judge {
	struct target *t;
	struct finds *finds;
	struct known known;
	bool patient;		/* trace whatever it takes */
	u64 start_us, traced_us, sound_us;
	u64 sound;		/* programs whose log was compared with the model */
	u64 counts[NR_JUDGED];
	u64 refused[JUDGE_ERRNOS];	/* loads, by errno; [0]: what is larger */
	u32 starved;		/* inputs in a row for which the guest had no memory */
};

/* @known: path of results/known/<arch>.txt, or NULL. 0 or -EINVAL, said on stderr. */
int judge_open(struct judge *j, struct target *t, struct finds *finds, const char *known);
void judge_close(struct judge *j);

/* One input: parsed, shot, judged, counted. */
enum judged judge_input(struct judge *j, const void *data, size_t len);
const char *judged_name(enum judged what);

#endif
