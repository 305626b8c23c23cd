// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "bpf/btf.h"
#include "bpf/classic.h"
#include "lib/bytes.h"
#include "lib/errname.h"
#include "lib/util.h"
#include "session/request.h"
#include "session/survival.h"

/* enum bpf_prog_type of include/uapi/linux/bpf.h */
static const u32 prog_types[NR_CASE_TYPES] = {
	[CASE_TYPE_SYSCALL] = 31, [CASE_TYPE_RAW_TP] = 17,
	[CASE_TYPE_SOCKET] = 1,	  [CASE_TYPE_CLASSIC] = WIRE_PROG_CLASSIC,
	[CASE_TYPE_XDP] = 6,
};

/* A payload under construction, in the guest's byte order. */
struct payload {
	const struct guest *g;
	u8 *data;
	size_t len, cap;
};

static u8 *payload_add(struct payload *p, size_t len)
{
	u8 *at;

	if (p->len + len > p->cap) {
		p->cap = 2 * (p->len + len);
		p->data = xrealloc(p->data, p->cap);
	}
	at = p->data + p->len;
	p->len += len;
	return at;
}

static void add_bytes(struct payload *p, const void *data, size_t len)
{
	if (len)
		memcpy(payload_add(p, len), data, len);
}

static void add_u32(struct payload *p, u32 v)
{
	bytes_put(payload_add(p, 4), 4, v, p->g->order);
}

static void add_u64(struct payload *p, u64 v)
{
	bytes_put(payload_add(p, 8), 8, v, p->g->order);
}

static void add_pad(struct payload *p)
{
	size_t pad = -p->len & 7;

	memset(payload_add(p, pad), 0, pad);
}

int request_send_set(struct guest *g, u32 id, const struct vectors *t)
{
	struct payload p = { .g = g };
	int ret;

	add_u32(&p, id);
	add_u32(&p, t->nvecs);
	add_u32(&p, t->ncols);
	add_u32(&p, t->win_bytes);
	for (size_t i = 0; i < (size_t)t->nvecs * t->ncols; i++)
		add_u64(&p, t->cols[i]);
	add_bytes(&p, t->bytes[g->order], (size_t)t->nvecs * t->win_bytes);
	ret = guest_send(g, WIRE_VECTORS, 0, p.data, p.len);
	free(p.data);
	return ret;
}

/* ---- WIRE_RUN ---- */

_Static_assert(CASE_ARENA_UPPER == WIRE_ARENA_UPPER && CASE_ARENA_PAGES <= WIRE_ARENA_PAGES,
	       "the model and the agent mean the same arena");

u32 request_slot(const struct wrapper_prog *prog, u32 slot)
{
	const struct wrapper_block *b = &prog->blocks[0];

	if (slot <= b->body_cnt)
		return b->body + slot;
	return prog->progs[0].funcs[1].start + slot - b->body_cnt;
}

static void add_maps(struct payload *p, const struct wrapper_prog *prog)
{
	const struct bpf_case *c = prog->blocks[0].c;
	static const u32 types[] = {
		/* enum bpf_map_type of include/uapi/linux/bpf.h */
		[MAP_ARRAY] = 2,    [MAP_HASH] = 1,   [MAP_PROG_ARRAY] = 3,  [MAP_PERCPU_ARRAY] = 6,
		[MAP_RINGBUF] = 27, [MAP_ARENA] = 33, [MAP_INSN_ARRAY] = 34,
	};

	for (u32 i = 0; i < c->nmaps; i++) {
		const struct case_map *m = &c->maps[i];
		u32 filled = 0;

		for (u32 k = 0; m->slots && k < m->entries; k++)
			filled += m->slots[k] >= 0;
		add_u32(p, types[m->kind]);
		add_u32(p, m->key_size);
		add_u32(p, m->value_size);
		add_u32(p, m->entries);
		add_u32(p, filled);
		add_u32(p, 0);
	}
	for (u32 i = 0; i < c->nmaps; i++) {
		const struct case_map *m = &c->maps[i];

		for (u32 k = 0; m->slots && k < m->entries; k++) {
			if (m->slots[k] < 0)
				continue;
			add_u32(p, k);
			add_u32(p, m->kind == MAP_INSN_ARRAY ? request_slot(prog, m->slots[k])
							     : (u32)m->slots[k]);
		}
	}
}

