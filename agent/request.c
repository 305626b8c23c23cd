// SPDX-License-Identifier: GPL-2.0
/* A RUN, taken apart. After it, all offsets, sizes and indices are in bounds. */
#include "agent/cursor.h"
#include "agent/io.h"
#include "agent/request.h"
#include "agent/sysctl.h"
#include "agent/transport.h"

static int in_io(u32 off, u32 size)
{
	return off % 8 == 0 && size % 8 == 0 && off <= IO_SIZE && size <= IO_SIZE - off;
}

static void check_block(const struct request *rq, u32 i)
{
	const struct wire_block *b = &rq->blocks[i];
	u32 win = rq->vectors->win_bytes - rq->run->ctx_bytes;

	if (!in_io(b->start, b->size) || !in_io(b->regs, 80) || !in_io(b->win, win) ||
	    !in_io(b->out, b->out_size))
		protocol_error("block %u lies outside of the I/O map", i);
	for (u32 k = 0; k < 10; k++) {
		if (b->cols[k] != 0xff && b->cols[k] >= rq->vectors->ncols)
			protocol_error("block %u: r%u from column %u of %u", i, k, b->cols[k],
				       rq->vectors->ncols);
		if (b->turns[k] && b->turns[k] >= rq->vectors->nvecs)
			protocol_error("block %u: r%u %u vectors further on, of %u", i, k,
				       b->turns[k], rq->vectors->nvecs);
	}
}

/* The largest ctx of each program type. */
static void check_type(const struct wire_run *run)
{
	u32 max;

	switch (run->prog_type) {
	case BPF_PROG_TYPE_SYSCALL:
		max = CTX_MAX;
		break;
	case BPF_PROG_TYPE_RAW_TRACEPOINT:
		max = RAW_TP_CTX;
		break;
	case WIRE_PROG_CLASSIC:
	case BPF_PROG_TYPE_SOCKET_FILTER:
	case BPF_PROG_TYPE_XDP:
		max = PACKET_MAX;
		break;
	default:
		protocol_error("unknown program type %u", run->prog_type);
	}
	if (run->ctx_bytes > max)
		protocol_error("ctx of %u bytes for type %u, which takes %u", run->ctx_bytes,
			       run->prog_type, max);
}

static void check_run(struct request *rq)
{
	const struct wire_run *run = rq->run;

	if (run->engine >= WIRE_NR_ENGINES)
		protocol_error("unknown engine %u", run->engine);
	if ((is_raw(run->engine) || run->prog_type == WIRE_PROG_CLASSIC) &&
	    (run->nr_progs != 1 || run->nr_maps))
		protocol_error(
			"%u programs and %u maps: the raw route and classic filters take 1 and 0",
			run->nr_progs, run->nr_maps);
	if (!run->nr_progs || run->nr_progs > WIRE_MAX_PROGS || run->nr_maps > WIRE_MAX_MAPS)
		protocol_error("%u programs (1..%u), %u maps (0..%u)", run->nr_progs,
			       WIRE_MAX_PROGS, run->nr_maps, WIRE_MAX_MAPS);
	rq->vectors = vectors_get(run->vectors);
	if (!rq->vectors)
		protocol_error("there are no vectors %u", run->vectors);
	if (run->first_vec > rq->vectors->nvecs ||
	    run->nr_vecs > rq->vectors->nvecs - run->first_vec)
		protocol_error("vectors %u + %u of table %u, which has %u", run->first_vec,
			       run->nr_vecs, run->vectors, rq->vectors->nvecs);
	if (run->ctx_bytes % 8 || run->ctx_bytes > rq->vectors->win_bytes)
		protocol_error("ctx of %u bytes in windows of %u", run->ctx_bytes,
			       rq->vectors->win_bytes);
	check_type(run);
}

/* The target is a function of the kernel, or of another program of the request. */
static void check_attach(const struct request *rq, u32 i, const struct wire_prog *w)
{
	switch (w->attach) {
	case WIRE_ATTACH_NONE:
		return;
	case WIRE_ATTACH_FENTRY:
	case WIRE_ATTACH_FEXIT:
	case WIRE_ATTACH_FMOD_RET:
	case WIRE_ATTACH_FSESSION:
	case WIRE_ATTACH_FREPLACE:
		break;
	case WIRE_ATTACH_STRUCT_OPS:
		if (w->target != WIRE_TO_KERNEL)
			protocol_error("program %u takes the place of a function of program %u", i,
				       w->target);
		break;
	case WIRE_ATTACH_BESIDE:
		if (w->target || rq->beside)
			protocol_error("program %u beside program %u (expected one, beside 0)", i,
				       w->target);
		break;
	case WIRE_ATTACH_FENTRY_MULTI:
	case WIRE_ATTACH_FEXIT_MULTI:
	case WIRE_ATTACH_FSESSION_MULTI:
		if (w->target != WIRE_TO_KERNEL || w->nr_more > WIRE_MAX_MORE)
			protocol_error("program %u attached to %u functions of %u", i,
				       w->nr_more + 1, w->target);
		break;
	default:
		protocol_error("program %u: unknown attach type %u", i, w->attach);
	}
	if (!i ||
	    (w->target != WIRE_TO_KERNEL && (w->target >= rq->run->nr_progs || w->target == i)))
		protocol_error("program %u of %u attached to %u", i, rq->run->nr_progs, w->target);
}

