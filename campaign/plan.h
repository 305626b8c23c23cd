/* SPDX-License-Identifier: GPL-2.0 */
/* What to run: all cases that were selected, in batches that may share a program. */
#ifndef CHECKJIT_PLAN_H
#define CHECKJIT_PLAN_H

#include "gen/sweep.h"
#include "lib/diag.h"
#include "session/exec.h"

/*
 * One case of the plan; or a pack, which is several of them merged into one case (bpf/pack.h) and
 * never has a verdict of its own.
 */
struct plan_entry {
	struct prediction p;
	u32 done;		   /* bit by engines[]: it has its verdict there, */
	u32 failed;		   /* and that is FAIL */
	u32 place;		   /* in the order of ids, of generated cases */
	u32 reach;		   /* which engines it runs on: reach.h */
	bool generated;		   /* its group is one record where all of it passes (counts.h) */
	bool suspect;		   /* it killed a guest: always alone from then on */
	bool passed_alone;	   /* after its batch was wrong; not recorded yet */
	u32 jited_alone;	   /* bytes of native code then */
	struct plan_entry **lanes; /* of a pack; NULL: it stands for itself */
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
	struct plan_entry **units; /* every entry once: itself, or as a lane of a pack */
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
	bool none;		     /* nothing at all */
	u32 max_batch;		     /* units in a program */
};

/* 0, or -EINVAL with @diag: a malformed case, or a pattern that matches nothing. */
int plan_load(const struct plan_select *sel, struct plan *out, struct diag *diag);

/*
 * The next few thousand cases of the family at hand. False: it has no more, and @out is empty.
 * @share: see reach_of().
 */
bool plan_sweep(struct sweep *s, u32 share, u32 max_batch, struct plan *out);
void plan_free(struct plan *plan);

/* The cases that @e stands for, @cnt of them: its lanes, or (through @e) itself. */
struct plan_entry **entry_lanes(struct plan_entry **e, u32 *cnt);

#endif
