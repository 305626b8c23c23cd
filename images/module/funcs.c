// SPDX-License-Identifier: GPL-2.0
/*
 * What jit_subprogs() of the kernel does for programs with functions, by means of what the kernel
 * exports. Native code of a function is made in two passes. The first one finds out where each
 * function will be, the second one fills in the calls.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include "funcs.h"

#define MAX_FUNCS 256 /* BPF_MAX_SUBPROGS of the verifier */

static bool is_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_CALL;
}

/* Put @start among the ascending @starts. Returns 0 or -E2BIG. */
static int add_start(u32 *starts, u32 *cnt, u32 start)
{
	u32 i = 0;

	while (i < *cnt && starts[i] < start)
		i++;
	if (i < *cnt && starts[i] == start)
		return 0;
	if (*cnt == MAX_FUNCS)
		return -E2BIG;
	memmove(&starts[i + 1], &starts[i], (*cnt - i) * sizeof(*starts));
	starts[i] = start;
	(*cnt)++;
	return 0;
}

static int find_starts(const struct bpf_insn *insns, u32 cnt, u32 *starts, u32 *nr)
{
	int err = add_start(starts, nr, 0);

	for (u32 i = 0; i < cnt && !err; i++) {
		s64 to = (s64)i + 1 + insns[i].imm;

		if (!is_call(&insns[i]))
			continue;
		err = to < 0 || to >= cnt ? -EINVAL : add_start(starts, nr, to);
	}
	return err;
}

/* The kernel passes the number of the callee in the offset of the call. */
static void number_calls(struct bpf_insn *insns, u32 cnt, const u32 *starts)
{
	for (u32 i = 0; i < cnt; i++) {
		u32 to = i + 1 + insns[i].imm, k = 0;

		if (!is_call(&insns[i]))
			continue;
		while (starts[k] != to)
			k++;
		insns[i].off = k;
	}
}

static struct bpf_prog *new_prog(const struct bpf_insn *insns, u32 cnt, u32 stack_depth)
{
	struct bpf_prog *prog = bpf_prog_alloc(bpf_prog_size(cnt), 0);

	if (!prog)
		return NULL;
	memcpy(prog->insnsi, insns, cnt * sizeof(*insns));
	prog->len = cnt;
	prog->type = BPF_PROG_TYPE_SOCKET_FILTER; /* any type will do */
	prog->aux->stack_depth = stack_depth;
	return prog;
}

static int split(struct funcs *f, struct bpf_insn *insns, u32 cnt, u32 stack_depth, u32 *starts)
{
	u32 nr = 0;
	int err = find_starts(insns, cnt, starts, &nr);

	if (err)
		return err;
	number_calls(insns, cnt, starts);
	f->func = kcalloc(nr, sizeof(*f->func), GFP_KERNEL);
	if (!f->func)
		return -ENOMEM;
	for (f->cnt = 0; f->cnt < nr; f->cnt++) {
		u32 end = f->cnt + 1 < nr ? starts[f->cnt + 1] : cnt;
		struct bpf_prog *prog =
			new_prog(insns + starts[f->cnt], end - starts[f->cnt], stack_depth);

		if (!prog)
			return -ENOMEM;
		f->func[f->cnt] = prog;
	}
	return 0;
}

int funcs_split(struct funcs *f, struct bpf_insn *insns, u32 cnt, u32 stack_depth)
{
	u32 *starts = kcalloc(MAX_FUNCS, sizeof(*starts), GFP_KERNEL);
	int err = starts ? split(f, insns, cnt, stack_depth, starts) : -ENOMEM;

	kfree(starts);
	return err;
}

/* One pass over function @i. Returns 0 or -errno. */
static int compile(struct funcs *f, u32 i)
{
	int err = 0;

	f->func[i]->bpf_func = NULL;
	f->func[i] = bpf_prog_select_runtime(f->func[i], &err);
	if (!err && f->cnt > 1 && !f->func[i]->jited)
		err = -ENOTSUPP;
	return err;
}

static void name_functions(struct funcs *f)
{
	for (u32 i = 0; i < f->cnt; i++) {
		struct bpf_prog_aux *aux = f->func[i]->aux;

		f->func[i]->is_func = 1;
		aux->func_idx = i;
		aux->func = f->func;
		aux->func_cnt = f->cnt;
#ifdef HAVE_REAL_FUNC_CNT
		aux->real_func_cnt = f->cnt;
#endif
	}
}

/* Kernels free the functions with the program that names them: here, none does. */
static void forget_functions(struct funcs *f)
{
	for (u32 i = 0; i < f->cnt; i++) {
		struct bpf_prog_aux *aux = f->func[i]->aux;

		aux->func = NULL;
		aux->func_cnt = 0;
#ifdef HAVE_REAL_FUNC_CNT
		aux->real_func_cnt = 0;
#endif
	}
}

static void fill_calls(struct funcs *f)
{
	for (u32 i = 0; i < f->cnt; i++) {
		struct bpf_insn *insn = f->func[i]->insnsi;

		for (u32 k = 0; k < f->func[i]->len; k++)
			if (is_call(&insn[k]))
				insn[k].imm = BPF_CALL_IMM(f->func[insn[k].off]->bpf_func);
	}
}

int funcs_compile(struct funcs *f)
{
	int err = 0;

	if (f->cnt == 1)
		return compile(f, 0);
	name_functions(f);
	for (u32 i = 0; i < f->cnt && !err; i++)
		err = compile(f, i);
	if (err)
		return err;
	fill_calls(f);
	for (u32 i = 0; i < f->cnt && !err; i++) {
		const void *before = f->func[i]->bpf_func;

		err = compile(f, i);
		if (!err && f->func[i]->bpf_func != before)
			err = -ENOTSUPP;
	}
	return err;
}

u32 funcs_jited_len(const struct funcs *f)
{
	u32 len = 0;

	for (u32 i = 0; i < f->cnt; i++)
		len += f->func[i]->jited ? f->func[i]->jited_len : 0;
	return len;
}

void funcs_free(struct funcs *f)
{
	forget_functions(f);
	for (u32 i = 0; i < f->cnt; i++)
		bpf_prog_free(f->func[i]);
	kfree(f->func);
	f->func = NULL;
	f->cnt = 0;
}
