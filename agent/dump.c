// SPDX-License-Identifier: GPL-2.0
/* What the kernel reports about native code. */
#include "agent/dump.h"
#include "agent/raw.h"

#define MAX_LINES (64u << 10)

u32 jited_dump(const struct loaded *ld, void *buf, u32 size)
{
	static struct bpf_prog_info info;

	if (ld->raw)
		return raw_code(buf, size);
	memset(&info, 0, sizeof(info));
	info.jited_prog_insns = ptr_to_u64(buf);
	info.jited_prog_len = size;
	if (prog_info(ld->progs[0], &info) || !info.jited_prog_insns || info.jited_prog_len > size)
		return 0;
	return info.jited_prog_len;
}

u32 line_dump(int fd, struct wire_line *lines, u32 max)
{
	static struct bpf_line_info info_lines[MAX_LINES];
	static u64 addrs[MAX_LINES];
	static struct bpf_prog_info info;
	u32 n;

	memset(&info, 0, sizeof(info));
	info.nr_line_info = MAX_LINES;
	info.line_info = ptr_to_u64(info_lines);
	info.line_info_rec_size = sizeof(*info_lines);
	info.nr_jited_line_info = MAX_LINES;
	info.jited_line_info = ptr_to_u64(addrs);
	info.jited_line_info_rec_size = sizeof(*addrs);
	if (prog_info(fd, &info))
		return 0;
	n = info.nr_line_info;
	if (n > MAX_LINES || n > max)
		return 0;
	for (u32 i = 0; i < n; i++) {
		lines[i].insn = info_lines[i].insn_off;
		lines[i].line = info_lines[i].line_col >> 10;
		/* the JIT has no line_info, or the kernel hides addresses */
		lines[i].addr = info.jited_line_info && i < info.nr_jited_line_info ? addrs[i] : 0;
	}
	return n;
}

u32 func_dump(int fd, struct wire_func *funcs, u32 max)
{
	static u64 ksyms[WIRE_MAX_FUNCS];
	static u32 lens[WIRE_MAX_FUNCS];
	static struct bpf_prog_info info;
	u32 n;

	memset(&info, 0, sizeof(info));
	info.nr_jited_ksyms = WIRE_MAX_FUNCS;
	info.jited_ksyms = ptr_to_u64(ksyms);
	info.nr_jited_func_lens = WIRE_MAX_FUNCS;
	info.jited_func_lens = ptr_to_u64(lens);
	if (prog_info(fd, &info) || !info.jited_ksyms || !info.jited_func_lens)
		return 0;
	n = info.nr_jited_func_lens;
	if (n != info.nr_jited_ksyms || n > WIRE_MAX_FUNCS || n > max)
		return 0;
	for (u32 i = 0; i < n; i++) {
		funcs[i].addr = ksyms[i];
		funcs[i].len = lens[i];
		funcs[i].pad = 0;
	}
	return n;
}
