/* SPDX-License-Identifier: GPL-2.0 */
/* Loads the maps and programs of a request. */
#ifndef CHECKJIT_AGENT_LOAD_H
#define CHECKJIT_AGENT_LOAD_H

#include "agent/request.h"

struct loaded {
	int fds[2 + WIRE_MAX_MAPS]; /* fd_array: the I/O map, the request's maps, kfunc_btf() */
	int progs[WIRE_MAX_PROGS];
	int links[WIRE_MAX_PROGS]; /* -1: the program is not attached */
	u32 nr_fds, nr_progs;
	int raw; /* raw.c holds the program; fds and progs are empty */
	u8 *io;	 /* IO_SIZE bytes that the program reads and writes */
	u32 log_len;
	const u8 *xlated; /* of progs[0] */
	u32 xlated_len;
};

extern char load_log[LOG_SIZE]; /* the first log_len bytes */

/* Load @rq. A refusal of the kernel is not an error: @res has its stage and errno. */
void load_request(struct request *rq, struct loaded *ld, struct wire_result *res);

/*
 * The sizes of progs[0] for @res. In a guest that makes turns they may come with the turn after the
 * load.
 */
void load_sizes(struct wire_result *res);
void unload(struct loaded *ld);

/*
 * Load the programs that are changing, attach them and detach them, which load_request() did once.
 * Programs around functions of programs can be attached only once. Returns 0 or -errno.
 */
int attach_again(struct request *rq, struct loaded *ld);

/* Load a program that stays: later loads are faster. */
void keep_pack(void);

#endif
