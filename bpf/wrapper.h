/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The wrapper: the generated code around the body of a case. For each case (a "block") the program
 * fills r0-r9 from the I/O map, copies the stack window in, runs the body, and spills the registers
 * and the stack window to the map. The JIT under test compiles the wrapper too, so there are
 * several kinds, and the null block, which has an empty body, shows whether the wrapper itself
 * works.
 *
 * A slot in the I/O map:	regs 10 x u64 | windows mem, stack | spill 10 x u64 | stack window
 * after the body
 */
#ifndef CHECKJIT_WRAPPER_H
#define CHECKJIT_WRAPPER_H

#include "bpf/case.h"
#include "bpf/model.h"

enum wrapper_kind {
	WRAPPER_WIDE,	/* u64 stores, r1 to r9, r0 last */
	WRAPPER_HALVES, /* two u32 stores each, in reverse order, to confirm a failure */
	WRAPPER_LOW,	/* low halves only, so that the verifier zero-extends no 32-bit result */
	WRAPPER_UNPRIV, /* as WRAPPER_WIDE, but spills no pointers, which would leak addresses */
	NR_WRAPPERS,
};

struct wrapper_block {
	const struct bpf_case *c;
	u32 start, size; /* of the slot, in bytes from the start of the map's value */
	u32 regs, win, out, out_size;
	u32 body, body_cnt; /* slots of main's body in progs[0] */
	u16 ptr_regs;	    /* spilled as distances */
	u8 ptr_region[CASE_REGS];
	u16 out_regs;
};

/* A program of one or more blocks, ready to be encoded. */
struct wrapper_prog {
	enum wrapper_kind kind;
	struct code *progs; /* as in struct bpf_case; [0] has the wrappers */
	u32 nprogs;
	struct wrapper_block *blocks;
	u32 nblocks;
	u32 io_size; /* bytes of the I/O map's value in use */
};

/*
 * Put @n cases of a group, whose windows have the same sizes, into one program. A case that is
 * .alone must be the only one. @states are the model's final states on the first vectors, which
 * tell the registers that hold pointers. Returns 0, or -E2BIG if the program does not fit into
 * @max_insns slots or @max_io bytes.
 */
int wrapper_build(const struct bpf_case *const *cases, u32 n, const struct model_state *states,
		  enum wrapper_kind kind, u32 max_insns, u32 max_io, struct wrapper_prog *out);
void wrapper_free(struct wrapper_prog *p);

/* Where the instructions of a case's progs[0] are in the wrapped program. */
struct wrapper_place {
	u32 body, body_cnt; /* main: slots body .. body + body_cnt - 1; the next is the spill */
	u32 funcs;	    /* its subprograms: from this slot */
	u32 mem;	    /* of its mem window, in the I/O map's value */
};

struct wrapper_place wrapper_place(const struct wrapper_prog *p, u32 b);

/*
 * Returns the wrapped slot of slot @slot of the case's progs[0]; for body_cnt, that of the spill.
 */
static inline u32 place_slot(const struct wrapper_place *p, u32 slot, u32 depth)
{
	return slot < p->body_cnt || !depth ? p->body + slot : p->funcs + slot - p->body_cnt;
}

/* Compute the expected bytes of the slot of block @b after vector @vec, in byte order @order. */
void wrapper_expect(const struct wrapper_prog *p, u32 b, u32 vec, const struct model_state *st,
		    enum byte_order order, u8 *slot);

const char *wrapper_name(enum wrapper_kind kind);

#endif
