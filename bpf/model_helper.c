// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers, as the comments of include/uapi/linux/bpf.h describe them. What these leave open is
 * MODEL_UNDEFINED, so that no case depends on it.
 */
#include <errno.h>
#include "bpf/helpers.h"
#include "bpf/model_impl.h"
#include "lib/util.h"

#define MAX_LOOPS (1u << 23)

/* A helper's scalar argument. */
static int arg(struct bpf_machine *m, const struct val *args, int k, u64 *out)
{
	if (args[k - 1].tag == PTR_UNREADABLE)
		return machine_stop(m, MODEL_UNDEFINED, "r%d is unreadable", k);
	if (args[k - 1].tag)
		return machine_stop(m, MODEL_UNDEFINED, "r%d holds an address", k);
	*out = args[k - 1].v;
	return MODEL_OK;
}

/* The tail call is not taken: the program goes on. */
static int tail_missed(struct bpf_machine *m)
{
	if (!quirk_here(m->st, QUIRK_TAIL_MISS_ENDS))
		return MODEL_OK;
	if (m->r[0].tag == PTR_UNREADABLE)
		m->r[0] = m->r0_before;
	m->early_exit = true;
	return FLOW_END;
}

/*
 * "If the call succeeds, the kernel immediately runs the first instruction of the new program … it
 * never returns to the previous program. If the call fails, then the helper has no effect." The
 * limit is for the whole run and counts successful calls. The index is a u32.
 */
static int help_tail_call(struct bpf_machine *m, const struct val *args, struct val *ret)
{
	const struct case_map *map = NULL;
	u64 index = 0;
	bool outside;
	int err = machine_map(m, args[1], &map);

	if (!err)
		err = arg(m, args, 3, &index);
	if (err)
		return err;
	if (args[0].tag != PTR_CTX || args[0].v)
		return machine_stop(m, MODEL_BAD_CALL, "r1 is not ctx");
	if (map->kind != MAP_PROG_ARRAY)
		return machine_stop(m, MODEL_BAD_CALL, "r2 is not a prog_array");
	for (u32 i = 0; i <= m->depth; i++)
		if (m->frames[i].callback)
			return machine_stop(m, MODEL_BAD_CALL, "tail call out of a callback");
	*ret = UNREADABLE; /* no effect, but r0-r5 are clobbered as by any call */
	outside = (u32)index >= map->entries;
	if (!outside && index >> 32)
		outside = quirk_here(m->st, QUIRK_TAIL_INDEX64);
	if (outside)
		m->tail_calls += quirk_here(m->st, QUIRK_TAIL_OUTSIDE_COUNTS);
	if (outside || m->tail_calls >= MODEL_TAIL_CALLS)
		return tail_missed(m);
	if (map->slots[(u32)index] < 0 || (u32)map->slots[(u32)index] >= m->c->nprogs) {
		m->tail_calls += quirk_here(m->st, QUIRK_TAIL_EMPTY_COUNTS);
		return tail_missed(m);
	}
	m->tail_calls++;
	return machine_enter_prog(m, map->slots[(u32)index], false);
}

/*
 * For quirks: the verifier inlines bpf_loop if it knows that the flags are 0. Here that is taken
 * from the last instruction before the call that names r4; the verifier may know more, or less.
 */
static bool sets_r4_to_0(const struct bpf_machine *m)
{
	const struct call_frame *f = &m->frames[m->depth];

	if (!m->st->quirks.set)
		return false;
	for (u32 i = m->at; i-- > f->func_start;) {
		const struct insn *insn = &f->prog->insns[i];

		if (insn->dst == 4)
			return BPF_OP(insn->code) == BPF_MOV && BPF_SRC(insn->code) == BPF_K &&
			       !insn->imm &&
			       (insn_class(insn) == BPF_ALU64 || insn_class(insn) == BPF_ALU);
	}
	return false;
}

/* "The number of loops performed" includes the one that returned 1. */
static int help_loop(struct bpf_machine *m, const struct val *args, struct val *ret)
{
	bool inlined = sets_r4_to_0(m);
	u64 nr = 0, flags = 0, stop = 0;
	u32 i = 0;
	int err = arg(m, args, 1, &nr);

	if (!err)
		err = arg(m, args, 4, &flags);
	if (err)
		return err;
	if (nr > UINT32_MAX && !(inlined && quirk_here(m->st, QUIRK_LOOP_NR64)))
		nr = (u32)nr;
	if (flags && nr > MAX_LOOPS)
		return machine_stop(m, MODEL_UNDEFINED, "both flags and nr_loops are wrong");
	if (flags || nr > MAX_LOOPS) {
		*ret = SCALAR(neg_errno(flags ? EINVAL : E2BIG));
		if (inlined && quirk_here(m->st, QUIRK_LOOP_E2BIG_ZEXT))
			ret->v = (u32)ret->v;
		return MODEL_OK;
	}
	while (i < nr && !stop) {
		struct val cb[2] = { SCALAR(i), args[2] };

		err = machine_callback(m, args[1], cb, 2, &stop);
		if (err)
			return err;
		if (stop > 1)
			return machine_stop(m, MODEL_UNDEFINED,
					    "a callback returned neither 0 nor 1");
		i++;
	}
	*ret = SCALAR(i);
	return MODEL_OK;
}

/* The guests have one CPU (runners/qemu). */
static int help_smp_processor_id(struct bpf_machine *m, const struct val *args, struct val *ret)
{
	(void)m;
	(void)args;
	*ret = SCALAR(0);
	return MODEL_OK;
}

