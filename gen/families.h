/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The families, in the order in which they run. A family is one file with a `const struct
 * gen_family family_NAME`, and its NAME in this list.
 */
#ifndef CHECKJIT_GEN_FAMILIES_H
#define CHECKJIT_GEN_FAMILIES_H

#include "gen/gen.h"

#define GEN_FAMILIES(X)   \
	X(alu_x)          \
	X(alu_k)          \
	X(edges)          \
	X(shift_x)        \
	X(shift_k)        \
	X(div_k)          \
	X(movsx)          \
	X(unary)          \
	X(imm64)          \
	X(jmp_x)          \
	X(jmp_same)       \
	X(jmp_k)          \
	X(ldx)            \
	X(st)             \
	X(stx)            \
	X(atomic)         \
	X(cmpxchg)        \
	X(load_acquire)   \
	X(dist)           \
	X(dist_kib)       \
	X(dist_all)       \
	X(dist_ends)      \
	X(dist_chain)     \
	X(call_args)      \
	X(call_ret)       \
	X(call_saved)     \
	X(call_exits)     \
	X(call_nest)      \
	X(call_stacks)    \
	X(call_frame)     \
	X(callback)       \
	X(stackargs)      \
	X(may_goto)       \
	X(tail_index)     \
	X(tail_limit)     \
	X(tail_sub)       \
	X(tail_shared)    \
	X(kfunc_args)     \
	X(kfunc_ret)      \
	X(kfunc_saved)    \
	X(throw)          \
	X(tramp_kernel)   \
	X(tramp_prog)     \
	X(tramp_many)     \
	X(tramp_nest)     \
	X(gotox)          \
	X(zext)           \
	X(zext_flow)      \
	X(zext_call)      \
	X(facts)          \
	X(facts_link)     \
	X(packet)         \
	X(privstack)      \
	X(classic_alu)    \
	X(classic_jmp)    \
	X(classic_ld)     \
	X(classic_mem)    \
	X(classic_far)    \
	X(classic_random) \
	X(random)         \
	X(dist_all_far)   \
	X(dist_mib)       \
	X(dist_far)       \
	X(call_far)

#define X(name) extern const struct gen_family family_##name;
GEN_FAMILIES(X)
#undef X

#endif
