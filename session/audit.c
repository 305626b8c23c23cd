// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include "bpf/cap_names.h"
#include "bpf/insn.h"
#include "lib/util.h"
#include "native/idioms.h"
#include "session/audit.h"
#include "session/pads.h"
#include "session/xlated.h"

/* What @insn demands of its native code. Returns false: nothing. */
static bool demand_of(const struct guest *g, const struct insn *insn, enum demand *out)
{
	/* barriers that guard against loads only have none on some arches: kernels before nospec_v1
	 */
	if (xlated_is_nospec(insn)) {
		*out = DEMAND_NOSPEC;
		return g->have[CAP_UNPRIV_NOSPEC];
	}
	if (!xlated_is_atomic(insn))
		return false;
	switch (insn->imm) {
	case BPF_LOAD_ACQ:
		*out = DEMAND_ACQUIRE;
		break;
	case BPF_STORE_REL:
		*out = DEMAND_RELEASE;
		break;
	case BPF_CMPXCHG:
		*out = DEMAND_CMPXCHG;
		break;
	default:
		*out = insn->imm & BPF_FETCH ? DEMAND_ORDERED : DEMAND_ATOMIC;
	}
	if (BPF_SIZE(insn->code) == BPF_DW)
		*out |= DEMAND_WIDE;
	return true;
}

u32 audit_flags(const struct engine *e, const struct wrapper_prog *prog)
{
	const struct code *code = &prog->progs[0];
	bool wanted = false;

	if (!e->native || e->raw || code->classic)
		return 0;
	for (u32 i = 0; i < code->cnt && !wanted; i += 1 + insn_is_wide(&code->insns[i]))
		wanted = insn_is_atomic(&code->insns[i]);
	if (e->unpriv)
		wanted |= case_needs(prog->blocks[0].c, cap_name(CAP_UNPRIV_NOSPEC));
	return (wanted ? WIRE_XLATED | WIRE_JITED : 0) | pads_flags(e, prog);
}

/* Atomicity, order, and barriers against speculation. */
static char *order_reply(const struct guest *g, const struct wrapper_prog *prog,
			 const struct reply *reply)
{
	u32 cnt = reply->xlated_dump / INSN_SIZE, ndemands = 0, *slots;
	enum demand *demands;
	struct unmet unmet;
	struct insn insn;
	char *text = NULL, words[128] = "the end of the program";

	if (!reply->jited_dump || !cnt)
		return NULL;
	demands = xcalloc(cnt, sizeof(*demands));
	slots = xcalloc(cnt + 1, sizeof(*slots));
	for (u32 i = 0; i < cnt; i++) {
		insn_decode(&insn, reply->xlated + i * INSN_SIZE, g->order);
		if (demand_of(g, &insn, &demands[ndemands]))
			slots[ndemands++] = i;
		i += insn_is_wide(&insn);
	}
	if (idioms_check(g->conf->arch, reply->jited, reply->jited_dump, demands, ndemands,
			 &unmet) == -EILSEQ) {
		if (unmet.nr < ndemands) {
			insn_decode(&insn, reply->xlated + slots[unmet.nr] * INSN_SIZE, g->order);
			xlated_print(words, sizeof(words), &insn, prog, UINT32_MAX);
		}
		text = xasprintf("%s: expected %s, found %s", words,
				 *unmet.want ? unmet.want : "nothing", unmet.found);
	}
	free(slots);
	free(demands);
	return text;
}

char *audit_reply(const struct guest *g, const struct wrapper_prog *prog, const struct reply *reply)
{
	char *text = order_reply(g, prog, reply);

	return text ? text : pads_reply(g, prog, reply);
}
