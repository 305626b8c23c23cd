// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "fuzz/known_issue.h"
#include "reduce/edit.h"

#define KNOWN_STACK	"regress/interp_tailcall_stack/one"
#define KNOWN_R1	"regress/riscv32_subprog_r1/one"
#define KNOWN_RECURSION "regress/verifier_recursion/one"

static bool passes(struct session *session, const struct trial_ask *ask)
{
	struct trial trial;
	bool pass;

	if (session_try(session, ask, &trial))
		return false;
	pass = trial.verdict == VERDICT_PASS;
	trial_free(&trial);
	return pass;
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

bool known_issue_deepen(struct fuzz_input *in)
{
	static const struct insn deep = { .code = BPF_ST | BPF_MEM | BPF_DW,
					  .dst = BPF_REG_FP,
					  .off = -KNOWN_ISSUE_DEEPER };

	/* a wrapped program's stack is its window */
	return (in->flags & FUZZ_RAW
			? prepend(in, deep)
			: fuzz_input_widen(in, REGION_STACK,
					   in->win[REGION_STACK] + KNOWN_ISSUE_DEEPER) >= 0) &&
	       !fuzz_input_check(in, NULL);
}

bool known_issue_stack(struct session *session, const struct known *known,
		       const struct engine *engine, const struct fuzz_input *in)
{
	static struct fuzz_input deep;
	struct trial_ask ask = { .engine = engine };
	struct bpf_case *c;
	bool known_issue;

	if (in->nprogs == 1 ||
	    !known_find(known, KNOWN_STACK, engine->name, session->first.release))
		return false;
	deep = *in;
	if (!known_issue_deepen(&deep))
		return false;
	ask.c = c = fuzz_input_to_case(&deep, "fuzz/input/deep", OUTCOME_VALUE);
	known_issue = passes(session, &ask);
	bpf_case_free(c);
	return known_issue;
}

/*
 * Insert `w1 = w1` at the entry of each function but main; a jump to the end of the preceding
 * function stays one.
 */
static bool cut_r1(struct code *code)
{
	const struct unit cut = {
		.insn = { { .code = BPF_ALU | BPF_MOV | BPF_X, .dst = 1, .src = 1 } },
		.slots = 1,
		.target = -1,
		.callee = -1,
	};
	struct listing l;
	struct code out;
	bool ok;

	if (!listing_open(&l, code))
		return false;
	for (u32 f = 1, i = 0; f < l.nfuncs; f++) {
		while (i < l.cnt && l.units[i].func < f)
			i++;
		listing_insert(&l, i, &cut, f, true);
	}
	ok = listing_build(&l, NULL, &out);
	listing_free(&l);
	if (ok) {
		code_free(code);
		*code = out;
	}
	return ok;
}

struct bpf_case *known_issue_cut_r1(const struct bpf_case *c)
{
	struct bpf_case *cut = case_dup(c);

	for (u32 i = 0; i < cut->nprogs; i++) {
		if (cut->progs[i].nfuncs > 1 && !cut_r1(&cut->progs[i])) {
			bpf_case_free(cut);
			return NULL;
		}
	}
	return cut;
}

static bool has_functions(const struct bpf_case *c)
{
	for (u32 i = 0; i < c->nprogs; i++)
		if (c->progs[i].nfuncs > 1)
			return true;
	return false;
}

bool known_issue_r1(struct session *session, const struct known *known, const struct engine *engine,
		    const struct bpf_case *c, u32 nr_vecs)
{
	struct trial_ask ask = { .engine = engine, .nr_vecs = nr_vecs };
	struct bpf_case *cut = NULL;
	bool known_issue;

	if (has_functions(c) && known_find(known, KNOWN_R1, engine->name, session->first.release))
		cut = known_issue_cut_r1(c);
	ask.c = cut;
	known_issue = cut && passes(session, &ask);
	bpf_case_free(cut);
	return known_issue;
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

bool known_issue_recursion(const struct known *known, const char *release,
			   const struct fuzz_input *in)
{
	if (!known_find(known, KNOWN_RECURSION, engines[WIRE_INTERP].name, release))
		return false;
	for (u32 i = 0; i < in->nprogs; i++)
		if (recurses(in, &in->progs[i]))
			return true;
	return false;
}
