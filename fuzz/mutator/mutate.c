// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "fuzz/mutator/mutate.h"
#include "lib/util.h"

#define TRIES 16 /* attempts to find a mutation that applies */
#define MOST  5	 /* mutations per call of mutate() */

const struct mutation mutations[] = {
	{ "insert", 20, 0, mut_insert },
	{ "some", 8, 0, mut_insert_some },
	{ "replace", 8, 0, mut_replace },
	{ "imm", 12, 0, mut_immediate },
	{ "off", 6, 0, mut_offset },
	{ "reg", 10, 0, mut_register },
	{ "op", 12, 0, mut_operation },
	{ "remove", 8, 0, mut_remove },
	{ "repeat", 5, 0, mut_repeat },
	{ "swap", 4, 0, mut_swap },
	{ "rename", 3, 0, mut_rename },
	{ "index", 8, 0, mut_index },
	{ "guard", 8, 0, mut_guard },
	{ "wild", 30, MUT_WILD, mut_wild },
	{ "jump", 8, 0, mut_jump },
	{ "retarget", 4, 0, mut_retarget },
	{ "diamond", 5, 0, mut_diamond },
	{ "loop", 5, 0, mut_loop },
	{ "may", 3, 0, mut_may_goto },
	{ "helper", 7, 0, mut_helper },
	{ "subprog", 6, 0, mut_subprog },
	{ "stackargs", 4, 0, mut_stack_args },
	{ "again", 3, 0, mut_call_again },
	{ "args", 3, 0, mut_args },
	{ "spill", 5, 0, mut_spill },
	{ "value", 8, MUT_INPUT, mut_value },
	{ "bytes", 4, MUT_INPUT, mut_bytes },
	{ "vectors", 3, MUT_INPUT, mut_vectors },
	{ "pointer", 3, MUT_INPUT, mut_pointer },
	{ "flags", 2, MUT_INPUT, mut_flags },
	{ "type", 1, MUT_INPUT, mut_type },
	{ "window", 2, MUT_INPUT, mut_window },
	{ "shape", 2, MUT_INPUT, mut_shape },
	{ "splice", 9, MUT_OTHER, mut_splice },
	{ "append", 3, MUT_OTHER, mut_append },
};

const u32 nr_mutations = ARRAY_SIZE(mutations);

struct mutator *mutator_new(u64 seed)
{
	struct mutator *m = xcalloc(1, sizeof(*m));

	m->edit.rand.state = seed;
	return m;
}

void mutator_free(struct mutator *m)
{
	free(m);
}

/* Copy only as much as the counts say. */
static void copy_input(struct fuzz_input *to, const struct fuzz_input *from)
{
	memcpy(to, from, offsetof(struct fuzz_input, insns));
	memcpy(to->insns, from->insns, from->ninsns * sizeof(*to->insns));
	memcpy(to->vecs, from->vecs, from->nvecs * sizeof(*to->vecs));
}

/* The program to change: mostly the first one. */
static u32 any_prog(struct edit *e)
{
	return rand_below(&e->rand, 3) ? 0 : rand_below(&e->rand, e->in->nprogs);
}

/*
 * Branches and loops multiply the paths that the verifier walks. Beyond these numbers, none is
 * added to a program that must be acceptable.
 */
#define MAX_BRANCHES 32
#define MAX_LOOPS    4

struct branching {
	u32 branches, loops;
};

static struct branching count_branching(const struct edit *e)
{
	struct branching w = {};

	for (u32 i = 0; e->open && i < e->l.cnt; i++) {
		const struct unit *u = &e->l.units[i];

		w.branches += u->target >= 0 && !insn_is_goto(u->insn);
		w.loops += u->target >= 0 && u->target <= (s32)i;
	}
	return w;
}

static bool too_many(const struct branching *now, const struct branching *before)
{
	return (now->branches > MAX_BRANCHES && now->branches > before->branches) ||
	       (now->loops > MAX_LOOPS && now->loops > before->loops);
}

/*
 * Close what was opened in any case. Unreachable units are dropped even from unbound programs:
 * listing_build() cannot keep them, and the verifier always refuses them.
 */
