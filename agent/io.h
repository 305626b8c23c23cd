/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The I/O map: an array map with one value, which programs find as fd_array[0] and this process has
 * mapped. Input and output of a run cost no system call.
 */
#ifndef CHECKJIT_AGENT_IO_H
#define CHECKJIT_AGENT_IO_H

#include "agent/types.h"
#include "proto/checkjit_raw.h"

#define IO_SIZE RAW_IO_SIZE /* bytes of the map's value */

/* Create and map it. Returns 0 or -errno. */
int io_init(void);

/* The map's descriptor. */
int io_fd(void);

/* The mapped value, IO_SIZE bytes. */
u8 *io_value(void);

#endif
