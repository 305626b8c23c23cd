// SPDX-License-Identifier: GPL-2.0
/*
 * Loads through untrusted pointers. A load that faults returns 0 and the program goes on. A load
 * from a user address returns 0 as well (commit 66e13b615a0c: "prevent userspace memory access").
 */
#include "bpf/model_impl.h"
#include "proto/wire.h"

#define PAGE	 4096u
#define TOP_HOLE 0xffffffffffe00000 /* no machine maps anything from here on */

/*
 * Addresses of the lower half are the user's or invalid. So are those of the upper half with bit 55
 * clear, the only bit that arm64 examines (it ignores the byte above, a tag), unless the top byte
 * is that of a kernel address of x86_64.
 */
static bool in_user_space(u64 addr)
{
	return !(addr >> 63) || (!(addr >> 55 & 1) && addr >> 56 != 0xff);
}

/*
 * Addresses at the ends of x86_64's kernel range. If something is mapped there, a load does no
 * harm.
 */
static bool at_kernel_border(u64 addr)
{
	static const u64 borders[] = { 0xffff800000000000,
				       0xffffffffff600000 /* the vsyscall page */ };

	for (u32 i = 0; i < ARRAY_SIZE(borders); i++)
		if (addr - (borders[i] - PAGE) < 3 * PAGE)
			return true;
	return false;
}

/*
 * arm64 ignores the top byte of an address of user space; kernel/bpf/fixups.c:1716 of 7.3.4 does
 * not. Is @addr, with a tag, in a page that the agent has (agent/user.c)?
 */
static bool in_tagged_page(u64 addr, u32 size)
{
	u64 at = addr & (UINT64_MAX >> 8);

	if (!(addr >> 56))
		return false;
	return at - WIRE_USER_PAGE <= PAGE - size || at - WIRE_USER_PAGE_HIGH <= PAGE - size;
}

static u64 user_value(struct bpf_machine *m, const struct insn *insn, u64 addr)
{
	u32 size = access_size(insn);

	if (!in_tagged_page(addr, size) || !quirk_here(m->st, QUIRK_PROBE_TAGGED))
		return 0;
	return load_extend(insn, UINT64_MAX / 0xff * WIRE_USER_BYTE >> (64 - 8 * size));
}

int load_anywhere(struct bpf_machine *m, const struct insn *insn, u64 addr)
{
	addr += (s64)insn->off;
	/* include/linux/poison.h: on all machines */
	if (addr >> 48 == 0xdead)
		return machine_write(m, insn->dst, SCALAR(0));
	if (case_needs(m->c, "probe_user") && (in_user_space(addr) || addr >= TOP_HOLE))
		return machine_write(m, insn->dst, SCALAR(user_value(m, insn, addr)));
	if (at_kernel_border(addr))
		return machine_write(m, insn->dst, UNREADABLE);
	return machine_stop(
		m, MODEL_UNDEFINED,
		"the content of 0x%llx is unknown (expected 0xdead…; or needs probe_user)",
		(unsigned long long)addr);
}