static void add_block(struct payload *p, const struct wrapper_block *b)
{
	u8 cols[16], turns[16] = {};

	memset(cols, 0xff, sizeof(cols));
	for (int k = 0; k < CASE_REGS; k++) {
		if (b->c->regs[k].region != REGION_NONE)
			continue;
		cols[k] = b->c->regs[k].col;
		turns[k] = b->c->regs[k].turn;
	}
	add_u32(p, b->start);
	add_u32(p, b->size);
	add_u32(p, b->regs);
	add_u32(p, b->win);
	add_u32(p, b->out);
	add_u32(p, b->out_size);
	add_bytes(p, cols, sizeof(cols));
	add_bytes(p, turns, sizeof(turns));
}

static u32 add_survivors(struct payload *p, const struct wrapper_prog *prog)
{
	const struct code *code = &prog->progs[0];
	u32 cnt = 0;

	for (u32 i = 0; i < prog->nblocks; i++) {
		const struct wrapper_block *b = &prog->blocks[i];

		if (b->c->folds)
			continue;
		for (u32 k = b->body; k < b->body + b->body_cnt; k++) {
			u8 value[INSN_SIZE], mask[INSN_SIZE];

			if (insn_survivor(&code->insns[k], p->g->order, value, mask)) {
				add_bytes(p, value, sizeof(value));
				add_bytes(p, mask, sizeof(mask));
				cnt++;
			}
			k += insn_is_wide(&code->insns[k]);
		}
	}
	return cnt;
}

/*
 * Each line_info record has its slot as its line, so that the kernel returns it next to the new
 * offset. The names in it are unused.
 */
static u32 add_lines(struct payload *p, const struct code *code)
{
	u32 cnt = 0;

	for (u32 i = 0; i < code->cnt; i += 1 + insn_is_wide(&code->insns[i])) {
		if (!code->insns[i].code) /* the kernel accepts no record for it */
			continue;
		add_u32(p, i);
		add_u32(p, 0);
		add_u32(p, 0);
		add_u32(p, i << 10);
		cnt++;
	}
	return cnt;
}

/* Does @a name a function by the BTF of its program? */
static bool needs_target(const struct case_attach *a)
{
	return a->kind && a->kind != ATTACH_BESIDE && !a->kfunc;
}

static bool is_target(const struct bpf_case *c, u32 prog)
{
	for (u32 i = 0; c->attach && i < c->nprogs; i++)
		if (needs_target(&c->attach[i]) && c->attach[i].prog == prog)
			return true;
	return false;
}

