/* SPDX-License-Identifier: GPL-2.0 */
/* One arch: boot, run the plan on every engine, judge, record. Survives whatever the guest does. */
#ifndef CHECKJIT_RUN_H
#define CHECKJIT_RUN_H

#include "campaign/plan.h"
#include "report/record.h"
#include "session/engine.h"

struct run_conf {
	struct guest_conf guest;
	const char *cpu2; /* the arch's second CPU model, for recheck.h; or NULL */
	const struct engine *engines[NR_ENGINES];
	u32 nengines;
	struct sweep_conf sweep; /* generated cases, after those of the plan */
	u32 share;		 /* see reach_of() */
	u32 max_batch;		 /* units in a program of the sweep */
	u32 stop_after;		 /* findings: then the run ends; 0: never */
	u32 max_crashes;	 /* in a family, on an engine; then the rest of it is quarantined */
	bool progress;		 /* say how far it is */
	bool resume;
	const char *rundir;
	const char *known;    /* path of results/known/<arch>.txt */
	struct run_info info; /* for the results' header; the guest's part is filled in */
};

/* Returns an exit code of lib/util.h. */
int run_arch(const struct run_conf *conf, struct plan *plan);

#endif
