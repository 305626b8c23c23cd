// SPDX-License-Identifier: GPL-2.0
/*
 * RFC 9669 section 4.3.1-4.3.2 and Documentation/bpf/standardization/abi.rst: functions, their
 * frames, exit; and what Linux adds: callbacks, arguments on the stack.
 */
#include <string.h>
#include "bpf/model_impl.h"

/* A new stack for the present frame. Its serial makes pointers into an earlier one dangle. */
static void fresh_stack(struct vm *vm)
{
	struct frame *f = vm_frame(vm);

	f->serial = ++vm->serials;
	f->deepest = 0;
	f->stack = f->bytes;
	f->lo = -MODEL_STACK;
	f->init = f->init_bits;
	memset(f->init_bits, 0, sizeof(f->init_bits));
	f->shadow.used = false;
	f->in_mask = f->out_mask = 0;
}

/* The function that begins at slot @at of the frame's program. False where none does. */
static bool set_function(struct frame *f, u64 at)
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
 * Program @prog from its first slot in the present frame, which is empty then: "values on stack and
 * in registers for the caller are not accessible to the callee" (uapi linux/bpf.h,
 * bpf_tail_call()). @body: main of a wrapped case.
 */
int vm_enter_prog(struct vm *vm, u32 prog, bool body)
{
	struct frame *f = vm_frame(vm);
	u32 window = vm->c->vecs->win_size[REGION_STACK];

	f->prog = &vm->c->progs[prog];
	f->prog_idx = prog;
	f->body = body;
	f->tail_called = prog != 0;
	if (!vm->depth)
		f->callback = false;
	fresh_stack(vm);
	vm->pc = 0;
	if (!set_function(f, 0))
		return vm_stop(vm, MODEL_BAD_JUMP, "the program has no first function");
	for (int k = 0; k < REG_FP; k++)
		vm->r[k] = UNREADABLE;
	vm->r[1] = (struct val){ 0, PTR_CTX };
	vm->r[REG_FP] = (struct val){ 0, TAG_STACK(vm->depth, f->serial) };
	if (!body)
		return MODEL_OK;
	/* The window is the stack. The frame around the body has written all of it. */
	if (window > MODEL_STACK)
		return vm_stop(vm, MODEL_DEPTH, "a stack window of %u bytes", window);
	f->deepest = window;
	f->init = NULL;
	f->lo = window > CASE_GUARD ? -(s32)(window - CASE_GUARD) : 0;
	f->stack = vm->st->win[REGION_STACK] + CASE_GUARD;
	return MODEL_OK;
}

/* A frame for the function at @at of the program that runs; r1-r5 and outgoing arguments follow. */
static int push_frame(struct vm *vm, u64 at)
{
	struct frame *caller = vm_frame(vm), *f;
	u32 replaced;

	if (vm->depth + 1 >= MODEL_FRAMES)
		return vm_stop(vm, MODEL_DEPTH, "more than %u frames", MODEL_FRAMES);
	f = caller + 1;
	f->prog = caller->prog;
	f->prog_idx = caller->prog_idx;
	if (!set_function(f, at) || !at)
		return vm_stop(vm, MODEL_BAD_CALL, "no function begins at slot %lld",
			       (long long)at);
	replaced = vm_replaced(vm, &(struct target){ .prog = f->prog_idx, .func = f->func });
	if (replaced) {
		f->prog = &vm->c->progs[replaced];
		f->prog_idx = replaced;
		at = 0;
		if (!set_function(f, at))
			return vm_stop(vm, MODEL_BAD_CALL, "the program in a function's place has no first function");
	}
	f->body = f->callback = f->tail_called = f->traced = false;
	f->own_stack = replaced;
	f->ret_pc = vm->pc;
	memcpy(f->saved, &vm->r[6], sizeof(f->saved));
	vm->depth++;
	fresh_stack(vm);
	f->in_mask = caller->out_mask & (f->nargs > 5 ? (1u << (f->nargs - 5)) - 1 : 0);
	if (f->in_mask)
		memcpy(f->in, caller->out, sizeof(f->in));
	vm->r[0] = UNREADABLE;
	for (int k = 6; k < REG_FP; k++)
		vm->r[k] = UNREADABLE;
	vm->r[REG_FP] = (struct val){ 0, TAG_STACK(vm->depth, f->serial) };
	vm->pc = at;
	return MODEL_OK;
}

/* After any call r1-r5 are unreadable, and so are the outgoing stack arguments. */
void vm_clobber(struct vm *vm)
{
	for (int k = 1; k <= 5; k++)
		vm->r[k] = UNREADABLE;
	vm_frame(vm)->out_mask = 0;
}

static void pop_frame(struct vm *vm)
{
	struct frame *f = vm_frame(vm);

	memcpy(&vm->r[6], f->saved, sizeof(f->saved));
	vm->pc = f->ret_pc;
	f->serial = 0;
	vm->depth--;
	vm->r[REG_FP] = (struct val){ 0, TAG_STACK(vm->depth, vm_frame(vm)->serial) };
	vm_clobber(vm);
}

int exec_call_subprog(struct vm *vm, const struct insn *insn)
{
	return push_frame(vm, (u64)vm->pc + (s64)insn->imm) ?: trace_enter(vm);
}