/* "Time elapsed since system boot, in nanoseconds." A case can only test how much passed. */
static int help_ktime(struct bpf_machine *m, const struct val *args, struct val *ret)
{
	(void)args;
	m->open = true;
	*ret = SCALAR(m->luck.clock + m->steps);
	return MODEL_OK;
}

/* The address of a task is unknown but never 0; a case can only test that. */
static int help_current_task(struct bpf_machine *m, const struct val *args, struct val *ret)
{
	(void)m;
	(void)args;
	*ret = SCALAR(1);
	return MODEL_OK;
}

static bool is_space(u8 c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Detects base 0 and skips 0x as strtol(3) does. */
static u32 skip_prefix(const u8 *s, u32 at, u32 len, u64 *base)
{
	bool hex = at + 2 < len && s[at] == '0' && (s[at + 1] | 0x20) == 'x' &&
		   digit_value(s[at + 2]) < 16;

	if (!*base)
		*base = hex ? 16 : at < len && s[at] == '0' ? 8 : 10;
	return *base == 16 && hex ? at + 2 : at;
}

/*
 * @res is written on success; its value after a failure is not documented. "long" is BPF's, which
 * has 64 bits on every machine.
 */
static int strto(struct bpf_machine *m, const struct val *args, struct val *ret, bool is_signed)
{
	u8 buf[64], out[8];
	u64 len, base = 0, v = 0, limit;
	u32 at = 0, first;
	bool minus = false, range = false;
	int err = arg(m, args, 2, &len);

	if (!err)
		err = arg(m, args, 3, &base);
	if (err)
		return err;
	if (base & ~(u64)31)
		return machine_stop(m, MODEL_UNDEFINED, "unused bits of flags are set");
	if (!len || len > sizeof(buf))
		return machine_stop(m, MODEL_BAD_CALL, "a string of %llu bytes",
				    (unsigned long long)len);
	err = machine_copy_in(m, args[0], len, buf);
	if (err)
		return err;
	if (args[0].tag == args[3].tag && args[0].v < args[3].v + 8 && args[3].v < args[0].v + len)
		return machine_stop(m, MODEL_UNDEFINED,
				    "the number is to be written where the string is");
	while (at < len && is_space(buf[at]))
		at++;
	if (is_signed && at < len && buf[at] == '-') {
		minus = true;
		at++;
	}
	if (base && base != 8 && base != 10 && base != 16) {
		*ret = SCALAR(neg_errno(EINVAL));
		return machine_poison(m, args[3]);
	}
	first = at = skip_prefix(buf, at, len, &base);
	for (; at < len && digit_value(buf[at]) < (int)base; at++) {
		u32 d = digit_value(buf[at]);

		range |= v > (UINT64_MAX - d) / base;
		v = v * base + d;
	}
	limit = !is_signed ? UINT64_MAX : (u64)INT64_MAX + minus;
	if (at == first || range || v > limit) {
		*ret = SCALAR(neg_errno(at == first ? EINVAL : ERANGE));
		return machine_poison(m, args[3]);
	}
	bytes_put(out, 8, minus ? 0 - v : v, m->order);
	*ret = SCALAR(at);
	return machine_copy_out(m, args[3], 8, out);
}

static int help_strtol(struct bpf_machine *m, const struct val *args, struct val *ret)
{
	return strto(m, args, ret, true);
}

static int help_strtoul(struct bpf_machine *m, const struct val *args, struct val *ret)
{
	return strto(m, args, ret, false);
}

static const struct {
	u32 nr;
	helper_fn *fn;
} helpers[] = {
	{ BPF_FUNC_map_lookup_elem, help_lookup },
	{ BPF_FUNC_map_update_elem, help_update },
	{ BPF_FUNC_map_delete_elem, help_delete },
	{ BPF_FUNC_ktime_get_ns, help_ktime },
	{ BPF_FUNC_get_smp_processor_id, help_smp_processor_id },
	{ BPF_FUNC_tail_call, help_tail_call },
	{ BPF_FUNC_get_current_task, help_current_task },
	{ BPF_FUNC_strtol, help_strtol },
	{ BPF_FUNC_strtoul, help_strtoul },
	{ BPF_FUNC_ringbuf_query, help_ringbuf_query },
	{ BPF_FUNC_for_each_map_elem, help_for_each },
	{ BPF_FUNC_loop, help_loop },
	{ BPF_FUNC_get_attach_cookie, help_get_attach_cookie },
	{ BPF_FUNC_get_func_ip, help_get_func_ip },
	{ BPF_FUNC_get_func_arg, help_get_func_arg },
	{ BPF_FUNC_get_func_ret, help_get_func_ret },
	{ BPF_FUNC_get_func_arg_cnt, help_get_func_arg_cnt },
};

int call_helper(struct bpf_machine *m, u32 nr)
{
	struct val args[5], ret = UNREADABLE;
	u32 serial = machine_frame(m)->serial;

	for (size_t i = 0; i < ARRAY_SIZE(helpers); i++) {
		int err;

		if (helpers[i].nr != nr)
			continue;
		for (int k = 0; k < 5; k++)
			args[k] = m->r[k + 1];
		err = helpers[i].fn(m, args, &ret);
		if (!err && machine_frame(m)->serial == serial) /* else a tail call was taken */
			m->r[0] = ret;
		return err;
	}
	return machine_stop(m, MODEL_BAD_CALL, "helper %u is not modelled", nr);
}
