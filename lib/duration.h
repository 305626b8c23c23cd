/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CHECKJIT_DURATION_H
#define CHECKJIT_DURATION_H

#include "lib/types.h"

/*
 * Parse @text, a number of seconds, or one with s, m, h or d behind it, from 1 second to 365 days.
 * Returns 0 with *@seconds set, or -EINVAL.
 */
int duration_parse(const char *text, u32 *seconds);

/* "38 s", "12 min", "7.5 h"; in one of four static buffers, which take turns. */
const char *duration_text(double seconds);

#endif
