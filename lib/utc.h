/* SPDX-License-Identifier: GPL-2.0 */
/* Times as text, in UTC. */
#ifndef CHECKJIT_UTC_H
#define CHECKJIT_UTC_H

#include "lib/types.h"

/* "2026-11-29 02:13" of @seconds since 1970; in one of four static buffers, which take turns. */
const char *utc_minute(s64 seconds);

/* "20261129-021300", of the present time, for names of directories; in a static buffer. */
const char *utc_stamp(void);

#endif
