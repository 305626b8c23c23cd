/* SPDX-License-Identifier: GPL-2.0 */
/* Runs one arch: boots, runs the plan on every engine, judges, records. Survives any guest. */
#ifndef CHECKJIT_RUN_H
#define CHECKJIT_RUN_H

#include "campaign/plan.h"
#include "report/record.h"
#include "session/engine.h"

struct session;

struct run_conf {
	struct guest_conf guest;
	const char *cpu2; /* the arch's second CPU model, for recheck.h; or NULL */
	const struct engine *engines[NR_ENGINES];
	u32 nengines;
	struct sweep_conf sweep; /* generated cases, run after the plan */
	u32 share;		 /* see reach_of() */
	u32 max_batch;		 /* units per program of the sweep */
	u32 stop_after;		 /* end the run after so many findings; 0: never */
	/* the code of a case on an engine, for the record of a wrong state; NULL where it has none
	 */
	char *(*code)(struct session *session, const struct engine *e, struct bpf_case *c);
	u32 max_crashes; /* per family and engine; then the rest of the family is quarantined */
	bool progress;	 /* print progress */
	bool resume;
	const char *rundir;
	const char *known;    /* path of results/known/<arch>.txt */
	struct run_info info; /* for the results' header; the guest fills in its part */
};

/* Returns an exit code of lib/util.h. */
int run_arch(const struct run_conf *conf, struct plan *plan);

#endif
