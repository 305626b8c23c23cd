/* SPDX-License-Identifier: GPL-2.0 */
/* What to run: the members of all cases that were selected, in batches that may share a program. */
#ifndef CHECKJIT_PLAN_H
#define CHECKJIT_PLAN_H

#include "proto/hash.h"
#include "bpf/frame.h"
#include "gen/sweep.h"
#include "lib/diag.h"

/*
 * One case of the plan, with what the model says of it (computed when first asked for); or a pack, which is several
 * of them merged into one case (bpf/pack.h) and never has a verdict of its own.
 */
struct member {
	struct bpf_case *c;
	u32 first_vec, nr_vecs;
	struct model_state first;	/* after vector first_vec */
	struct wire_hash hash[2];	/* of the wide frame's slots; [1]: with the return values, as block 0 */
	bool hashed[2];
	bool modelled;
	char *fault;			/* the case or the model is wrong: what, or NULL */
	u32 done;			/* bit by engines[]: it has its verdict there, */
	u32 failed;			/* and that is FAIL */
	u32 place;			/* in the order of ids, of generated cases */
	u32 reach;			/* which engines it runs on: campaign/reach.h */
	bool generated;			/* its group is reported as a whole where all is well (runners/fold.h) */
	bool suspect;			/* crashed a guest: never again beside others */
	bool held;			/* passed alone after it was wrong in company; not recorded yet */
	u32 held_jited;
	struct member **lanes;		/* of a pack; NULL: it stands for itself */
	u32 nlanes;
};

/* Units first .. first + cnt - 1, which may share a program. */
struct batch {
	u32 first, cnt;
	u32 xlated_len;			/* as translated for the plain JIT, 0: not known */
	u32 jited_len;
};

struct plan {
	struct member *members;
	u32 cnt, cap;
	struct member **units;		/* every member once: itself, or as a lane of a pack */
	u32 nunits;
	struct batch *batches;
	u32 nbatches;
	struct case_file *files;	/* the cases point into them */
	u32 nfiles;
};

struct plan_select {
	const char *dir;		/* of cases, usually "cases" */
	const char *const *patterns;	/* globs over ids or FAMILY/NAME; an id, an id.vector; none: everything */
	u32 npatterns;
	bool none;			/* not even everything */
	u32 max_batch;			/* units in a program */
};

/* 0, or -EINVAL with @diag: a malformed case, or a pattern that matches nothing. */
int plan_load(const struct plan_select *sel, struct plan *out, struct diag *diag);
/* The next few thousand cases of the sweep's family at hand; false: it has no more, and @out is empty. @share: see reach_of(). */
bool plan_sweep(struct sweep *s, u32 share, u32 max_batch, struct plan *out);
void plan_free(struct plan *plan);

/* What @m stands for: its lanes, or (through @m) itself. */
struct member **member_lanes(struct member **m, u32 *cnt);

/*
 * Ask the model about @m for a guest of @order and @word_bits: m->first and m->fault. Where the case expects a
 * refusal there is nothing to ask.
 */
void member_model(struct member *m, enum byte_order order, int word_bits);

/* The hash that the agent must report for block @b of @prog, which is @m. */
struct wire_hash member_hash(struct member *m, const struct frame_prog *prog, u32 b, enum byte_order order, int word_bits);

#endif