static bool finish(struct mutator *m, const struct branching *before, bool changed)
{
	struct edit *e = &m->edit;
	struct branching now;

	if (changed && e->bound && e->open) {
		edit_bind(e);
		now = count_branching(e);
		changed = !too_many(&now, before);
	}
	changed &= edit_close(e);
	return changed && !fuzz_input_check(e->in, NULL);
}

bool mutate_once(struct mutator *m, struct fuzz_input *in, const struct fuzz_input *other, u32 nr,
		 bool bound)
{
	const struct mutation *mut = &mutations[nr];
	struct edit *e = &m->edit;
	struct branching before;
	bool changed;

	copy_input(&m->keep, in);
	e->in = in;
	e->other = other;
	e->bound = bound;
	edit_open(e, any_prog(e));
	if (e->open)
		edit_flow(e);
	before = count_branching(e);
	changed = (e->open || mut->flags & (MUT_INPUT | MUT_WILD)) && mut->apply(e);
	if (finish(m, &before, changed))
		return true;
	copy_input(in, &m->keep);
	return false;
}

static u32 any_mutation(struct mutator *m, bool bound, bool other)
{
	struct rand *rand = &m->edit.rand;
	u32 sum = 0, at;

	for (u32 i = 0; i < nr_mutations; i++)
		sum += mutations[i].weight;
	for (;;) {
		u32 i = 0;

		for (at = rand_below(rand, sum); at >= mutations[i].weight; i++)
			at -= mutations[i].weight;
		if (!(bound && mutations[i].flags & MUT_WILD) &&
		    (other || !(mutations[i].flags & MUT_OTHER)))
			return i;
	}
}

static void note(struct mutator *m, u32 nr)
{
	size_t len = strlen(m->what);

	snprintf(m->what + len, sizeof(m->what) - len, "%s%s", len ? "+" : "", mutations[nr].name);
	if (m->applied)
		m->applied[nr]++;
}

static u32 last_resort(void)
{
	u32 nr = 0;

	while (mutations[nr].apply != mut_flags)
		nr++;
	return nr;
}

static void mutate_some(struct mutator *m, struct fuzz_input *in, const struct fuzz_input *other,
			bool bound)
{
	u32 want = 1, done = 0;

	while (want < MOST && rand_below(&m->edit.rand, 2))
		want++;
	m->what[0] = 0;
	m->unbound = !bound;
	for (u32 round = 0; done < want && (round < TRIES || !done); round++) {
		/*
		 * a full or broken program takes few changes, but mutations that leave the code
		 * alone always apply
		 */
		u32 nr = round < 2 * TRIES ? any_mutation(m, bound, other) : last_resort();

		if (!mutate_once(m, in, other, nr, bound && round < TRIES))
			continue;
		note(m, nr);
		done++;
	}
}

void mutate(struct mutator *m, struct fuzz_input *in, const struct fuzz_input *other)
{
	mutate_some(m, in, other, !rand_one_in(&m->edit.rand, MUTATE_UNBOUND));
}

void mutate_bound(struct mutator *m, struct fuzz_input *in, const struct fuzz_input *other)
{
	mutate_some(m, in, other, true);
}

void plain_input(struct fuzz_input *in)
{
	memset(in, 0, offsetof(struct fuzz_input, insns));
	in->nprogs = in->nfuncs = in->nvecs = 1;
	in->win[REGION_MEM] = in->win[REGION_STACK] = 64;
	in->progs[0] = (struct fuzz_prog){ .cnt = 2, .nfuncs = 1 };
	in->funcs[0].nargs = 1;
	in->insns[in->ninsns++] = INSN_K(BPF_MOV, 0, 1);
	in->insns[in->ninsns++] = INSN_X(BPF_ADD, 0, 1);
	in->regs[6].region = REGION_MEM;
	memset(&in->vecs[0], 0, sizeof(in->vecs[0]));
	for (u32 k = 0; k < CASE_REGS; k++)
		in->vecs[0].r[k] = k == 6 ? 0 : 0x0101010101010101ull * k;
}
