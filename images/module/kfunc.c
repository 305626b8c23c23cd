// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel functions for programs to call; their results depend on every argument (checkjit_kfunc.h).
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include "checkjit_kfunc.h"

#define P1(a)					a a1
#define P2(a, b)				P1(a), b a2
#define P3(a, b, c)				P2(a, b), c a3
#define P4(a, b, c, d)				P3(a, b, c), d a4
#define P5(a, b, c, d, e)			P4(a, b, c, d), e a5
#define P6(a, b, c, d, e, f)			P5(a, b, c, d, e), f a6
#define P7(a, b, c, d, e, f, g)			P6(a, b, c, d, e, f), g a7
#define P8(a, b, c, d, e, f, g, h)		P7(a, b, c, d, e, f, g), h a8
#define P9(a, b, c, d, e, f, g, h, i)		P8(a, b, c, d, e, f, g, h), i a9
#define P10(a, b, c, d, e, f, g, h, i, j)	P9(a, b, c, d, e, f, g, h, i), j a10
#define P11(a, b, c, d, e, f, g, h, i, j, k)	P10(a, b, c, d, e, f, g, h, i, j), k a11
#define P12(a, b, c, d, e, f, g, h, i, j, k, l) P11(a, b, c, d, e, f, g, h, i, j, k), l a12

#define M0  (u64) KFUNC_SEED
#define M1  KFUNC_STEP(M0, (u64)a1)
#define M2  KFUNC_STEP(M1, (u64)a2)
#define M3  KFUNC_STEP(M2, (u64)a3)
#define M4  KFUNC_STEP(M3, (u64)a4)
#define M5  KFUNC_STEP(M4, (u64)a5)
#define M6  KFUNC_STEP(M5, (u64)a6)
#define M7  KFUNC_STEP(M6, (u64)a7)
#define M8  KFUNC_STEP(M7, (u64)a8)
#define M9  KFUNC_STEP(M8, (u64)a9)
#define M10 KFUNC_STEP(M9, (u64)a10)
#define M11 KFUNC_STEP(M10, (u64)a11)
#define M12 KFUNC_STEP(M11, (u64)a12)

