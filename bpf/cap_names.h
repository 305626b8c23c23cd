/* SPDX-License-Identifier: GPL-2.0 */
/* The capabilities of proto/caps.h by name, for host programs. */
#ifndef CHECKJIT_CAP_NAMES_H
#define CHECKJIT_CAP_NAMES_H

#include "proto/caps.h"
#include "lib/types.h"

/* The capability that a needs line calls @name, or -ENOENT. */
int cap_by_name(const char *name);

/* Its name in needs lines, and what it means, for reports. */
const char *cap_name(enum cap cap);
const char *cap_doc(enum cap cap);
/* Its enum cap_flags; 0 where cap_by_name() did not find it. */
u32 cap_flags(int cap);

#endif
