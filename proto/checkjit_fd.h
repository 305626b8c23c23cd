/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /dev/checkjit_fd of images/module_um: file descriptor 3 of the UML process, and many calls in one
 * turn. A system call of a UML process costs its host several switches between processes, which is
 * more than most of these calls cost by themselves.
 */
#ifndef CHECKJIT_FD_H
#define CHECKJIT_FD_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define FD_DEVICE    "checkjit_fd"
#define FD_MAX_CALLS 64u

enum fd_op {
	FD_BPF,	  /* bpf(a, b, c) */
	FD_CLOSE, /* close(a) */
	FD_COPY,  /* copy c bytes from b to a */
	FD_WRITE, /* write c bytes from a to the host's descriptor, all of them */
	FD_READ,  /* read up to c bytes from there to a; at least one, or 0 at its end */
};

struct fd_call {
	__u32 op;
	__u32 pad;
	__u64 a, b, c;
	__u64 to;     /* where a u32 gets the result, if that is no error; 0: nowhere */
	__s64 result; /* out: as that of the system call, or -errno */
};

struct fd_turn {
	__u64 calls;   /* struct fd_call[nr] */
	__u64 sys_bpf; /* address of the kernel's function, from /proc/kallsyms */
	__u32 nr;
	__u32 done; /* out: calls that did not fail; the turn ends with the first that does */
	__u64 us;   /* out: microseconds since boot, at the end of the turn */
};

#define FD_TURN _IOWR('J', 16, struct fd_turn)

#endif
