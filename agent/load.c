// SPDX-License-Identifier: GPL-2.0
/* From a request to loaded programs, and what the kernel made of the first of them. */
#include "agent/arena.h"
#include "agent/attach.h"
#include "agent/classic.h"
#include "agent/errnum.h"
#include "agent/io.h"
#include "agent/kcov.h"
#include "agent/kfunc.h"
#include "agent/load.h"
#include "agent/raw.h"
#include "agent/sysctl.h"
#include "agent/turn.h"

#define MAX_XLATED (1u << 20) /* bytes */
#define LOG_STATES 2u	      /* log levels of include/linux/bpf_verifier.h */
#define LOG_FIXED  8u

char load_log[LOG_SIZE];
static u8 xlated_buf[MAX_XLATED] __attribute__((aligned(8)));

static int fail(struct wire_result *res, enum wire_stage stage, int err)
{
	res->stage = stage;
	res->err = errnum_wire(err);
	return err;
}

/* The targets are set before the program is loaded, and the kernel then demands a frozen map. */
static int fill_insn_array(int fd, const struct wire_slot *slot, u32 nr_slots)
{
	for (u32 k = 0; k < nr_slots; k++) {
		const u32 value[4] = { slot[k].prog };
		int err = map_update(fd, &slot[k].key, value);

		if (err)
			return err;
	}
	return map_freeze(fd);
}

static int create_maps(const struct request *rq, struct loaded *ld)
{
	const struct wire_slot *slot = rq->slots;

	ld->fds[ld->nr_fds++] = io_fd();
	for (u32 i = 0; i < rq->run->nr_maps; i++) {
		const struct wire_map *m = &rq->maps[i];
		int fd = m->type == BPF_MAP_TYPE_ARENA ? arena_open() : map_create(m, 0);

		if (fd < 0)
			return fd;
		ld->fds[ld->nr_fds++] = fd;
		if (m->type == WIRE_INSN_ARRAY) {
			fd = fill_insn_array(fd, slot, m->nr_slots);
			if (fd)
				return fd;
		}
		slot += m->nr_slots;
	}
	return 0;
}

/* Fill the slots that hold progs[0], which is loaded last (@first), or all others. */
static int fill_maps(const struct request *rq, const struct loaded *ld, int first)
{
	const struct wire_slot *slot = rq->slots;

	for (u32 i = 0; i < rq->run->nr_maps; i++) {
		for (u32 k = 0; k < rq->maps[i].nr_slots; k++, slot++) {
			int err;

			if (first != !slot->prog || rq->maps[i].type == WIRE_INSN_ARRAY)
				continue;
			err = map_update(ld->fds[1 + i], &slot->key, &ld->progs[slot->prog]);
			if (err)
				return err;
		}
	}
	return 0;
}

static u32 log_length(void)
{
	u32 n = 0;

	while (n < LOG_SIZE && load_log[n])
		n++;
	return n;
}

/*
 * Load it again for the log; after a failure, for the text that goes with the errno. A log of all
 * states that does not fit is cut at its end, because the host reads it from its beginning.
 */
static void load_again(const struct prog *p, struct loaded *ld, u32 flags, int failed)
{
	u32 level = !(flags & WIRE_LOG2) ? 1 : failed ? LOG_STATES : LOG_STATES | LOG_FIXED;
	int fd;

	load_log[0] = 0;
	fd = prog_load(p, level, load_log);
	ld->log_len = log_length();
	if (fd >= 0)
		close(fd);
	if (fd >= 0 && failed)
		ld->log_len = snprintf(load_log, LOG_SIZE,
				       "[agent: the second attempt to load succeeded]\n");
}

/* Load the BTF of @p if it has some. Returns 0 or -errno. */
static int open_btf(struct prog *p)
{
	int fd = p->btf_size ? btf_load(p->btf, p->btf_size, NULL) : -1;

	if (p->btf_size && fd < 0)
		return fd;
	p->btf_fd = fd;
	return 0;
}

