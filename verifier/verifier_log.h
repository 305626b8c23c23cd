/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The verifier's log at level 2, as kernel 7.3 writes it (kernel/bpf/log.c): which instructions it visits in which
 * order, and what it takes registers and stack slots to be in between. Only what is printed counts: what a line
 * leaves out did not change, or is not stated.
 */
#ifndef CHECKJIT_VERIFIER_LOG_H
#define CHECKJIT_VERIFIER_LOG_H

#include <stddef.h>
#include "lib/types.h"

enum vlog_bound {
	VLOG_SMIN, VLOG_SMAX, VLOG_UMIN, VLOG_UMAX, VLOG_SMIN32, VLOG_SMAX32, VLOG_UMIN32, VLOG_UMAX32, VLOG_BOUNDS,
	VLOG_VAR_OFF = VLOG_BOUNDS,	/* known bits; of a constant, all of them */
	VLOG_STATEMENTS,
};

enum vlog_type {
	VLOG_OTHER,		/* nothing that is understood here */
	VLOG_SCALAR,
	VLOG_FP,
	VLOG_CTX,
	VLOG_MAP_VALUE,
};

struct vlog_value {
	enum vlog_type type;
	bool maybe_null;
	bool fixed;		/* a pointer whose offset is @off; else @off and what the bounds say of the rest */
	s32 frame;		/* VLOG_FP: of this frame; -1: of the one whose register it is */
	s64 off;
	u32 stated;		/* bit by enum vlog_bound; what is not stated is as wide as can be */
	u64 bound[VLOG_BOUNDS];	/* signed ones as their 64 bits, 32-bit ones in the low half, zero-extended */
	u64 value, mask;	/* VLOG_VAR_OFF: known bits, unknown bits */
};

struct vlog_item {
	s16 off;		/* of a stack slot's first byte from r10 (< 0), or */
	u8 reg;			/* where @off is 0: r0-r10 */
	u8 size;		/* of the value: 8; of a narrow spill 1, 2, 4; 0: only bytes */
	char bytes[8];		/* of a slot, last byte first, the 8 - size that @value is not about: '0' is a zero; else 0 */
	struct vlog_value value;
	u32 text, len;		/* in the log: "R3=scalar()" */
};

struct vlog_state {
	u32 frame;
	u32 first, cnt;		/* items */
	bool whole;		/* all that is known of the frame, not only what changed */
};

enum vlog_kind {
	VLOG_START,		/* before the first instruction */
	VLOG_VISIT,		/* of instruction @insn, and the states after it */
	VLOG_FROM,		/* a branch put aside at @from is taken up again, at @insn, with these states */
	VLOG_SAFE,		/* nothing new at @insn: the way ends here */
};

struct vlog_event {
	enum vlog_kind kind;
	u8 code;		/* VISIT: the instruction's opcode */
	bool speculative, pruned;	/* FROM */
	u32 insn, from;
	u32 first, cnt;		/* states */
	u32 other;		/* VISIT: the event FROM of the branch that it put aside, or 0 */
};

struct vlog {
	const char *text;
	struct vlog_event *events;
	struct vlog_state *states;
	struct vlog_item *items;
	u32 nevents, nstates, nitems;
	u32 events_cap, states_cap, items_cap;
	u32 malformed;		/* states that do not read as one: 0 in a log that is whole and of this kernel's kind */
	bool complete;		/* it has its end */
};

/*
 * Take @text apart, which must outlive @log and need not end in NUL. Anything is taken; what is no line of a log is
 * left out. vlog_free() ends it.
 */
void vlog_parse(struct vlog *log, const char *text, size_t len);
void vlog_free(struct vlog *log);

/* A jump that goes two ways; an instruction that puts a branch aside without being one (may_goto, callbacks). */
bool vlog_is_cond(u8 code);
/* and, or: of what is 0 or -1 with a constant; once for -1, and again, from the instruction itself, for 0. */
bool vlog_is_fork(u8 code);

const char *vlog_bound_name(enum vlog_bound b);
/* Is @v, or the offset @v of a pointer without its fixed part, what statement @b of @val says? */
bool vlog_holds(const struct vlog_value *val, enum vlog_bound b, u64 v);

#endif
