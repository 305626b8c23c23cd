/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The verifier's log at level 2, as kernel 7.3 writes it (kernel/bpf/log.c): the order in which it
 * visits insns, and what it knows about registers and stack slots in between. Only printed
 * statements count: anything else is unchanged or not stated.
 */
#ifndef CHECKJIT_VERIFIER_LOG_H
#define CHECKJIT_VERIFIER_LOG_H

#include <stddef.h>
#include "lib/types.h"

enum vlog_bound {
	VLOG_SMIN,
	VLOG_SMAX,
	VLOG_UMIN,
	VLOG_UMAX,
	VLOG_SMIN32,
	VLOG_SMAX32,
	VLOG_UMIN32,
	VLOG_UMAX32,
	VLOG_BOUNDS,
	VLOG_VAR_OFF = VLOG_BOUNDS, /* known bits; of a constant, all of them */
	VLOG_STATEMENTS,
};

enum vlog_type {
	VLOG_OTHER, /* not understood */
	VLOG_SCALAR,
	VLOG_FP,
	VLOG_CTX,
	VLOG_MAP_VALUE,
};

struct vlog_value {
	enum vlog_type type;
	bool maybe_null;
	bool fixed; /* a pointer with offset @off; if not set, @off is its fixed part and the bounds
		       are for the rest */
	s32 frame;  /* VLOG_FP: of this frame; -1: of the frame of the register */
	s64 off;
	u32 stated; /* bit enum vlog_bound is set if stated; other bounds are as wide as possible */
	u64 bound[VLOG_BOUNDS]; /* signed bounds as their 64 bits, 32-bit ones in the low half,
				   zero-extended */
	u64 value, mask;	/* VLOG_VAR_OFF: known bits, unknown bits */
};

struct vlog_item {
	s16 off;       /* offset of a stack slot's first byte from r10 (< 0), or */
	u8 reg;	       /* if @off is 0: r0-r10 */
	u8 size;       /* of the value: 8; of a narrow spill 1, 2, 4; 0: only bytes */
	char bytes[8]; /* of a slot, last byte first: the 8 - size bytes outside of @value; '0' is a
			  zero; else 0 */
	struct vlog_value value;
	u32 text, len; /* in the log: "R3=scalar()" */
};

struct vlog_state {
	u32 frame;
	u32 first, cnt; /* items */
	bool whole;	/* the whole known frame, not only changes */
};

enum vlog_kind {
	VLOG_START, /* before the first instruction */
	VLOG_VISIT, /* of insn @insn, with the states after it */
	VLOG_FROM,  /* a branch queued at @from is taken up at @insn with these states */
	VLOG_SAFE,  /* pruned at @insn: the path ends here */
};

struct vlog_event {
	enum vlog_kind kind;
	u8 code;		  /* VISIT: the instruction's opcode */
	u8 dst;			  /* VISIT of what may be a fork: its register */
	bool speculative, pruned; /* FROM */
	u32 insn, from;
	u32 first, cnt; /* states */
	u32 other;	/* VISIT: the FROM event of the branch it queued, or 0 */
};

struct vlog {
	const char *text;
	struct vlog_event *events;
	struct vlog_state *states;
	struct vlog_item *items;
	u32 nevents, nstates, nitems;
	u32 events_cap, states_cap, items_cap;
	u32 malformed; /* states that could not be parsed: 0 in a complete log of a known kernel */
	bool complete; /* the log is complete */
};

/*
 * Parse @text, which must outlive @log and need not end in NUL. Any text is accepted; lines that do
 * not belong to a log are skipped. Release it with vlog_free().
 */
void vlog_parse(struct vlog *log, const char *text, size_t len);
void vlog_free(struct vlog *log);

/*
 * A jump with two outcomes; an insn that queues a branch without being a jump (may_goto,
 * callbacks).
 */
bool vlog_is_cond(u8 code);
/*
 * AND or OR of a register that is 0 or -1 with a constant: the verifier forks, once for -1 and
 * once, from the insn itself, for 0.
 */
bool vlog_is_fork(u8 code);

const char *vlog_bound_name(enum vlog_bound b);
/* Does @v, or the offset @v of a pointer without its fixed part, satisfy bound @b of @val? */
bool vlog_holds(const struct vlog_value *val, enum vlog_bound b, u64 v);

#endif
