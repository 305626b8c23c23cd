// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "fuzz/avoid.h"
#include "session/engine.h"

#define SMALL_STACK "regress/interp_tailcall_stack/one"
#define RECURSION   "regress/verifier_recursion/one"

static bool listed(const struct known *known, const char *id, const char *release)
{
	return known_find(known, id, engines[WIRE_INTERP].name, release);
}

static bool prepend(struct fuzz_input *in, struct insn insn)
{
	if (in->ninsns == FUZZ_MAX_INSNS)
		return false;
	memmove(in->insns + 1, in->insns, in->ninsns++ * sizeof(insn));
	in->insns[0] = insn;
	in->progs[0].cnt++;
	for (u32 i = 1; i < in->nprogs; i++)
		in->progs[i].first++;
	for (u32 f = 1; f < in->progs[0].nfuncs; f++)
		in->funcs[f].start++;
	return true;
}

static bool deepen(struct fuzz_input *in)
{
	static const struct insn deep = { .code = BPF_ST | BPF_MEM | BPF_DW,
					  .dst = BPF_REG_FP,
					  .off = -AVOID_DEEPER };

	/* a wrapped program's stack is its window */
	return (in->flags & FUZZ_RAW
			? prepend(in, deep)
			: fuzz_input_widen(in, REGION_STACK,
					   in->win[REGION_STACK] + AVOID_DEEPER) >= 0) &&
	       !fuzz_input_check(in, NULL);
}

bool avoid_small_stack(const struct known *known, const char *release, struct fuzz_input *in)
{
	return in->nprogs == 1 || !listed(known, SMALL_STACK, release) || deepen(in);
}

/* The function of @p that contains @slot, or begins there. */
static u32 func_at(const struct fuzz_input *in, const struct fuzz_prog *p, s64 slot)
{
	u32 f = 0;

	while (f + 1 < p->nfuncs && in->funcs[p->first_func + f + 1].start <= slot)
		f++;
	return f;
}

static bool recurses(const struct fuzz_input *in, const struct fuzz_prog *p)
{
	bool calls[FUZZ_MAX_FUNCS][FUZZ_MAX_FUNCS] = {};
	u32 n = p->nfuncs;

	for (u32 i = 0; i < p->cnt; i++) {
		const struct insn *insn = &in->insns[p->first + i];

		if (insn_is_subprog_call(insn))
			calls[func_at(in, p, i)][func_at(in, p, (s64)i + 1 + insn->imm)] = true;
		if (insn_is_wide(insn))
			i++;
	}
	for (u32 via = 0; via < n; via++)
		for (u32 from = 0; from < n; from++)
			for (u32 to = 0; to < n; to++)
				calls[from][to] |= calls[from][via] && calls[via][to];
	for (u32 f = 0; f < n; f++)
		if (calls[f][f])
			return true;
	return false;
}

bool avoid_recursion(const struct known *known, const char *release, const struct fuzz_input *in)
{
	if (!listed(known, RECURSION, release))
		return false;
	for (u32 i = 0; i < in->nprogs; i++)
		if (recurses(in, &in->progs[i]))
			return true;
	return false;
}
