/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Variants of the last programs that a guest ran, for the time in which none waits for it. Nobody
 * has verified them: what is odd on the raw route is a find only if engines that verify show it,
 * too.
 */
#ifndef CHECKJIT_FUZZ_VARIANTS_H
#define CHECKJIT_FUZZ_VARIANTS_H

#include "fuzz/input.h"

#define VARIANTS_KEPT 1024 /* programs that variants are made of */
#define VARIANTS_MADE 32   /* variants at a time, at most */

struct mutator;

struct variants {
	struct mutator *mutator; /* NULL until the first is made */
	struct fuzz_bytes kept[VARIANTS_KEPT];
	u32 cnt, next;
	u8 made[VARIANTS_MADE][FUZZ_INPUT_MAX];
};

/* Remember a program. It replaces the oldest one. */
void variants_keep(struct variants *v, const struct fuzz_bytes *program);

/*
 * Make up to @n (at most VARIANTS_MADE) programs: valid inputs, valid until the next call. Returns
 * their number, 0 if no program was kept.
 */
u32 variants_make(struct variants *v, struct fuzz_bytes *out, u32 n);

void variants_free(struct variants *v);

#endif
