// SPDX-License-Identifier: GPL-2.0
/* One RUN: load, run over the vectors, hash or dump the states, answer. */
#include "agent/base.h"
#include "agent/beside.h"
#include "agent/bpf.h"
#include "agent/dump.h"
#include "agent/errnum.h"
#include "agent/kcov.h"
#include "agent/load.h"
#include "agent/raw.h"
#include "agent/request.h"
#include "agent/run.h"
#include "agent/transport.h"
#include "agent/turn.h"
#include "agent/words.h"

#define LOG_TAIL 8192u /* of the log of a failed load: its end has the reason */
#define ENOTSUPP 524   /* the kernel returns it, uapi lacks it */

/* The ctx, or a packet with the MAC header that a test run takes off. */
static struct {
	u8 pad[2];
	u8 mac[MAC_HEADER];
	u8 bytes[CTX_MAX];
} input __attribute__((aligned(8)));

/* The value of a register that is @turn vectors further on than @vec. */
static u64 turned(const struct vectors *t, u32 vec, u32 turn, u32 col)
{
	u32 to = turn < t->nvecs - vec ? vec + turn : vec + turn - t->nvecs;

	return t->cols[(size_t)to * t->ncols + col];
}

/* @row: the columns of vector @vec, and 0 at [0xff]. @io: the value of the I/O map. */
static void fill_block(u8 *io, const struct wire_block *b, const struct vectors *t, u32 vec,
		       const u64 row[256], u32 win)
{
	u64 *regs = (u64 *)(io + b->regs);

	for (int k = 0; k < 10; k++)
		regs[k] = b->turns[k] && b->cols[k] != 0xff
				  ? turned(t, vec, b->turns[k], b->cols[k])
				  : row[b->cols[k]];
	copy_words(io + b->win, t->bytes + (size_t)vec * t->win_bytes, win);
	fill_words(io + b->out, WIRE_POISON, b->out_size);
}

static u8 *dump_row(const struct request *rq, const u8 *io, const u8 *ctx, u8 *out, u32 retval)
{
	const struct wire_run *run = rq->run;

	((u32 *)out)[0] = retval;
	((u32 *)out)[1] = 0;
	out += 8;
	for (u32 i = 0; i < run->nr_blocks; i++) {
		copy_words(out, io + rq->blocks[i].start, rq->blocks[i].size);
		out += rq->blocks[i].size;
	}
	copy_words(out, ctx, run->ctx_bytes);
	return out + run->ctx_bytes;
}

/* The time, of which a turn tells us. */
static u64 time_us(void)
{
	return turn_ready() ? turn_us() : now_us();
}

/* A call of the loaded program. */
struct call {
	const struct loaded *ld;
	union bpf_attr attr;
	struct raw_run raw;
	u32 retval;
};

static void call_prepare(struct call *c, const struct loaded *ld, const struct wire_run *run)
{
	c->ld = ld;
	memset(&c->raw, 0, sizeof(c->raw));
	if (!ld->raw) {
		test_run_prepare(&c->attr, ld->progs[0], run->prog_type, input.bytes,
				 run->ctx_bytes);
		return;
	}
	c->raw.ctx = ptr_to_u64(input.bytes);
	c->raw.ctx_bytes = run->ctx_bytes;
}

static int call_prog(struct call *c)
{
	int err;

	err = c->ld->raw ? raw_run(&c->raw) : test_run(&c->attr);
	c->retval = c->ld->raw ? c->raw.retval : c->attr.test.retval;
	return err;
}

/* ---- a vector ---- */

/* Write what vector @vec starts with: the blocks' data in @io, and the ctx. */
static void fill_row(const struct request *rq, u32 vec, u8 *io, u8 *ctx)
{
	const struct vectors *t = rq->vectors;
	const u32 ctx_bytes = rq->run->ctx_bytes, win = t->win_bytes - ctx_bytes;
	static u64 row[256];

	copy_words(row, t->cols + (size_t)vec * t->ncols, 8 * t->ncols);
	for (u32 i = 0; i < rq->run->nr_blocks; i++)
		fill_block(io, &rq->blocks[i], t, vec, row, win);
	copy_words(ctx, t->bytes + (size_t)vec * t->win_bytes + win, ctx_bytes);
}

