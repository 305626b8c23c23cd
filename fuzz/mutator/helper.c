// SPDX-License-Identifier: GPL-2.0
#include "bpf/helpers.h"
#include "fuzz/mutator/helper.h"

/*
 * Helpers that the model knows have high weights. Calls of the others can only reveal verifier bugs
 * and crashes.
 */
const struct helper_sig helper_sigs[] = {
	{ BPF_FUNC_map_lookup_elem, RET_VALUE_OR_NULL, 12, { ARG_KEYED, ARG_KEY }, false },
	{ BPF_FUNC_map_update_elem,
	  RET_SCALAR,
	  6,
	  { ARG_KEYED, ARG_KEY, ARG_VALUE, ARG_ZERO },
	  false },
	{ BPF_FUNC_map_delete_elem, RET_SCALAR, 3, { ARG_KEYED, ARG_KEY }, false },
	{ BPF_FUNC_get_smp_processor_id, RET_SCALAR, 4, { ARG_NONE }, false },
	{ BPF_FUNC_tail_call, RET_SCALAR, 5, { ARG_CTX, ARG_PROGS, ARG_SCALAR }, false },
	{ BPF_FUNC_ringbuf_query, RET_SCALAR, 2, { ARG_RINGBUF, ARG_COUNT }, false },
	{ BPF_FUNC_strtol, RET_SCALAR, 1, { ARG_BYTES, ARG_SIZE, ARG_ZERO, ARG_LONG }, true },
	{ BPF_FUNC_strtoul, RET_SCALAR, 1, { ARG_BYTES, ARG_SIZE, ARG_ZERO, ARG_LONG }, true },
	{ BPF_FUNC_for_each_map_elem,
	  RET_SCALAR,
	  4,
	  { ARG_PERKEY, ARG_EACH_FN, ARG_CTX_OF_FN, ARG_ZERO },
	  false },
	{ BPF_FUNC_loop,
	  RET_SCALAR,
	  6,
	  { ARG_COUNT, ARG_LOOP_FN, ARG_CTX_OF_FN, ARG_ZERO },
	  false },
	{ BPF_FUNC_ktime_get_ns, RET_SCALAR, 1, { ARG_NONE }, false },
	{ BPF_FUNC_get_prandom_u32, RET_SCALAR, 1, { ARG_NONE }, false },
	{ BPF_FUNC_jiffies64, RET_SCALAR, 1, { ARG_NONE }, false },
	{ BPF_FUNC_get_numa_node_id, RET_SCALAR, 1, { ARG_NONE }, false },
	{ BPF_FUNC_ringbuf_output,
	  RET_SCALAR,
	  1,
	  { ARG_RINGBUF, ARG_BYTES, ARG_SIZE, ARG_ZERO },
	  false },
};

const u32 nr_helper_sigs = ARRAY_SIZE(helper_sigs);

const struct helper_sig *helper_sig(s32 nr)
{
	for (u32 i = 0; i < nr_helper_sigs; i++)
		if (helper_sigs[i].nr == nr)
			return &helper_sigs[i];
	return NULL;
}
