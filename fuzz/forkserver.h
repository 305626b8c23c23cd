/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The side of a target in the protocol of AFL++'s fork server (4.04 and later), for a target that never forks: the map of edges and
 * the input lie in shared memory, and each input is one word to us and two words back.
 */
#ifndef CHECKJIT_FUZZ_FORKSERVER_H
#define CHECKJIT_FUZZ_FORKSERVER_H

#include <stddef.h>
#include "lib/types.h"

#define FUZZ_MAP_SIZE	65536u	/* bytes: WIRE_MAX_EDGES, and AFL's default */

struct forkserver {
	u8 *map;		/* FUZZ_MAP_SIZE bytes */
	const u8 *shm;		/* u32 length, then the input */
};

/*
 * Attach to what afl-fuzz left in the environment. 0; -ENOENT: there is no afl-fuzz; -ENOSPC: its map is smaller than
 * FUZZ_MAP_SIZE; -ENOTSUP: it gives no inputs in shared memory; or -errno of the attachment.
 */
int forkserver_attach(struct forkserver *fs);
/* We are ready. 0 or -EPIPE. */
int forkserver_hello(struct forkserver *fs);
/* The next input, valid until forkserver_answer(). 1; 0: afl-fuzz has ended. */
int forkserver_next(struct forkserver *fs, const u8 **data, size_t *len);
/* @signal: the one that the target "died" of, 0: none. 0 or -EPIPE. */
int forkserver_answer(struct forkserver *fs, int signal);

#endif
