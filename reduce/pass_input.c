// SPDX-License-Identifier: GPL-2.0
/* Passes over the inputs, and over the lines of a case outside of its program. */
#include <string.h>
#include "bpf/case_tmpl.h"
#include "lib/util.h"
#include "reduce/shrink.h"

/* ---- registers ---- */

static struct bpf_case *with_reg(struct shrink *s, void *ctx, u64 v)
{
	struct bpf_case *c = case_dup(s->best);
	int reg = *(int *)ctx;

	case_own_vecs(c)->cols[reg] = v;
	c->regs[reg].region = REGION_NONE;
	c->regs[reg].off = 0;
	case_seal(c);
	return c;
}

static struct bpf_case *with_zero_regs(struct shrink *s)
{
	struct bpf_case *c = case_dup(s->best);
	struct vectors *t = case_own_vecs(c);

	for (int k = 0; k < CASE_REGS; k++) {
		t->cols[k] = 0;
		c->regs[k].region = REGION_NONE;
		c->regs[k].off = 0;
	}
	case_seal(c);
	return c;
}

bool pass_regs_in(struct shrink *s)
{
	bool any;

	if (s->best->raw)
		return false;
	any = shrink_try(s, with_zero_regs(s));
	for (int k = 0; k < CASE_REGS && !s->stop; k++) {
		/* a pointer is more complex than any number, and 0 is no pointer */
		if (s->best->regs[k].region != REGION_NONE)
			any |= shrink_try(s, with_reg(s, &k, 0));
		else
			any |= shrink_value(s, s->best->vecs->cols[k], 64, with_reg, &k);
	}
	return any;
}

/* ---- windows ---- */

static u32 window_at(const struct vectors *t, int region)
{
	u32 at = 0;

	for (int r = 0; r < region; r++)
		at += t->win_size[r];
	return at;
}

static bool names_mem(const struct bpf_case *c)
{
	for (u32 p = 0; p < c->nprogs; p++)
		for (u32 i = 0; i < c->progs[p].cnt; i++) {
			const struct insn *insn = &c->progs[p].insns[i];

			if (insn_names_mem(insn))
				return true;
			i += insn_is_wide(insn);
		}
	return false;
}

static bool points_into(const struct bpf_case *c, int region)
{
	for (int k = 0; k < CASE_REGS; k++)
		if (c->regs[k].region == region)
			return true;
	return region == REGION_MEM && names_mem(c);
}

/*
 * Cut @region down to @inner bytes (0: all of it): a stack from its low end, the others from their
 * high end.
 */
static struct bpf_case *with_window(struct shrink *s, int region, u32 inner)
{
	u32 guards = guard_before(region) + guard_behind(region), size = inner ? inner + guards : 0,
	    old, at, drop;
	struct bpf_case *c = case_dup(s->best);
	struct vectors *t = case_own_vecs(c);
	u8 *bytes = t->bytes[ORDER_LE];

	old = t->win_size[region];
	at = window_at(t, region);
	drop = old - size;
	/* the trailing guard keeps its content */
	if (region != REGION_STACK && size)
		at += size - guard_behind(region);
	memmove(bytes + at, bytes + at + drop, t->win_bytes - at - drop);
	t->win_size[region] = size;
	t->win_bytes -= drop;
	case_seal(c);
	return c;
}

static bool shrink_window(struct shrink *s, int region)
{
	u32 guards = guard_before(region) + guard_behind(region),
	    inner = s->best->vecs->win_size[region];
	bool any = false;

	if (!inner)
		return false;
	inner -= guards;
	if (!points_into(s->best, region) && shrink_try(s, with_window(s, region, 0)))
		return true;
	for (u32 size = 8; size < inner && !any && !s->stop;
	     size = size * 2 > inner ? inner : size * 2)
		any = shrink_try(s, with_window(s, region, size));
	return any;
}

/* Zero @n bytes from @at in all windows. */
static bool zero_bytes(struct shrink *s, u32 at, u32 n)
{
	static const u8 zero[NR_REGIONS * CASE_MAX_WINDOW];
	struct bpf_case *c;

	if (!memcmp(s->best->vecs->bytes[ORDER_LE] + at, zero, n))
		return false;
	c = case_dup(s->best);
	memset(case_own_vecs(c)->bytes[ORDER_LE] + at, 0, n);
	case_seal(c);
	return shrink_try(s, c);
}

bool pass_windows(struct shrink *s)
{
	bool any = false;
	u32 n;

	for (int r = REGION_MEM; r < NR_REGIONS; r++)
		any |= shrink_window(s, r);
	n = s->best->vecs->win_bytes;
	for (u32 chunk = n; chunk && !s->stop; chunk /= 2)
		for (u32 at = 0; at < n && !s->stop; at += chunk)
			any |= zero_bytes(s, at, at + chunk < n ? chunk : n - at);
	return any;
}

/* ---- lines ---- */

/* Capabilities that no row of the insn table names, and the insn that needs them. */
static const struct {
	const char *need, *row;
} about[] = {
	{ "calls", "call_subprog" },	  { "callbacks", "ld_func" },
	{ "stack_args", "call_subprog" }, { "subprog_tailcalls", "call" },
	{ "tailcalls", "call" },
};

static bool is_about(const char *need, const struct insn_desc *d)
{
	for (size_t i = 0; i < ARRAY_SIZE(about); i++)
		if (!strcmp(about[i].need, need) &&
		    !strncmp(d->name, about[i].row, strlen(about[i].row)))
			return true;
	return d->needs && !strcmp(d->needs, need);
}

/* Is it known which instructions need ? */
static bool is_known(const char *need)
{
	for (size_t i = 0; i < nr_insn_descs; i++)
		if (is_about(need, &insn_descs[i]))
			return true;
	return false;
}

static bool still_needed(const struct bpf_case *c, const char *need)
{
	if (!is_known(need))
		return true;
	for (u32 p = 0; p < c->nprogs; p++)
		for (u32 i = 0; i < c->progs[p].cnt; i++) {
			const struct insn_desc *d = insn_lookup(&c->progs[p].insns[i]);

			if (d && is_about(need, d))
				return true;
			i += insn_is_wide(&c->progs[p].insns[i]);
		}
	return false;
}

bool pass_lines(struct shrink *s)
{
	struct bpf_case *c = case_dup(s->best);
	u32 kept = 0;

	for (u32 i = 0; i < c->nneeds; i++) {
		if (still_needed(c, c->needs[i]))
			c->needs[kept++] = c->needs[i];
		else
			free(c->needs[i]);
	}
	c->nneeds = kept;
	c->alone = case_implied_alone(c);
	if (!c->raw)
		c->out_regs = case_default_out(c);
	return shrink_try(s, c);
}
