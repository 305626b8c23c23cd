/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What registers and stack slots hold before each unit of a program, as far as it can be told in one pass or a few: enough to write
 * instructions that the verifier will mostly accept, and to see which it will not. It is a guess, not a proof.
 */
#ifndef CHECKJIT_FUZZ_FLOW_H
#define CHECKJIT_FUZZ_FLOW_H

#include "bpf/listing.h"
#include "fuzz/input.h"

enum hold {
	HOLD_UNSET,		/* must not be read */
	HOLD_SCALAR,
	HOLD_MEM,		/* into the memory window */
	HOLD_STACK,		/* into a frame: this one, or (which != 0) a caller's */
	HOLD_CTX,
	HOLD_VALUE,		/* into a value of map @which */
	HOLD_NULLABLE,		/* what a lookup in map @which returned */
	HOLD_KEY,		/* into a key of map @which */
	HOLD_MAP,		/* map @which itself; MAP_MEM: that of the window */
	HOLD_FUNC,		/* function @which */
	HOLD_ARENA,
	HOLD_ANY,		/* one thing or another */
};

#define MAP_MEM 0xff

struct held {
	u8 hold;		/* enum hold */
	u8 which;
	bool known;		/* a scalar: just @max; a pointer: always */
	s32 off;		/* of a pointer: the least distance from its base */
	u64 max;		/* a scalar is at most this; a pointer at most so much further */
};

enum slot { SLOT_UNSET, SLOT_DATA, SLOT_OTHER };

#define FLOW_SLOTS	64	/* words of a frame: slot k is at r10 - 8 * (FLOW_SLOTS - k) */

struct flow_state {
	struct held r[CASE_REGS];
	u8 slots[FLOW_SLOTS];	/* enum slot */
	bool reached;
	u8 visits;
};

#define FLOW_MAX_UNITS	(2 * FUZZ_MAX_INSNS)	/* of a listing: in between it may be too long for an input */

struct flow {
	struct flow_state at[FLOW_MAX_UNITS + 1];
	struct flow_state end;		/* where main of a framed program falls into the spill */
	bool pending[FLOW_MAX_UNITS + 1];
};

/* Of program @prog of @in, of which @l is the listing. */
void flow_run(struct flow *f, const struct listing *l, const struct fuzz_input *in, u32 prog);

/* What r0-r10 hold in @s. */
struct held flow_reg(const struct flow_state *s, u8 reg);

static inline bool held_is_pointer(const struct held *h)
{
	return h->hold >= HOLD_MEM && h->hold <= HOLD_VALUE;
}

/* Bytes that lie behind the base of @h, from *@lo to *@hi; false: none that may be touched. */
bool held_bounds(const struct fuzz_input *in, u32 prog, u32 func, const struct held *h, s32 *lo, s32 *hi);

/* Does main of @prog stand in a frame, without an exit of its own? */
static inline bool is_framed(const struct fuzz_input *in, u32 prog)
{
	return !prog && !(in->flags & FUZZ_RAW);
}

#endif
