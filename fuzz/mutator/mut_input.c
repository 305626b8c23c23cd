// SPDX-License-Identifier: GPL-2.0
/*
 * Mutations outside of the program text: vectors, windows, pointers in registers, the program type.
 */
#include <string.h>
#include "fuzz/mutator/mutate.h"

static struct fuzz_vec *any_vec(struct edit *e)
{
	return &e->in->vecs[rand_below(&e->rand, e->in->nvecs)];
}

bool mut_value(struct edit *e)
{
	u32 reg = rand_below(&e->rand, CASE_REGS);
	struct fuzz_vec *v = any_vec(e);

	if (e->in->flags & FUZZ_RAW || e->in->regs[reg].region)
		return false;
	if (rand_below(&e->rand, 4))
		v->r[reg] = pick_value(e);
	else
		v->r[reg] += (u64)rand_below(&e->rand, 5) - 2;
	return true;
}

bool mut_bytes(struct edit *e)
{
	u32 bytes = fuzz_win_at(e->in, NR_REGIONS), size = 1 << rand_below(&e->rand, 4);
	struct fuzz_vec *v = any_vec(e);
	u64 value = pick_value(e);

	if (bytes < size)
		return false;
	/* an aligned word of any size, in the byte order of the input */
	for (u32 at = rand_below(&e->rand, bytes / size) * size, i = 0; i < size; i++)
		v->win[at + i] = value >> 8 * i;
	return true;
}

bool mut_vectors(struct edit *e)
{
	struct fuzz_input *in = e->in;
	u32 from = rand_below(&e->rand, in->nvecs);

	if (in->nvecs > 1 && rand_below(&e->rand, 2)) {
		in->nvecs--;
		in->vecs[from] = in->vecs[in->nvecs];
		return true;
	}
	if (in->nvecs == FUZZ_MAX_VECS)
		return false;
	in->vecs[in->nvecs++] = in->vecs[from];
	for (u32 k = 0; k < CASE_REGS; k++)
		if (!in->regs[k].region && !(in->flags & FUZZ_RAW) && rand_below(&e->rand, 2))
			in->vecs[in->nvecs - 1].r[k] = pick_value(e);
	return true;
}

/* Make a scalar register hold an address, or the other way round. */
bool mut_pointer(struct edit *e)
{
	struct fuzz_input *in = e->in;
	u32 reg = rand_below(&e->rand, CASE_REGS);
	u8 region = rand_below(&e->rand, NR_REGIONS);

	if (in->flags & FUZZ_RAW)
		return false;
	if (region == REGION_CTX && !in->win[REGION_CTX])
		region = REGION_MEM;
	if (region)
		need_window(e, region, 64);
	if (region && !in->win[region])
		return false;
	in->regs[reg].region = region;
	in->regs[reg].off =
		region == REGION_MEM ? 8 * (s32)rand_below(&e->rand, in->win[region] / 8) : 0;
	if (region == REGION_STACK)
		in->regs[reg].off = -8 * (1 + (s32)rand_below(&e->rand, in->win[region] / 8));
	for (u32 v = 0; v < in->nvecs; v++)
		in->vecs[v].r[reg] = region ? 0 : pick_value(e);
	return true;
}

bool mut_flags(struct edit *e)
{
	if (rand_one_in(&e->rand, 3) && !(e->in->flags & FUZZ_RAW))
		e->in->flags ^= FUZZ_LOW;
	else
		e->in->flags ^= FUZZ_RND_HI32;
	return true;
}

bool mut_type(struct edit *e)
{
	struct fuzz_input *in = e->in;
	u8 type = rand_below(&e->rand, FUZZ_TYPES);

	if (type == in->type || (type == CASE_TYPE_RAW_TP &&
				 in->win[REGION_CTX] > CASE_RAW_TP_CTX - guard_behind(REGION_CTX)))
		return false;
	if (type == CASE_TYPE_SOCKET)
		need_window(e, REGION_CTX, 16);
	if (type == CASE_TYPE_SOCKET && !in->win[REGION_CTX])
		return false;
	in->type = type;
	return true;
}

bool mut_window(struct edit *e)
{
	static const u8 sizes[] = { 8, 16, 32, 64, 128 };
	u8 region = REGION_MEM + rand_below(&e->rand, 3);
	u32 bytes = sizes[rand_below(&e->rand, ARRAY_SIZE(sizes))];

	if ((region == REGION_STACK && e->in->flags & FUZZ_RAW) || bytes <= e->in->win[region] ||
	    (region == REGION_CTX && e->in->type == CASE_TYPE_RAW_TP && bytes > 64))
		return false;
	need_window(e, region, bytes);
	return true;
}

/* Replace a map, mostly by one of the same kind, which the program does not notice. */
bool mut_shape(struct edit *e)
{
	struct fuzz_input *in = e->in;
	struct fuzz_map *m;
	u32 shape = rand_below(&e->rand, nr_fuzz_shapes);
	u8 kind, old;

	if (!in->nmaps)
		return false;
	m = &in->maps[rand_below(&e->rand, in->nmaps)];
	kind = fuzz_shapes[shape].kind;
	old = fuzz_shapes[m->shape].kind;
	if (shape == m->shape || kind == MAP_ARENA || (e->bound && kind != old))
		return false;
	for (u32 k = 0; k < FUZZ_MAX_SLOTS; k++)
		m->slots[k] = kind != MAP_PROG_ARRAY || k >= fuzz_shapes[shape].entries ? -1
			      : old == MAP_PROG_ARRAY && k < fuzz_shapes[m->shape].entries
				      ? m->slots[k]
				      : (s8)rand_below(&e->rand, in->nprogs + 1) - 1;
	m->shape = shape;
	return true;
}
