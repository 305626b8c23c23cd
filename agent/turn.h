/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Many system calls in one turn, by the device of images/module_um. A system call of a User-Mode
 * Linux process costs more than most of these calls by themselves.
 */
#ifndef CHECKJIT_AGENT_TURN_H
#define CHECKJIT_AGENT_TURN_H

#include <linux/bpf.h>
#include "agent/types.h"

/* From now on @fd, the device, makes the calls. Returns 0 or -errno. */
int turn_open(int fd);

/* Can this guest make turns? The functions below need that. */
int turn_ready(void);

/*
 * Add a call to the turn. What the pointers lead to must stay until turn_make(), which is called
 * when no more calls fit. Results that are no errors also go to *@to, if it is not NULL.
 */
void turn_bpf(int cmd, union bpf_attr *attr, u32 *to);
void turn_close(int fd);
void turn_copy(void *to, const void *from, u32 n);
void turn_write(const void *from, u32 n);
void turn_read(void *to, u32 n);

/* How many more calls fit into the turn. */
u32 turn_room(void);

/*
 * Make all calls. Returns the result of the last one; or the -errno of the first one that failed,
 * and those after it are dropped.
 */
long turn_make(void);

/* Microseconds since boot, at the end of the last turn. */
u64 turn_us(void);

#endif
