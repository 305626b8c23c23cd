// SPDX-License-Identifier: GPL-2.0
/*
 * RFC 9669 sections 4.3.1 and 4.3.2 and Documentation/bpf/standardization/abi.rst: functions, call
 * frames and exit; and Linux's additions: callbacks and arguments on the stack.
 */
#include <string.h>
#include "bpf/model_impl.h"

/* A new stack for the current call frame. Its serial makes pointers into an earlier one dangle. */
static void fresh_stack(struct bpf_machine *m)
{
	struct call_frame *f = machine_frame(m);

	f->serial = ++m->serials;
	f->deepest = 0;
	f->rounds = 0;
	f->stack = f->bytes;
	f->lo = -MODEL_STACK;
	f->init = f->init_bits;
	memset(f->init_bits, 0, sizeof(f->init_bits));
	f->shadow.used = false;
	f->in_mask = f->out_mask = 0;
}

/* Set the call frame's function to the one at slot @at of its program. False if there is none. */
static bool set_function(struct call_frame *f, u64 at)
{
	const struct code *code = f->prog;
	u32 i = 0;

	f->func = 0;
	if (!code->nfuncs) {
		f->func_start = 0;
		f->func_end = code->cnt;
		f->nargs = 1;
		return at == 0;
	}
	while (i < code->nfuncs && code->funcs[i].start != at)
		i++;
	if (i == code->nfuncs)
		return false;
	f->func = i;
	f->func_start = at;
	f->func_end = i + 1 < code->nfuncs ? code->funcs[i + 1].start : code->cnt;
	f->nargs = i || code->funcs[0].flags & FUNC_GLOBAL ? code->funcs[i].nargs : 1;
	return f->func_start <= f->func_end && f->func_end <= code->cnt;
}

/*
 * Start program @prog in the current call frame, which becomes empty: "values on stack and in
 * registers for the caller are not accessible to the callee" (uapi linux/bpf.h, bpf_tail_call()).
 * @body: main of a wrapped case.
 */
int machine_enter_prog(struct bpf_machine *m, u32 prog, bool body)
{
	struct call_frame *f = machine_frame(m);
	u32 window = m->c->vecs->win_size[REGION_STACK];

	f->prog = &m->c->progs[prog];
	f->prog_idx = prog;
	f->body = body;
	f->tail_called = prog != 0;
	if (!m->depth)
		f->callback = false;
	fresh_stack(m);
	m->pc = 0;
	if (!set_function(f, 0))
		return machine_stop(m, MODEL_BAD_JUMP, "the program has no first function");
	if (m->r[0].tag != PTR_UNREADABLE)
		m->r0_before = m->r[0];
	for (int k = 0; k < REG_FP; k++)
		m->r[k] = UNREADABLE;
	m->r[1] = (struct val){ 0, PTR_CTX };
	m->r[REG_FP] = (struct val){ 0, TAG_STACK(m->depth, f->serial) };
	if (!body)
		return MODEL_OK;
	/* The stack is the window, all of which the wrapper has written. */
	if (window > MODEL_STACK)
		return machine_stop(m, MODEL_DEPTH, "a stack window of %u bytes", window);
	f->deepest = window;
	f->init = NULL;
	f->lo = window > CASE_GUARD ? -(s32)(window - CASE_GUARD) : 0;
	f->stack = m->st->win[REGION_STACK] + CASE_GUARD;
	return MODEL_OK;
}

/*
 * A call frame for the function at @at of the running program, with r1-r5 and the stack arguments.
 */
