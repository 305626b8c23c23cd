// SPDX-License-Identifier: GPL-2.0
/* Tables of vectors: sent once, used by many runs. */
#include <sys/mman.h>
#include "agent/cursor.h"
#include "agent/transport.h"
#include "agent/vectors.h"
#include "agent/words.h"

#define PAGE	  4096u
#define MAX_TOTAL (64u << 20) /* bytes of all tables, in a guest of 256 MB */

static struct slot {
	struct vectors vectors;
	void *mem;
	u32 room; /* bytes at mem, whole pages */
} slots[WIRE_MAX_VEC_TABLES];

static u32 total;

/* A copy of @size bytes at @data in place of what @s holds, in the same memory if it fits. */
static void replace(struct slot *s, u32 id, const void *data, u32 size)
{
	u32 room = (size + PAGE - 1) & -PAGE;

	if (s->room != room) {
		if (s->room)
			munmap(s->mem, s->room);
		total += room - s->room;
		if (total > MAX_TOTAL)
			protocol_error("tables of vectors take more than %u bytes", MAX_TOTAL);
		s->room = room;
		s->mem = NULL;
		if (!room)
			return;
		s->mem = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			      0);
		if (s->mem == MAP_FAILED)
			protocol_error("no memory for vectors %u of %u bytes", id, size);
	}
	copy_words(s->mem, data, size);
}

void vectors_store(const void *payload, u32 len)
{
	struct cursor c = { payload, len };
	const struct wire_vectors *w = take(&c, 1, sizeof(*w), "header of vectors");
	const void *data = c.p;
	u32 size = c.left;
	struct slot *s;

	if (w->id >= WIRE_MAX_VEC_TABLES)
		protocol_error("vectors id %u, limit is %u", w->id, WIRE_MAX_VEC_TABLES - 1);
	if (w->ncols > MAX_COLS || w->win_bytes % 8 || w->win_bytes > WIRE_MAX_PAYLOAD)
		protocol_error("vectors %u: %u columns, %u window bytes", w->id, w->ncols,
			       w->win_bytes);
	take(&c, w->nvecs, 8 * w->ncols, "columns of vectors");
	take(&c, w->nvecs, w->win_bytes, "windows of vectors");
	if (c.left)
		protocol_error("vectors %u: %u bytes too many", w->id, c.left);

	s = &slots[w->id];
	replace(s, w->id, data, size);
	s->vectors = (struct vectors){
		.nvecs = w->nvecs,
		.ncols = w->ncols,
		.win_bytes = w->win_bytes,
		.cols = s->mem,
		.bytes = (u8 *)s->mem + 8 * w->nvecs * w->ncols,
	};
}

const struct vectors *vectors_get(u32 id)
{
	if (id >= WIRE_MAX_VEC_TABLES || (!slots[id].mem && !slots[id].vectors.nvecs))
		return NULL;
	return &slots[id].vectors;
}
