/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by the files of `make repro`: what is known about the case when it is shown. */
#ifndef CHECKJIT_SHOW_INT_H
#define CHECKJIT_SHOW_INT_H

#include "session/trial.h"
#include "explain/translation.h"

/* Escape sequences if stdout is a terminal, else empty strings. */
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

/*
 * Print input, expected and differing state of each vector in which an engine differs, or of the
 * first vector.
 */
void show_states(const struct show *s);
/* Print the code of each engine; code that equals another engine's is printed once. */
void show_code(const struct show *s);

#endif
