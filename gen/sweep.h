/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which generated cases a run has, one after the other. Nothing of the earlier ones is kept, so
 * memory stays flat however long the sweep is.
 */
#ifndef CHECKJIT_SWEEP_H
#define CHECKJIT_SWEEP_H

#include "gen/gen.h"

enum sweep_profile {
	SWEEP_NONE,
	SWEEP_QUICK,   /* a part of each family, at most a minute per guest */
	SWEEP_NIGHTLY, /* everything */
};

struct sweep_conf {
	enum sweep_profile profile;
	u64 seed;	    /* decides what quick picks */
	u32 shard, nshards; /* this one of so many; nshards 0: there is only one */
	/* globs or ids that begin with gen: all that they name, whatever the profile; 0: the
	 * profile's */
	const char *const *patterns;
	u32 npatterns;
};

struct sweep {
	struct sweep_conf conf;
	/* gen_families[]; a test may give others after sweep_open() */
	const struct gen_family *const *families;
	u32 nfamilies;
	u32 at;			    /* the family after the current one */
	const struct gen_family *f; /* the current family */
	u64 key;		    /* of the family: a hash of its name */
	u64 count;		    /* its cases */
	u64 take;		    /* so many of them are taken */
	u64 next;		    /* the next of those */
	u64 seen;		    /* those that patterns select, so far, in all shards */
	u64 position;		    /* the same over all families, for progress */
};

/* What the sweep takes next. */
struct sweep_pick {
	u64 index;    /* in the family, for gen_nth() */
	u64 position; /* among those taken of the family */
	long vec;     /* the one vector that is wanted, or -1: all */
	bool named;   /* a pattern is its id */
};

/* 0, or -EINVAL with the reason said: a pattern that names nothing. */
int sweep_open(struct sweep *s, const struct sweep_conf *conf);

/* Go to the next family; false: that was the last one. */
bool sweep_family(struct sweep *s);

/* The next pick in the current family; false: it has no more. */
bool sweep_step(struct sweep *s, struct sweep_pick *pick);
/* @pick of the current family, which the caller frees, or NULL: it has no such vector. */
struct bpf_case *sweep_case(const struct sweep *s, const struct sweep_pick *pick);
/* The next pick that has a case, and that case; NULL: there is none. */
struct bpf_case *sweep_next(struct sweep *s, struct sweep_pick *pick);

/* How many cases the whole sweep has. */
u64 sweep_count(const struct sweep_conf *conf);

/* Does it take only a part of each family? */
bool sweep_is_quick(const struct sweep *s);

/* Move those of the @n patterns that are about generated cases to the end. Returns how many others
 * there are. */
int gen_patterns_last(char **patterns, int n);

/* @conf without its patterns, in words of settings: "SWEEP=quick SEED=0 SHARD=3/8". The caller
 * frees it. */
char *sweep_text(const struct sweep_conf *conf);

/* "quick", "nightly", "none", or -EINVAL; "3/8" as shard and nshards. */
int sweep_profile_by_name(const char *name);
int sweep_parse_shard(const char *text, u32 *shard, u32 *nshards);

#endif
