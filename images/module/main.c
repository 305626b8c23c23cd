// SPDX-License-Identifier: GPL-2.0
/*
 * The raw route: runs a program on the JIT or the interpreter without the verifier, as
 * lib/test_bpf.c does, and checks that native code keeps the calling convention. As for every
 * program, net.core.bpf_jit_enable and bpf_jit_harden select the engine and constant blinding.
 */
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/net.h>
#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include "checkjit_raw.h"
#include "classic.h"
#include "funcs.h"
#include "thunk.h"

static void *io;	   /* RAW_IO_SIZE bytes, shared by all files */
static DEFINE_MUTEX(lock); /* the thunk runs one program at a time */

struct raw_file {
	struct bpf_prog *prog; /* main, or the filter of the socket */
	struct funcs funcs;    /* of a program that was loaded */
	struct socket *sock;   /* of a classic filter, or NULL */
	void *ctx;	       /* RAW_MAX_CTX bytes */
};

/* ---- the ABI ---- */

#ifdef HAVE_THUNK

static const char *const names[THUNK_REGS] = THUNK_NAMES;

/* Distinct values that no program produces by accident. */
static void fill(struct thunk_state *st)
{
	unsigned long v = (unsigned long)0xc0de5a5ac35aca9dULL;

	for (int i = 0; i < THUNK_WORDS; i++) {
		v = v * 2654435761UL + 0x1b873593;
		st->want[i] = v | 1;
	}
}

static bool is_checked(int i)
{
	return i >= THUNK_REGS || names[i];
}

static void compare(const struct thunk_state *st, struct raw_run *run)
{
	run->nr_abi = 0;
	for (int i = 0; i < THUNK_WORDS; i++) {
		struct raw_abi *abi = &run->abi[run->nr_abi];

		if (!is_checked(i) || st->want[i] == st->got[i])
			continue;
		memset(abi, 0, sizeof(*abi));
		if (i < THUNK_REGS)
			strscpy(abi->name, names[i], sizeof(abi->name));
		else
			snprintf(abi->name, sizeof(abi->name), "sp+%d",
				 (int)((i - THUNK_REGS) * sizeof(long)));
		abi->want = st->want[i];
		abi->got = st->got[i];
		run->nr_abi++;
	}
}

static void call(const struct bpf_prog *prog, void *ctx, struct raw_run *run)
{
	static struct thunk_state st;

	fill(&st);
	run->retval = checkjit_thunk(ctx, prog->insnsi, prog->bpf_func, &st);
	compare(&st, run);
}

#define HAS_ABI 1

#else

static void call(const struct bpf_prog *prog, void *ctx, struct raw_run *run)
{
	run->retval = prog->bpf_func(ctx, prog->insnsi);
	run->nr_abi = 0;
}

#define HAS_ABI 0

#endif

/* ---- programs ---- */

