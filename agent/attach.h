/* SPDX-License-Identifier: GPL-2.0 */
/* Programs attached to functions: of the kernel, or of other programs of the request. */
#ifndef CHECKJIT_AGENT_ATTACH_H
#define CHECKJIT_AGENT_ATTACH_H

#include "agent/bpf.h"

/*
 * Fill in the members of @p that the kernel needs, from attach, target and func. @target: the
 * descriptor of the target program, or -1.
 */
void attach_prepare(struct prog *p, int target);

/* Attach @fd, which was loaded from @p. Returns the descriptor of the link, or -errno. */
int attach_link(int fd, const struct prog *p);

/* BTF ids of a program and of its function, which has one argument and is global. */
struct probe_types {
	u32 main, func;
};

/*
 * Can a program be attached in this way (enum wire_attach) to the kfunc KFUNC_BASE + index (by a
 * link to several: to the next one, too), or to a function of a program? Return 0 or -errno.
 */
int attach_probe_kernel(u32 attach, u32 kfunc);
int attach_probe_prog(u32 attach, int btf, const struct probe_types *t);

#endif
