/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A lab: one guest in which single cases are tried out, one after the other, with everything that they show. What
 * repro, trace, reduce, attribution, the plugin and the fuzzer stand on; a run over many cases is campaign/run.h.
 * A guest that dies of a trial is booted again for the next one.
 */
#ifndef CHECKJIT_LAB_H
#define CHECKJIT_LAB_H

#include "report/verdict.h"
#include "explain/diff.h"
#include "campaign/runner.h"

struct lab {
	struct run_conf conf;
	struct runner r;	/* r.guest: what the guest said of itself */
};

/* What to try. */
struct trial_ask {
	const struct engine *engine;
	struct bpf_case *c;
	u32 first_vec, nr_vecs;	/* nr_vecs 0: all vectors of the case */
	enum frame_kind frame;	/* FRAME_LOW cases keep theirs */
	u32 flags;		/* enum wire_run_flags beyond WIRE_DUMP */
};

/* What came of it. Never XFAIL, XPASS: results/known is not asked here. */
struct trial {
	enum verdict verdict;
	char *reason;		/* of a verdict other than PASS, one line, or NULL */
	struct diff diff;	/* FAIL by state: diff.failed vectors */
	int err;		/* of a failed load, positive */
	u32 jited_len, xlated_len, load_us, run_us;
	char *log;		/* the verifier's, or NULL */
	char *console;		/* of a guest that died, or NULL */
	struct insn *xlated;	/* WIRE_XLATED: the translated program */
	u32 nr_xlated;
	u8 *jited;		/* WIRE_JITED: its native code, all functions one after the other */
	u32 jited_size;
	enum model_stop fault;	/* ERROR because the model cannot run the case */
	struct frame_place place;	/* where the case went in the program */
};

/* Boot. 0, or -errno with the reason said on stderr. @conf must outlive the lab. */
int lab_open(struct lab *lab, const struct guest_conf *conf);
void lab_close(struct lab *lab);

/*
 * One load and one run of every vector that was asked for, with the whole state dumped and compared with the model.
 * 0 with @out filled (trial_free() it); -EINTR: a signal asks to stop; -ENODEV: the guest does not come up any more.
 */
int lab_try(struct lab *lab, const struct trial_ask *ask, struct trial *out);
void trial_free(struct trial *t);

#endif