static void take_prog(struct request *rq, struct cursor *c, u32 i)
{
	struct prog *p = &rq->progs[i];
	const struct wire_prog *w = take(c, 1, sizeof(*w), "program");

	check_attach(rq, i, w);
	p->nr_insns = w->nr_insns;
	p->btf_size = w->btf_size;
	p->nr_funcs = w->nr_funcs;
	p->nr_lines = w->nr_lines;
	p->attach = w->attach == WIRE_ATTACH_BESIDE ? WIRE_ATTACH_NONE : w->attach;
	if (w->attach == WIRE_ATTACH_BESIDE)
		rq->beside = i;
	p->target = w->target;
	p->func = w->func;
	p->cookie = w->cookie;
	p->stay = w->stay;
	rq->changing |= w->stay == WIRE_CHANGING;
	if (w->stay > WIRE_CHANGING || (rq->changing && (rq->beside || rq->run->nr_blocks != 1)))
		protocol_error("program %u: %u, beside program %u, in %u blocks", i, w->stay,
			       rq->beside, rq->run->nr_blocks);
	p->nr_more = w->nr_more;
	p->more = take(c, w->nr_more, sizeof(*p->more), "further functions");
	p->attach_type = 0;
	p->type = rq->run->prog_type;
	p->flags = rq->run->load_flags;
	p->btf_fd = -1;
	p->unprivileged = is_unpriv(rq->run->engine);
	p->insns = take(c, w->nr_insns, sizeof(*p->insns), "instructions");
	p->btf = take(c, w->btf_size, 1, "BTF");
	p->funcs = take(c, w->nr_funcs, sizeof(*p->funcs), "func_info");
	p->lines = take(c, w->nr_lines, sizeof(*p->lines), "line_info");
	if ((p->nr_funcs && !p->btf_size) || (p->nr_lines && !p->nr_funcs))
		protocol_error("func_info without BTF, or line_info without func_info");
}

/* The fixed part of the answer and the dump must fit a message; the rest may be left out. */
static void check_sizes(struct request *rq)
{
	const struct wire_run *run = rq->run;
	u64 row = 8 + run->ctx_bytes, all;

	for (u32 i = 0; i < run->nr_blocks; i++)
		row += rq->blocks[i].size;
	all = (u64)run->nr_blocks * sizeof(struct wire_block_hash) + sizeof(struct wire_result) +
	      LOG_SIZE + WIRE_MAX_ABI * sizeof(struct wire_abi);
	if (run->flags & WIRE_DUMP) {
		if (row > WIRE_MAX_PAYLOAD || row * run->nr_vecs > WIRE_MAX_PAYLOAD)
			protocol_error("the dump of %u vectors does not fit a message",
				       run->nr_vecs);
		rq->dump_size = (u32)row * run->nr_vecs;
		all += rq->dump_size;
	}
	if (all > WIRE_MAX_PAYLOAD)
		protocol_error("the answer would not fit a message");
}

static void check_slots(const struct request *rq)
{
	const struct wire_slot *slot = rq->slots;

	for (u32 i = 0; i < rq->run->nr_maps; i++) {
		u32 max = rq->maps[i].type == WIRE_INSN_ARRAY ? RAW_MAX_INSNS : rq->run->nr_progs;

		for (u32 k = 0; k < rq->maps[i].nr_slots; k++, slot++)
			if (slot->prog >= max)
				protocol_error("%u in a map of type %u (expected less than %u)",
					       slot->prog, rq->maps[i].type, max);
	}
}

void request_parse(struct request *rq, const void *payload, u32 len)
{
	struct cursor c = { payload, len };
	const struct wire_run *run = take(&c, 1, sizeof(*run), "header of a run");
	u64 nr_slots = 0;

	rq->run = run;
	rq->dump_size = 0;
	rq->beside = 0;
	rq->changing = 0;
	check_run(rq);
	rq->maps = take(&c, run->nr_maps, sizeof(*rq->maps), "maps");
	for (u32 i = 0; i < run->nr_maps; i++)
		nr_slots += rq->maps[i].nr_slots;
	if (nr_slots > WIRE_MAX_PAYLOAD)
		protocol_error("%u map slots at least", WIRE_MAX_PAYLOAD);
	rq->slots = take(&c, nr_slots, sizeof(*rq->slots), "map slots");
	check_slots(rq);
	rq->blocks = take(&c, run->nr_blocks, sizeof(*rq->blocks), "blocks");
	for (u32 i = 0; i < run->nr_blocks; i++)
		check_block(rq, i);
	rq->survivors = take(&c, run->nr_survivors, sizeof(*rq->survivors), "survivors");
	for (u32 i = 0; i < run->nr_progs; i++)
		take_prog(rq, &c, i);
	if (c.left)
		protocol_error("a run: %u bytes too many", c.left);
	check_sizes(rq);
}
