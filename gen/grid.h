/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grid of what cases exercise: for each row of the instruction table the classes of its registers and the edges of its
 * immediate and offset. A cell is one of these; what no case has is named.
 */
#ifndef CHECKJIT_GRID_H
#define CHECKJIT_GRID_H

#include <stdio.h>
#include "bpf/case.h"

struct grid;

struct grid *grid_new(void);
void grid_free(struct grid *g);

/* Every instruction of @c's programs is seen. */
void grid_add(struct grid *g, const struct bpf_case *c);

/* The table; @all: also rows of which nothing is missing. Returns how many cells are empty. */
u32 grid_print(FILE *f, const struct grid *g, bool all);

#endif
