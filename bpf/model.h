/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reference model computes the expected state of a case. It follows RFC 9669 and
 * Documentation/bpf/standardization/instruction-set.rst and, for what these leave to Linux (stack
 * arguments, may_goto, the tail call limit), the kernel's documentation and uapi. It deliberately
 * owes nothing to kernel/bpf/core.c or any JIT.
 */
#ifndef CHECKJIT_MODEL_H
#define CHECKJIT_MODEL_H

#include "bpf/case.h"
#include "bpf/quirks.h"

/* Why the model stopped. All but MODEL_OK are bugs in the case or the model, never in a kernel. */
enum model_stop {
	MODEL_OK,
	MODEL_BAD_INSN,	  /* not in insn_descs[] or not modelled */
	MODEL_BAD_ACCESS, /* outside all windows, or a misaligned atomic */
	MODEL_BAD_JUMP,
	MODEL_BAD_CALL,	 /* unknown helper or kfunc */
	MODEL_DEPTH,	 /* more than 16 call frames or 512 bytes of stack */
	MODEL_STEPS,	 /* more than max_steps instructions */
	MODEL_UNDEFINED, /* the result depends on something that the standard leaves open */
};

#define MODEL_MAX_STEPS (1u << 20)

/* What the translated program has in place of a conditional jump. */
enum wired {
	WIRED_NOT,   /* the jump itself */
	WIRED_TAKEN, /* a jump without a condition */
	WIRED_FALLS, /* nothing */
};

/* The final state, as the wrapper shows it. */
struct model_state {
	u64 r[CASE_REGS];     /* scalars, or the distances of pointers from their region's base */
	u8 region[CASE_REGS]; /* enum region of each register */
	u16 clobbered;	      /* bit k: rk is unreadable (r1-r5 after a call) */
	u32 retval;	      /* the program's return value, 0 if it reached the spill */
	bool early_exit;      /* main did not reach the spill: raw, or a tail call succeeded */
	u8 *win[NR_REGIONS];  /* win_size[] bytes each, guards included, in the byte order asked for
			       */
	const char *unguarded; /* an operation that the verifier rewrites for JITs, or NULL */
	u32 steps;
	bool open; /* it asked for the time, came near the budget of may_goto, or uses two CPUs */
	/* set by the caller */
	u32 max_steps; /* limit; 0: MODEL_MAX_STEPS */
	struct quirks quirks;
	bool standard;	 /* compute what the standard says: @met is all that quirks do */
	const u8 *wired; /* enum wired by slot of progs[0], or NULL: quirks do not change these */

	quirk_set met; /* bit per enum quirk: the run came to a place where it makes a difference */
	bool miswired; /* with .standard: a jump of @wired leads elsewhere than the standard does */
};

/*
 * Run @c on vector @vec as a machine of byte order @order and word size @word_bits (32 or 64)
 * would.
 * @st is zeroed or from an earlier run of the same case, whose buffers are reused; free it with
 * model_state_free(). Unless the result is MODEL_OK, @why (128 bytes, or NULL) tells what happened
 * and where.
 */
enum model_stop model_run(const struct bpf_case *c, u32 vec, enum byte_order order, int word_bits,
			  struct model_state *st, char *why);
/*
 * The same, but call @step before each instruction with its program, slot and call depth.
 */
typedef void model_step_fn(void *ctx, u32 prog, u32 slot, u32 depth);
enum model_stop model_run_watched(const struct bpf_case *c, u32 vec, enum byte_order order,
				  int word_bits, struct model_state *st, char *why,
				  model_step_fn *step, void *ctx);

/*
 * The same, but call @view with the machine before each instruction, and at the end of the body of
 * a wrapped case, with the slot of the spill.
 */
struct bpf_machine;
typedef void model_view_fn(void *ctx, const struct bpf_machine *m, u32 prog, u32 slot, u32 depth);
enum model_stop model_run_viewed(const struct bpf_case *c, u32 vec, enum byte_order order,
				 int word_bits, struct model_state *st, char *why,
				 model_view_fn *view, void *ctx);

enum model_kind {
	MODEL_UNKNOWN, /* never written, clobbered, or none of the below */
	MODEL_SCALAR,
	MODEL_IN_MEM,	/* @v: distance from the window's first byte */
	MODEL_IN_CTX,	/* likewise */
	MODEL_IN_STACK, /* from r10 of call frame @depth */
	MODEL_IN_MAP,	/* from the value's first byte */
};

struct model_value {
	enum model_kind kind;
	u32 depth;
	u64 v;
};

/* Returns r0-r10 of the running function. */
struct model_value model_view_reg(const struct bpf_machine *m, u32 reg);

/*
 * Returns @size bytes (1, 2, 4 or 8) at r10 + @off of the running function, as a number or address.
 */
struct model_value model_view_stack(const struct bpf_machine *m, s32 off, u32 size);

/* Are two final states of @c the same? */
bool model_state_equal(const struct bpf_case *c, const struct model_state *a,
		       const struct model_state *b);

void model_state_free(struct model_state *st);
const char *model_stop_name(enum model_stop stop);

#endif
