/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mutations, and the interface for AFL++ (fuzz/mutator/afl.c) and the tests. Deterministic: the
 * same seed and the same calls make the same inputs on every machine.
 */
#ifndef CHECKJIT_FUZZ_MUTATE_H
#define CHECKJIT_FUZZ_MUTATE_H

#include "fuzz/mutator/edit.h"

enum mutation_flags {
	MUT_WILD = 1 << 0,  /* makes what the verifier refuses; never used on bound programs */
	MUT_OTHER = 1 << 1, /* takes from another input */
	MUT_INPUT = 1 << 2, /* changes the vectors and windows, not the program; needs no listing */
};

struct mutation {
	const char *name; /* letters only: it is part of file names */
	u8 weight;
	u8 flags; /* enum mutation_flags */
	/* Returns false if there is nothing to change. e->flow is up to date. */
	bool (*apply)(struct edit *e);
};

extern const struct mutation mutations[];
extern const u32 nr_mutations;

struct mutator {
	struct edit edit;
	struct fuzz_input keep;	     /* the input before the current mutation */
	struct fuzz_input in, other; /* for callers that have bytes */
	bool unbound;		     /* the last mutation ignored the verifier */
	char what[128];		     /* names of the last mutations, joined by '+' */
	u64 *applied;		     /* counts of applied mutations, or NULL */
};

struct mutator *mutator_new(u64 seed);
void mutator_free(struct mutator *m);

/*
 * Change @in by one to a few mutations. @other (may be NULL) is the input to splice with. The
 * result is a valid input. One in MUTATE_UNBOUND ignores the verifier.
 */
void mutate(struct mutator *m, struct fuzz_input *in, const struct fuzz_input *other);
#define MUTATE_UNBOUND 8

/* As mutate(), and never ignores the verifier. */
void mutate_bound(struct mutator *m, struct fuzz_input *in, const struct fuzz_input *other);

/*
 * Apply mutation @nr alone. Returns false, and leaves @in unchanged, if it finds nothing to change.
 */
bool mutate_once(struct mutator *m, struct fuzz_input *in, const struct fuzz_input *other, u32 nr,
		 bool bound);

/* The simplest input. It replaces bytes that are not a valid input. */
void plain_input(struct fuzz_input *in);

/* ---- each kind: fuzz/mutator/mut_*.c ---- */

typedef bool mutation_fn(struct edit *e);
mutation_fn mut_insert, mut_insert_some, mut_replace, mut_immediate, mut_offset, mut_register,
	mut_operation, mut_remove, mut_repeat, mut_swap, mut_rename, mut_index, mut_guard, mut_wild;
mutation_fn mut_jump, mut_retarget, mut_diamond, mut_loop, mut_may_goto;
mutation_fn mut_helper, mut_subprog, mut_stack_args, mut_call_again, mut_args, mut_spill;
mutation_fn mut_value, mut_bytes, mut_vectors, mut_pointer, mut_flags, mut_type, mut_window,
	mut_shape;
mutation_fn mut_splice, mut_append;

#endif
