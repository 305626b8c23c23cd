// SPDX-License-Identifier: GPL-2.0
#include "bpf/values.h"
#include "gen/dims.h"

GEN_DIM_SHARED(reg, CASE_REGS, "r%u", i);

static const struct values *imms(void)
{
	static const struct values *set;

	if (!set)
		set = values_find("imm32");
	return set;
}

s32 imm_value(u32 i)
{
	return (s32)imms()->vals[i];
}

u32 imm_nr(s32 imm)
{
	u32 i = 0;

	while (imm_value(i) != imm)
		i++;
	return i;
}

GEN_DIM_SHARED(imm, imms()->cnt, "%d", imm_value(i));
GEN_DIM_SHARED(shift, 8u * gen_row(f, op)->size, "%u", i);
GEN_DIM_SHARED(values, GEN_PAIR_TABLES, "%c", 'a' + i);

/* ---- two different registers ---- */

u8 pair_first(u32 i)
{
	return i / (CASE_REGS - 1);
}

u8 pair_second(u32 i)
{
	u32 k = i % (CASE_REGS - 1);

	return k + (k >= pair_first(i));
}

GEN_DIM_SHARED(pair, CASE_REGS *(CASE_REGS - 1), "r%u-r%u", pair_first(i), pair_second(i));
