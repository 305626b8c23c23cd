// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "lib/strset.h"
#include "lib/util.h"

/* FNV-1a */
static u32 hash(const char *s)
{
	u32 h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (u8)*s) * 16777619u;
	return h ^ h >> 15;
}

/* The slot that holds @key, or the free one where it belongs. */
static struct strset_entry *slot_of(const struct strset *set, const char *key)
{
	u32 i = hash(key) & (set->cap - 1);

	while (set->slots[i].key && strcmp(set->slots[i].key, key))
		i = (i + 1) & (set->cap - 1);
	return &set->slots[i];
}

static void grow(struct strset *set)
{
	struct strset old = *set;

	set->cap = old.cap ? 2 * old.cap : 64;
	set->slots = xcalloc(set->cap, sizeof(*set->slots));
	for (u32 i = 0; i < old.cap; i++)
		if (old.slots[i].key)
			*slot_of(set, old.slots[i].key) = old.slots[i];
	free(old.slots);
}

const struct strset_entry *strset_find(const struct strset *set, const char *key)
{
	const struct strset_entry *e = set->cap ? slot_of(set, key) : NULL;

	return e && e->key ? e : NULL;
}

const struct strset_entry *strset_add(struct strset *set, const char *key, u32 value)
{
	struct strset_entry *e;

	if (2 * (set->cnt + 1) > set->cap)
		grow(set);
	e = slot_of(set, key);
	*e = (struct strset_entry){ xstrdup(key), value };
	set->cnt++;
	return e;
}

void strset_free(struct strset *set)
{
	for (u32 i = 0; i < set->cap; i++)
		free(set->slots[i].key);
	free(set->slots);
	*set = (struct strset){ 0 };
}
