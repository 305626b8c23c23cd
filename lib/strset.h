/* SPDX-License-Identifier: GPL-2.0 */
/* A set of strings, each with a number that the caller chooses. All zero is the empty set. */
#ifndef CHECKJIT_STRSET_H
#define CHECKJIT_STRSET_H

#include "lib/types.h"

struct strset_entry {
	char *key; /* NULL: a free slot */
	u32 value;
};

struct strset {
	struct strset_entry *slots; /* open addressing */
	u32 cnt;		    /* keys */
	u32 cap;		    /* slots, a power of two */
};

/* The entry of @key, valid until the next strset_add(), or NULL. Its key stays where it is. */
const struct strset_entry *strset_find(const struct strset *set, const char *key);

/* Add a copy of @key, which is not in the set yet. Returns its entry, as strset_find() does. */
const struct strset_entry *strset_add(struct strset *set, const char *key, u32 value);

/* Free all keys; the set is empty afterwards. */
void strset_free(struct strset *set);

#endif