/* Encode what program @i of the case is attached to. Returns 0, or an error of building BTF. */
static int add_attach(struct payload *p, const struct wrapper_prog *prog, u32 i)
{
	static const u32 kinds[NR_ATTACH_KINDS] = {
		[ATTACH_FENTRY] = WIRE_ATTACH_FENTRY,
		[ATTACH_FEXIT] = WIRE_ATTACH_FEXIT,
		[ATTACH_FMOD_RET] = WIRE_ATTACH_FMOD_RET,
		[ATTACH_FSESSION] = WIRE_ATTACH_FSESSION,
		[ATTACH_FREPLACE] = WIRE_ATTACH_FREPLACE,
		[ATTACH_FENTRY_MULTI] = WIRE_ATTACH_FENTRY_MULTI,
		[ATTACH_FEXIT_MULTI] = WIRE_ATTACH_FEXIT_MULTI,
		[ATTACH_FSESSION_MULTI] = WIRE_ATTACH_FSESSION_MULTI,
		[ATTACH_BESIDE] = WIRE_ATTACH_BESIDE,
		[ATTACH_STRUCT_OPS] = WIRE_ATTACH_STRUCT_OPS,
	};
	static const u32 stays[NR_ATTACH_STAYS] = {
		[ATTACH_STAYS] = WIRE_STAYS,
		[ATTACH_DETACHED] = WIRE_DETACHED,
		[ATTACH_CHANGING] = WIRE_CHANGING,
	};
	const struct bpf_case *c = prog->blocks[0].c;
	struct case_attach a = c->attach ? c->attach[i] : (struct case_attach){};
	u32 func = a.kfunc;

	if (needs_target(&a)) {
		struct prog_btf btf;
		int ret = prog_btf_build(&prog->progs[a.prog], p->g->order, &btf);

		if (ret)
			return ret;
		func = btf.type_ids[a.func];
		prog_btf_free(&btf);
	}
	add_u32(p, kinds[a.kind]);
	add_u32(p, a.kfunc ? WIRE_TO_KERNEL : a.prog);
	add_u32(p, func);
	add_u32(p, stays[a.stay]);
	add_u64(p, a.cookie);
	add_u32(p, a.nmore);
	add_u32(p, 0);
	for (u32 k = 0; k < a.nmore; k++) {
		add_u32(p, a.more[k].kfunc);
		add_u32(p, 0);
		add_u64(p, a.more[k].cookie);
	}
	return 0;
}

static int add_prog(struct payload *p, const struct wrapper_prog *prog, u32 i, bool with_lines)
{
	const struct code *code = &prog->progs[i];
	const struct bpf_case *c = prog->blocks[0].c;
	struct payload lines = { .g = p->g };
	struct prog_btf btf = {};
	bool lines_too = with_lines && code->nfuncs && !code->classic, with_btf;
	u32 nr_lines = 0;
	int ret;

	with_btf = (lines_too || prog_needs_btf(code) || is_target(c, i)) && p->g->have[CAP_BTF];
	if (with_btf) {
		ret = prog_btf_build(code, p->g->order, &btf);
		if (ret)
			return ret;
		if (lines_too)
			nr_lines = add_lines(&lines, code);
	}
	add_u32(p, code->cnt);
	add_u32(p, btf.size);
	add_u32(p, with_btf ? code->nfuncs : 0);
	add_u32(p, nr_lines);
	ret = add_attach(p, prog, i);
	for (u32 k = 0; k < code->cnt; k++)
		(code->classic ? classic_encode : insn_encode)(payload_add(p, INSN_SIZE),
							       &code->insns[k], p->g->order);
	add_bytes(p, btf.data, btf.size);
	add_pad(p);
	for (u32 k = 0; with_btf && k < code->nfuncs; k++) {
		add_u32(p, code->funcs[k].start);
		add_u32(p, btf.type_ids[k]);
	}
	add_bytes(p, lines.data, lines.len);
	free(lines.data);
	prog_btf_free(&btf);
	return ret;
}

/* Constant blinding and the conversion of classic filters rewrite every insn: not checked there. */
static bool checks_survival(const struct request *rq)
{
	return !rq->no_survival_check && !rq->engine->blinded && !rq->prog->progs[0].classic &&
	       rq->prog->blocks[0].c->outcome != OUTCOME_REJECT;
}

