// SPDX-License-Identifier: GPL-2.0
#include "session/survival.h"

/* Set @mask to the fields of @insn that no fixup changes. False: a fixup may replace @insn. */
static bool kept_fields(const struct insn *insn, struct insn *mask)
{
	u8 op = BPF_OP(insn->code);

	*mask = (struct insn){ .code = 0xff, .dst = 0xf, .src = 0xf, .off = -1, .imm = -1 };
	switch (insn_class(insn)) {
	case BPF_ALU:
	case BPF_ALU64:
		if ((op == BPF_DIV || op == BPF_MOD) && insn->off == 1 && insn->imm == -1 &&
		    BPF_SRC(insn->code) == BPF_K)
			return false; /* signed division by -1 becomes a negation or a move */
		if (insn_is_addr_space_cast(insn))
			return false; /* addr_space_cast may become a 32-bit move */
		return true;
	case BPF_JMP:
	case BPF_JMP32:
		if (insn_is_goto(insn))
			return false; /* a jump to the next instruction is removed */
		if (insn_is_may_goto(insn))
			return false;
		if (insn_is_call(insn) && !insn_is_subprog_call(insn))
			return false; /* helpers may be inlined */
		mask->off = 0;	      /* inserted insns change distances */
		if (insn_is_call(insn))
			mask->imm = 0, mask->src = 0, mask->dst = 0;
		return true;
	case BPF_LD:
		return insn_is_wide(insn) && !insn->src;
	case BPF_LDX:
	case BPF_STX:
		/* a fault-handling MEMSX, or an ATOMIC in an arena, has another mode */
		if (BPF_MODE(insn->code) == BPF_MEMSX)
			mask->code = 0x3f;
		if (BPF_MODE(insn->code) == BPF_ATOMIC)
			mask->code = 0xdf;
		return true;
	default:
		return true;
	}
}

bool insn_survivor(const struct insn *insn, enum byte_order order, u8 value[INSN_SIZE],
		   u8 mask[INSN_SIZE])
{
	struct insn keep;

	if (!kept_fields(insn, &keep))
		return false;
	insn_encode(value, insn, order);
	insn_encode(mask, &keep, order);
	for (int i = 0; i < INSN_SIZE; i++)
		value[i] &= mask[i];
	return true;
}
