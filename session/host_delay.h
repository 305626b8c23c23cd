/* SPDX-License-Identifier: GPL-2.0 */
/* How long a process that could run was not let: on a busy host that is no silence of the guest's.
 */
#ifndef CHECKJIT_HOST_DELAY_H
#define CHECKJIT_HOST_DELAY_H

#include <sys/types.h>
#include "lib/types.h"

/*
 * Milliseconds that the thread of @pid which waited longest has waited for a CPU since it began
 * (/proc/PID/task/TID/schedstat, Documentation/scheduler/sched-stats.rst). It grows no faster than
 * time does. 0 where the kernel does not say.
 */
u64 host_delay_ms(pid_t pid);

#endif