int request_send_run(struct guest *g, u32 seq, struct request *rq)
{
	const struct wrapper_prog *prog = rq->prog;
	const struct bpf_case *c = prog->blocks[0].c;
	struct payload p = { .g = g }, survivors = { .g = g };
	int ret = 0;

	rq->nr_survivors = checks_survival(rq) ? add_survivors(&survivors, prog) : 0;
	add_u32(&p, rq->engine->wire);
	add_u32(&p, rq->flags);
	add_u32(&p, rq->set);
	add_u32(&p, rq->first_vec);
	add_u32(&p, rq->nr_vecs);
	add_u32(&p, prog_types[rq->engine->unpriv && c->type != CASE_TYPE_CLASSIC ? CASE_TYPE_SOCKET
										  : c->type]);
	add_u32(&p, rq->load_flags);
	add_u32(&p, prog->nprogs);
	add_u32(&p, c->nmaps);
	add_u32(&p, prog->nblocks);
	add_u32(&p, rq->nr_survivors);
	add_u32(&p, c->vecs->win_size[REGION_CTX]);
	add_maps(&p, prog);
	for (u32 i = 0; i < prog->nblocks; i++)
		add_block(&p, &prog->blocks[i]);
	add_bytes(&p, survivors.data, survivors.len);
	for (u32 i = 0; !ret && i < prog->nprogs; i++)
		ret = add_prog(&p, prog, i, !i && rq->flags & WIRE_LINFO);
	if (!ret)
		ret = guest_send(g, WIRE_RUN, seq, p.data, p.len);
	free(survivors.data);
	free(p.data);
	return ret;
}

/* ---- WIRE_RESULT ---- */

/* Take @len bytes (padded to 8) from @*at. Returns NULL if the message is too short. */
static const u8 *take(const u8 **at, const u8 *end, u32 len)
{
	const u8 *p = *at;

	if (len > (size_t)(end - p))
		return NULL;
	len = (len + 7) & ~7u;
	if (len > (size_t)(end - p))
		return NULL;
	*at = p + len;
	return p;
}

static u64 dump_size(const struct request *rq)
{
	u64 row = 8 + rq->prog->blocks[0].c->vecs->win_size[REGION_CTX];

	for (u32 i = 0; i < rq->prog->nblocks; i++)
		row += rq->prog->blocks[i].size;
	return row * rq->nr_vecs;
}

int reply_parse(const struct guest *g, const struct guest_msg *f, const struct request *rq,
		struct reply *out)
{
	const struct wire_result *r = (const void *)f->data;
	const u8 *at, *end;

