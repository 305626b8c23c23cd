// SPDX-License-Identifier: GPL-2.0
/* The bytes of an input, and what makes them valid. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "bpf/helpers.h"
#include "fuzz/input.h"
#include "lib/bytes.h"

#define ALL_REGS ((1u << CASE_REGS) - 1)

const struct fuzz_shape fuzz_shapes[] = {
	{ MAP_ARRAY, 4, 8, 1 },		{ MAP_ARRAY, 4, 8, 2 },	     { MAP_ARRAY, 4, 8, 4 },
	{ MAP_ARRAY, 4, 8, 5 },		{ MAP_ARRAY, 4, 8, 33 },     { MAP_ARRAY, 4, 16, 1 },
	{ MAP_ARRAY, 4, 64, 2 },	{ MAP_ARRAY, 4, 32768, 1 },  { MAP_PERCPU_ARRAY, 4, 8, 4 },
	{ MAP_PERCPU_ARRAY, 4, 16, 2 }, { MAP_HASH, 8, 8, 4 },	     { MAP_HASH, 4, 16, 2 },
	{ MAP_RINGBUF, 0, 0, 65536 },	{ MAP_ARENA, 0, 0, 1 },	     { MAP_ARENA, 0, 0, 2 },
	{ MAP_ARENA, 0, 0, 17 },	{ MAP_PROG_ARRAY, 4, 4, 1 }, { MAP_PROG_ARRAY, 4, 4, 2 },
	{ MAP_PROG_ARRAY, 4, 4, 3 },	{ MAP_PROG_ARRAY, 4, 4, 4 }, { MAP_PROG_ARRAY, 4, 4, 8 },
};

const u32 nr_fuzz_shapes = ARRAY_SIZE(fuzz_shapes);

/* Helpers whose effects outlive the program, or disturb the agent. */
static const u16 unruly[] = {
	BPF_FUNC_trace_printk,
	BPF_FUNC_trace_vprintk,
	BPF_FUNC_probe_write_user,
	BPF_FUNC_send_signal,
	BPF_FUNC_send_signal_thread,
	BPF_FUNC_override_return,
	BPF_FUNC_sys_bpf,
	BPF_FUNC_sys_close,
	BPF_FUNC_timer_init,
	BPF_FUNC_timer_set_callback,
	BPF_FUNC_timer_start,
	BPF_FUNC_timer_cancel,
	BPF_FUNC_user_ringbuf_drain,
	BPF_FUNC_copy_from_user_task,
};

bool fuzz_helper_ok(s32 nr)
{
	for (u32 i = 0; i < ARRAY_SIZE(unruly); i++)
		if (unruly[i] == nr)
			return false;
	return true;
}

/* ---- what makes an input ---- */

#define REFUSE(why, text) (*(why) = (text), -EINVAL)

static int check_maps(const struct fuzz_input *in, const char **why)
{
	u32 arenas = 0;

	for (u32 i = 0; i < in->nmaps; i++) {
		const struct fuzz_map *m = &in->maps[i];
		bool progs;

		if (m->shape >= nr_fuzz_shapes)
			return REFUSE(why, "no such shape of map");
		progs = fuzz_shapes[m->shape].kind == MAP_PROG_ARRAY;
		arenas += fuzz_shapes[m->shape].kind == MAP_ARENA;
		for (u32 k = 0; k < FUZZ_MAX_SLOTS; k++) {
			bool there = progs && k < fuzz_shapes[m->shape].entries;

			if (m->slots[k] < -1 || m->slots[k] >= (there ? in->nprogs : 0))
				return REFUSE(why, "a slot holds a program that is not there");
		}
	}
	return arenas > 1 ? REFUSE(why, "a second arena") : 0;
}

static int check_windows(const struct fuzz_input *in, const char **why)
{
	static const u16 max[NR_REGIONS] = {
		0,
		CASE_MAX_WINDOW - 2 * CASE_GUARD,
		512 - CASE_GUARD - CASE_SCRATCH,
		CASE_MAX_WINDOW - CASE_GUARD,
	};
	u32 sum = 0;

	for (int r = 0; r < NR_REGIONS; r++) {
		if (in->win[r] % 8 || in->win[r] > max[r])
			return REFUSE(why, "the size of a window");
		sum += in->win[r];
	}
	if (sum > FUZZ_MAX_WINDOWS)
		return REFUSE(why, "windows that are too large together");
	if (in->type == CASE_TYPE_RAW_TP &&
	    in->win[REGION_CTX] > CASE_RAW_TP_CTX - guard_behind(REGION_CTX))
		return REFUSE(why, "too large a context for a raw tracepoint");
	if (in->type == CASE_TYPE_SOCKET && !in->win[REGION_CTX])
		return REFUSE(why, "a socket filter without a packet");
	return 0;
}

