/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One program of an input while a mutation changes it: its listing, the data flow through it, and
 * what mutations are made of: deliberate values, registers with the wanted content, instructions
 * that fit their place.
 */
#ifndef CHECKJIT_FUZZ_EDIT_H
#define CHECKJIT_FUZZ_EDIT_H

#include "fuzz/mutator/flow.h"
#include "lib/rand.h"

struct edit {
	struct rand rand;
	struct fuzz_input *in;
	const struct fuzz_input *other; /* another input to take from, or NULL */
	u32 prog;
	struct listing l;
	bool open;	  /* @l is valid: no jump of the program leads nowhere */
	bool bound;	  /* new instructions must be acceptable to the verifier */
	struct flow flow; /* of @l at the last edit_flow() */
};

/* Begin with program @prog. e->open tells whether there is a listing. */
void edit_open(struct edit *e, u32 prog);

/*
 * Write the changes back into e->in. Returns false if the result is not a valid input (too long, an
 * empty function); e->in is then unusable.
 */
bool edit_close(struct edit *e);
/* The same without the units that are @gone. */
bool edit_close_without(struct edit *e, const bool *gone);

/* Recompute e->flow for the current listing. */
void edit_flow(struct edit *e);

/* Repair the listing so that the verifier can accept it, as far as e->flow can tell (bind.c). */
void edit_bind(struct edit *e);

/* ---- places ---- */

/*
 * A place for new units, before unit @at of function @func, and the state there. edit_place()
 * returns false if there is none; it needs edit_flow().
 */
struct place {
	u32 at, func;
	const struct flow_state *st;
};

bool edit_place(struct edit *e, struct place *p);
struct place edit_place_at(struct edit *e, u32 at); /* before the existing unit @at */

/* Returns any reached unit, or -1. */
s32 edit_unit(struct edit *e);

/* Units of function @func: [*first, *end). */
void edit_func(const struct edit *e, u32 func, u32 *first, u32 *end);

bool unit_writes(const struct unit *u, u8 reg);

/* ---- new units ---- */

#define MAX_SEQ 48

/* Targets are positions in the sequence; cnt means the unit behind it. */
struct seq {
	struct unit units[MAX_SEQ];
	u32 cnt;
};

void seq_insn(struct seq *s, struct insn insn);
void seq_imm64(struct seq *s, u8 dst, u8 src, s32 lo, s32 hi);
void seq_jump(struct seq *s, struct insn insn, u32 target); /* the target may be set later */
void edit_insert(struct edit *e, const struct place *p, const struct seq *s, bool seen);

/* Common instructions. */
#define INSN_K(op, d, k) ((struct insn){ .code = BPF_ALU64 | (op) | BPF_K, .dst = (d), .imm = (k) })
#define INSN_X(op, d, s) ((struct insn){ .code = BPF_ALU64 | (op) | BPF_X, .dst = (d), .src = (s) })
#define INSN_LDX(size, d, s, o) \
	((struct insn){ .code = BPF_LDX | BPF_MEM | (size), .dst = (d), .src = (s), .off = (o) })
#define INSN_STX(size, d, o, s) \
	((struct insn){ .code = BPF_STX | BPF_MEM | (size), .dst = (d), .src = (s), .off = (o) })
#define INSN_ST(size, d, o, k) \
	((struct insn){ .code = BPF_ST | BPF_MEM | (size), .dst = (d), .off = (o), .imm = (k) })
#define EXIT_INSN ((struct insn){ .code = BPF_JMP_EXIT })

/* ---- values ---- */

u64 pick_value(struct edit *e); /* for an operand */
s32 pick_imm(struct edit *e);	/* for an immediate */
s32 pick_shift(struct edit *e, u32 size);

/* ---- registers ---- */

/* Returns a register that holds a scalar and is not in the mask @not, or -1. */
int pick_scalar(struct edit *e, const struct flow_state *st, u32 not );
/* Returns a register that may be overwritten, rarely a pointer. */
u8 pick_dst(struct edit *e, const struct flow_state *st, u32 not );

enum access {
	ACCESS_READ = 1,
	ACCESS_WRITE = 2,
	ACCESS_ATOMIC = 4,
};

/* May @size bytes at *(@reg + @off) be accessed in this way (enum access) at @p? */
bool can_access(const struct edit *e, const struct place *p, u8 reg, s16 off, u32 size, u32 access);
/* Find a pointer and an offset for which can_access() holds. Returns false if there is none. */
bool pick_memory(struct edit *e, const struct place *p, u32 size, u32 access, u8 *reg, s16 *off);
/* As above, but if there is none, add code to @s that makes r@scratch one. */
void need_memory(struct edit *e, const struct place *p, struct seq *s, u32 size, u32 access,
		 u8 scratch, u8 *reg, s16 *off);

/* ---- things of the input ---- */

/* Returns the index of a map whose kind is in the mask @kinds, creating one if needed, or -1. */
int need_map(struct edit *e, u32 kinds);
#define KIND(k) (1u << (k))

/* Returns the index of another program for tail calls, or -1. */
int need_prog(struct edit *e);
/* Grow the window to at least @bytes, with random content in the new part. */
void need_window(struct edit *e, enum region region, u32 bytes);

/* Append a function with the units of @s. Returns its index or -1. */
int add_function(struct edit *e, const struct seq *s, u8 nargs, u8 flags);

/* ---- make.c ---- */

/*
 * Append an instance of row @d that fits at @p, and the setup it needs, to @s. Returns false if
 * none fits.
 */
bool make_row(struct edit *e, const struct place *p, const struct insn_desc *d, struct seq *s);
void make_any(struct edit *e, const struct place *p, struct seq *s);

/* Add a callback for bpf_loop or (@each) bpf_for_each_map_elem. Returns its function or -1. */
int make_callback(struct edit *e, bool each);
/* Append a call of a helper with all arguments it needs. */
bool make_helper_call(struct edit *e, const struct place *p, struct seq *s);

#endif