static void close_btf(struct prog *p)
{
	if (p->btf_fd >= 0)
		close(p->btf_fd);
	p->btf_fd = -1;
}

static void prepare(const struct request *rq, struct prog *p, struct loaded *ld)
{
	kfunc_resolve((struct bpf_insn *)p->insns, p->nr_insns, ld->nr_fds);
	ld->fds[ld->nr_fds] = kfunc_btf(); /* not a map: not counted */
	p->fd_array = ld->fds;
	p->limit = WIRE_LIMIT_MS(rq->run->flags);
}

static int load_prog(struct request *rq, u32 i, struct loaded *ld, struct wire_result *res)
{
	struct prog *p = &rq->progs[i];
	int fd = open_btf(p);

	if (fd) {
		load_log[0] = 0;
		close(btf_load(p->btf, p->btf_size, load_log));
		ld->log_len = log_length();
		return fail(res, WIRE_STAGE_BTF, fd);
	}
	prepare(rq, p, ld);
	if (rq->run->flags & WIRE_COVER)
		kcov_on();
	fd = prog_load(p, 0, NULL);
	if (rq->run->flags & WIRE_COVER)
		kcov_off();
	if ((fd < 0 && !(rq->run->flags & WIRE_QUIET)) ||
	    (!i && rq->run->flags & (WIRE_LOG | WIRE_LOG2)))
		load_again(p, ld, i ? 0 : rq->run->flags, fd < 0);
	close_btf(p);
	return fd >= 0 ? fd : fail(res, i ? WIRE_STAGE_LOAD_OTHER : WIRE_STAGE_LOAD, fd);
}

static int count_survivors(const struct request *rq, const struct loaded *ld)
{
	const u32 *insn = (const u32 *)ld->xlated, *end = insn + ld->xlated_len / 4;
	u32 i;

	for (i = 0; i < rq->run->nr_survivors; i++) {
		const u32 *want = (const u32 *)rq->survivors[i].insn;
		const u32 *mask = (const u32 *)rq->survivors[i].mask;

		while (insn < end &&
		       ((insn[0] & mask[0]) != want[0] || (insn[1] & mask[1]) != want[1]))
			insn += 2;
		if (insn >= end)
			break;
		insn += 2;
	}
	return i;
}

static struct bpf_prog_info info;

/* Returns 0 or -errno. */
static int examine(const struct request *rq, struct loaded *ld, struct wire_result *res)
{
	int err;

	memset(&info, 0, sizeof(info));
	if (turn_ready() && !rq->run->nr_survivors && !(rq->run->flags & WIRE_XLATED)) {
		prog_info_later(ld->progs[0], &info);
		return 0;
	}
	if (rq->run->nr_survivors || rq->run->flags & WIRE_XLATED) {
		info.xlated_prog_insns = ptr_to_u64(xlated_buf);
		info.xlated_prog_len = sizeof(xlated_buf);
	}
	err = prog_info(ld->progs[0], &info);
	if (err)
		return fail(res, WIRE_STAGE_INFO, err);
	res->jited_len = info.jited_prog_len;
	res->xlated_len = info.xlated_prog_len;
	/* 0: the kernel does not show it */
	if (info.xlated_prog_insns) {
		ld->xlated = xlated_buf;
		ld->xlated_len =
			info.xlated_prog_len < MAX_XLATED ? info.xlated_prog_len : MAX_XLATED;
	}
	res->survived = count_survivors(rq, ld);
	return 0;
}

void load_sizes(struct wire_result *res)
{
	res->jited_len = info.jited_prog_len;
	res->xlated_len = info.xlated_prog_len;
}

/* Nothing rewrites the program, so all survivors are there. */
static void load_raw(const struct request *rq, struct loaded *ld, struct wire_result *res)
{
	const struct prog *p = &rq->progs[0];
	int err;

	if (rq->run->flags & WIRE_COVER)
		kcov_on();
	err = raw_load(p->insns, p->nr_insns, &res->jited_len);
	if (rq->run->flags & WIRE_COVER)
		kcov_off();
	if (err) {
		fail(res, WIRE_STAGE_LOAD, err);
		return;
	}
	ld->raw = 1;
	ld->io = raw_io();
	ld->xlated = (const u8 *)p->insns;
	ld->xlated_len = 8 * p->nr_insns;
	res->xlated_len = ld->xlated_len;
	res->survived = rq->run->nr_survivors;
}