static int check_regs(const struct fuzz_input *in, const char **why)
{
	for (int k = 0; k < CASE_REGS; k++) {
		u8 region = in->regs[k].region;
		s32 off = in->regs[k].off;
		bool stack = region == REGION_STACK;

		if (region >= NR_REGIONS || (region && !in->win[region]))
			return REFUSE(why, "a pointer into no window");
		if (!region && off)
			return REFUSE(why, "an offset of no pointer");
		if (region == REGION_MEM ? abs(off) > (s32)CASE_MAX_FAR
					 : region && (stack ? off > -1 || -off > in->win[region]
							    : off < 0 || off > in->win[region]))
			return REFUSE(why, "a pointer outside of its window");
		for (u32 v = 0; region && v < in->nvecs; v++)
			if (in->vecs[v].r[k])
				return REFUSE(why, "a number where a pointer is");
	}
	return 0;
}

static int check_insns(const struct fuzz_input *in, u32 prog, const char **why)
{
	const struct fuzz_prog *p = &in->progs[prog];
	const struct fuzz_func *func = &in->funcs[p->first_func];
	u32 f = 1, main_end = p->nfuncs > 1 ? func[1].start : p->cnt;
	bool wrapped = !prog && !(in->flags & FUZZ_RAW);

	for (u32 i = 0; i < p->cnt; i++) {
		const struct insn *insn = &in->insns[p->first + i];

		while (f < p->nfuncs && func[f].start == i)
			f++;
		if (insn->dst > 15 || insn->src > 15)
			return REFUSE(why, "no register of the encoding");
		if (insn_is_helper_call(insn) && !fuzz_helper_ok(insn->imm))
			return REFUSE(why, "a helper that acts on the guest");
		if (wrapped && i < main_end && insn_is_exit(insn))
			return REFUSE(why, "exit in the body of main");
		if (!insn_is_wide(insn))
			continue;
		if (++i == p->cnt || (f < p->nfuncs && func[f].start == i))
			return REFUSE(why, "half an instruction at the end of a function");
		if (insn[1].dst > 15 || insn[1].src > 15)
			return REFUSE(why, "no register of the encoding");
	}
	return f == p->nfuncs ? 0 : REFUSE(why, "a function begins where no instruction does");
}

static int check_prog(const struct fuzz_input *in, u32 prog, const char **why)
{
	const struct fuzz_prog *p = &in->progs[prog];
	const struct fuzz_func *func = &in->funcs[p->first_func];

	if (!p->nfuncs || func->start || func->nargs != 1 || func->flags)
		return REFUSE(why, "a program without a plain main");
	if (!p->cnt && (prog || in->flags & FUZZ_RAW))
		return REFUSE(why, "an empty program");
	for (u32 f = 1; f < p->nfuncs; f++) {
		if (func[f].start >= p->cnt || func[f].start <= func[f - 1].start)
			return REFUSE(why, "functions that are not in order");
		if (func[f].nargs > MAX_SUBPROG_ARGS ||
		    func[f].flags & ~(FUNC_GLOBAL | FUNC_CALLBACK | FUNC_VOID))
			return REFUSE(why, "arguments or flags of a function");
	}
	return check_insns(in, prog, why);
}

static int check_progs(const struct fuzz_input *in, const char **why)
{
	u32 insns = 0, funcs = 0;

	for (u32 i = 0; i < in->nprogs; i++) {
		const struct fuzz_prog *p = &in->progs[i];

		if (p->first != insns || p->first_func != funcs)
			return REFUSE(why, "programs that do not follow each other");
		insns += p->cnt;
		funcs += p->nfuncs;
		if (insns > in->ninsns || funcs > in->nfuncs)
			return REFUSE(why, "programs that are longer than what there is");
		if (check_prog(in, i, why))
			return -EINVAL;
	}
	return insns == in->ninsns && funcs == in->nfuncs
		       ? 0
		       : REFUSE(why, "instructions or functions of no program");
}

static bool counts_fit(const struct fuzz_input *in)
{
	return in->nprogs && in->nprogs <= FUZZ_MAX_PROGS && in->nfuncs <= FUZZ_MAX_FUNCS &&
	       in->nmaps <= FUZZ_MAX_MAPS && in->nvecs && in->nvecs <= FUZZ_MAX_VECS &&
	       in->ninsns <= FUZZ_MAX_INSNS;
}

/* As in the case language: a raw case is neither filled nor spilled. */
static int check_raw(const struct fuzz_input *in, const char **why)
{
	bool regs = false;

	if (!(in->flags & FUZZ_RAW))
		return 0;
	for (int k = 0; k < CASE_REGS; k++) {
		regs |= in->regs[k].region;
		for (u32 v = 0; v < in->nvecs; v++)
			regs |= in->vecs[v].r[k];
	}
	if (regs || in->win[REGION_STACK] || in->hidden || in->flags & FUZZ_LOW)
		return REFUSE(why, "registers, a stack window or a frame of a raw program");
	return 0;
}

