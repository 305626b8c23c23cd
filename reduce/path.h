/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way that the model takes through main's body, and cases made from a piece of it: stop before one of its steps,
 * begin with one of its steps in the state that the model has there. Tail-called programs end the way; a call is one
 * step, and path_dive() makes a case of the called function.
 */
#ifndef CHECKJIT_PATH_H
#define CHECKJIT_PATH_H

#include "bpf/model.h"

struct step {
	u32 slot;		/* of progs[0] */
	u32 callee;		/* first slot of the subprogram that it enters, or 0 */
};

struct path {
	struct step *steps;
	u32 cnt, cap;
	u32 executed;		/* instructions in all, those of called functions too */
	bool truncated;		/* longer than is kept */
	bool **ran;		/* of each program and slot: was it executed? */
	u32 nprogs;
	struct model_state end;
	enum byte_order order;
	int word_bits;
};

/* 0, or -EINVAL where the model cannot run the case. path_free() in any case. */
int path_walk(const struct bpf_case *c, enum byte_order order, int word_bits, struct path *p);
void path_free(struct path *p);

/*
 * @c, ending before step @pos (p->cnt: after the last). Other ways through it stay as they are, but where the last step is a
 * conditional jump, the way that the model does not take puts PATH_ASTRAY into r0. NULL where that is no program, or where
 * it passes step @pos's slot earlier already.
 */
#define PATH_ASTRAY 0x5eed57a7
struct bpf_case *path_cut(const struct bpf_case *c, const struct path *p, u32 pos);

/* @c, beginning with step @pos in the model's state there. NULL where the model cannot tell it. */
struct bpf_case *path_advance(const struct bpf_case *c, const struct path *p, u32 pos);

/* The function that step @pos calls as the body of main, in the model's state there. NULL where that cannot be. */
struct bpf_case *path_dive(const struct bpf_case *c, const struct path *p, u32 pos);

#endif
