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

__bpf_kfunc_start_defs();
CHECKJIT_KFUNCS(DEFINE, DEFINE_VOID)
__bpf_kfunc_end_defs();

#define SET(n, name, ...) BTF_ID_FLAGS(func, name)

BTF_KFUNCS_START(kfunc_ids)
CHECKJIT_KFUNCS(SET, SET)
BTF_KFUNCS_END(kfunc_ids)

static const struct btf_kfunc_id_set kfunc_set = {
	.owner = THIS_MODULE,
	.set = &kfunc_ids,
};

static const char *const names[NR_KFUNCS] = {
#define OWN(n, name, ...) #name,
#define KERNEL(name)	  #name,
	CHECKJIT_KFUNCS(OWN, OWN) KERNEL_KFUNCS(KERNEL)
};

static struct kfunc_id found[NR_KFUNCS];

/*
 * The search takes a reference to the BTF. It is kept: no exported function drops it, and this
 * module is never removed.
 */
static void find_ids(void)
{
	for (int i = 0; i < NR_KFUNCS; i++) {
		struct btf *btf = NULL;

		found[i].id = bpf_find_btf_id(names[i], BTF_KIND_FUNC, &btf);
		found[i].in_module = i < NR_OWN_KFUNCS;
	}
}

static ssize_t kfunc_read(struct file *file, char __user *buf, size_t size, loff_t *pos)
{
	return simple_read_from_buffer(buf, size, pos, found, sizeof(found));
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
	return misc_register(&kfunc_device);
}

module_init(kfunc_init);
MODULE_DESCRIPTION("checkjit: kernel functions for BPF programs to call");
MODULE_LICENSE("GPL");
