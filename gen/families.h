/* SPDX-License-Identifier: GPL-2.0 */
/* The families: one declaration each, in the order in which they run. */
#ifndef CHECKJIT_GEN_FAMILIES_H
#define CHECKJIT_GEN_FAMILIES_H

#include "gen/gen.h"

extern const struct gen_family family_alu_x;
extern const struct gen_family family_alu_k;
extern const struct gen_family family_edges;
extern const struct gen_family family_shift_x;
extern const struct gen_family family_shift_k;
extern const struct gen_family family_div_k;
extern const struct gen_family family_movsx;
extern const struct gen_family family_unary;
extern const struct gen_family family_imm64;
extern const struct gen_family family_jmp_x;
extern const struct gen_family family_jmp_same;
extern const struct gen_family family_jmp_k;
extern const struct gen_family family_ldx;
extern const struct gen_family family_st;
extern const struct gen_family family_stx;
extern const struct gen_family family_atomic;
extern const struct gen_family family_cmpxchg;
extern const struct gen_family family_load_acquire;
extern const struct gen_family family_dist;
extern const struct gen_family family_dist_kib;
extern const struct gen_family family_dist_all;
extern const struct gen_family family_dist_ends;
extern const struct gen_family family_dist_chain;
extern const struct gen_family family_call_args;
extern const struct gen_family family_call_ret;
extern const struct gen_family family_call_saved;
extern const struct gen_family family_call_exits;
extern const struct gen_family family_call_nest;
extern const struct gen_family family_call_stacks;
extern const struct gen_family family_call_frame;
extern const struct gen_family family_callback;
extern const struct gen_family family_stackargs;
extern const struct gen_family family_may_goto;
extern const struct gen_family family_tail_index;
extern const struct gen_family family_tail_limit;
extern const struct gen_family family_tail_sub;
extern const struct gen_family family_tail_shared;
extern const struct gen_family family_kfunc_args;
extern const struct gen_family family_kfunc_ret;
extern const struct gen_family family_kfunc_saved;
extern const struct gen_family family_throw;
extern const struct gen_family family_tramp_nest;
extern const struct gen_family family_tramp_many;
extern const struct gen_family family_tramp_prog;
extern const struct gen_family family_tramp_kernel;
extern const struct gen_family family_gotox;
extern const struct gen_family family_zext;
extern const struct gen_family family_packet;
extern const struct gen_family family_privstack;
extern const struct gen_family family_classic_alu;
extern const struct gen_family family_classic_jmp;
extern const struct gen_family family_classic_ld;
extern const struct gen_family family_classic_mem;
extern const struct gen_family family_classic_far;
extern const struct gen_family family_classic_random;
extern const struct gen_family family_random;
extern const struct gen_family family_dist_all_far;
extern const struct gen_family family_dist_mib;
extern const struct gen_family family_dist_far;
extern const struct gen_family family_call_far;

#endif
