/* SPDX-License-Identifier: GPL-2.0 */
/* Between the files of `make repro`: what is known of the case by the time that it is shown. */
#ifndef CHECKJIT_SHOW_INT_H
#define CHECKJIT_SHOW_INT_H

#include "session/trial.h"
#include "explain/translation.h"

/* Escape sequences on a terminal, else empty. */
struct look {
	const char *bold, *red, *dim, *off;
};

struct shown {
	const struct engine *engine;
	struct translation tr;
	struct trial trial;
};

struct show {
	struct bpf_case *c;
	const char *arch;
	enum byte_order order;
	int word_bits;
	bool verbose;
	struct look look;
	u32 first_vec, nr_vecs;
	struct shown *engines;
	u32 nengines;
};

/* The states of each vector in which an engine differs, or of the first: input, expected, and what
 * differs. */
void show_states(const struct show *s);
/* The code of each engine, that of one which is like another's only once. */
void show_code(const struct show *s);

#endif
