// SPDX-License-Identifier: GPL-2.0
/* Operand sets: sent once, used by many runs. */
#include <sys/mman.h>
#include "agent.h"

#define MAX_TOTAL	(64u << 20)	/* bytes of all sets, in a guest of 256 MB */

static struct slot {
	struct set set;
	void *mem;
	u32 size;
} slots[WIRE_MAX_VEC_TABLES];

static u32 total;

void set_store(const void *payload, u32 len)
{
	struct cursor c = { payload, len };
	const struct wire_vectors *w = take(&c, 1, sizeof(*w), "header of a set");
	const void *data = c.p;
	u32 size = c.left;
	struct slot *s;

	if (w->id >= WIRE_MAX_VEC_TABLES)
		protocol_error("set id %u, limit is %u", w->id, WIRE_MAX_VEC_TABLES - 1);
	if (w->ncols > MAX_COLS || w->win_bytes % 8 || w->win_bytes > WIRE_MAX_PAYLOAD)
		protocol_error("set %u: %u columns, %u window bytes", w->id, w->ncols,
			       w->win_bytes);
	take(&c, w->nvecs, 8 * w->ncols, "columns of a set");
	take(&c, w->nvecs, w->win_bytes, "windows of a set");
	if (c.left)
		protocol_error("set %u: %u bytes too many", w->id, c.left);

	s = &slots[w->id];
	if (s->size)
		munmap(s->mem, s->size);
	total += size - s->size;
	if (total > MAX_TOTAL)
		protocol_error("operand sets of more than %u bytes", MAX_TOTAL);
	s->size = size;
	s->mem = NULL;
	if (size) {
		s->mem = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			      0);
		if (s->mem == MAP_FAILED)
			protocol_error("no memory for set %u of %u bytes", w->id, size);
		copy_words(s->mem, data, size);
	}
	s->set = (struct set) {
		.nvecs = w->nvecs,
		.ncols = w->ncols,
		.win_bytes = w->win_bytes,
		.cols = s->mem,
		.bytes = (u8 *)s->mem + 8 * w->nvecs * w->ncols,
	};
}

const struct set *set_get(u32 id)
{
	return id < WIRE_MAX_VEC_TABLES && (slots[id].mem || slots[id].set.nvecs) ? &slots[id].set : NULL;
}