	memset(out, 0, sizeof(*out));
	if (f->type != WIRE_RESULT || f->len < sizeof(*r))
		return -EBADMSG;
	at = f->data + sizeof(*r);
	end = f->data + f->len;
	out->stage = guest_u32(g, &r->stage);
	out->err = guest_u32(g, &r->err);
	out->engine = guest_u32(g, &r->engine);
	out->jited_len = guest_u32(g, &r->jited_len);
	out->xlated_len = guest_u32(g, &r->xlated_len);
	out->survivors = guest_u32(g, &r->survived);
	out->nr_blocks = guest_u32(g, &r->nr_blocks);
	out->nr_vecs = guest_u32(g, &r->nr_vecs);
	out->load_us = guest_u32(g, &r->load_us);
	out->run_us = guest_u32(g, &r->run_us);
	out->log_len = guest_u32(g, &r->log_len);
	out->dump_len = guest_u32(g, &r->dump_len);
	out->xlated_dump = guest_u32(g, &r->xlated_dump);
	out->jited_dump = guest_u32(g, &r->jited_dump);
	out->nr_lines = guest_u32(g, &r->nr_lines);
	out->nr_funcs = guest_u32(g, &r->nr_funcs);
	out->nr_abi = guest_u32(g, &r->nr_abi);
	out->abi_vec = guest_u32(g, &r->abi_vec);
	out->nr_edges = guest_u32(g, &r->nr_edges);
	out->nr_pcs = guest_u32(g, &r->nr_pcs);
	if (out->stage > WIRE_STAGE_MIXED || out->engine != rq->engine->wire || out->err > 4095)
		return -EBADMSG;
	if (out->stage == WIRE_STAGE_OK &&
	    (out->nr_blocks != rq->prog->nblocks || out->nr_vecs != rq->nr_vecs))
		return -EBADMSG;
	if (out->nr_lines > rq->prog->progs[0].cnt || out->nr_funcs > WIRE_MAX_FUNCS)
		return -EBADMSG;
	if (out->nr_blocks > rq->prog->nblocks || out->survivors > rq->nr_survivors)
		return -EBADMSG;
	if (out->nr_edges > WIRE_MAX_EDGES || (out->nr_edges && !(rq->flags & WIRE_COVER)))
		return -EBADMSG;
	if (out->nr_abi > WIRE_MAX_ABI || !out->nr_abi != (out->stage != WIRE_STAGE_ABI))
		return -EBADMSG;
	if (out->nr_abi &&
	    (out->abi_vec < rq->first_vec || out->abi_vec - rq->first_vec >= rq->nr_vecs))
		return -EBADMSG;
	out->hashes = take(&at, end, out->nr_blocks * sizeof(struct wire_block_hash));
	out->log = (const char *)take(&at, end, out->log_len);
	out->abi = take(&at, end, out->nr_abi * sizeof(struct wire_abi));
	out->dump = take(&at, end, out->dump_len);
	out->xlated = take(&at, end, out->xlated_dump);
	out->jited = take(&at, end, out->jited_dump);
	out->lines = take(&at, end, out->nr_lines * sizeof(struct wire_line));
	out->funcs = take(&at, end, out->nr_funcs * sizeof(struct wire_func));
	out->edges = take(&at, end, out->nr_edges * sizeof(u16));
	if (!out->hashes || !out->log || !out->abi || !out->dump || !out->xlated || !out->jited ||
	    !out->lines || !out->funcs || !out->edges)
		return -EBADMSG;
	if (out->stage == WIRE_STAGE_OK && (rq->flags & WIRE_DUMP) &&
	    out->dump_len != dump_size(rq))
		return -EBADMSG;
	out->survived = out->survivors == rq->nr_survivors;
	return 0;
}

bool reply_logged(const struct reply *reply, const char *text)
{
	return reply->log_len && memmem(reply->log, reply->log_len, text, strlen(text));
}

bool reply_refused_as(const struct reply *reply, const struct refusal *r)
{
	return (!r->err || (u32)r->err == reply->err) && (!r->log || reply_logged(reply, r->log));
}

struct abi_word reply_abi(const struct guest *g, const struct reply *reply, u32 i)
{
	const struct wire_abi *abi = (const struct wire_abi *)reply->abi + i;
	struct abi_word w = { .want = guest_u64(g, &abi->want), .got = guest_u64(g, &abi->got) };

	for (u32 k = 0; k < sizeof(abi->name) && abi->name[k]; k++)
		w.name[k] = isgraph((unsigned char)abi->name[k]) ? abi->name[k] : '?';
	return w;
}

const char *stage_name(u32 stage)
{
	static const char *const names[] = {
		[WIRE_STAGE_OK] = "ran",
		[WIRE_STAGE_MAP] = "creating a map",
		[WIRE_STAGE_BTF] = "loading BTF",
		[WIRE_STAGE_LOAD] = "loading",
		[WIRE_STAGE_LOAD_OTHER] = "loading another program of the case",
		[WIRE_STAGE_INFO] = "asking for prog info",
		[WIRE_STAGE_RUN] = "BPF_PROG_TEST_RUN",
		[WIRE_STAGE_ENGINE] = "setting the engine's sysctls",
		[WIRE_STAGE_ABI] = "keeping the native ABI",
		[WIRE_STAGE_ATTACH] = "attaching a program",
		[WIRE_STAGE_MIXED] = "sharing a map of programs",
	};

	return stage < ARRAY_SIZE(names) ? names[stage] : "?";
}

const char *errno_words(u32 err, char buf[ERRNO_WORDS])
{
	const char *name = err ? errno_name(err) : "accepted";

	snprintf(buf, ERRNO_WORDS, "%u (%s)", err, name ? name : "?");
	return buf;
}
