/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which generated cases a run has, one after the other: nothing of what went before is kept, so that memory stays flat
 * however long the sweep.
 */
#ifndef CHECKJIT_SWEEP_H
#define CHECKJIT_SWEEP_H

#include "gen/gen.h"

enum sweep_profile {
	SWEEP_NONE,
	SWEEP_QUICK,		/* at most a minute a guest, spread evenly over all families; most of it on raw engines alone */
	SWEEP_NIGHTLY,		/* everything */
};

/*
 * How far a case gets. The quick sweep gives most to the engines that load without the verifier, twenty times as fast, and of the rest
 * less to the others than to the JIT.
 */
enum sweep_reach {
	REACH_RAW,		/* raw engines alone */
	REACH_JIT,
	REACH_HARDENED,		/* and with blinded constants */
	REACH_ALL,		/* the interpreter, and who loads without capabilities */
	NR_REACHES
};

struct sweep_conf {
	enum sweep_profile profile;
	u64 seed;			/* of what quick picks */
	u32 share;			/* quick loads one in so many of what it loads elsewhere (0: all): the arch's verifier is slow */
	u32 shard, nshards;		/* this one of so many; nshards 0: there is only one */
	const char *const *patterns;	/* globs or ids that begin with gen; given: all that they name, whatever the profile */
	u32 npatterns;
};

struct sweep {
	struct sweep_conf conf;
	const struct gen_family *const *families;	/* gen_families[]; a test may give others after sweep_open() */
	u32 nfamilies;
	u32 at;			/* the family after the one at hand */
	const struct gen_family *f;	/* the one at hand */
	u64 next;		/* position in the family: of @take */
	u64 key;		/* of the family: a hash of its name */
	u64 count;		/* cases of this family */
	u64 take;		/* so many are taken of this family */
	u64 seen;		/* of those, wanted so far, before shards are cut */
	u64 position;		/* the same in the whole sweep, for progress */
};

/* 0, or -EINVAL with the reason said: a pattern that names nothing. */
int sweep_open(struct sweep *s, const struct sweep_conf *conf);

/* The case at hand. */
struct sweep_pick {
	long vec;		/* the one vector that is wanted, or -1: all */
	enum sweep_reach reach;
};

/* The next case of the family at hand (the caller frees it), or NULL: the family has no more. */
struct bpf_case *sweep_next(struct sweep *s, struct sweep_pick *pick);

/* Go to the next family; false: that was the last one. */
bool sweep_family(struct sweep *s);

/* How many cases the whole sweep has, and how many of them get so far or further. */
struct sweep_size {
	u64 cases, reach[NR_REACHES];
};

struct sweep_size sweep_size(const struct sweep_conf *conf);

/* Those of the @n patterns that are about generated cases to the end; how many others there are. */
int gen_patterns_last(char **patterns, int n);

/* "quick", "nightly", "none", or -EINVAL; "3/8" as shard and nshards. */
int sweep_profile_by_name(const char *name);
int sweep_parse_shard(const char *text, u32 *shard, u32 *nshards);

#endif