/* Hash what it left, and append it to *@dump unless that is NULL. */
static void take_row(const struct request *rq, const u8 *io, const u8 *ctx, u32 retval,
		     struct wire_hash *hashes, u8 **dump)
{
	const struct wire_run *run = rq->run;

	for (u32 i = 0; i < run->nr_blocks; i++) {
		if (!i)
			wire_hash_word(&hashes[0], retval);
		hash_words(&hashes[i], io + rq->blocks[i].start, rq->blocks[i].size);
		if (!i)
			hash_words(&hashes[0], ctx, run->ctx_bytes);
	}
	if (*dump)
		*dump = dump_row(rq, io, ctx, *dump, retval);
}

/* ---- many vectors in a turn ---- */

#define STAGE_BYTES  (64u << 10)
#define STAGE_VECTOR 5u	 /* calls of a vector, at most */
#define STAGE_MAX    12u /* vectors */

/* A vector of the turn: its call, the slot of the block, before and after, and the ctx. */
struct staged {
	union bpf_attr attr;
	u8 *slot, *ctx;
};

/* How many vectors fit into a turn; 0: they run one by one. */
static u32 staged_vectors(const struct request *rq, const struct loaded *ld)
{
	u32 n, bytes;

	if (!turn_ready() || ld->raw || rq->run->nr_blocks != 1 || takes_packet(rq->run->prog_type))
		return 0;
	bytes = rq->blocks[0].size + rq->run->ctx_bytes;
	n = turn_room() / STAGE_VECTOR;
	if (n > STAGE_MAX)
		n = STAGE_MAX;
	while (n * bytes > STAGE_BYTES) /* arm has no division, and no libgcc here */
		n--;
	return n;
}

static void stage_part(const struct staged *s, const struct wire_block *b, u8 *io, u32 at, u32 n)
{
	if (n)
		turn_copy(io + at, s->slot + (at - b->start), n);
}

static void stage(const struct request *rq, const struct loaded *ld, struct staged *s, u32 vec)
{
	const struct wire_block *b = rq->blocks;
	u8 *io = ld->io;

	fill_row(rq, vec, s->slot - b->start, s->ctx);
	stage_part(s, b, io, b->regs, 10 * sizeof(u64));
	stage_part(s, b, io, b->win, rq->vectors->win_bytes - rq->run->ctx_bytes);
	stage_part(s, b, io, b->out, b->out_size);
	test_run_prepare(&s->attr, ld->progs[0], rq->run->prog_type, s->ctx, rq->run->ctx_bytes);
	turn_bpf(BPF_PROG_TEST_RUN, &s->attr, NULL);
	turn_copy(s->slot, io + b->start, b->size);
}

/* Run @cnt vectors. Returns 0 or the -errno of the run that failed. */
static int run_turn(const struct request *rq, const struct loaded *ld, u32 vec, u32 cnt,
		    struct wire_hash *hashes, u8 **dump)
{
	static struct staged staged[STAGE_MAX];
	static u8 bytes[STAGE_BYTES] __attribute__((aligned(8)));
	u8 *at = bytes;
	int err;

	do {
		for (u32 i = 0; i < cnt; i++) {
			staged[i].slot = at;
			at += rq->blocks[0].size;
			staged[i].ctx = at;
			at += rq->run->ctx_bytes;
			stage(rq, ld, &staged[i], vec + i);
		}
		err = turn_make();
		at = bytes;
	} while (err == -EINTR || err == -EAGAIN);
	for (u32 i = 0; i < cnt && !err; i++)
		take_row(rq, staged[i].slot - rq->blocks[0].start, staged[i].ctx,
			 staged[i].attr.test.retval, hashes, dump);
	return err;
}

static int run_turns(const struct request *rq, const struct loaded *ld, u32 per_turn,
		     struct wire_hash *hashes, u8 *dump)
{
	u32 cnt = rq->run->nr_vecs;
	int err = 0;

	for (u32 n = 0; n < cnt && !err; n += per_turn)
		err = run_turn(rq, ld, rq->run->first_vec + n,
			       cnt - n < per_turn ? cnt - n : per_turn, hashes, &dump);
	return err;
}

