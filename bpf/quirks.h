/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Quirks: known bugs of JITs, and of what the verifier writes for them, as deviations of the model.
 * A machine with quirks computes what the faulty kernel computes, bit for bit. results/known says
 * which arch, engine and kernel has which.
 *
 * X(NAME, "name", "the smallest case that shows it", "what the faulty machine does")
 */
#ifndef CHECKJIT_QUIRKS_H
#define CHECKJIT_QUIRKS_H

#include "bpf/insn.h"

#define QUIRKS(X)                                                                               \
	X(MOVSX_PLAIN, "movsx_plain", "regress/rv32_movsx/one",                                 \
	  "a sign-extending move only moves")                                                   \
	X(SDIV32_UNSIGNED, "sdiv32_unsigned", "regress/rv32_sdiv/one",                          \
	  "32-bit signed division is unsigned, unless fixups.c replaced it: by -1")             \
	X(SDIV64_UNSIGNED, "sdiv64_unsigned", "regress/mips_sdiv64/one",                        \
	  "64-bit signed division is unsigned, unless fixups.c replaced it: by -1")             \
	X(SDIV32_MIN, "sdiv32_min", "regress/interp_sdiv_min/one",                              \
	  "32-bit signed division of -2^31 divides 0xffffffff80000000, and then sets the sign") \
	X(SDIV32_K_DOWN, "sdiv32_k_down", "alu/sdiv32_imm/r1_2",                                \
	  "32-bit signed division by a constant power of 2 rounds down")                        \
	X(DIV64_K_ARSH, "div64_k_arsh", "alu/div64_imm/r1_2",                                   \
	  "64-bit division by a constant power of 2, or by minus one, is an arithmetic shift")  \
	X(MOD64_K_ABS, "mod64_k_abs", "alu/mod64_imm/r0_-256",                                  \
	  "64-bit modulo by minus a constant power of 2 is modulo by that power")               \
	X(SHIFT32_COUNT6, "shift32_count6", "alu/arsh32_wide/one",                              \
	  "32-bit shifts by a register take 6 bits of the count: 32 to 63 shift all out")       \
	X(SHIFT64_COUNT7, "shift64_count7", "alu/lsh64_wide/one",                               \
	  "64-bit shifts by a register take 7 bits of the count: 64 to 127 shift all out")      \
	X(SHIFT_COUNT8, "shift_count8", "alu/arsh32_wide/one",                                  \
	  "shifts of 32-bit words by a register take 8 bits of the count: 32 to 255 shift all " \
	  "out")                                                                                \
	X(SHIFT64_COUNT5, "shift64_count5", "alu/lsh64_wide/one",                               \
	  "64-bit shifts by 32 or more take 5 bits of the count, and add 32")                   \
	X(SHIFT64_LESS32, "shift64_less32", "alu/lsh64_wide/one",                               \
	  "64-bit shifts take the signed low word of the count less 32")                        \
	X(SHIFT64_SELF, "shift64_self", "regress/rv32_shift_self/one",                          \
	  "a right shift of r1-r5 by itself takes its new low word as the high word's count")   \
	X(SHIFT64_SELF_ANY, "shift64_self_any", "regress/mips32_shift_self/one",                \
	  "a 64-bit shift of a register by itself takes its new low word as the high word's "   \
	  "count")                                                                              \
	X(SHIFT64_SELF_RIGHT, "shift64_self_right", "regress/rv32_shift_self/one",              \
	  "a 64-bit right shift of a register by itself goes on with its new low word as the "  \
	  "count")                                                                              \
	X(CMPXCHG32_SEXT, "cmpxchg32_sext", "raw/cmpxchg32/r1_r4",                              \
	  "r0 after a 32-bit cmpxchg is sign-extended, unless fixups.c zero-extends it")        \
	X(LDSX32_OFF4, "ldsx32_off4", "regress/ppc64_lwa_offset/one",                           \
	  "a sign-extending 32-bit load ignores the low 2 bits of its offset")                  \
	X(LDSX_KEEPS_HIGH, "ldsx_keeps_high", "regress/arm64_ldsx/32_1",                        \
	  "a sign-extending load leaves the upper half, unless no verifier writes zero "        \
	  "extensions")                                                                         \
	X(SUBPROG_R1_ZEXT, "subprog_r1_zext", "regress/riscv32_subprog_r1/one",                 \
	  "the upper half of a subprogram's first argument is 0")                               \
	X(SUBPROG_RET_TWICE, "subprog_ret_twice", "regress/riscv_bpf2bpf_ret/one",              \
	  "both halves of a subprogram's result are its low half")                              \
	X(SUBPROG_RET_SEXT, "subprog_ret_sext", "regress/riscv_bpf2bpf_ret/one",                \
	  "a subprogram's result is its low half, sign-extended")                               \
	X(TAIL_MISS_ENDS, "tail_miss_ends", "regress/tailcall_index/one",                       \
	  "a tail call that is not taken ends the program")                                     \
	X(TAIL_EMPTY_COUNTS, "tail_empty_counts", "regress/s390_tailcall_empty/one",            \
	  "a tail call that finds an empty slot counts")                                        \
	X(TAIL_OUTSIDE_COUNTS, "tail_outside_counts", "regress/mips64_tailcall_outside/one",    \
	  "a tail call with an index outside of the map counts")                                \
	X(TAIL_INDEX64, "tail_index64", "regress/tailcall_index/one",                           \
	  "a tail call takes 64 bits of its index")                                             \
	X(LOOP_NR64, "loop_nr64", "regress/verifier_loop_nr/one",                               \
	  "bpf_loop, inlined for flags known to be 0, takes a 64-bit number of rounds")         \
	X(LOOP_E2BIG_ZEXT, "loop_e2big_zext", "regress/verifier_loop_e2big/one",                \
	  "bpf_loop, inlined for flags known to be 0, returns -E2BIG zero-extended")            \
	X(MAP_OP_INT, "map_op_int", "calls/map_update_bounds/one",                              \
	  "an errno of a map's update, delete or for_each, called directly, is zero-extended")  \
	X(ARENA_ST_LOST, "arena_st_lost", "arena/store_imm/r0_u64_1",                           \
	  "a store of an immediate into an arena is lost if str cannot hold its offset")        \
	X(ARENA_ST_OFFSET, "arena_st_offset", "regress/ppc64_arena_st_offset/one",              \
	  "a 64-bit store of an immediate into an arena at an offset that is no multiple of 4 " \
	  "stores the offset")                                                                  \
	X(ST64_IMM_ZEXT, "st64_imm_zext", "regress/sparc64_st64_imm/one",                       \
	  "a 64-bit store of an immediate below -4096 stores it zero-extended")                 \
	X(STORE_FAR_LOST, "store_far_lost", "regress/loongarch_far_store/one",                  \
	  "a store of 4 or 8 bytes at an offset of 2 to 8 KiB goes to another place")           \
	X(CMPXCHG32_WIDE, "cmpxchg32_wide", "regress/cmpxchg32_upper/one",                      \
	  "a 32-bit cmpxchg compares all of r0 with the sign-extended value")                   \
	X(PROBE_TAGGED, "probe_tagged", "regress/arm64_probe_tagged/one",                       \
	  "a load through a tagged address of user space reads what is there, where no PAN "    \
	  "forbids it")                                                                         \
	X(ACQUIRE_KEEPS, "acquire_keeps", "regress/arena_acquire_fault/one",                    \
	  "a load_acquire that faults leaves its destination as it was")                        \
	X(ARENA_CMPXCHG32, "arena_cmpxchg32", "regress/arena_cmpxchg32/one",                    \
	  "a 32-bit cmpxchg in an arena that succeeds leaves r0 as it was")                     \
	X(FEXIT_SEXT32, "fexit_sext32", "regress/riscv64_fexit_ret/one",                        \
	  "fexit sees the low half of a subprogram's result, sign-extended")                    \
	X(MAY_GOTO_R0, "may_goto_r0", "regress/interp_may_goto_r0/one",                         \
	  "the 65535th may_goto of a function puts an address of the kernel into r0")           \
	X(KFUNC_NARROW_DIRTY, "kfunc_narrow_dirty", "regress/riscv64_kfunc_u8/one",             \
	  "u8 and u16 arguments of kfuncs are whole registers: nobody cuts them")               \
	X(FMOD_RET_NARROW, "fmod_ret_narrow", "trampolines/modify_narrow/u8_u8",                \
	  "fmod_ret's result counts as 0 if it is 0 in the type of the traced function")        \
	X(TRAMP_INT128_STACK, "tramp_int128_stack", "regress/x86_tramp_int128/one",             \
	  "a trampoline takes a 16-byte integer on the stack from 8 bytes too low")

