/* SPDX-License-Identifier: GPL-2.0 */
/* A RUN, taken apart and checked. */
#ifndef CHECKJIT_AGENT_REQUEST_H
#define CHECKJIT_AGENT_REQUEST_H

#include "agent/bpf.h"
#include "agent/types.h"
#include "agent/vectors.h"

#define CTX_MAX	   65528u /* of a SYSCALL program's ctx: at most U16_MAX, in whole words */
#define RAW_TP_CTX 96u	  /* of a raw tracepoint's: MAX_BPF_FUNC_ARGS words */
#define PACKET_MAX 2048u  /* of a socket filter's packet: linear with every page size */

struct request {
	const struct wire_run *run;
	const struct vectors *vectors;
	const struct wire_map *maps;
	const struct wire_slot *slots;
	const struct wire_block *blocks;
	const struct wire_survivor *survivors;
	struct prog progs[WIRE_MAX_PROGS];
	u32 beside;    /* the program that runs on another CPU while progs[0] runs; 0: none */
	int changing;  /* programs are attached and detached there meanwhile */
	u32 dump_size; /* bytes; 0: no dump is wanted */
	u32 answer_len;
};

/*
 * Parse the payload of a RUN. On return all offsets, sizes and indices are in bounds; a request
 * that breaks them ends with protocol_error(). @rq points into @payload.
 */
void request_parse(struct request *rq, const void *payload, u32 len);

#endif