static int push_frame(struct bpf_machine *m, u64 at)
{
	struct call_frame *caller = machine_frame(m), *f;
	u32 replaced;

	if (m->depth + 1 >= MODEL_FRAMES)
		return machine_stop(m, MODEL_DEPTH, "more than %u frames", MODEL_FRAMES);
	f = caller + 1;
	f->prog = caller->prog;
	f->prog_idx = caller->prog_idx;
	if (!set_function(f, at) || !at)
		return machine_stop(m, MODEL_BAD_CALL, "no function begins at slot %lld",
				    (long long)at);
	replaced = machine_replaced(
		m, &(struct attach_target){ .prog = f->prog_idx, .func = f->func });
	if (replaced) {
		f->prog = &m->c->progs[replaced];
		f->prog_idx = replaced;
		at = 0;
		if (!set_function(f, at))
			return machine_stop(
				m, MODEL_BAD_CALL,
				"the program in a function's place has no first function");
	}
	f->body = f->callback = f->tail_called = f->traced = false;
	f->own_stack = replaced;
	f->ret_pc = m->pc;
	memcpy(f->saved, &m->r[6], sizeof(f->saved));
	m->depth++;
	fresh_stack(m);
	f->in_mask = caller->out_mask & (f->nargs > 5 ? (1u << (f->nargs - 5)) - 1 : 0);
	if (f->in_mask)
		memcpy(f->in, caller->out, sizeof(f->in));
	m->r[0] = UNREADABLE;
	for (int k = 6; k < REG_FP; k++)
		m->r[k] = UNREADABLE;
	m->r[REG_FP] = (struct val){ 0, TAG_STACK(m->depth, f->serial) };
	m->pc = at;
	return MODEL_OK;
}

/* After any call r1-r5 are unreadable, and so are the outgoing stack arguments. */
void machine_clobber(struct bpf_machine *m)
{
	for (int k = 1; k <= 5; k++)
		m->r[k] = UNREADABLE;
	machine_frame(m)->out_mask = 0;
}

static void pop_frame(struct bpf_machine *m)
{
	struct call_frame *f = machine_frame(m);

	memcpy(&m->r[6], f->saved, sizeof(f->saved));
	m->pc = f->ret_pc;
	f->serial = 0;
	m->depth--;
	m->r[REG_FP] = (struct val){ 0, TAG_STACK(m->depth, machine_frame(m)->serial) };
	machine_clobber(m);
}

int exec_call_subprog(struct bpf_machine *m, const struct insn *insn)
{
	int err = push_frame(m, (u64)m->pc + (s64)insn->imm);

	if (err)
		return err;
	if (!m->r[1].tag && m->r[1].v >> 32 && quirk_here(m->st, QUIRK_SUBPROG_R1_ZEXT))
		m->r[1].v = (u32)m->r[1].v;
	return trace_enter(m);
}

/*
 * After a tail call in a subprogram, a whole program returns to the caller. Linux uses 32 bits of a
 * program's result ("__u32 retval"), so the upper half of r0 is undefined then.
 */
static void return_from_program(struct bpf_machine *m)
{
	if (!m->r[0].tag && m->r[0].v > INT32_MAX)
		m->r[0] = UNREADABLE;
}

/* What the caller of a subprogram gets of its result @v. */
static u64 returned(struct bpf_machine *m, u64 v)
{
	u64 twice = (u32)v * 0x100000001ull, sext = (s64)(s32)v;

	if (v != twice && quirk_here(m->st, QUIRK_SUBPROG_RET_TWICE))
		return twice;
	return v != sext && quirk_here(m->st, QUIRK_SUBPROG_RET_SEXT) ? sext : v;
}

int exec_exit(struct bpf_machine *m, const struct insn *insn)
{
	struct call_frame *f = machine_frame(m);
	bool callback = f->callback;
	int err;

	(void)insn;
	if (f->body)
		return machine_stop(m, MODEL_BAD_INSN,
				    "exit in the body of a case that is not raw");
	if (!m->depth) {
		m->early_exit = true;
		return FLOW_END;
	}
	if (tag_kind(m->r[0].tag) == PTR_STACK && tag_serial(m->r[0].tag) == f->serial)
		return machine_stop(m, MODEL_UNDEFINED,
				    "return of a pointer into the function's own stack");
	if (f->tail_called)
		return_from_program(m);
	err = trace_leave(m, m->r[0]);
	if (err)
		return err;
	if (!m->r[0].tag)
		m->r[0].v = returned(m, m->r[0].v);
	pop_frame(m);
	return callback ? FLOW_RETURN : MODEL_OK;
}

