/* SPDX-License-Identifier: GPL-2.0 */
/* KERNEL=git:URL#BRANCH is one commit from the beginning of a job to its end. */
#ifndef CHECKJIT_PIN_KERNEL_H
#define CHECKJIT_PIN_KERNEL_H

/*
 * If KERNEL= is a branch of a repository, fetch it, and set KERNEL to the commit,
 * git:URL#BRANCH@COMMIT. With @note, a file, the commit is that which is noted there, or is noted.
 * Returns an exit code; a failure was said on stderr.
 */
int pin_kernel(const char *note);

#endif