/* Classic filters have one program and no maps. */
static void load_classic(const struct request *rq, struct loaded *ld, struct wire_result *res)
{
	const struct prog *p = &rq->progs[0];
	u32 nr_xlated;
	int err;

	err = classic_load(p->insns, p->nr_insns, p->unprivileged, &nr_xlated, &res->jited_len);
	if (err) {
		fail(res, WIRE_STAGE_LOAD, err);
		return;
	}
	ld->raw = 1;
	ld->io = raw_io();
	res->xlated_len = 8 * nr_xlated;
	if (rq->run->flags & WIRE_XLATED) {
		ld->xlated = xlated_buf;
		ld->xlated_len = raw_insns(xlated_buf, sizeof(xlated_buf));
	}
	res->survived = rq->run->nr_survivors;
}

/* Is progs[@i] native where its maps are empty? -errno: it cannot be loaded. */
static int native_alone(struct request *rq, u32 i)
{
	static struct bpf_prog_info info;
	static struct loaded one;
	struct prog *p = &rq->progs[i];
	int fd;

	one.nr_fds = one.nr_progs = one.raw = 0;
	fd = create_maps(rq, &one);
	if (!fd)
		fd = open_btf(p);
	if (!fd) {
		prepare(rq, p, &one);
		fd = prog_load(p, 0, NULL);
		close_btf(p);
	}
	if (fd >= 0) {
		int err;

		memset(&info, 0, sizeof(info));
		err = prog_info(fd, &info);
		close(fd);
		fd = err ? err : !!info.jited_prog_len;
	}
	unload(&one);
	return fd;
}

/*
 * Were programs of @rq refused because they share a prog_array, and a JIT left some to the
 * interpreter? Each loads by itself then.
 */
static int is_mixed(struct request *rq, const struct wire_result *res)
{
	u32 native = 0, loaded = 0;

	if (!(engine_flags(rq->run->engine) & ENGINE_NATIVE) || rq->run->nr_progs < 2 ||
	    res->err != errnum_wire(-EINVAL))
		return 0;
	for (u32 i = 0; i < rq->run->nr_progs; i++) {
		int ret = rq->progs[i].attach ? -EINVAL : native_alone(rq, i);

		native += ret > 0;
		loaded += ret >= 0;
	}
	return loaded == rq->run->nr_progs && native && native < loaded;
}

/* Load and attach programs[@i]. Returns 0 or -errno. */
static int attach_prog(struct request *rq, u32 i, struct loaded *ld, struct wire_result *res)
{
	struct prog *p = &rq->progs[i];

	attach_prepare(p, p->target == WIRE_TO_KERNEL ? -1 : ld->progs[p->target]);
	ld->progs[i] = load_prog(rq, i, ld, res);
	if (ld->progs[i] < 0)
		return ld->progs[i];
	ld->links[i] = attach_link(ld->progs[i], p);
	return ld->links[i] < 0 ? fail(res, WIRE_STAGE_ATTACH, ld->links[i]) : 0;
}

/* Replacements of functions come first: others may be attached to them. */
static int attach_progs(struct request *rq, struct loaded *ld, struct wire_result *res, int replace)
{
	for (u32 i = 1; i < rq->run->nr_progs; i++) {
		const struct prog *p = &rq->progs[i];
		int err;

		if (!p->attach || replace != (p->attach == WIRE_ATTACH_FREPLACE))
			continue;
		err = attach_prog(rq, i, ld, res);
		if (err)
			return err;
	}
	return 0;
}

/* Those that are to leave no trace: what the kernel made for them is changed or taken away. */
static void detach_progs(const struct request *rq, struct loaded *ld)
{
	for (u32 i = 1; i < rq->run->nr_progs; i++) {
		if (!rq->progs[i].stay || ld->links[i] < 0)
			continue;
		close(ld->links[i]);
		ld->links[i] = -1;
	}
}