int fuzz_input_check(const struct fuzz_input *in, const char **why)
{
	const char *text;

	why = why ? why : &text;
	if (in->type >= FUZZ_TYPES || in->flags & ~FUZZ_FLAGS || in->hidden & ~ALL_REGS)
		return REFUSE(why, "an unknown type or flag");
	if (!counts_fit(in))
		return REFUSE(why, "too many of something, or none");
	return check_windows(in, why) || check_regs(in, why) || check_raw(in, why) ||
			       check_progs(in, why) || check_maps(in, why)
		       ? -EINVAL
		       : 0;
}

int fuzz_input_widen(struct fuzz_input *in, enum region region, u32 bytes)
{
	u32 old = in->win[region], at = fuzz_win_at(in, region), all = fuzz_win_at(in, NR_REGIONS),
	    more = bytes - old;
	/* a stack is addressed from its end */
	u32 from = region == REGION_STACK ? at : at + old;

	if (bytes <= old || all + more > FUZZ_MAX_WINDOWS)
		return -EINVAL;
	for (u32 v = 0; v < in->nvecs; v++) {
		u8 *win = in->vecs[v].win;

		memmove(win + from + more, win + from, all - from);
		memset(win + from, 0, more);
	}
	in->win[region] = bytes;
	return from;
}

/* ---- bytes ---- */

struct reader {
	const u8 *p, *end;
	bool bad; /* too short, or bytes that must be 0 are not */
};

static const u8 *get(struct reader *rd, size_t n)
{
	static const u8 zeros[sizeof(struct fuzz_vec)];
	const u8 *p = rd->p;

	if (n > (size_t)(rd->end - p)) {
		rd->bad = true;
		return zeros;
	}
	rd->p += n;
	return p;
}

static u64 get_int(struct reader *rd, u32 size)
{
	return bytes_get(get(rd, size), size, ORDER_LE);
}

static void get_zeros(struct reader *rd, u32 n)
{
	rd->bad |= get_int(rd, n) != 0;
}

static int get_head(struct reader *rd, struct fuzz_input *in, const char **why)
{
	if (get_int(rd, 4) != FUZZ_MAGIC || get_int(rd, 1) != FUZZ_VERSION)
		return REFUSE(why, "not an input of this version");
	in->type = get_int(rd, 1);
	in->flags = get_int(rd, 1);
	in->nprogs = get_int(rd, 1);
	in->nfuncs = get_int(rd, 1);
	in->nmaps = get_int(rd, 1);
	in->nvecs = get_int(rd, 1);
	get_zeros(rd, 1);
	in->ninsns = get_int(rd, 2);
	in->hidden = get_int(rd, 2);
	in->win[REGION_NONE] = 0;
	for (int r = REGION_MEM; r < NR_REGIONS; r++)
		in->win[r] = get_int(rd, 2);
	get_zeros(rd, 2);
	for (int k = 0; k < CASE_REGS; k++) {
		in->regs[k].region = get_int(rd, 1);
		in->regs[k].off = (s32)((u32)get_int(rd, 3) << 8) >> 8;
	}
	return counts_fit(in) ? 0 : REFUSE(why, "too many of something, or none");
}

static void get_tables(struct reader *rd, struct fuzz_input *in)
{
	u32 first = 0, first_func = 0;

	for (u32 i = 0; i < in->nprogs; i++) {
		struct fuzz_prog *p = &in->progs[i];

		p->first = first;
		p->first_func = first_func;
		p->cnt = get_int(rd, 2);
		p->nfuncs = get_int(rd, 1);
		get_zeros(rd, 1);
		first += p->cnt;
		first_func += p->nfuncs;
		/* keeps the sums within their types */
		rd->bad |= first > FUZZ_MAX_INSNS || first_func > FUZZ_MAX_FUNCS;
		if (rd->bad)
			return;
	}
	for (u32 i = 0; i < in->nfuncs; i++) {
		in->funcs[i].start = get_int(rd, 2);
		in->funcs[i].nargs = get_int(rd, 1);
		in->funcs[i].flags = get_int(rd, 1);
	}
	for (u32 i = 0; i < in->nmaps; i++) {
		in->maps[i].shape = get_int(rd, 1);
		get_zeros(rd, 3);
		memcpy(in->maps[i].slots, get(rd, FUZZ_MAX_SLOTS), FUZZ_MAX_SLOTS);
	}
}

static u32 win_bytes(const struct fuzz_input *in)
{
	return fuzz_win_at(in, NR_REGIONS);
}

