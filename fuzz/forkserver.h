/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The target's side of AFL++'s fork server protocol (4.04 and later), for a target that never
 * forks. The edge map and the input are in shared memory; each input is one word to us and two
 * words back.
 */
#ifndef CHECKJIT_FUZZ_FORKSERVER_H
#define CHECKJIT_FUZZ_FORKSERVER_H

#include <stddef.h>
#include "lib/types.h"

#define FUZZ_MAP_SIZE 65536u /* bytes: WIRE_MAX_EDGES, and AFL's default */

struct forkserver {
	u8 *map;       /* FUZZ_MAP_SIZE bytes */
	const u8 *shm; /* u32 length, then the input */
};

/*
 * Attach to what afl-fuzz passes in the environment. Returns 0; -ENOENT without afl-fuzz; -ENOSPC
 * if its map is smaller than FUZZ_MAP_SIZE; -ENOTSUP if it does not share the input; -errno of the
 * attachment.
 */
int forkserver_attach(struct forkserver *fs);
/* Report that we are ready. Returns 0 or -EPIPE. */
int forkserver_hello(struct forkserver *fs);
/* Get the next input, valid until forkserver_answer(). Returns 1, or 0 when afl-fuzz has ended. */
int forkserver_next(struct forkserver *fs, const u8 **data, size_t *len);
/* @signal: the signal that the target "died" of, 0: none. Returns 0 or -EPIPE. */
int forkserver_answer(struct forkserver *fs, int signal);

#endif
