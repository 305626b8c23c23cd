// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "session/unpriv.h"

/* Capabilities of the kernel that take none of the loader. */
static const char *const for_all[] = {
	"sdiv", "movsx", "memsx", "bswap", "gotol", "atomic32", "atomic64", "load_acq", "load_acq64", "unaligned",
};

static bool is_for_all(const char *need)
{
	for (u32 i = 0; i < ARRAY_SIZE(for_all); i++)
		if (!strcmp(need, for_all[i]))
			return true;
	return false;
}

static bool is_pointer(const struct bpf_case *c, u8 reg)
{
	return reg == BPF_REG_FP || c->regs[reg].region != REGION_NONE;
}

/* Of operands that are values: is one of them an address? Bases of accesses are none. */
static bool uses_address(const struct bpf_case *c, const struct insn *insn)
{
	const struct insn_desc *d = insn_lookup(insn);
	bool dst = d && d->fields & F_DST && is_pointer(c, insn->dst), src = d && d->fields & F_SRC && is_pointer(c, insn->src);

	switch (insn_class(insn)) {
	case BPF_LD:
	case BPF_LDX:
	case BPF_ST:
		return false;
	case BPF_STX:
		/* of load_acquire the source is the base */
		return BPF_MODE(insn->code) == BPF_ATOMIC && insn->imm == BPF_LOAD_ACQ ? false : src;
	case BPF_ALU64:
		/* what it held is gone */
		return insn->code == (BPF_ALU64 | BPF_MOV | BPF_K) ? false : dst || src;
	default:
		return dst || src;
	}
}

static const char *insn_lacks(const struct bpf_case *c, const struct insn *insn)
{
	u8 class = insn_class(insn), op = BPF_OP(insn->code);
	bool jump = class == BPF_JMP || class == BPF_JMP32;

	if (jump && op == BPF_CALL)
		return "who has no capabilities has no functions, and few helpers";
	if (jump && (op == BPF_JCOND || insn->code == (BPF_JMP | BPF_JA | BPF_X)))
		return "may_goto and gotox want capabilities";
	if (jump && (insn->code == (BPF_JMP32 | BPF_JA) ? insn->imm < 0 : insn->off < 0))
		return "who has no capabilities has no loops";
	if (insn_is_wide(insn) && insn->src && !(insn->src == BPF_PSEUDO_MAP_IDX_VALUE && !insn->imm))
		return "who has no capabilities has no functions and variables of the kernel";
	if (uses_address(c, insn))
		return "who has no capabilities may compute, compare and store no addresses";
	return NULL;
}

u32 unpriv_branches(const struct bpf_case *c)
{
	const struct code *code = &c->progs[0];
	u32 cnt = 0;

	for (u32 i = 0; i < code->cnt; i++) {
		const struct insn *insn = &code->insns[i];
		u8 class = insn_class(insn), op = BPF_OP(insn->code);

		cnt += (class == BPF_JMP || class == BPF_JMP32) && op != BPF_JA && op != BPF_CALL && op != BPF_EXIT;
		i += insn_is_wide(insn);
	}
	return cnt;
}

const char *unpriv_lacks(const struct bpf_case *c)
{
	const struct code *code = &c->progs[0];
	bool socket = c->type == CASE_TYPE_SOCKET, syscall = c->type == CASE_TYPE_SYSCALL && !c->vecs->win_size[REGION_CTX];

	if (c->type == CASE_TYPE_CLASSIC)
		return NULL;	/* anybody may attach a filter */
	if (c->outcome != OUTCOME_VALUE)
		return "the verifier refuses other things to who has no capabilities";
	if ((!socket && !syscall) || c->raw)
		return "not what a socket filter can be";
	if (c->nprogs > 1 || c->nmaps || code->nfuncs > 1)
		return "tail calls, maps of its own and functions want capabilities";
	for (u32 i = 0; i < c->nneeds; i++)
		if (!is_for_all(c->needs[i]))
			return "it needs what wants capabilities";
	for (u32 i = 0; i < code->cnt; i++) {
		const char *why = insn_lacks(c, &code->insns[i]);

		if (why)
			return why;
		i += insn_is_wide(&code->insns[i]);
	}
	return code->cnt > UNPRIV_MAX_INSNS / 2 ? "who has no capabilities has 4096 instructions at most" : NULL;
}
