/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kfuncs that cases call, by C signature. The module defines ours from this list, the model
 * gives them their meaning, and the agent asks /dev/checkjit_kfunc for the BTF id of each, in this
 * order. In a case, the immediate of the call is KFUNC_BASE + index.
 *
 * F(number of arguments, name, return type, argument types): returns all arguments, each extended
 * to 64 bits as in C, mixed by KFUNC_SEED and KFUNC_STEP. V: the same, returns nothing.
 */
#ifndef CHECKJIT_KFUNC_H
#define CHECKJIT_KFUNC_H

#define KFUNC_DEVICE   "checkjit_kfunc"
#define KFUNC_BASE     0x4b000000 /* above any BTF id */
#define KFUNC_NAME_MAX 64

#define KFUNC_SEED	     7u
#define KFUNC_STEP(sum, arg) (31 * (sum) + (arg))

/* one narrow argument among wide ones, in each place: its neighbours must arrive as they are */
#define KFUNCS_PLACES(F, t)                                \
	F(2, checkjit_##t##_1, u64, t, u64)                \
	F(3, checkjit_##t##_2, u64, u64, t, u64)           \
	F(4, checkjit_##t##_3, u64, u64, u64, t, u64)      \
	F(5, checkjit_##t##_4, u64, u64, u64, u64, t, u64) \
	F(5, checkjit_##t##_5, u64, u64, u64, u64, u64, t)

/* all arguments of one type, from one to five, and what is on the stack behind them */
#define KFUNCS_ALL(F, t)                                               \
	F(1, checkjit_##t##x1, u64, t)                                 \
	F(2, checkjit_##t##x2, u64, t, t)                              \
	F(3, checkjit_##t##x3, u64, t, t, t)                           \
	F(4, checkjit_##t##x4, u64, t, t, t, t)                        \
	F(5, checkjit_##t##x5, u64, t, t, t, t, t)                     \
	F(6, checkjit_##t##x6, u64, t, t, t, t, t, t)                  \
	F(7, checkjit_##t##x7, u64, t, t, t, t, t, t, t)               \
	F(8, checkjit_##t##x8, u64, t, t, t, t, t, t, t, t)            \
	F(9, checkjit_##t##x9, u64, t, t, t, t, t, t, t, t, t)         \
	F(10, checkjit_##t##x10, u64, t, t, t, t, t, t, t, t, t, t)    \
	F(11, checkjit_##t##x11, u64, t, t, t, t, t, t, t, t, t, t, t) \
	F(12, checkjit_##t##x12, u64, t, t, t, t, t, t, t, t, t, t, t, t)

#define KFUNCS_OF(F, t)     \
	KFUNCS_PLACES(F, t) \
	KFUNCS_ALL(F, t)    \
	F(2, checkjit_ret_##t, t, u64, u64)

#define CHECKJIT_KFUNCS(F, V)                                                                  \
	KFUNCS_OF(F, u8)                                                                       \
	KFUNCS_OF(F, s8)                                                                       \
	KFUNCS_OF(F, u16)                                                                      \
	KFUNCS_OF(F, s16)                                                                      \
	KFUNCS_OF(F, u32)                                                                      \
	KFUNCS_OF(F, s32)                                                                      \
	KFUNCS_OF(F, u64)                                                                      \
	KFUNCS_OF(F, s64)                                                                      \
	F(5, checkjit_mixed5, s64, s8, u16, s32, u64, u8)                                      \
	F(12, checkjit_mixed12, u64, u8, s64, s16, u32, s8, u64, s32, u16, u8, s64, s8, u32)   \
	F(12, checkjit_mixed12b, u64, u64, s8, u32, s16, s64, u8, s8, u16, s16, u32, s32, u64) \
	V(5, checkjit_void, void, u64, u64, u64, u64, u64)

/*
 * Functions with arguments that no program can pass: of 16 bytes, and more than the registers of
 * any arch hold. W(n, shape, words, argument types): checkjit_to_SHAPE is a kfunc that takes
 * KFUNC_WIDE_ARGS u64 and calls checkjit_in_SHAPE with n arguments made of so many words: word k is
 * argument k % KFUNC_WIDE_ARGS, plus k where k is KFUNC_WIDE_ARGS or more. Arguments of two words
 * have them in the order of memory. The result is that of a kfunc whose arguments are the words.
 */
#define KFUNC_WIDE_ARGS 5

#define CHECKJIT_PAIRS(W)                                                   \
	W(2, up, 3, u64, pair)                                              \
	W(3, upu, 4, u64, pair, u64)                                        \
	W(2, pp, 4, pair, pair)                                             \
	W(4, pupp, 7, pair, u64, pair, pair)                                \
	W(6, u5p, 7, u64, u64, u64, u64, u64, pair)                         \
	W(8, u5pu2, 9, u64, u64, u64, u64, u64, pair, u64, u64)             \
	W(10, u7pu2, 11, u64, u64, u64, u64, u64, u64, u64, pair, u64, u64) \
	W(9, u9, 9, u64, u64, u64, u64, u64, u64, u64, u64, u64)            \
	W(12, u12, 12, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64)

/*
 * Only where C has integers of 16 bytes. pahole describes no function that has an argument behind
 * one of them.
 */
#define CHECKJIT_INT128(W)                               \
	W(1, i, 2, i128)                                 \
	W(2, ui, 3, u64, i128)                           \
	W(7, u6i, 8, u64, u64, u64, u64, u64, u64, i128) \
	W(8, u7i, 9, u64, u64, u64, u64, u64, u64, u64, i128)

#define CHECKJIT_WIDE(W)  \
	CHECKJIT_PAIRS(W) \
	CHECKJIT_INT128(W)

/* Kfuncs of the kernel itself. */
#define KERNEL_KFUNCS(X)         \
	X(bpf_rdonly_cast)       \
	X(bpf_throw)             \
	X(bpf_session_is_return) \
	X(bpf_session_cookie)    \
	X(bpf_iter_num_new)      \
	X(bpf_iter_num_next)     \
	X(bpf_iter_num_destroy)

enum kfunc_nr {
#define F(n, name, ...)	  KFUNC_##name,
#define X(name)		  KFUNC_##name,
#define TO(n, shape, ...) KFUNC_checkjit_to_##shape,
#define IN(n, shape, ...) KFUNC_checkjit_in_##shape,
	CHECKJIT_KFUNCS(F, F) CHECKJIT_WIDE(TO) CHECKJIT_WIDE(IN) KERNEL_KFUNCS(X)
#undef F
#undef X
#undef TO
#undef IN
		NR_KFUNCS
};

#define NR_OWN_KFUNCS KFUNC_bpf_rdonly_cast

/* What a read of the device returns. */
struct kfunc_id {
	int id;			/* BTF id of the function; -errno: this kernel lacks it */
	unsigned int in_module; /* the id is of the module's BTF, not of the kernel's */
};

/*
 * struct checkjit_ops has a member for each shape of CHECKJIT_PAIRS: while a program is registered
 * there, checkjit_to_SHAPE calls it instead of checkjit_in_SHAPE.
 */
struct kfunc_ops {
	int type, value;	 /* BTF ids of the module; -errno: this kernel lacks struct_ops */
	unsigned int size, data; /* of the map's value; the offset of the members in it */
};

struct kfunc_table {
	struct kfunc_id funcs[NR_KFUNCS];
	struct kfunc_ops ops;
};

#endif
