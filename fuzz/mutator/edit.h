/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One program of an input while it is being changed: its listing, what flows through it, and what mutations are made of: values
 * with a reason, registers that hold what is wanted, instructions that fit where they are put.
 */
#ifndef CHECKJIT_FUZZ_EDIT_H
#define CHECKJIT_FUZZ_EDIT_H

#include "fuzz/mutator/flow.h"
#include "fuzz/mutator/rnd.h"

struct edit {
	struct rnd rnd;
	struct fuzz_input *in;
	const struct fuzz_input *other;	/* another input to take from, or NULL */
	u32 prog;
	struct listing l;
	bool open;		/* @l is there: the program has no jumps to nowhere */
	bool bound;		/* what is made shall be accepted */
	struct flow flow;	/* of @l as it was when edit_flow() was called */
};

/* Begin with program @prog. e->open says whether there is a listing. */
void edit_open(struct edit *e, u32 prog);

/*
 * End: what was changed goes back into e->in. False where it is no input any more (too long, a function without body): e->in is then of
 * no use.
 */
bool edit_close(struct edit *e);
/* The same, and units that are @gone are left out. */
bool edit_close_without(struct edit *e, const bool *gone);

/* Make e->flow that of the listing as it is now. */
void edit_flow(struct edit *e);

/* See to it that what stands in the listing can be accepted, as far as e->flow can tell (bind.c). */
void edit_bind(struct edit *e);

/* ---- places ---- */

/* Where new units may go, before unit @at of function @func; the state there. False: nowhere. Wants edit_flow(). */
struct place {
	u32 at, func;
	const struct flow_state *st;
};

bool edit_place(struct edit *e, struct place *p);
struct place edit_place_at(struct edit *e, u32 at);	/* before unit @at, which there is */

/* Any reached unit, or -1. */
s32 edit_unit(struct edit *e);

/* Units of function @func: [*first, *end). */
void edit_func(const struct edit *e, u32 func, u32 *first, u32 *end);

bool unit_writes(const struct unit *u, u8 reg);

/* ---- new units ---- */

#define MAX_SEQ 48

/* Targets are places in the sequence, up to cnt: what stands behind it. */
struct seq {
	struct unit units[MAX_SEQ];
	u32 cnt;
};

void seq_insn(struct seq *s, struct insn insn);
void seq_imm64(struct seq *s, u8 dst, u8 src, s32 lo, s32 hi);
void seq_jump(struct seq *s, struct insn insn, u32 target);	/* may be set later */
void edit_insert(struct edit *e, const struct place *p, const struct seq *s, bool seen);

/* Instructions of the usual kinds. */
#define INSN_K(op, d, k)	((struct insn){ .code = BPF_ALU64 | (op) | BPF_K, .dst = (d), .imm = (k) })
#define INSN_X(op, d, s)	((struct insn){ .code = BPF_ALU64 | (op) | BPF_X, .dst = (d), .src = (s) })
#define INSN_LDX(size, d, s, o)	((struct insn){ .code = BPF_LDX | BPF_MEM | (size), .dst = (d), .src = (s), .off = (o) })
#define INSN_STX(size, d, o, s)	((struct insn){ .code = BPF_STX | BPF_MEM | (size), .dst = (d), .src = (s), .off = (o) })
#define INSN_ST(size, d, o, k)	((struct insn){ .code = BPF_ST | BPF_MEM | (size), .dst = (d), .off = (o), .imm = (k) })
#define EXIT_INSN		((struct insn){ .code = BPF_JMP_EXIT })

/* ---- values ---- */

u64 pick_value(struct edit *e);		/* of an operand */
s32 pick_imm(struct edit *e);		/* of an immediate */
s32 pick_shift(struct edit *e, u32 size);

/* ---- registers ---- */

/* One that holds a scalar, or -1. @not: bits of those that shall not be taken. */
int pick_scalar(struct edit *e, const struct flow_state *st, u32 not);
/* One that may be overwritten: mostly no pointer. */
u8 pick_dst(struct edit *e, const struct flow_state *st, u32 not);

enum access {
	ACCESS_READ = 1,
	ACCESS_WRITE = 2,
	ACCESS_ATOMIC = 4,
};

/* May @size bytes at *(@reg + @off) be accessed so, before @func's unit whose state is @st? */
bool can_access(const struct edit *e, const struct place *p, u8 reg, s16 off, u32 size, u32 access);
/* A pointer and an offset for which can_access() holds; false: there is none. */
bool pick_memory(struct edit *e, const struct place *p, u32 size, u32 access, u8 *reg, s16 *off);
/* As above, and where there is none, r@scratch is made one by what is added to @s. */
void need_memory(struct edit *e, const struct place *p, struct seq *s, u32 size, u32 access, u8 scratch, u8 *reg, s16 *off);


/* ---- things of the input ---- */

/* A map of kind @kind, or of one that has keys (@keyed): made where there is none. Its index, or -1. */
int need_map(struct edit *e, u32 kinds);
#define KIND(k) (1u << (k))

/* Another program for tail calls: its index, or -1. */
int need_prog(struct edit *e);
/* Give the memory window @bytes at least; what is new is filled by chance. */
void need_window(struct edit *e, enum region region, u32 bytes);

/* A function of units @s behind the last one. Its index, or -1. */
int add_function(struct edit *e, const struct seq *s, u8 nargs, u8 flags);

/* ---- make.c ---- */

/* An instance of row @d that fits at @p, and what it takes before. False: this row has none there. */
bool make_row(struct edit *e, const struct place *p, const struct insn_desc *d, struct seq *s);
void make_any(struct edit *e, const struct place *p, struct seq *s);

/* A callback for bpf_loop (@each false) or bpf_for_each_map_elem: its function, or -1. */
int make_callback(struct edit *e, bool each);
/* A call of a helper with all that it wants. */
bool make_helper_call(struct edit *e, const struct place *p, struct seq *s);

#endif