enum quirk {
#define X(name, ...) QUIRK_##name,
	QUIRKS(X)
#undef X
		NR_QUIRKS
};

struct quirk_desc {
	const char *name, *smallest, *text;
};

/* By enum quirk. */
extern const struct quirk_desc quirk_descs[NR_QUIRKS];

/* A bit per enum quirk. */
typedef u64 quirk_set;
#define QUIRK_BIT(q) (1ULL << (q))

/* The quirks of a machine. */
struct quirks {
	quirk_set set; /* bit per enum quirk */
	bool verified; /* programs went through kernel/bpf/fixups.c */
};

/* Returns the enum quirk of @name, or -1. */
int quirk_by_name(const char *name);

/* Returns the names of @set joined by '+'; the caller frees. */
char *quirk_names(quirk_set set);

/*
 * Parse names joined by ',' or '+'. Returns 0 with *@set, or -EINVAL after printing the unknown
 * name.
 */
int quirks_parse(const char *text, quirk_set *set);

struct model_state;

/*
 * The model asks at a place where a machine with @q goes another way than the standard. Notes in
 * @st that the place was met; returns whether to go that way.
 */
bool quirk_here(struct model_state *st, enum quirk q);

/*
 * Returns the result of the ALU instruction @insn on @a and @b, whose result by the standard is
 * @v.
 */
u64 quirk_alu(struct model_state *st, const struct insn *insn, u64 a, u64 b, u64 v);

#endif
