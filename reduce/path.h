/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The path that the model takes through main's body, and cases made from a piece of it: stop before
 * one of its steps, or begin with one of its steps in the state of the model there. A tail call
 * ends the path. A call is one step; path_dive() makes a case of the called function.
 */
#ifndef CHECKJIT_PATH_H
#define CHECKJIT_PATH_H

#include "bpf/model.h"

struct step {
	u32 slot;   /* of progs[0] */
	u32 callee; /* first slot of the called subprogram, or 0 */
};

struct path {
	struct step *steps;
	u32 cnt, cap;
	u32 executed;	/* executed insns, including called functions */
	bool truncated; /* longer than the recorded part */
	bool **ran;	/* of each program and slot: was it executed? */
	u32 nprogs;
	struct model_state end;
	enum byte_order order;
	int word_bits;
};

/* Returns 0, or -EINVAL if the model cannot run the case. Call path_free() in any case. */
int path_walk(const struct bpf_case *c, enum byte_order order, int word_bits, struct path *p);
void path_free(struct path *p);

/*
 * Returns @c ending before step @pos (p->cnt: after the last). Other paths through it stay, but if
 * the last step is a conditional jump, its untaken branch puts PATH_ASTRAY into r0. Returns NULL if
 * the result is not a program, or if the path visits the slot of step @pos earlier.
 */
#define PATH_ASTRAY 0x5eed57a7
struct bpf_case *path_cut(const struct bpf_case *c, const struct path *p, u32 pos);

/*
 * Returns @c beginning with step @pos in the model's state there, or NULL if that state cannot be
 * expressed.
 */
struct bpf_case *path_advance(const struct bpf_case *c, const struct path *p, u32 pos);

/*
 * Returns the function that step @pos calls as the body of main, in the model's state there, or
 * NULL if that is impossible.
 */
struct bpf_case *path_dive(const struct bpf_case *c, const struct path *p, u32 pos);

#endif