/* Resolve addresses in the I/O buffer. Other maps, functions and variables are refused. */
static int relocate_insns(struct bpf_insn *insn, u32 cnt)
{
	for (u32 i = 0; i < cnt; i++) {
		u32 off;
		u64 addr;

		if (insn[i].code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		if (i + 1 == cnt)
			return -EINVAL;
		i++;
		if (!insn[i - 1].src_reg)
			continue;
		off = insn[i].imm;
		if (insn[i - 1].src_reg != BPF_PSEUDO_MAP_IDX_VALUE || insn[i - 1].imm ||
		    off >= RAW_IO_SIZE)
			return -EINVAL;
		addr = (unsigned long)io + off;
		insn[i - 1].src_reg = 0;
		insn[i - 1].imm = (u32)addr;
		insn[i].imm = addr >> 32;
	}
	return 0;
}

static void drop(struct raw_file *f)
{
	if (f->sock)
		sockfd_put(f->sock);
	funcs_free(&f->funcs);
	f->sock = NULL;
	f->prog = NULL;
}

static u32 jited_len(const struct bpf_prog *prog)
{
	return prog->jited ? prog->jited_len : 0;
}

static int load_insns(struct raw_file *f, struct raw_load *ld, struct bpf_insn *insns)
{
	struct funcs funcs = {};
	int err;

	err = relocate_insns(insns, ld->nr_insns);
	if (!err)
		err = funcs_split(&funcs, insns, ld->nr_insns, ld->stack_depth);
	if (!err)
		err = funcs_compile(&funcs);
	if (err) {
		funcs_free(&funcs);
		return err;
	}
	drop(f);
	f->funcs = funcs;
	f->prog = funcs.func[0];
	ld->jited_len = funcs_jited_len(&funcs);
	ld->has_abi = HAS_ABI;
	return 0;
}

static int load(struct raw_file *f, struct raw_load *ld)
{
	struct bpf_insn *insns;
	int err;

	if (!ld->nr_insns || ld->nr_insns > RAW_MAX_INSNS)
		return -E2BIG;
	if (ld->stack_depth > RAW_MAX_STACK)
		return -EINVAL;
	insns = vmemdup_user(u64_to_user_ptr(ld->insns), ld->nr_insns * sizeof(*insns));
	if (IS_ERR(insns))
		return PTR_ERR(insns);
	err = load_insns(f, ld, insns);
	kvfree(insns);
	return err;
}

static int attach(struct raw_file *f, struct raw_attach *at)
{
	struct bpf_prog *prog;
	struct socket *sock;

	prog = classic_attach(at->fd, &sock);
	if (IS_ERR(prog))
		return PTR_ERR(prog);
	drop(f);
	f->prog = prog;
	f->sock = sock;
	at->nr_insns = prog->len;
	at->jited_len = jited_len(prog);
	return 0;
}

/* The ctx bytes, or the packet made of them. */
static int run_on(struct raw_file *f, struct raw_run *run)
{
	struct sk_buff *skb;

	if (!f->sock) {
		call(f->prog, f->ctx, run);
		return 0;
	}
	skb = classic_packet(f->ctx, run->ctx_bytes);
	if (IS_ERR(skb))
		return PTR_ERR(skb);
	rcu_read_lock();
	call(f->prog, skb, run);
	rcu_read_unlock();
	return classic_packet_end(skb, f->ctx, run->ctx_bytes);
}

static int run(struct raw_file *f, struct raw_run *run)
{
	void __user *ctx = u64_to_user_ptr(run->ctx);
	int err;

	if (!f->prog)
		return -ENOENT;
	if (run->ctx_bytes > RAW_MAX_CTX)
		return -E2BIG;
	if (copy_from_user(f->ctx, ctx, run->ctx_bytes))
		return -EFAULT;
	migrate_disable();
	err = run_on(f, run);
	migrate_enable();
	if (err)
		return err;
	return copy_to_user(ctx, f->ctx, run->ctx_bytes) ? -EFAULT : 0;
}

/* What RAW_CODE and RAW_INSNS copy of a program. */
struct part {
	const void *at;
	u32 size;
};

static struct part code_part(const struct bpf_prog *prog)
{
	return (struct part){ prog->bpf_func, jited_len(prog) };
}

static struct part insns_part(const struct bpf_prog *prog)
{
	return (struct part){ prog->insnsi, bpf_prog_insn_size(prog) };
}

/* The parts of all functions, one behind the other. */
static int copy_parts(const struct raw_file *f, struct raw_code *code,
		      struct part (*part_of)(const struct bpf_prog *prog))
{
	u32 room = code->size;

	code->size = 0;
	if (!f->prog)
		return -ENOENT;
	for (u32 i = 0; i < (f->sock ? 1 : f->funcs.cnt); i++) {
		struct part part = part_of(f->sock ? f->prog : f->funcs.func[i]);
		u32 left = code->size < room ? room - code->size : 0;

		if (copy_to_user(u64_to_user_ptr(code->buf) + code->size, part.at,
				 min(left, part.size)))
			return -EFAULT;
		code->size += part.size;
	}
	return 0;
}

/* ---- the device ---- */

static int raw_open(struct inode *inode, struct file *file)
{
	struct raw_file *f;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	f = kzalloc(sizeof(*f), GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	f->ctx = vzalloc(RAW_MAX_CTX);
	if (!f->ctx) {
		kfree(f);
		return -ENOMEM;
	}
	file->private_data = f;
	return 0;
}

static int raw_release(struct inode *inode, struct file *file)
{
	struct raw_file *f = file->private_data;

	drop(f);
	vfree(f->ctx);
	kfree(f);
	return 0;
}

static int raw_mmap(struct file *file, struct vm_area_struct *vma)
{
	return remap_vmalloc_range(vma, io, vma->vm_pgoff);
}

static long raw_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	static union {
		struct raw_load load;
		struct raw_run run;
		struct raw_code code;
		struct raw_attach attach;
	} a; /* protected by the lock; too large for the stack */
	struct raw_file *f = file->private_data;
	u32 in = cmd == RAW_RUN ? offsetof(struct raw_run, abi) : _IOC_SIZE(cmd), out = in;
	long err;

	if (cmd != RAW_LOAD && cmd != RAW_RUN && cmd != RAW_CODE && cmd != RAW_FREE &&
	    cmd != RAW_ATTACH && cmd != RAW_INSNS)
		return -ENOTTY;
	mutex_lock(&lock);
	err = copy_from_user(&a, (void __user *)arg, in) ? -EFAULT : 0;
	if (err)
		goto out;
	switch (cmd) {
	case RAW_LOAD:
		err = load(f, &a.load);
		break;
	case RAW_RUN:
		err = run(f, &a.run);
		out += a.run.nr_abi * sizeof(a.run.abi[0]);
		break;
	case RAW_CODE:
		err = copy_parts(f, &a.code, code_part);
		break;
	case RAW_INSNS:
		err = copy_parts(f, &a.code, insns_part);
		break;
	case RAW_ATTACH:
		err = attach(f, &a.attach);
		break;
	case RAW_FREE:
		drop(f);
		break;
	}
	if (!err && copy_to_user((void __user *)arg, &a, out))
		err = -EFAULT;
out:
	mutex_unlock(&lock);
	return err;
}

static const struct file_operations raw_fops = {
	.owner = THIS_MODULE,
	.open = raw_open,
	.release = raw_release,
	.mmap = raw_mmap,
	.unlocked_ioctl = raw_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice raw_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = RAW_DEVICE,
	.fops = &raw_fops,
	.mode = 0600,
};

static int __init raw_init(void)
{
	int err;

	BUILD_BUG_ON(THUNK_WORDS > RAW_MAX_ABI);
	io = vmalloc_user(RAW_IO_SIZE);
	if (!io)
		return -ENOMEM;
	err = misc_register(&raw_device);
	if (err)
		vfree(io);
	return err;
}

static void __exit raw_exit(void)
{
	misc_deregister(&raw_device);
	vfree(io);
}

module_init(raw_init);
module_exit(raw_exit);
MODULE_DESCRIPTION("checkjit: programs for the BPF JITs without the verifier");
MODULE_LICENSE("GPL");
