// SPDX-License-Identifier: GPL-2.0
/* Shows the state of the running machine, to compare it with the verifier's. */
#include "bpf/model_impl.h"

static struct model_value look(struct val val)
{
	struct model_value out = { .v = val.v };

	switch (tag_kind(val.tag)) {
	case PTR_SCALAR:
		out.kind = MODEL_SCALAR;
		break;
	case PTR_MEM:
		out.kind = MODEL_IN_MEM;
		break;
	case PTR_CTX:
		out.kind = MODEL_IN_CTX;
		break;
	case PTR_MAP_VALUE:
		out.kind = MODEL_IN_MAP;
		break;
	case PTR_STACK:
		out.kind = MODEL_IN_STACK;
		out.depth = tag_depth(val.tag);
		break;
	default:
		out.kind = MODEL_UNKNOWN;
	}
	return out;
}

struct model_value model_view_reg(const struct bpf_machine *m, u32 reg)
{
	return look(reg < NR_REGS ? m->r[reg] : UNREADABLE);
}

struct model_value model_view_stack(const struct bpf_machine *m, s32 off, u32 size)
{
	const struct call_frame *f = &m->frames[m->depth];
	s64 at = (s64)off - f->lo;
	tag_t tag;

	if (at < 0 || (s64)off + size > 0 || (f->init && !bits_all(f->init, at, size)))
		return look(UNREADABLE);
	tag = f->shadow.used ? f->shadow.tag[at / 8] : PTR_SCALAR;
	if (tag != PTR_SCALAR && size != 8)
		tag = PTR_UNREADABLE;
	return look((struct val){ bytes_get(f->stack + at, size, m->order), tag });
}
