// SPDX-License-Identifier: GPL-2.0
#include "gen/families.h"
#include "lib/util.h"

const struct gen_family *const gen_families[] = {
	&family_alu_x,
	&family_alu_k,
	&family_shift_x,
	&family_shift_k,
	&family_div_k,
	&family_movsx,
	&family_unary,
	&family_imm64,
	&family_jmp_x,
	&family_jmp_same,
	&family_jmp_k,
	&family_ldx,
	&family_st,
	&family_stx,
	&family_atomic,
	&family_cmpxchg,
	&family_load_acquire,
	&family_dist,
	&family_dist_kib,
	&family_dist_ends,
	&family_dist_chain,
	&family_call_args,
	&family_call_ret,
	&family_call_saved,
	&family_call_exits,
	&family_call_nest,
	&family_call_stacks,
	&family_call_frame,
	&family_callback,
	&family_stackargs,
	&family_may_goto,
	&family_tail_index,
	&family_tail_limit,
	&family_tail_sub,
	&family_tail_shared,
};

const u32 nr_gen_families = ARRAY_SIZE(gen_families);
