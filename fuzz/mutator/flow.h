/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What registers and stack slots hold before each unit of a program, computed in one or a few
 * passes. It is a guess, not a proof: good enough to write instructions that the verifier mostly
 * accepts, and to see which ones it will refuse.
 */
#ifndef CHECKJIT_FUZZ_FLOW_H
#define CHECKJIT_FUZZ_FLOW_H

#include "bpf/listing.h"
#include "fuzz/input.h"

enum hold {
	HOLD_UNSET, /* must not be read */
	HOLD_SCALAR,
	HOLD_MEM,   /* into the memory window */
	HOLD_STACK, /* into a stack frame: this one, or (which != 0) a caller's */
	HOLD_CTX,
	HOLD_VALUE,    /* into a value of map @which */
	HOLD_NULLABLE, /* the result of a lookup in map @which */
	HOLD_KEY,      /* into a key of map @which */
	HOLD_MAP,      /* map @which itself; MAP_MEM: the map of the window */
	HOLD_FUNC,     /* function @which */
	HOLD_ARENA,
	HOLD_ANY, /* depends on the path */
};

#define MAP_MEM 0xff

struct held {
	u8 hold; /* enum hold */
	u8 which;
	bool known; /* a scalar that equals @max; always set for a pointer */
	s32 off;    /* of a pointer: the smallest distance from its base */
	u64 max;    /* largest value of a scalar; of a pointer: largest distance beyond @off */
};

enum slot { SLOT_UNSET, SLOT_DATA, SLOT_OTHER };

#define FLOW_SLOTS 64 /* words of a stack frame: slot k is at r10 - 8 * (FLOW_SLOTS - k) */

struct flow_state {
	struct held r[CASE_REGS];
	u8 slots[FLOW_SLOTS]; /* enum slot */
	bool reached;
	u8 visits;
};

#define FLOW_MAX_UNITS \
	(2 * FUZZ_MAX_INSNS) /* of a listing, which may be too long for an input during an edit */

struct flow {
	struct flow_state at[FLOW_MAX_UNITS + 1];
	struct flow_state end; /* where main of a wrapped program falls through into the spill */
	bool pending[FLOW_MAX_UNITS + 1];
};

/* Compute @f for program @prog of @in, whose listing is @l. */
void flow_run(struct flow *f, const struct listing *l, const struct fuzz_input *in, u32 prog);

/* Returns what r0-r10 hold in @s. */
struct held flow_reg(const struct flow_state *s, u8 reg);

static inline bool held_is_pointer(const struct held *h)
{
	return h->hold >= HOLD_MEM && h->hold <= HOLD_VALUE;
}

/*
 * The accessible bytes behind the base of @h, from *@lo to *@hi. Returns false if there are none.
 */
bool held_bounds(const struct fuzz_input *in, u32 prog, u32 func, const struct held *h, s32 *lo,
		 s32 *hi);

/* Is main of @prog in a wrapper, without an exit of its own? */
static inline bool is_wrapped(const struct fuzz_input *in, u32 prog)
{
	return !prog && !(in->flags & FUZZ_RAW);
}

#endif
