// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include "lib/util.h"
#include "session/wired.h"

#define REMOVED UINT32_MAX

/* Where each slot of progs[0] is in the translated program, or REMOVED; one more is the end. */
static u32 *translated_at(const struct code *sent, const struct guest *g, const struct reply *reply)
{
	u32 *at = xcalloc(sent->cnt + 1, sizeof(*at));

	for (u32 i = 0; i < sent->cnt; i++)
		at[i] = REMOVED;
	at[sent->cnt] = reply->xlated_dump / INSN_SIZE;
	for (u32 i = 0; i < reply->nr_lines; i++) {
		const struct wire_line *l = (const void *)(reply->lines + i * sizeof(*l));
		u32 slot = guest_u32(g, &l->line), insn = guest_u32(g, &l->insn);

		if (slot < sent->cnt && insn < at[sent->cnt])
			at[slot] = insn;
	}
	return at;
}

/* Returns the first slot from @slot on that is in the translated program. */
static u32 next_kept(const u32 *at, u32 slot)
{
	while (at[slot] == REMOVED)
		slot++;
	return slot;
}

/* A jump that is removed leads to the next instruction that is not. */
static enum wired wired_removed(const struct code *sent, const u32 *at, u32 slot)
{
	s64 target = (s64)slot + 1 + insn_jump_distance(&sent->insns[slot]);

	return target > slot && next_kept(at, slot) >= target ? WIRED_TAKEN : WIRED_FALLS;
}

/* Insns of the kernel may surround what became of the jump at @slot. */
static enum wired wired_kept(const struct guest *g, const struct reply *reply, const u32 *at,
			     u32 slot)
{
	enum wired wired = WIRED_NOT;
	struct insn insn;

	for (u32 i = at[slot]; i < at[next_kept(at, slot + 1)]; i += 1 + insn_is_wide(&insn)) {
		insn_decode(&insn, reply->xlated + i * INSN_SIZE, g->order);
		if (insn_is_cond_jump(&insn))
			return WIRED_NOT;
		if (insn_is_goto(&insn))
			wired = insn.off ? WIRED_TAKEN : WIRED_FALLS;
	}
	return wired;
}

u8 *wired_read(const struct wrapper_prog *p, const struct guest *g, const struct reply *reply)
{
	const struct code *sent = &p->progs[0], *code = &p->blocks[0].c->progs[0];
	u32 *at;
	u8 *out;

	if (!reply->nr_lines || !reply->xlated_dump || reply->xlated_dump != reply->xlated_len)
		return NULL;
	at = translated_at(sent, g, reply);
	out = xcalloc(code->cnt, 1);
	for (u32 i = 0; i < code->cnt; i += 1 + insn_is_wide(&code->insns[i])) {
		u32 slot = request_slot(p, i);

		if (!insn_is_cond_jump(&code->insns[i]))
			continue;
		out[i] = at[slot] == REMOVED ? wired_removed(sent, at, slot)
					     : wired_kept(g, reply, at, slot);
	}
	free(at);
	return out;
}