#define DEFINE(n, name, ret, ...)               \
	__bpf_kfunc ret name(P##n(__VA_ARGS__)) \
	{                                       \
		return (ret)(M##n);             \
	}

static u64 sink;

#define DEFINE_VOID(n, name, ret, ...)          \
	__bpf_kfunc ret name(P##n(__VA_ARGS__)) \
	{                                       \
		WRITE_ONCE(sink, M##n);         \
	}

/* ---- arguments that no program can pass ---- */

struct checkjit_pair {
	u64 words[2];
};

typedef struct checkjit_pair pair;

static u64 mix(u64 sum, const void *arg, size_t size)
{
	const u64 *word = arg;

	for (size_t i = 0; i < size / sizeof(u64); i++)
		sum = KFUNC_STEP(sum, word[i]);
	return sum;
}

static const u64 *take(void *arg, size_t size, const u64 *words)
{
	memcpy(arg, words, size);
	return words + size / sizeof(u64);
}

/* Mix a1 to an. */
#define ADD(a) (sum = mix(sum, &(a), sizeof(a)))
#define A1     ADD(a1)
#define A2     A1, ADD(a2)
#define A3     A2, ADD(a3)
#define A4     A3, ADD(a4)
#define A5     A4, ADD(a5)
#define A6     A5, ADD(a6)
#define A7     A6, ADD(a7)
#define A8     A7, ADD(a8)
#define A9     A8, ADD(a9)
#define A10    A9, ADD(a10)
#define A11    A10, ADD(a11)
#define A12    A11, ADD(a12)

/* Make a1 to an of words; and their names. */
#define TAKE(type, a) \
	type a;       \
	w = take(&(a), sizeof(a), w)
#define T1(a) TAKE(a, a1)
#define T2(a, b) \
	T1(a);   \
	TAKE(b, a2)
#define T3(a, b, c) \
	T2(a, b);   \
	TAKE(c, a3)
#define T4(a, b, c, d) \
	T3(a, b, c);   \
	TAKE(d, a4)
#define T5(a, b, c, d, e) \
	T4(a, b, c, d);   \
	TAKE(e, a5)
#define T6(a, b, c, d, e, f) \
	T5(a, b, c, d, e);   \
	TAKE(f, a6)
#define T7(a, b, c, d, e, f, g) \
	T6(a, b, c, d, e, f);   \
	TAKE(g, a7)
#define T8(a, b, c, d, e, f, g, h) \
	T7(a, b, c, d, e, f, g);   \
	TAKE(h, a8)
#define T9(a, b, c, d, e, f, g, h, i) \
	T8(a, b, c, d, e, f, g, h);   \
	TAKE(i, a9)
#define T10(a, b, c, d, e, f, g, h, i, j) \
	T9(a, b, c, d, e, f, g, h, i);    \
	TAKE(j, a10)
#define T11(a, b, c, d, e, f, g, h, i, j, k) \
	T10(a, b, c, d, e, f, g, h, i, j);   \
	TAKE(k, a11)
#define T12(a, b, c, d, e, f, g, h, i, j, k, l) \
	T11(a, b, c, d, e, f, g, h, i, j, k);   \
	TAKE(l, a12)

#define N1  a1
#define N2  N1, a2
#define N3  N2, a3
#define N4  N3, a4
#define N5  N4, a5
#define N6  N5, a6
#define N7  N6, a7
#define N8  N7, a8
#define N9  N8, a9
#define N10 N9, a10
#define N11 N10, a11
#define N12 N11, a12

#ifdef __SIZEOF_INT128__
typedef __int128 i128;
#define WIDE(W) CHECKJIT_WIDE(W)
#else
#define WIDE(W) CHECKJIT_PAIRS(W)
#endif

/* Programs that take the place of checkjit_in_SHAPE: of struct_ops, or NULL. */
#define MEMBER(n, shape, words, ...) u64 (*shape)(P##n(__VA_ARGS__));
struct checkjit_ops {
	CHECKJIT_PAIRS(MEMBER)
};

static struct checkjit_ops now;

/* What calls a function: the program in its place, if there is one. */
#define ALONE(n, shape, ...)
#define REPLACED(n, shape, ...)                              \
	u64 (*op)(P##n(__VA_ARGS__)) = READ_ONCE(now.shape); \
                                                             \
	if (op)                                              \
		return op(N##n);

#define DEFINE_WIDE(CALL, n, shape, words, ...)                                              \
	__bpf_kfunc u64 checkjit_in_##shape(P##n(__VA_ARGS__))                               \
	{                                                                                    \
		u64 sum = KFUNC_SEED;                                                        \
                                                                                             \
		A##n;                                                                        \
		return sum;                                                                  \
	}                                                                                    \
                                                                                             \
	static u64 pass_##shape(const u64 *w)                                                \
	{                                                                                    \
		T##n(__VA_ARGS__);                                                           \
                                                                                             \
		CALL(n, shape, __VA_ARGS__)                                                  \
		return checkjit_in_##shape(N##n);                                            \
	}                                                                                    \
                                                                                             \
	__bpf_kfunc u64 checkjit_to_##shape(u64 b1, u64 b2, u64 b3, u64 b4, u64 b5)          \
	{                                                                                    \
		const u64 args[KFUNC_WIDE_ARGS] = { b1, b2, b3, b4, b5 };                    \
		u64 word[words];                                                             \
                                                                                             \
		for (int k = 0; k < words; k++)                                              \
			word[k] = args[k % KFUNC_WIDE_ARGS] + (k < KFUNC_WIDE_ARGS ? 0 : k); \
		return pass_##shape(word);                                                   \
	}

#define DEFINE_PAIR(n, shape, ...)   DEFINE_WIDE(REPLACED, n, shape, __VA_ARGS__)
#define DEFINE_INT128(n, shape, ...) DEFINE_WIDE(ALONE, n, shape, __VA_ARGS__)

__bpf_kfunc_start_defs();
CHECKJIT_KFUNCS(DEFINE, DEFINE_VOID)
CHECKJIT_PAIRS(DEFINE_PAIR)
#ifdef __SIZEOF_INT128__
CHECKJIT_INT128(DEFINE_INT128)
#endif
__bpf_kfunc_end_defs();

#define SET(n, name, ...)     BTF_ID_FLAGS(func, name)
#define SET_TO(n, shape, ...) BTF_ID_FLAGS(func, checkjit_to_##shape)

BTF_KFUNCS_START(kfunc_ids)
CHECKJIT_KFUNCS(SET, SET)
WIDE(SET_TO)
BTF_KFUNCS_END(kfunc_ids)

static const struct btf_kfunc_id_set kfunc_set = {
	.owner = THIS_MODULE,
	.set = &kfunc_ids,
};

/* ---- struct_ops ---- */

#ifdef register_bpf_struct_ops
/* What a map of this type has as its value. */
struct ops_value {
	struct bpf_struct_ops_common_value common;
	struct checkjit_ops data ____cacheline_aligned_in_smp;
};

#define STUB(n, shape, ...) .shape = checkjit_in_##shape,
static struct checkjit_ops stubs = { CHECKJIT_PAIRS(STUB) };

static int ops_init(struct btf *btf)
{
	return 0;
}

static int ops_init_member(const struct btf_type *type, const struct btf_member *member,
			   void *kdata, const void *udata)
{
	return 0;
}

/* Members are set by several maps. */
static void set_members(void *const *members, bool on)
{
	void **to = (void **)&now;

	for (int i = 0; i < sizeof(now) / sizeof(*to); i++)
		if (members[i])
			WRITE_ONCE(to[i], on ? members[i] : NULL);
}

static int ops_reg(void *kdata, struct bpf_link *link)
{
	set_members(kdata, true);
	return 0;
}

static void ops_unreg(void *kdata, struct bpf_link *link)
{
	set_members(kdata, false);
}

static bool ops_is_valid_access(int off, int size, enum bpf_access_type type,
				const struct bpf_prog *prog, struct bpf_insn_access_aux *info)
{
	return bpf_tracing_btf_ctx_access(off, size, type, prog, info);
}

static const struct bpf_verifier_ops ops_verifier = { .is_valid_access = ops_is_valid_access };

/* Older kernels pass no link to the last two. */
static struct bpf_struct_ops ops = {
	.verifier_ops = &ops_verifier,
	.init = ops_init,
	.init_member = ops_init_member,
	.reg = (void *)ops_reg,
	.unreg = (void *)ops_unreg,
	.cfi_stubs = &stubs,
	.owner = THIS_MODULE,
	.name = "checkjit_ops",
};

static void ops_register(struct kfunc_ops *out)
{
	int err = register_bpf_struct_ops(&ops, checkjit_ops);
	struct btf *btf = NULL;

	*out = (struct kfunc_ops){
		.type = err ?: bpf_find_btf_id("checkjit_ops", BTF_KIND_STRUCT, &btf),
		.value = err
				 ?: bpf_find_btf_id("bpf_struct_ops_checkjit_ops", BTF_KIND_STRUCT,
						    &btf),
		.size = sizeof(struct ops_value),
		.data = offsetof(struct ops_value, data),
	};
}
#else
static void ops_register(struct kfunc_ops *out)
{
	*out = (struct kfunc_ops){ .type = -EOPNOTSUPP, .value = -EOPNOTSUPP };
}
#endif

/* ---- the device ---- */

static const char *const names[NR_KFUNCS] = {
#define OWN(n, name, ...) #name,
#define TO(n, shape, ...) "checkjit_to_" #shape,
#define IN(n, shape, ...) "checkjit_in_" #shape,
#define KERNEL(name)	  #name,
	CHECKJIT_KFUNCS(OWN, OWN) CHECKJIT_WIDE(TO) CHECKJIT_WIDE(IN) KERNEL_KFUNCS(KERNEL)
};

static struct kfunc_table found;

/*
 * The search takes a reference to the BTF. It is kept: no exported function drops it, and this
 * module is never removed.
 */
static void find_ids(void)
{
	for (int i = 0; i < NR_KFUNCS; i++) {
		struct btf *btf = NULL;

		found.funcs[i].id = bpf_find_btf_id(names[i], BTF_KIND_FUNC, &btf);
		found.funcs[i].in_module = i < NR_OWN_KFUNCS;
	}
}

static ssize_t kfunc_read(struct file *file, char __user *buf, size_t size, loff_t *pos)
{
	return simple_read_from_buffer(buf, size, pos, &found, sizeof(found));
}

static const struct file_operations kfunc_fops = {
	.owner = THIS_MODULE,
	.read = kfunc_read,
};

static struct miscdevice kfunc_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = KFUNC_DEVICE,
	.fops = &kfunc_fops,
	.mode = 0400,
};

static int __init kfunc_init(void)
{
	int err;

	/* for all program types */
	err = register_btf_kfunc_id_set(BPF_PROG_TYPE_UNSPEC, &kfunc_set);
	if (err)
		return err;
	/* and for fmod_ret programs */
	err = register_btf_fmodret_id_set(&kfunc_set);
	if (err)
		return err;
	find_ids();
	ops_register(&found.ops);
	return misc_register(&kfunc_device);
}

module_init(kfunc_init);
MODULE_DESCRIPTION("checkjit: kernel functions for BPF programs to call");
MODULE_LICENSE("GPL");
