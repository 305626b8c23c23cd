// SPDX-License-Identifier: GPL-2.0
/*
 * Legacy packet access, RFC 9669 section 5.5 and Documentation/bpf/classic_vs_extended.rst: r6
 * holds the context, r0 gets the bytes of the packet in network byte order, r1-r5 are clobbered,
 * and a load from outside the packet ends its function with 0. uapi linux/filter.h defines negative
 * offsets.
 */
#include <string.h>
#include "bpf/classic.h"
#include "bpf/model_impl.h"
#include "lib/util.h"

#define SKF_NET_OFF \
	(-0x100000) /* relative to the network header, where the packet of a test run begins */
#define SKF_LL_OFF (-0x200000) /* relative to the MAC header */
#define MAC_HEADER 14	       /* bytes that the agent puts before the packet, all zero */

/* Make *@off the distance from the packet's first byte. False: it is outside. */
static bool packet_offset(s32 off, s64 *at)
{
	*at = off;
	if (off >= 0)
		return true;
	if (off < SKF_LL_OFF)
		return false;
	*at = off >= SKF_NET_OFF ? off - SKF_NET_OFF : off - SKF_LL_OFF - MAC_HEADER;
	return true;
}

u32 packet_load_size(u8 code)
{
	switch (BPF_SIZE(code)) {
	case BPF_B:
		return 1;
	case BPF_H:
		return 2;
	default:
		return 4;
	}
}

bool packet_read(const u8 *packet, u32 len, u32 off, u32 size, u32 *value)
{
	s64 at;

	if (!packet_offset((s32)off, &at) || at + size > len)
		return false;
	*value = 0;
	for (u32 i = 0; i < size; i++)
		*value = *value << 8 | (at + i < 0 ? 0 : packet[at + i]);
	return true;
}

/* The function returns 0, from main to the kernel, from a subprogram to its caller. */
static int end_function(struct bpf_machine *m, const struct insn *insn)
{
	m->r[0] = SCALAR(0);
	if (m->depth)
		return exec_exit(m, insn);
	m->early_exit = true;
	return FLOW_END;
}

int exec_packet_load(struct bpf_machine *m, const struct insn *insn)
{
	const u8 *packet = m->st->win[REGION_CTX];
	u32 len = m->c->vecs->win_size[REGION_CTX], v;
	struct val handle;
	u64 index = 0;
	int err;

	if (m->c->type != CASE_TYPE_SOCKET)
		return machine_stop(m, MODEL_BAD_INSN, "a packet load outside of a socket filter");
	err = machine_read(m, 6, &handle);
	if (!err && (handle.tag != PTR_CTX || handle.v))
		return machine_stop(m, MODEL_UNDEFINED, "r6 does not hold the context");
	if (!err && BPF_MODE(insn->code) == BPF_IND)
		err = machine_read_scalar(m, insn->src, &index);
	if (err)
		return err;
	if (!packet_read(packet, len, (u32)index + (u32)insn->imm, packet_load_size(insn->code),
			 &v))
		return end_function(m, insn);
	for (int k = 1; k <= 5; k++)
		m->r[k] = UNREADABLE;
	return machine_write(m, 0, SCALAR(v));
}
