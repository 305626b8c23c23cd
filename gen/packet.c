// SPDX-License-Identifier: GPL-2.0
/*
 * Packet loads of socket filters: the kernel makes a fast path and a call of each, which must
 * change nothing but r0-r5. A load outside the packet ends its function: in main the program ends,
 * elsewhere the caller goes on with 0.
 */
#include "gen/dims.h"
#include "gen/families.h"
#include "gen/text.h"

static const char *const ops[] = {
	"abs8",	    "abs16",	 "abs32",     "ind8",	  "ind16",     "ind32",
	"sub-abs8", "sub-abs16", "sub-abs32", "sub-ind8", "sub-ind16", "sub-ind32",
};

static bool is_sub(u32 op)
{
	return op >= 6;
}

static bool is_ind(u32 op)
{
	return op / 3 & 1;
}

static u32 bits(u32 op)
{
	return 8 << op % 3;
}

/* Bytes of the packet, before its 16 guard bytes */
static const u32 packets[] = { 8, 48, 120, 1000 };
GEN_DIM(packet, ARRAY_SIZE(packets), "%u", packets[i]);

/*
 * Offsets where an offset field of some machine ends, in the network and the MAC header, and
 * outside of everything. Those around the packet's end follow.
 */
static const s32 offsets[] = { 0,	  1,	     2,		 3,	    7,		8,
			       127,	  128,	     255,	 256,	    4095,	4096,
			       32767,	  32768,     0x7fffffff, -0x100000, -0xffffd,	-0x200000,
			       -0x1ffff4, -0x1ffff1, -0x200001,	 -1,	    -0x80000000 };

#define NEAR_END 5

static s32 offset(u32 packet, u32 i)
{
	return i < ARRAY_SIZE(offsets)
		       ? offsets[i]
		       : (s32)(packets[packet] + CASE_GUARD - NEAR_END + (i - ARRAY_SIZE(offsets)));
}

GEN_DIM(offset, ARRAY_SIZE(offsets) + NEAR_END + 1, "%s%d", i < ARRAY_SIZE(offsets) ? "" : "end-",
	i < ARRAY_SIZE(offsets) ? offsets[i] : (int)(ARRAY_SIZE(offsets) + NEAR_END - i));

/* The index register; r6 is the context. */
static const u8 regs[] = { 0, 1, 2, 3, 4, 5, 7, 8, 9 };
GEN_DIM(index, is_ind(op) ? ARRAY_SIZE(regs) : 1, is_ind(op) ? "r%u" : "k", regs[i]);

static void emit_load(struct gen *g, u32 op, const u32 *at)
{
	s32 off = offset(at[0], at[1]);
	u32 abs = off < 0 ? -(u32)off : (u32)off;

	if (is_ind(op))
		emit(g, "r0 = *(u%u *)skb[r%u %c %u]", bits(op), regs[at[2]], off < 0 ? '-' : '+',
		     abs);
	else
		emit(g, "r0 = *(u%u *)skb[%d]", bits(op), off);
}

/* A function whose registers have values that the caller's do not have. */
static void emit_sub(struct gen *g, u32 op, const u32 *at)
{
	emit(g, "func load args 2:; *(u64 *)(r10 - 8) = r2; r6 = r1");
	for (u32 k = 7; k < 10; k++)
		emit(g, "r%u = %u", k, 0x1234567 * k);
	if (is_ind(op) && regs[at[2]] != 2)
		emit(g, "r%u = r2", regs[at[2]]);
	emit_load(g, op, at);
	emit(g, "r0 += r7; r0 ^= r8; r0 += r9; r1 = *(u64 *)(r10 - 8); r0 ^= r1; exit");
}

static void build(struct gen *g, u32 op, const u32 *at)
{
	u32 packet = packets[at[0]], reg = is_sub(op) ? 7 : regs[at[2]];

	emit(g, "type socket");
	if (is_sub(op))
		emit(g, "needs calls btf");
	emit(g, "ctx %u; stack 16; ptr r6 = ctx; prog", packet);
	if (is_sub(op)) {
		emit(g, "r1 = r6; r2 = r7; call load; r8 = r0");
		emit_sub(g, op, at);
	} else {
		emit(g, "*(u64 *)(r10 - 8) = r8");
		emit_load(g, op, at);
		emit(g, "r1 = *(u64 *)(r10 - 8); r8 ^= r1");
	}
	emit(g, "end");
	if (!is_ind(op)) {
		emit(g, "vec ctx+0=u64 in few64");
		return;
	}
	emit(g, "vec r%u in (0 1 4 %u %u", reg, packet, packet + CASE_GUARD - bits(op) / 8);
	emit_more(g, " -1 -4 0x100000004 0x7fffffff 0x80000000 -0x100000 -0x1ffff6)");
}

const struct gen_family family_packet = {
	.name = "packet",
	.doc = "packet loads: sizes, offsets around the packet's ends and those of offset fields, "
	       "every index register, in main and in a function",
	.verified = true,
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.dims = { &dim_packet, &dim_offset, &dim_index },
	.build = build,
};
