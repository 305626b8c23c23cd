/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CHECKJIT_GCOV_H
#define CHECKJIT_GCOV_H

#include "session/guest.h"

/*
 * Ask @g for the counters of a kernel built with COVERAGE=1, and write them to DIR/N/NAME.gcda: N
 * is the first number that is free, since each boot counts from zero. *@boot_dir, NULL at each
 * boot, becomes DIR/N (the caller frees): a later call for the same boot replaces them. Answers to
 * what was asked before are thrown away. The number of files, or -errno: -ENODATA: the kernel has
 * none; -EBADMSG: what it sends makes no sense; else as guest_recv(), or from the file system.
 */
int gcov_fetch(struct guest *g, const char *dir, char **boot_dir);

#endif
