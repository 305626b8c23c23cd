/* SPDX-License-Identifier: GPL-2.0 */
/* What to run: all selected cases, in batches that may share a program. */
#ifndef CHECKJIT_PLAN_H
#define CHECKJIT_PLAN_H

#include "gen/sweep.h"
#include "lib/diag.h"
#include "session/exec.h"

/*
 * One case of the plan, or a pack: several cases merged into one (bpf/pack.h), which never has its
 * own verdict.
 */
struct plan_entry {
	struct prediction p;
	u32 done;		   /* a bit per engine: it has its verdict */
	u32 failed;		   /* a bit per engine: that verdict is FAIL */
	u32 place;		   /* in the order of ids */
	u32 reach;		   /* which engines it runs on: reach.h */
	bool generated;		   /* counted by group while it passes (counts.h) */
	bool named;		   /* asked for by its id: it has a record of its own */
	bool suspect;		   /* it killed a guest: run it alone from now on */
	bool passed_alone;	   /* it passed after its batch failed; not recorded yet */
	u32 jited_alone;	   /* bytes of native code in that run */
	struct plan_entry **lanes; /* of a pack; NULL: a single case */
	u32 nlanes;
};

/* The bit of @e in done and failed. */
static inline u32 engine_bit(const struct engine *e)
{
	return 1u << (e - engines);
}

/* Units first .. first + cnt - 1, which may share a program. */
struct batch {
	u32 first, cnt;
	struct exec_size plain; /* of its program on the plain JIT */
};

struct plan {
	struct plan_entry *entries;
	u32 cnt, cap;
	struct plan_entry **units; /* every entry once: by itself, or as a lane of a pack */
	u32 nunits;
	struct batch *batches;
	u32 nbatches;
	struct case_file *files; /* the cases point into them */
	u32 nfiles;
};

struct plan_select {
	const char *dir;	     /* of cases, usually "cases" */
	const char *const *patterns; /* globs over ids or FAMILY/NAME; ids; ids with .vector */
	u32 npatterns;		     /* 0: everything */
	bool none;		     /* select nothing */
	bool sample;		     /* engines that add load flags run a part: reach_group() */
	bool quick;		     /* and others a part of what raw engines run: reach_id() */
	u64 seed;		     /* decides which */
	u32 max_batch;		     /* units per program */
	u32 shard, nshards;	     /* operations of this one of so many; nshards 0: all */
};

/* Returns 0; -EINVAL with @diag: a malformed case, or a pattern that matches nothing. */
int plan_load(const struct plan_select *sel, struct plan *out, struct diag *diag);

/*
 * Plan the next few thousand cases of the current family; without @raw, not those that only raw
 * engines run. Returns false with @out empty if there are none left. @share: see reach_of().
 */
bool plan_sweep(struct sweep *s, u32 share, u32 max_batch, bool raw, struct plan *out);
void plan_free(struct plan *plan);

/* Returns the cases of @e, *@cnt of them: its lanes, or @e itself. */
struct plan_entry **entry_lanes(struct plan_entry **e, u32 *cnt);

#endif
