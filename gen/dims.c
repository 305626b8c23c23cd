// SPDX-License-Identifier: GPL-2.0
#include "bpf/sets.h"
#include "gen/gen.h"
#include "gen/vecs.h"

static u32 count_regs(const struct gen_family *f, u32 op)
{
	(void)f;
	(void)op;
	return CASE_REGS;
}

static void print_reg(char *buf, size_t size, const struct gen_family *f, u32 op, u32 i)
{
	(void)f;
	(void)op;
	snprintf(buf, size, "r%u", i);
}

const struct gen_dim dim_reg = { count_regs, print_reg };

static const struct value_set *imms(void)
{
	static const struct value_set *set;

	if (!set)
		set = set_find("imm32");
	return set;
}

s32 imm_value(u32 i)
{
	return (s32)imms()->vals[i];
}

static u32 count_imm(const struct gen_family *f, u32 op)
{
	(void)f;
	(void)op;
	return imms()->cnt;
}

static void print_imm(char *buf, size_t size, const struct gen_family *f, u32 op, u32 i)
{
	(void)f;
	(void)op;
	snprintf(buf, size, "%d", imm_value(i));
}

const struct gen_dim dim_imm = { count_imm, print_imm };

static u32 count_shift(const struct gen_family *f, u32 op)
{
	return 8u * gen_row(f, op)->size;
}

static void print_number(char *buf, size_t size, const struct gen_family *f, u32 op, u32 i)
{
	(void)f;
	(void)op;
	snprintf(buf, size, "%u", i);
}

const struct gen_dim dim_shift = { count_shift, print_number };

static u32 count_values(const struct gen_family *f, u32 op)
{
	(void)f;
	(void)op;
	return GEN_PAIR_TABLES;
}

static void print_values(char *buf, size_t size, const struct gen_family *f, u32 op, u32 i)
{
	(void)f;
	(void)op;
	snprintf(buf, size, "%c", 'a' + i);
}

const struct gen_dim dim_values = { count_values, print_values };

/* ---- two different registers ---- */

static u32 count_pairs(const struct gen_family *f, u32 op)
{
	(void)f;
	(void)op;
	return CASE_REGS * (CASE_REGS - 1);
}

u8 pair_first(u32 i)
{
	return i / (CASE_REGS - 1);
}

u8 pair_second(u32 i)
{
	u32 k = i % (CASE_REGS - 1);

	return k + (k >= pair_first(i));
}

static void print_pair(char *buf, size_t size, const struct gen_family *f, u32 op, u32 i)
{
	(void)f;
	(void)op;
	snprintf(buf, size, "r%u-r%u", pair_first(i), pair_second(i));
}

const struct gen_dim dim_pair = { count_pairs, print_pair };
