/* SPDX-License-Identifier: GPL-2.0 */
/* Host delay: time for which a busy host did not let a process run that could have. */
#ifndef CHECKJIT_HOST_DELAY_H
#define CHECKJIT_HOST_DELAY_H

#include <sys/types.h>
#include "lib/types.h"

/*
 * Returns how many milliseconds the most delayed thread of @pid has waited for a CPU since it began
 * (/proc/PID/task/TID/schedstat, Documentation/scheduler/sched-stats.rst). It grows no faster than
 * time. 0: the kernel does not tell.
 */
u64 host_delay_ms(pid_t pid);

#endif