int fuzz_input_parse(struct fuzz_input *in, const void *data, size_t len, const char **why)
{
	struct reader rd = { .p = data, .end = (const u8 *)data + len };
	const char *text;

	why = why ? why : &text;
	if (len < FUZZ_HEAD || len > FUZZ_INPUT_MAX)
		return REFUSE(why, "too short or too long");
	if (get_head(&rd, in, why) || check_windows(in, why))
		return -EINVAL;
	get_tables(&rd, in);
	for (u32 i = 0; i < in->ninsns && !rd.bad; i++)
		insn_decode(&in->insns[i], get(&rd, INSN_SIZE), ORDER_LE);
	for (u32 v = 0; v < in->nvecs && !rd.bad; v++) {
		for (int k = 0; k < CASE_REGS; k++)
			in->vecs[v].r[k] = get_int(&rd, 8);
		memcpy(in->vecs[v].win, get(&rd, win_bytes(in)), win_bytes(in));
	}
	if (rd.bad || rd.p != rd.end)
		return REFUSE(why,
			      "its length is not what its counts say, or reserved bytes are set");
	return fuzz_input_check(in, why);
}

static u8 *put_int(u8 *p, u64 v, u32 size)
{
	bytes_put(p, size, v, ORDER_LE);
	return p + size;
}

static size_t total(const struct fuzz_input *in)
{
	return FUZZ_HEAD + 4 * in->nprogs + 4 * in->nfuncs + (4 + FUZZ_MAX_SLOTS) * in->nmaps +
	       INSN_SIZE * in->ninsns + in->nvecs * (8 * CASE_REGS + win_bytes(in));
}

_Static_assert(FUZZ_HEAD + 4 * FUZZ_MAX_PROGS + 4 * FUZZ_MAX_FUNCS +
			       (4 + FUZZ_MAX_SLOTS) * FUZZ_MAX_MAPS + INSN_SIZE * FUZZ_MAX_INSNS +
			       FUZZ_MAX_VECS * (8 * CASE_REGS + FUZZ_MAX_WINDOWS) <=
		       FUZZ_INPUT_MAX,
	       "the largest input fits");

static u8 *put_head(u8 *p, const struct fuzz_input *in)
{
	p = put_int(p, FUZZ_MAGIC, 4);
	p = put_int(p, FUZZ_VERSION, 1);
	p = put_int(p, in->type, 1);
	p = put_int(p, in->flags, 1);
	p = put_int(p, in->nprogs, 1);
	p = put_int(p, in->nfuncs, 1);
	p = put_int(p, in->nmaps, 1);
	p = put_int(p, in->nvecs, 2);
	p = put_int(p, in->ninsns, 2);
	p = put_int(p, in->hidden, 2);
	for (int r = REGION_MEM; r < NR_REGIONS; r++)
		p = put_int(p, in->win[r], 2);
	p = put_int(p, 0, 2);
	for (int k = 0; k < CASE_REGS; k++) {
		p = put_int(p, in->regs[k].region, 1);
		p = put_int(p, (u32)in->regs[k].off, 3);
	}
	return p;
}

size_t fuzz_input_write(const struct fuzz_input *in, void *buf, size_t cap)
{
	u8 *p = buf;

	if (total(in) > cap)
		return 0;
	p = put_head(p, in);
	for (u32 i = 0; i < in->nprogs; i++) {
		p = put_int(p, in->progs[i].cnt, 2);
		p = put_int(p, in->progs[i].nfuncs, 2);
	}
	for (u32 i = 0; i < in->nfuncs; i++) {
		p = put_int(p, in->funcs[i].start, 2);
		p = put_int(p, in->funcs[i].nargs, 1);
		p = put_int(p, in->funcs[i].flags, 1);
	}
	for (u32 i = 0; i < in->nmaps; i++) {
		p = put_int(p, in->maps[i].shape, 4);
		memcpy(p, in->maps[i].slots, FUZZ_MAX_SLOTS);
		p += FUZZ_MAX_SLOTS;
	}
	for (u32 i = 0; i < in->ninsns; i++, p += INSN_SIZE)
		insn_encode(p, &in->insns[i], ORDER_LE);
	for (u32 v = 0; v < in->nvecs; v++) {
		for (int k = 0; k < CASE_REGS; k++)
			p = put_int(p, in->vecs[v].r[k], 8);
		memcpy(p, in->vecs[v].win, win_bytes(in));
		p += win_bytes(in);
	}
	return p - (u8 *)buf;
}

u64 fuzz_input_hash(const void *data, size_t len)
{
	u64 h = 0xcbf29ce484222325ull;
	const u8 *p = data;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 0x100000001b3ull;
	return h ? h : 1;
}