/* ---- all vectors ---- */

/* Run the loaded program, and what the other CPU does meanwhile. */
static int call_both(struct call *c, const struct request *rq)
{
	int err, other;

	if (!rq->beside) {
		err = call_prog(c);
		return err || !rq->changing ? err : beside_error();
	}
	beside_go();
	err = call_prog(c);
	other = beside_wait();
	return err ? err : other;
}

#define CHANGES 4u /* of what is attached, while a vector runs */

/*
 * The programs around the functions that vector @vec calls were changing when it ran: run it until
 * they have changed often enough. What a run leaves is hashed if the first one left something else,
 * and the hash is wrong then.
 */
static int call_again(struct call *c, const struct request *rq, u32 vec, u8 *io,
		      struct wire_hash *hashes, u8 *dump)
{
	const u32 changes = beside_changes();
	struct wire_hash first, hash;
	u8 *none = NULL;
	int err;

	wire_hash_init(&first);
	take_row(rq, io, input.bytes, c->retval, &first, &none);
	while (beside_changes() - changes < CHANGES) {
		fill_row(rq, vec, io, input.bytes);
		err = call_both(c, rq);
		if (err)
			return err;
		wire_hash_init(&hash);
		take_row(rq, io, input.bytes, c->retval, &hash, &none);
		if (hash.a != first.a || hash.b != first.b)
			take_row(rq, io, input.bytes, c->retval, hashes, &dump);
	}
	return 0;
}

/*
 * Run all vectors. Returns 0 or the -errno of the run that failed. Native code that violates the
 * calling convention has damaged its caller as well, so the vectors end with the first such run:
 * it leaves c->raw.nr_abi behind, and its number in *@vec.
 */
static int run_vectors(const struct request *rq, struct call *c, struct wire_hash *hashes, u8 *dump,
		       u32 *vec)
{
	const u32 per_turn = staged_vectors(rq, c->ld);
	const struct wire_run *run = rq->run;
	u8 *io = c->ld->io, *row;
	int err;

	for (u32 i = 0; i < run->nr_blocks; i++) {
		wire_hash_init(&hashes[i]);
		fill_words(io + rq->blocks[i].start, 0, rq->blocks[i].size);
	}
	if (per_turn)
		return run_turns(rq, c->ld, per_turn, hashes, dump);
	for (u32 n = 0; n < run->nr_vecs; n++) {
		u32 v = run->first_vec + n;

		fill_row(rq, v, io, input.bytes);
		err = call_both(c, rq);
		if (err)
			return err;
		if (c->raw.nr_abi) {
			*vec = v;
			return 0;
		}
		row = dump;
		take_row(rq, io, input.bytes, c->retval, hashes, &dump);
		err = rq->changing ? call_again(c, rq, v, io, hashes, row) : 0;
		if (err)
			return err;
	}
	return 0;
}

/* Append @n bytes and their padding to the answer. Returns @n, or 0 if they do not fit. */
static u32 append(u8 **out, const void *data, u32 n)
{
	u32 room = msg_buf() + WIRE_MAX_PAYLOAD - *out;

	if (ALIGN8(n) > room)
		return 0;
	if (n)
		memcpy(*out, data, n);
	memset(*out + n, 0, ALIGN8(n) - n);
	*out += ALIGN8(n);
	return n;
}

static u32 append_log(u8 **out, const struct wire_run *run, const struct loaded *ld)
{
	u32 max = run->flags & (WIRE_LOG | WIRE_LOG2) ? LOG_SIZE : LOG_TAIL;
	u32 n = ld->log_len < max ? ld->log_len : max;

	return append(out, load_log + ld->log_len - n, n);
}

static u32 append_jited(u8 **out, const struct loaded *ld)
{
	u32 room = msg_buf() + WIRE_MAX_PAYLOAD - *out, n;

	n = jited_dump(ld, *out, room & ~7u);
	memset(*out + n, 0, ALIGN8(n) - n);
	*out += ALIGN8(n);
	return n;
}

static u32 append_edges(u8 **out, struct wire_result *res)
{
	static u16 edges[WIRE_MAX_EDGES];
	u32 n = kcov_edges(edges, &res->nr_pcs);

	return append(out, edges, n * sizeof(*edges)) / sizeof(*edges);
}