/*
 * Where a tail call was made in a subprogram, a whole program returns to the caller. Linux takes 32
 * bits of a program's result ("__u32 retval"): nothing can rely on the upper half of such an r0.
 */
static void return_from_program(struct vm *vm)
{
	if (!vm->r[0].tag && vm->r[0].v > INT32_MAX)
		vm->r[0] = UNREADABLE;
}

int exec_exit(struct vm *vm, const struct insn *insn)
{
	struct frame *f = vm_frame(vm);
	bool callback = f->callback;
	int err;

	(void)insn;
	if (f->body)
		return vm_stop(vm, MODEL_BAD_INSN, "exit in the body of a case that is not raw");
	if (!vm->depth) {
		vm->early_exit = true;
		return FLOW_END;
	}
	if (tag_kind(vm->r[0].tag) == PTR_STACK && tag_serial(vm->r[0].tag) == f->serial)
		return vm_stop(vm, MODEL_UNDEFINED,
			       "return of a pointer into the function's own stack");
	if (f->tail_called)
		return_from_program(vm);
	err = trace_leave(vm, vm->r[0]);
	if (err)
		return err;
	pop_frame(vm);
	return callback ? FLOW_RETURN : MODEL_OK;
}

/* Helpers get r1-r5, give r0, clobber r1-r5 (abi.rst). A tail call that succeeds never returns. */
int exec_call(struct vm *vm, const struct insn *insn)
{
	u32 serial = vm_frame(vm)->serial;
	int err = call_helper(vm, insn->imm);

	if (err)
		return err;
	if (vm_frame(vm)->serial == serial)
		vm_clobber(vm);
	return MODEL_OK;
}

/*
 * "Immediately terminating its execution and unwinding the stack": the program returns the cookie, or what the exception
 * callback makes of it, which is called in place of main.
 */
int vm_throw(struct vm *vm)
{
	struct frame *f = &vm->frames[0];
	u64 cookie;
	int err = vm_read_scalar(vm, 1, &cookie);

	if (err)
		return err;
	for (u32 i = 0; i <= vm->depth; i++)
		if (vm->frames[i].callback || vm->frames[i].traced || (i && vm->frames[i].tail_called))
			return vm_stop(vm, MODEL_BAD_CALL, "bpf_throw() out of a callback or a traced function, or a program called in a subprogram");
	vm->depth = 0;
	f->body = false;	/* what is on its stack is not shown */
	vm->r[0] = SCALAR(cookie);
	vm->early_exit = true;
	for (u32 i = 1; i < f->prog->nfuncs; i++) {
		if (!(f->prog->funcs[i].flags & FUNC_EXCEPTION))
			continue;
		set_function(f, f->prog->funcs[i].start);
		fresh_stack(vm);
		for (int k = 0; k < REG_FP; k++)
			vm->r[k] = UNREADABLE;
		vm->r[1] = SCALAR(cookie);
		vm->r[REG_FP] = (struct val){ 0, TAG_STACK(0, f->serial) };
		vm->pc = f->func_start;
		return MODEL_OK;
	}
	return FLOW_END;
}

/* A helper calls @func with @args; *@ret is what it returns. r6-r9 stay as they are. */
int vm_callback(struct vm *vm, struct val func, const struct val *args, int nargs, u64 *ret)
{
	u32 pc = vm->pc, at = vm->at;
	int flow;

	if (tag_kind(func.tag) != PTR_FUNC || tag_prog(func.tag) != vm_frame(vm)->prog_idx)
		return vm_stop(vm, MODEL_BAD_CALL,
			       "the callback is not a function of this program");
	flow = push_frame(vm, func.v);
	if (flow)
		return flow;
	vm_frame(vm)->callback = true;
	for (int k = 1; k <= 5; k++)
		vm->r[k] = k <= nargs ? args[k - 1] : UNREADABLE;
	flow = trace_enter(vm);
	if (flow)
		return flow;
	flow = vm_run(vm);
	if (flow != FLOW_RETURN)
		return flow;
	vm->pc = pc;
	vm->at = at;
	return vm_read_scalar(vm, 0, ret);
}

/* *(u64 *)(r11 + 8 * k): argument 5 + k of the function that runs. */
int stack_arg_load(struct vm *vm, const struct insn *insn)
{
	u32 k = insn->off / 8 - 1;
	const struct frame *f = vm_frame(vm);

	if (k >= STACK_ARGS)
		return vm_stop(vm, MODEL_BAD_ACCESS, "no argument %u", k + 6);
	if (!(f->in_mask >> k & 1))
		return vm_stop(vm, MODEL_UNDEFINED, "argument %u was not passed", k + 6);
	return vm_write(vm, insn->dst, f->in[k]);
}

/* *(u64 *)(r11 - 8 * k) = …: argument 5 + k of the next call. */
int stack_arg_store(struct vm *vm, const struct insn *insn, struct val val)
{
	u32 k = -insn->off / 8 - 1;
	struct frame *f = vm_frame(vm);

	if (k >= STACK_ARGS)
		return vm_stop(vm, MODEL_BAD_ACCESS, "no argument %u", k + 6);
	f->out[k] = val;
	f->out_mask |= 1 << k;
	return MODEL_OK;
}
