/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The raw route: one program at a time, loaded without the verifier by images/module. Functions
 * return 0 or -errno unless they say otherwise.
 */
#ifndef CHECKJIT_AGENT_RAW_H
#define CHECKJIT_AGENT_RAW_H

#include <linux/bpf.h>
#include "agent/types.h"
#include "proto/checkjit_raw.h"

/* Insert the module and open its device, unless that was done. -ENOENT: the guest lacks it. */
int raw_init(void);

/* The module's I/O buffer of RAW_IO_SIZE bytes, which programs find as the value of fd_array[0]. */
u8 *raw_io(void);

/* *@jited_len: bytes of native code, 0 if the interpreter runs it. */
int raw_load(const struct bpf_insn *insns, u32 nr_insns, u32 *jited_len);

/* Does the module check the calling convention? After raw_load(); -EOPNOTSUPP: not on this arch. */
int raw_abi(void);

/* Take over the classic filter of the socket @fd. *@nr_insns: of the eBPF program it became. */
int raw_attach(int fd, u32 *nr_insns, u32 *jited_len);

int raw_run(struct raw_run *run);

/* Copy the native code, or the kernel's eBPF insns. Return bytes; 0 if they do not fit. */
u32 raw_code(void *buf, u32 size);
u32 raw_insns(void *buf, u32 size);

void raw_free(void);

#endif
