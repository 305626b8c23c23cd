// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "bpf/cap_names.h"
#include "session/unpriv.h"

static bool is_pointer(const struct bpf_case *c, u8 reg)
{
	return reg == BPF_REG_FP || c->regs[reg].region != REGION_NONE;
}

/* Is an operand value of @insn an address? Base registers of accesses do not count. */
static bool uses_address(const struct bpf_case *c, const struct insn *insn)
{
	const struct insn_desc *d = insn_lookup(insn);
	bool dst = d && d->fields & F_DST && is_pointer(c, insn->dst),
	     src = d && d->fields & F_SRC && is_pointer(c, insn->src);

	switch (insn_class(insn)) {
	case BPF_LD:
	case BPF_LDX:
	case BPF_ST:
		return false;
	case BPF_STX:
		/* load_acquire: src is the base */
		return insn_is_atomic(insn) && insn->imm == BPF_LOAD_ACQ ? false : src;
	case BPF_ALU64:
		/* MOV of an imm overwrites it */
		return insn->code == (BPF_ALU64 | BPF_MOV | BPF_K) ? false : dst || src;
	default:
		return dst || src;
	}
}

static const char *insn_lacks(const struct bpf_case *c, const struct insn *insn)
{
	if (insn_is_call(insn))
		return "unprivileged programs cannot call functions, and only a few helpers";
	if (insn_is_may_goto(insn) || insn_is_gotox(insn))
		return "may_goto and gotox need capabilities";
	if (insn_is_jump(insn) && insn_jump_distance(insn) < 0)
		return "unprivileged programs cannot have loops";
	if (insn_is_pseudo(insn) && !insn_names_mem(insn))
		return "unprivileged programs cannot use functions and variables of the kernel";
	if (uses_address(c, insn))
		return "unprivileged programs cannot compute with, compare or store addresses";
	return NULL;
}

u32 unpriv_branches(const struct bpf_case *c)
{
	const struct code *code = &c->progs[0];
	u32 cnt = 0;

	for (u32 i = 0; i < code->cnt; i++) {
		const struct insn *insn = &code->insns[i];

		cnt += insn_is_cond_jump(insn);
		i += insn_is_wide(insn);
	}
	return cnt;
}

const char *unpriv_lacks(const struct bpf_case *c)
{
	const struct code *code = &c->progs[0];
	bool socket = c->type == CASE_TYPE_SOCKET,
	     syscall = c->type == CASE_TYPE_SYSCALL && !c->vecs->win_size[REGION_CTX];

	if (c->type == CASE_TYPE_CLASSIC)
		return NULL; /* any process may attach a filter */
	if (c->outcome != OUTCOME_VALUE)
		return "the verifier has other rules for unprivileged programs";
	if ((!socket && !syscall) || c->raw)
		return "cannot be loaded as a socket filter";
	if (c->nprogs > 1 || c->nmaps || code->nfuncs > 1)
		return "tail calls, maps and functions need capabilities";
	for (u32 i = 0; i < c->nneeds; i++)
		if (!(cap_flags(cap_by_name(c->needs[i])) & CAPF_UNPRIV))
			return "needs a feature that needs capabilities";
	for (u32 i = 0; i < code->cnt; i++) {
		const char *why = insn_lacks(c, &code->insns[i]);

		if (why)
			return why;
		i += insn_is_wide(&code->insns[i]);
	}
	return code->cnt > UNPRIV_MAX_INSNS / 2 ? "unprivileged programs have at most 4096 insns"
						: NULL;
}
