/* SPDX-License-Identifier: GPL-2.0 */
/* Names of errnos as programs write them: EINVAL, not "Invalid argument". */
#ifndef CHECKJIT_ERRNAME_H
#define CHECKJIT_ERRNAME_H

#include <errno.h>

#ifndef ENOTSUPP
#define ENOTSUPP 524 /* the kernel's own, not in errno.h */
#endif

/* "EINVAL", or NULL where @err has no name. */
const char *errno_name(int err);

/* The errno called @name, or -ENOENT. */
int errno_by_name(const char *name);

#endif
