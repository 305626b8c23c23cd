/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CHECKJIT_GCOV_H
#define CHECKJIT_GCOV_H

#include "session/guest.h"

/*
 * Ask @g for the coverage counters (COVERAGE=1) and write them to DIR/N/NAME.gcda. Each boot gets
 * the first free N, because it counts from zero. *@boot_dir must be NULL at each boot and becomes
 * DIR/N (the caller frees); a later call for the same boot overwrites the files. Pending answers
 * are dropped. Returns the number of files; -ENODATA: the kernel has none; -EBADMSG: a malformed
 * message; or an -errno of guest_recv() or the file system.
 */
int gcov_fetch(struct guest *g, const char *dir, char **boot_dir);

#endif
