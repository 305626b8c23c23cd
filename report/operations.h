/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which cases the counts of a run stand for: the operands of each operation that is counted. All
 * zero is the empty list.
 */
#ifndef CHECKJIT_OPERATIONS_H
#define CHECKJIT_OPERATIONS_H

#include "lib/strset.h"

struct operation {
	char *name;	/* "alu/sdiv64" */
	char *operands; /* "r3_r4 r3_r5", in the order in which they came */
};

struct operations {
	struct strset names; /* the value is the index in list */
	struct strset ids;   /* of all cases */
	struct operation *list;
	u32 cnt, cap;
};

/* Add case @id, unless it is there. */
void operations_add(struct operations *o, const char *id);
/* Add the cases of @name with @operands, which blanks separate. */
void operations_add_all(struct operations *o, const char *name, const char *operands);
/* Bring the list into the order of names. No operation can be added afterwards. */
void operations_sort(struct operations *o);
void operations_free(struct operations *o);

#endif
