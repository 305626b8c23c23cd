/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The frame: what stands around the body of a case so that it can be run and its whole state seen. For each case
 * (a "block") the program fills r0-r9 from the I/O map, copies the stack window in, runs the body, spills the
 * registers and the stack window back to the map. The frame is compiled by the JIT under test too, so there are
 * differently built ones; the null block (an empty body) tells whether a frame itself is believed.
 *
 * A slot in the I/O map:	regs 10 x u64 | windows mem, stack | spill 10 x u64 | stack window after the body
 */
#ifndef CHECKJIT_WRAPPER_H
#define CHECKJIT_WRAPPER_H

#include "bpf/case.h"
#include "bpf/model.h"

enum wrapper_kind {
	WRAPPER_WIDE,	/* u64 stores, r1 to r9, r0 last */
	WRAPPER_HALVES,	/* two u32 stores each, in reverse order: the confirmation of a failure */
	WRAPPER_LOW,	/* the low halves alone: 32-bit definitions stay without the verifier's extension */
	WRAPPER_UNPRIV,	/* as WRAPPER_WIDE, but pointers stay where they are: their distance is nothing that everybody may know */
	NR_WRAPPERS,
};

struct wrapper_block {
	const struct bpf_case *c;
	u32 start, size;	/* the slot, bytes from the start of the map's value */
	u32 regs, win, out, out_size;
	u32 body, body_cnt;	/* slots of main's body in progs[0] */
	u16 ptr_regs;		/* spilled as distances */
	u8 ptr_region[CASE_REGS];
	u16 out_regs;
};

/* A program of one or more blocks, ready to be encoded. */
struct wrapper_prog {
	enum wrapper_kind kind;
	struct code *progs;	/* as in struct bpf_case, [0] with the frames */
	u32 nprogs;
	struct wrapper_block *blocks;
	u32 nblocks;
	u32 io_size;		/* bytes of the I/O map's value in use */
};

/*
 * Put @n cases of one group in one program; all have windows of the same sizes. Where @n > 1, none is alone.
 * @states: the model's final state of each on its first vector: it tells which registers hold pointers.
 * 0, or -E2BIG where the program would not fit (in @max_insns slots or @max_io bytes).
 */
int wrapper_build(const struct bpf_case *const *cases, u32 n, const struct model_state *states,
		enum wrapper_kind kind, u32 max_insns, u32 max_io, struct wrapper_prog *out);
void wrapper_free(struct wrapper_prog *p);

/* Where the instructions of progs[0] of one case went, for whoever reads what a kernel says of the program. */
struct wrapper_place {
	u32 body, body_cnt;	/* main: slots body .. body + body_cnt - 1; the next is the spill */
	u32 funcs;		/* its subprograms: from this slot */
	u32 mem;		/* of its mem window, in the I/O map's value */
};

struct wrapper_place wrapper_place(const struct wrapper_prog *p, u32 b);

/* The slot that holds slot @slot of the case's progs[0]; body_cnt of main: where the spill begins. */
static inline u32 place_slot(const struct wrapper_place *p, u32 slot, u32 depth)
{
	return slot < p->body_cnt || !depth ? p->body + slot : p->funcs + slot - p->body_cnt;
}

/* What the slot of block @b holds after vector @vec: @size bytes at @slot, in @order. */
void wrapper_expect(const struct wrapper_prog *p, u32 b, u32 vec, const struct model_state *st,
		  enum byte_order order, u8 *slot);

const char *wrapper_name(enum wrapper_kind kind);

#endif
