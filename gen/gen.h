/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generated cases: families that enumerate operation x registers x immediates x offsets x operand
 *values, driven by the instruction table. Every case has an index in its family and an id from
 *which it can be made again:
 *
 *	gen/<family>/<operation>/<operands>
 *
 * The same id is the same program with the same inputs on every arch and in every run.
 * A new family is one file with a struct gen_family, and its name in gen/families.h.
 */
#ifndef CHECKJIT_GEN_H
#define CHECKJIT_GEN_H

#include "bpf/case.h"

#define GEN_MAX_DIMS 5

struct gen; /* gen/build.h: the case being made */
struct gen_family;

/* One operand's possible values, for operation @op of the family. */
struct gen_dim {
	u32 (*count)(const struct gen_family *f, u32 op);
	/* The value's name in ids: letters, digits, '-', '.'; no '_', which stands between
	 * operands. */
	void (*print)(char *buf, size_t size, const struct gen_family *f, u32 op, u32 i);
};

struct gen_family {
	const char *name;
	const char *doc;
	/* Operations: rows of insn_descs[] that @row takes, or, without it, the @nops names of
	 * @ops. */
	bool (*row)(const struct insn_desc *d);
	const char *const *ops;
	u32 nops;
	const struct gen_dim *dims[GEN_MAX_DIMS + 1]; /* the last one runs fastest */
	/* Fill in case @at (an index for each dim) of operation @op. Every combination is valid. */
	void (*build)(struct gen *g, u32 op, const u32 *at);
	u32 quick; /* the most that the quick sweep takes, of what takes long to load; 0: its even
		      share */
	bool raw;  /* the quick sweep has them on raw engines alone, which load them in a twentieth
		      of the time */
	bool verified; /* what no raw engine runs: it has functions or maps */
};

extern const struct gen_family *const gen_families[];
extern const u32 nr_gen_families;

u32 gen_nops(const struct gen_family *f);
/* The row of the instruction table that operation @op stands for; only families with @row. */
const struct insn_desc *gen_row(const struct gen_family *f, u32 op);
const char *gen_op_name(const struct gen_family *f, u32 op);

/* How many cases: of operation @op, and in all. */
u64 gen_op_count(const struct gen_family *f, u32 op);
u64 gen_count(const struct gen_family *f);

/* The case at @index < gen_count(f); the caller frees it. */
struct bpf_case *gen_nth(const struct gen_family *f, u64 index);
void gen_id(const struct gen_family *f, u64 index, char id[CASE_ID_MAX]);

/*
 * The family and index of @id (an id with a vector behind it is taken too). 0, or -ENOENT with
 * @hint (128 bytes, may be NULL) saying what comes nearest.
 */
int gen_find(const char *id, const struct gen_family **f, u64 *index, char *hint);

/* Is @id that of a generated case, by its first component? Is @pattern about such ids? */
bool gen_is_id(const char *id);
bool gen_is_pattern(const char *pattern);

/* ---- dims that many families share ---- */

extern const struct gen_dim dim_reg; /* r0-r9 */
extern const struct gen_dim
	dim_imm; /* the immediates imm32 of bpf/values.c; their values: imm_value() */
extern const struct gen_dim dim_shift;	/* immediate shift counts below the width of the row */
extern const struct gen_dim dim_values; /* which table of operand values: "a" … */

extern const struct gen_dim
	dim_pair; /* the 90 pairs of two different registers: pair_first(), pair_second() */

u8 pair_first(u32 i);
u8 pair_second(u32 i);
s32 imm_value(u32 i);
u32 imm_nr(s32 imm); /* the other way; it must be one of them */

#endif
