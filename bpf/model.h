/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reference model: what a case must compute, from RFC 9669 and Documentation/bpf/standardization/instruction-set.rst,
 * and for what they leave to Linux (stack arguments, may_goto, tail-call limit) from the kernel's documentation and uapi.
 * Deliberately not from kernel/bpf/core.c or any JIT.
 */
#ifndef CHECKJIT_MODEL_H
#define CHECKJIT_MODEL_H

#include "bpf/case.h"

/* Why the model stopped. Anything but MODEL_OK is a fault of the case (or of the model), never of a kernel. */
enum model_stop {
	MODEL_OK,
	MODEL_BAD_INSN,		/* not in insn_descs[] or not modelled */
	MODEL_BAD_ACCESS,	/* outside every window, or misaligned atomic */
	MODEL_BAD_JUMP,
	MODEL_BAD_CALL,		/* helper or kfunc that the model does not know */
	MODEL_DEPTH,		/* more than 16 frames, or more stack than 512 bytes */
	MODEL_STEPS,		/* more instructions than there may be */
	MODEL_UNDEFINED,	/* the result depends on what the standard leaves open */
};

#define MODEL_MAX_STEPS (1u << 20)

/* Final state, as the frame shows it. */
struct model_state {
	u64 r[CASE_REGS];	/* scalars; a pointer: its distance from its region's base (struct reg_in.off) */
	u8 region[CASE_REGS];	/* enum region of what rk holds */
	u16 clobbered;		/* bit k: rk is unreadable (r1-r5 after a call) */
	u32 retval;		/* the program's return value: 0 behind the spill of a wrapped case */
	bool early_exit;	/* main did not reach the spill: a tail call was taken, or raw */
	u8 *win[NR_REGIONS];	/* win_size[] bytes each, guards included, in the order asked for */
	const char *unguarded;	/* what the kernel's verifier has a JIT never meet as it stands, or NULL */
	u32 steps;
	u32 max_steps;		/* set by the caller: how many there may be; 0: MODEL_MAX_STEPS */
};

/*
 * Run @c on vector @vec as a machine of byte order @order and word size @word_bits (32 or 64, for what depends on
 * it) would. @st comes zeroed or from an earlier run of the same case (buffers are reused); model_state_free() ends it.
 * On a stop other than MODEL_OK, @why (may be NULL, 128 bytes) says where and what.
 */
enum model_stop model_run(const struct bpf_case *c, u32 vec, enum byte_order order, int word_bits,
			  struct model_state *st, char *why);
/*
 * The same, and @step is called for each instruction before it is executed: program, slot, nested calls around it.
 */
typedef void model_step_fn(void *ctx, u32 prog, u32 slot, u32 depth);
enum model_stop model_run_watched(const struct bpf_case *c, u32 vec, enum byte_order order, int word_bits,
				  struct model_state *st, char *why, model_step_fn *step, void *ctx);

/*
 * The same, and @view is called before each instruction with the machine as it is then, and at the end of a wrapped
 * case's body, where @slot is that of its spill.
 */
struct bpf_machine;
typedef void model_view_fn(void *ctx, const struct bpf_machine *m, u32 prog, u32 slot, u32 depth);
enum model_stop model_run_viewed(const struct bpf_case *c, u32 vec, enum byte_order order, int word_bits,
				 struct model_state *st, char *why, model_view_fn *view, void *ctx);

enum model_kind {
	MODEL_UNKNOWN,		/* never written, clobbered, or something else than the rest */
	MODEL_SCALAR,
	MODEL_IN_MEM,		/* @v: distance from the window's first byte */
	MODEL_IN_CTX,		/* likewise */
	MODEL_IN_STACK,		/* from r10 of frame @depth */
	MODEL_IN_MAP,		/* from the value's first byte */
};

struct model_value {
	enum model_kind kind;
	u32 depth;
	u64 v;
};

/* r0-r10 of the running function. */
struct model_value model_view_reg(const struct bpf_machine *m, u32 reg);
/* @size bytes (1, 2, 4 or 8) at r10 + @off of the running function, loaded as a number or an address. */
struct model_value model_view_stack(const struct bpf_machine *m, s32 off, u32 size);

void model_state_free(struct model_state *st);
const char *model_stop_name(enum model_stop stop);

#endif
