// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "lib/util.h"
#include "session/raw.h"

/* Does @insn load an address of anything but the I/O map? */
static bool names_object(const struct insn *insn)
{
	return insn_is_pseudo(insn) && !insn_names_mem(insn);
}

static const struct {
	bool (*is)(const struct insn *insn);
	const char *why;
} beyond[] = {
	{ insn_is_helper_call, "the raw route has no helpers: the verifier resolves them" },
	{ insn_is_kfunc_call, "the raw route has no kfuncs: the verifier resolves them" },
	{ insn_uses_params, "the raw route has no stack arguments: the verifier counts them" },
	{ insn_is_may_goto, "the raw route has no may_goto: the verifier rewrites it" },
	{ insn_is_gotox, "the raw route has no gotox: its targets are a map" },
	{ names_object, "the raw route has no maps and functions: the verifier resolves them" },
	{ insn_is_packet_load, "the raw route has no packet loads: the verifier rewrites them" },
	{ insn_is_addr_space_cast, "the raw route has no arenas" },
};

const char *raw_lacks(const struct bpf_case *c, bool native)
{
	const struct code *code = &c->progs[0];

	if (c->outcome != OUTCOME_VALUE)
		return "there is no verifier in the raw route";
	if (c->type == CASE_TYPE_CLASSIC)
		return "classic filters bypass the verifier on every engine";
	if (c->type != CASE_TYPE_SYSCALL)
		return "the raw route has no program types: only the verifier knows them";
	if (c->nprogs > 1)
		return "the raw route has no tail calls: the verifier resolves them";
	if (c->nmaps)
		return "the raw route has no maps: the verifier resolves them";
	if (code->nfuncs > 1 && !native)
		return "the raw interpreter has no subprograms: the verifier rewrites their calls";
	if (case_needs(c, "rnd_hi32"))
		return "the raw route has no BPF_F_TEST_RND_HI32: the verifier implements it";
	for (u32 i = 0; i < code->cnt; i++) {
		for (u32 k = 0; k < ARRAY_SIZE(beyond); k++)
			if (beyond[k].is(&code->insns[i]))
				return beyond[k].why;
		i += insn_is_wide(&code->insns[i]);
	}
	return NULL;
}

/* Only these insns make it necessary to run every vector in the model. */
static bool may_need_guard(const struct insn *insn)
{
	u8 class = insn_class(insn), op = BPF_OP(insn->code);

	if (class == BPF_ALU || class == BPF_ALU64)
		return op == BPF_DIV || op == BPF_MOD;
	return insn_is_atomic(insn) && insn->imm == BPF_CMPXCHG;
}

char *raw_unchecked(const struct bpf_case *c, u32 first, u32 n, enum byte_order order,
		    int word_bits)
{
	const struct code *code = &c->progs[0];
	struct model_state st = {};
	const char *why = NULL;
	bool may = false;

	for (u32 i = 0; i < code->cnt; i++)
		may |= may_need_guard(&code->insns[i]);
	for (u32 v = first; may && !why && v < first + n; v++)
		if (model_run(c, v, order, word_bits, &st, NULL) == MODEL_OK)
			why = st.unguarded;
	model_state_free(&st);
	return why ? xasprintf("%s: the verifier guards against it", why) : NULL;
}
