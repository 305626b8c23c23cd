// SPDX-License-Identifier: GPL-2.0
/* Kfuncs: cases name them by number (proto/checkjit_kfunc.h), the kernel by BTF id. */
#include "agent/base.h"
#include "agent/bpf.h"
#include "agent/kfunc.h"
#include "proto/checkjit_kfunc.h"

#define KFUNC_MODULE "/checkjit_kfunc.ko"
#define KFUNC_PATH   "/dev/" KFUNC_DEVICE
#define BTF_NAME     "checkjit_kfunc"

static struct kfunc_table table;
static int module_btf = -1;
static int ready = -ENODEV;

static int read_ids(void)
{
	int fd = open(KFUNC_PATH, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, &table, sizeof(table));
	close(fd);
	return n == sizeof(table) ? 0 : -EIO;
}

int kfunc_init(void)
{
	int err;

	/* never on a machine with other work */
	if (as_program)
		return ready = -EPERM;
	if (!ready)
		return 0;
	err = module_insert(KFUNC_MODULE);
	if (!err || err == -EEXIST)
		err = read_ids();
	if (!err) {
		module_btf = btf_of_module(BTF_NAME);
		err = module_btf < 0 ? module_btf : 0;
	}
	return ready = err;
}

int kfunc_btf(void)
{
	return module_btf;
}

int kfunc_id(u32 nr)
{
	nr -= KFUNC_BASE;
	return ready ? ready : nr < NR_KFUNCS ? table.funcs[nr].id : -EINVAL;
}

const struct kfunc_ops *kfunc_ops(void)
{
	return &table.ops;
}

void kfunc_resolve(struct bpf_insn *insns, u32 nr_insns, u32 btf_index)
{
	for (u32 i = 0; i < nr_insns; i++) {
		u32 nr = (u32)insns[i].imm - KFUNC_BASE;

		if (insns[i].code == (BPF_LD | BPF_IMM | BPF_DW)) {
			i++;
			continue;
		}
		if (ready || insns[i].code != (BPF_JMP | BPF_CALL) ||
		    insns[i].src_reg != BPF_PSEUDO_KFUNC_CALL || nr >= NR_KFUNCS)
			continue;
		insns[i].imm = table.funcs[nr].id;
		insns[i].off = table.funcs[nr].in_module ? btf_index : 0;
	}
}
