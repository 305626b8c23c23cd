/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CHECKJIT_VERSION_H
#define CHECKJIT_VERSION_H

/*
 * Returns what the file `version` says, which `make dist` and `make install` write; in a checkout,
 * git describe; otherwise "unknown".
 */
const char *checkjit_version(void);

#endif