/* Both tables, as far as the kernel has them. */
static void append_lines(u8 **out, int fd, struct wire_result *res)
{
	u8 *end = msg_buf() + WIRE_MAX_PAYLOAD;

	res->nr_lines = line_dump(fd, (void *)*out, (end - *out) / sizeof(struct wire_line));
	*out += res->nr_lines * sizeof(struct wire_line);
	res->nr_funcs = func_dump(fd, (void *)*out, (end - *out) / sizeof(struct wire_func));
	*out += res->nr_funcs * sizeof(struct wire_func);
}

/* struct raw_abi and struct wire_abi have the same layout. */
static u32 append_abi(u8 **out, const struct raw_run *run)
{
	u32 size = sizeof(struct wire_abi);

	return append(out, run->abi, run->nr_abi * size) / size;
}

/* Did the verifier refuse it? A program that the JIT refuses may run on the interpreter. */
static int is_refused(const struct wire_result *res)
{
	return (res->stage == WIRE_STAGE_LOAD || res->stage == WIRE_STAGE_LOAD_OTHER) &&
	       res->err != ENOTSUPP;
}

static void answer(struct request *rq, struct loaded *ld, struct wire_result *res, u64 start)
{
	struct wire_hash *hashes = (struct wire_hash *)(res + 1);
	const struct wire_run *run = rq->run;
	static struct call call;
	static u32 refused; /* the errno of the last RUN without WIRE_IF_LOADED */
	u8 *out = (u8 *)(hashes + run->nr_blocks);
	u64 loaded;
	int err;

	if (run->flags & WIRE_IF_LOADED && refused) {
		ld->nr_fds = ld->nr_progs = ld->raw = 0;
		res->stage = WIRE_STAGE_LOAD;
		res->err = refused;
		goto out;
	}
	load_request(rq, ld, res);
	loaded = time_us();
	if (!(run->flags & WIRE_IF_LOADED))
		refused = is_refused(res) ? res->err : 0;
	res->load_us = loaded - start;
	res->log_len = append_log(&out, run, ld);
	if (res->stage)
		goto out;

	call_prepare(&call, ld, run);
	err = rq->beside     ? beside_begin(ld->progs[rq->beside])
	      : rq->changing ? beside_begin_changes(attach_again, rq, ld)
			     : 0;
	if (!err)
		err = run_vectors(rq, &call, hashes, rq->dump_size ? out : NULL, &res->abi_vec);
	beside_end();
	if (!err && turn_ready())
		err = turn_make();
	if (!ld->raw)
		load_sizes(res);
	res->run_us = time_us() - loaded;
	if (err) {
		res->stage = WIRE_STAGE_RUN;
		res->err = errnum_wire(err);
		goto out;
	}
	if (call.raw.nr_abi) {
		res->stage = WIRE_STAGE_ABI;
		res->nr_abi = append_abi(&out, &call.raw);
		goto out;
	}
	res->dump_len = rq->dump_size;
	out += rq->dump_size;
	if (run->flags & WIRE_XLATED)
		res->xlated_dump = append(&out, ld->xlated, ld->xlated_len);
	if (run->flags & WIRE_JITED)
		res->jited_dump = append_jited(&out, ld);
	if (run->flags & WIRE_LINFO)
		append_lines(&out, ld->progs[0], res);
out:
	if (run->flags & WIRE_COVER)
		res->nr_edges = append_edges(&out, res);
	rq->answer_len = out - (u8 *)res;
}

void run_request(const void *payload, u32 len, u32 seq)
{
	static struct request rq;
	static struct loaded ld;
	struct wire_result *res = (struct wire_result *)msg_buf();

	request_parse(&rq, payload, len);
	memset(res, 0, sizeof(*res) + rq.run->nr_blocks * sizeof(struct wire_block_hash));
	res->engine = rq.run->engine;
	res->nr_blocks = rq.run->nr_blocks;
	res->nr_vecs = rq.run->nr_vecs;
	answer(&rq, &ld, res, time_us());
	msg_send(WIRE_RESULT, seq, rq.answer_len);
	unload(&ld);
}
