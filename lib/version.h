/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CHECKJIT_VERSION_H
#define CHECKJIT_VERSION_H

/* Returns git describe of the checkout in the current directory, or "unknown". */
const char *checkjit_version(void);

#endif
