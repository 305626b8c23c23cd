/* SPDX-License-Identifier: GPL-2.0 */
/* A lock that one program of a machine holds, and that ends with it and all its children. */
#ifndef CHECKJIT_LOCKFILE_H
#define CHECKJIT_LOCKFILE_H

/*
 * Take the lock @path, which is made with its directory, and write into it who holds it. Returns a
 * file descriptor that children inherit, or -EBUSY with *@holder, a line that says who holds it
 * (caller frees), or another -errno.
 */
int lockfile_take(const char *path, char **holder);

#endif
