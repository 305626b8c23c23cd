// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "fuzz/avoid.h"
#include "session/engine.h"

#define SMALL_STACK "regress/interp_tailcall_stack/one"
#define RECURSION   "regress/verifier_recursion/one"

#define MAX_STACK   512
#define OF_VERIFIER 40 /* what it adds for may_goto (16) and inlined loops (24) */

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

static void deeper(s32 *deepest, s32 off)
{
	if (off < *deepest && off >= -MAX_STACK)
		*deepest = off;
}

/* Bytes of stack that the tail-called programs use at most, those of the verifier included. */
static u32 stack_of_called(const struct fuzz_input *in)
{
	s32 added = 0, off = 0;
	u32 bytes;

	for (u32 p = 1; p < in->nprogs; p++)
		for (u32 i = 0; i < in->progs[p].cnt; i++) {
			const struct insn *insn = &in->insns[in->progs[p].first + i];
			u8 class = BPF_CLASS(insn->code);

			if (insn->code == (BPF_ALU64 | BPF_ADD | BPF_K))
				deeper(&added, insn->imm);
			else if (class == BPF_ST || class == BPF_STX || class == BPF_LDX)
				deeper(&off, insn->off);
			i += insn_is_wide(insn);
		}
	bytes = (OF_VERIFIER - added - off + 7) / 8 * 8;
	return bytes < MAX_STACK ? bytes : MAX_STACK;
}

static bool deepen(struct fuzz_input *in, u32 bytes)
{
	const struct insn deep = { .code = BPF_ST | BPF_MEM | BPF_DW,
				   .dst = BPF_REG_FP,
				   .off = -(s16)bytes };

	/* a wrapped program's stack is its window */
	if (in->flags & FUZZ_RAW)
		return prepend(in, deep);
	return in->win[REGION_STACK] >= bytes || fuzz_input_widen(in, REGION_STACK, bytes) >= 0;
}

bool avoid_small_stack(const struct known *known, const char *release, struct fuzz_input *in)
{
	return in->nprogs == 1 || !listed(known, SMALL_STACK, release) ||
	       (deepen(in, stack_of_called(in)) && !fuzz_input_check(in, NULL));
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
