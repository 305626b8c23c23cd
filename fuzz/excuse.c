// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "fuzz/excuse.h"

#define KNOWN_STACK	"regress/interp_tailcall_stack/one"

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

bool excuse_deepen(struct fuzz_input *in)
{
	static const struct insn deep = { .code = BPF_ST | BPF_MEM | BPF_DW, .dst = BPF_REG_FP, .off = -EXCUSE_DEEPER };

	/* a framed program's stack is its window */
	return (in->flags & FUZZ_RAW ? prepend(in, deep) : fuzz_input_widen(in, REGION_STACK, in->win[REGION_STACK] + EXCUSE_DEEPER)) &&
	       !fuzz_input_check(in, NULL);
}

bool excuse_stack(struct lab *lab, const struct known *known, const struct engine *engine, const struct fuzz_input *in)
{
	static struct fuzz_input deep;
	struct trial_ask ask = { .engine = engine };
	struct trial trial;
	struct bpf_case *c;
	bool passes = false;

	if (in->nprogs == 1 || !known_find(known, KNOWN_STACK, engine->name, lab->r.first.release))
		return false;
	deep = *in;
	if (!excuse_deepen(&deep))
		return false;
	ask.c = c = fuzz_input_to_case(&deep, "fuzz/input/deep", OUTCOME_VALUE);
	if (!lab_try(lab, &ask, &trial)) {
		passes = trial.verdict == VERDICT_PASS;
		trial_free(&trial);
	}
	bpf_case_free(c);
	return passes;
}