int attach_again(struct request *rq, struct loaded *ld)
{
	struct wire_result res;

	for (u32 i = 1; i < rq->run->nr_progs; i++) {
		int err;

		if (rq->progs[i].stay != WIRE_CHANGING)
			continue;
		close(ld->progs[i]);
		err = attach_prog(rq, i, ld, &res);
		if (err)
			return err;
	}
	detach_progs(rq, ld);
	return 0;
}

static void load_verified(struct request *rq, struct loaded *ld, struct wire_result *res)
{
	const struct wire_run *run = rq->run;
	int err;

	verifier_bound(run->flags & WIRE_SHALLOW ? WIRE_SHALLOW_INSNS : WIRE_DEEP_INSNS);
	err = create_maps(rq, ld);
	if (err) {
		fail(res, WIRE_STAGE_MAP, err);
		return;
	}
	ld->nr_progs = run->nr_progs;
	for (u32 i = 1; i < run->nr_progs; i++) {
		if (rq->progs[i].attach)
			continue;
		ld->progs[i] = load_prog(rq, i, ld, res);
		if (ld->progs[i] < 0)
			return;
	}
	err = fill_maps(rq, ld, 0);
	if (err) {
		fail(res, WIRE_STAGE_MAP, err);
		return;
	}
	ld->progs[0] = load_prog(rq, 0, ld, res);
	if (ld->progs[0] < 0)
		return;
	err = fill_maps(rq, ld, 1);
	if (err) {
		fail(res, WIRE_STAGE_MAP, err);
		return;
	}
	if (attach_progs(rq, ld, res, 1) || attach_progs(rq, ld, res, 0))
		return;
	detach_progs(rq, ld);
	examine(rq, ld, res);
}

static void drop(int fd)
{
	if (turn_ready())
		turn_close(fd);
	else
		close(fd);
}

void load_request(struct request *rq, struct loaded *ld, struct wire_result *res)
{
	const struct wire_run *run = rq->run;
	int err;

	ld->nr_fds = ld->nr_progs = ld->log_len = ld->xlated_len = ld->raw = 0;
	ld->io = io_value();
	for (u32 i = 0; i < run->nr_progs; i++)
		ld->progs[i] = ld->links[i] = -1;

	err = engine_set(run->engine);
	if (!err && run->flags & WIRE_COVER)
		err = kcov_begin();
	if (err) {
		fail(res, WIRE_STAGE_ENGINE, err);
		return;
	}
	if (run->prog_type == WIRE_PROG_CLASSIC) {
		load_classic(rq, ld, res);
		return;
	}
	if (is_raw(run->engine)) {
		load_raw(rq, ld, res);
		return;
	}
	load_verified(rq, ld, res);
	if (res->stage != WIRE_STAGE_OK && is_mixed(rq, res))
		res->stage = WIRE_STAGE_MIXED;
}

void unload(struct loaded *ld)
{
	if (ld->raw)
		raw_free();
	for (u32 i = 0; i < ld->nr_progs; i++)
		if (ld->links[i] >= 0)
			drop(ld->links[i]);
	for (u32 i = 0; i < ld->nr_progs; i++)
		if (ld->progs[i] >= 0)
			drop(ld->progs[i]);
	for (u32 i = 1; i < ld->nr_fds; i++)
		drop(ld->fds[i]);
}

/*
 * Native code lies in packs of a huge page. The kernel fills a new pack with traps, which takes
 * milliseconds, and frees it with the last program in it. One program that stays saves that.
 */
void keep_pack(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const struct prog p = {
		.insns = insns,
		.nr_insns = ARRAY_SIZE(insns),
		.type = BPF_PROG_TYPE_SYSCALL,
		.flags = SLEEPABLE,
		.btf_fd = -1,
	};

	if (!engine_set(WIRE_JIT))
		prog_load(&p, 0, NULL);
}
