/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What cases exercise: for each row of the instruction table, the classes of its registers and the
 * edges of its immediate and offset. Each of these is a cell of the grid. The cells that no case
 * fills are printed.
 */
#ifndef CHECKJIT_GRID_H
#define CHECKJIT_GRID_H

#include <stdio.h>
#include "bpf/case.h"

struct grid;

struct grid *grid_new(void);
void grid_free(struct grid *g);

/* Fill the cells of every insn in @c's programs. */
void grid_add(struct grid *g, const struct bpf_case *c);

/* Print the table, with @all also the complete rows. Returns how many cells are empty. */
u32 grid_print(FILE *f, const struct grid *g, bool all);

#endif
