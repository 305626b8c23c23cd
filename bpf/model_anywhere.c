// SPDX-License-Identifier: GPL-2.0
/*
 * Loads through a pointer that nobody vouches for. Where one faults, the kernel has it give 0, and the program goes on. It
 * must not read user space either: there it gives 0, too (commit 66e13b615a0c: "prevent userspace memory access").
 */
#include <string.h>
#include "bpf/model_impl.h"

#define PAGE		4096u
#define TOP_HOLE	0xffffffffffe00000	/* from here on no machine has anything */

static bool case_needs(const struct bpf_case *c, const char *cap)
{
	for (u32 i = 0; i < c->nneeds; i++)
		if (!strcmp(c->needs[i], cap))
			return true;
	return false;
}

/*
 * The lower half is the user's, or no address at all. So is the upper half where bit 55 is clear, which arm64 looks at alone
 * (the byte above is a tag, that it ignores), but for the top byte of a kernel address of x86_64.
 */
static bool in_user_space(u64 addr)
{
	return !(addr >> 63) || (!(addr >> 55 & 1) && addr >> 56 != 0xff);
}

/* Places at the ends of what x86_64 takes for the kernel's. Some machine may have something there, which a load does no harm to. */
static bool at_kernel_border(u64 addr)
{
	static const u64 borders[] = { 0xffff800000000000, 0xffffffffff600000 /* the vsyscall page */ };

	for (u32 i = 0; i < ARRAY_SIZE(borders); i++)
		if (addr - (borders[i] - PAGE) < 3 * PAGE)
			return true;
	return false;
}

int load_anywhere(struct bpf_machine *m, const struct insn *insn, u64 addr)
{
	addr += (s64)insn->off;
	/* include/linux/poison.h: on all machines */
	if (addr >> 48 == 0xdead)
		return machine_write(m, insn->dst, SCALAR(0));
	if (case_needs(m->c, "probe_user") && (in_user_space(addr) || addr >= TOP_HOLE))
		return machine_write(m, insn->dst, SCALAR(0));
	if (at_kernel_border(addr))
		return machine_write(m, insn->dst, UNREADABLE);
	return machine_stop(m, MODEL_UNDEFINED, "nobody knows what is at 0x%llx (expected 0xdead…; or needs probe_user)",
		       (unsigned long long)addr);
}
