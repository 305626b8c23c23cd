/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel reports about native code. Functions return how many bytes or records they wrote,
 * or 0 if the kernel reports none or they do not fit.
 */
#ifndef CHECKJIT_AGENT_DUMP_H
#define CHECKJIT_AGENT_DUMP_H

#include "agent/load.h"

u32 jited_dump(const struct loaded *ld, void *buf, u32 size);

/* Records of line_info with their addresses, in the order of the translated program. */
u32 line_dump(int fd, struct wire_line *lines, u32 max);
u32 func_dump(int fd, struct wire_func *funcs, u32 max);

#endif