/*
 * Helpers take r1-r5, return r0 and clobber r1-r5 (abi.rst). A successful tail call never returns.
 */
int exec_call(struct bpf_machine *m, const struct insn *insn)
{
	u32 serial = machine_frame(m)->serial;
	int err = call_helper(m, insn->imm);

	if (err)
		return err;
	if (machine_frame(m)->serial == serial)
		machine_clobber(m);
	return MODEL_OK;
}

/*
 * "Immediately terminating its execution and unwinding the stack": the program returns the cookie
 * or the result of the exception callback, which runs in main's place.
 */
int machine_throw(struct bpf_machine *m)
{
	struct call_frame *f = &m->frames[0];
	u64 cookie;
	int err = machine_read_scalar(m, 1, &cookie);

	if (err)
		return err;
	for (u32 i = 0; i <= m->depth; i++)
		if (m->frames[i].callback || m->frames[i].traced || (i && m->frames[i].tail_called))
			return machine_stop(m, MODEL_BAD_CALL,
					    "bpf_throw() out of a callback or a traced function, "
					    "or a program called in a subprogram");
	m->depth = 0;
	f->body = false; /* its stack is not shown */
	m->r[0] = SCALAR(cookie);
	m->early_exit = true;
	for (u32 i = 1; i < f->prog->nfuncs; i++) {
		if (!(f->prog->funcs[i].flags & FUNC_EXCEPTION))
			continue;
		set_function(f, f->prog->funcs[i].start);
		fresh_stack(m);
		for (int k = 0; k < REG_FP; k++)
			m->r[k] = UNREADABLE;
		m->r[1] = SCALAR(cookie);
		m->r[REG_FP] = (struct val){ 0, TAG_STACK(0, f->serial) };
		m->pc = f->func_start;
		return MODEL_OK;
	}
	return FLOW_END;
}

/* A helper calls @func with @args; *@ret is its result. r6-r9 are preserved. */
int machine_callback(struct bpf_machine *m, struct val func, const struct val *args, int nargs,
		     u64 *ret)
{
	u32 pc = m->pc, at = m->at;
	int flow;

	if (tag_kind(func.tag) != PTR_FUNC || tag_prog(func.tag) != machine_frame(m)->prog_idx)
		return machine_stop(m, MODEL_BAD_CALL,
				    "the callback is not a function of this program");
	flow = push_frame(m, func.v);
	if (flow)
		return flow;
	machine_frame(m)->callback = true;
	for (int k = 1; k <= 5; k++)
		m->r[k] = k <= nargs ? args[k - 1] : UNREADABLE;
	flow = trace_enter(m);
	if (flow)
		return flow;
	flow = machine_run(m);
	if (flow != FLOW_RETURN)
		return flow;
	m->pc = pc;
	m->at = at;
	return machine_read_scalar(m, 0, ret);
}

/* *(u64 *)(r11 + 8 * k): argument 5 + k of the running function. */
int stack_arg_load(struct bpf_machine *m, const struct insn *insn)
{
	u32 k = insn->off / 8 - 1;
	const struct call_frame *f = machine_frame(m);

	if (k >= STACK_ARGS)
		return machine_stop(m, MODEL_BAD_ACCESS, "no argument %u", k + 6);
	if (!(f->in_mask >> k & 1))
		return machine_stop(m, MODEL_UNDEFINED, "argument %u was not passed", k + 6);
	return machine_write(m, insn->dst, f->in[k]);
}

/* *(u64 *)(r11 - 8 * k) = …: argument 5 + k of the next call. */
int stack_arg_store(struct bpf_machine *m, const struct insn *insn, struct val val)
{
	u32 k = -insn->off / 8 - 1;
	struct call_frame *f = machine_frame(m);

	if (k >= STACK_ARGS)
		return machine_stop(m, MODEL_BAD_ACCESS, "no argument %u", k + 6);
	f->out[k] = val;
	f->out_mask |= 1 << k;
	return MODEL_OK;
}
