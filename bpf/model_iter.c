// SPDX-License-Identifier: GPL-2.0
/*
 * Open-coded iterators over numbers (Documentation/bpf/kfuncs.rst, include/uapi/linux/bpf.h): 8
 * bytes of stack that only bpf_iter_num_new(), _next() and _destroy() may touch. The bounds are
 * ints; a range has at most BPF_MAX_LOOPS numbers, from start on, without end.
 */
#include <errno.h>
#include "bpf/model_impl.h"

#define MAX_RANGE (8 * 1024 * 1024)

/* The iterator at r1, or where one can be if there is none; NULL: nowhere. */
static struct num_iter *find(struct bpf_machine *m, bool live)
{
	for (u32 i = 0; i < MODEL_ITERS; i++) {
		struct num_iter *it = &m->iters[i];

		if (it->live == live &&
		    (!live || (it->at.tag == m->r[1].tag && it->at.v == m->r[1].v)))
			return it;
	}
	return NULL;
}

static int find_live(struct bpf_machine *m, struct num_iter **it)
{
	*it = find(m, true);
	return *it ? MODEL_OK : machine_stop(m, MODEL_BAD_CALL, "r1 is no iterator");
}

int kfunc_iter_num_new(struct bpf_machine *m, struct val *ret)
{
	struct num_iter *it = find(m, false);
	u64 start, end;
	int err = machine_read_scalar(m, 2, &start) ?: machine_read_scalar(m, 3, &end);
	s64 range = (s64)(s32)end - (s32)start;

	if (err)
		return err;
	if (!it || find(m, true) || tag_kind(m->r[1].tag) != PTR_STACK)
		return machine_stop(m, MODEL_BAD_CALL,
				    "r1 is no place for an iterator (expected 8 bytes of stack, "
				    "of %u iterators at most)",
				    MODEL_ITERS);
	*it = (struct num_iter){ .live = true, .at = m->r[1] };
	*ret = (struct val){ 0, TAG_NARROW(32) };
	if (range < 0 || range > MAX_RANGE) {
		ret->v = neg_errno(range < 0 ? EINVAL : E2BIG);
	} else {
		it->next = (s32)start;
		it->end = (s32)end;
	}
	return machine_poison(m, m->r[1]);
}

int kfunc_iter_num_next(struct bpf_machine *m, struct val *ret)
{
	struct num_iter *it;
	int err = find_live(m, &it);

	if (err)
		return err;
	*ret = SCALAR(0);
	if (it->next >= it->end) {
		it->next = it->end = 0;
		return MODEL_OK;
	}
	bytes_put(it->value, sizeof(it->value), (u32)it->next++, m->order);
	*ret = (struct val){ 0, TAG_ITER(it - m->iters) };
	return MODEL_OK;
}

int kfunc_iter_num_destroy(struct bpf_machine *m)
{
	struct num_iter *it;
	int err = find_live(m, &it);

	if (!err)
		it->live = false;
	return err;
}
