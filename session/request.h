/* SPDX-License-Identifier: GPL-2.0 */
/* Encodes requests to the agent and decodes its results (proto/wire.h). */
#ifndef CHECKJIT_REQUEST_H
#define CHECKJIT_REQUEST_H

#include "bpf/wrapper.h"
#include "session/engine.h"
#include "session/guest.h"

struct request {
	const struct engine *engine;
	const struct wrapper_prog *prog;
	u32 flags; /* enum wire_run_flags */
	u32 set;   /* id of the vectors */
	u32 first_vec, nr_vecs;
	u32 load_flags;
	u32 nr_survivors;	/* set by request_send_run() */
	bool no_survival_check; /* no survival check */
};

/* Queue the vectors @t as set @id. Returns 0 or -EMSGSIZE. */
int request_send_set(struct guest *g, u32 id, const struct vectors *t);

/* Returns slot @slot of the only case of @prog as a slot of the program that is sent. */
u32 request_slot(const struct wrapper_prog *prog, u32 slot);

/* Queue one run. Returns 0, -EMSGSIZE, or an error of building BTF. */
int request_send_run(struct guest *g, u32 seq, struct request *rq);

/* A result, decoded and checked; pointers point into the message. */
struct reply {
	u32 stage, err, engine;
	u32 jited_len, xlated_len;
	bool survived; /* the translated program has every insn that was looked for */
	u32 survivors; /* insns found: the index of the first missing one, if any */
	u32 nr_blocks, nr_vecs;
	u32 load_us, run_us;
	const u8 *hashes; /* nr_blocks x struct wire_block_hash, guest order */
	const char *log;  /* log_len bytes, not terminated */
	u32 log_len;
	const u8 *dump, *xlated, *jited;
	u32 dump_len, xlated_dump, jited_dump;
	const u8 *lines, *funcs; /* WIRE_LINFO: nr_lines x struct wire_line, nr_funcs x struct
				    wire_func, guest order */
	u32 nr_lines, nr_funcs;
	const u8 *edges; /* WIRE_COVER: nr_edges x u16, guest order */
	u32 nr_edges, nr_pcs;
	const u8 *abi; /* nr_abi x struct wire_abi, guest order: reply_abi() */
	u32 nr_abi, abi_vec;
};

/* Returns 0, or -EBADMSG if @f is not a valid answer to @rq. */
int reply_parse(const struct guest *g, const struct guest_msg *f, const struct request *rq,
		struct reply *out);

/* Does the verifier's log in @reply contain @text? */
bool reply_logged(const struct reply *reply, const char *text);

/* Did the load fail as @r describes it? */
bool reply_refused_as(const struct reply *reply, const struct refusal *r);

/* A register or stack word that native code must preserve, by its name on the arch. */
struct abi_word {
	char name[sizeof(((struct wire_abi *)0)->name) + 1];
	u64 want, got;
};

struct abi_word reply_abi(const struct guest *g, const struct reply *reply, u32 i);

const char *stage_name(u32 stage);

#define ERRNO_WORDS 48
/* Writes "22 (EINVAL)", or "0 (accepted)", to @buf and returns it. */
const char *errno_words(u32 err, char buf[ERRNO_WORDS]);

#endif
