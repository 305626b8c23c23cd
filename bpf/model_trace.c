// SPDX-License-Identifier: GPL-2.0
/*
 * Programs attached to functions, as Documentation/bpf and the comments of include/uapi/linux/bpf.h
 * describe them. Their context is an array of u64: the arguments of the call and then its return
 * value. A narrower argument is in the low bits of its word, whose other bits are undefined. So is
 * the order of several programs at one place.
 */
#include <errno.h>
#include <string.h>
#include "bpf/kfunc.h"
#include "bpf/model_impl.h"

/* How programs of @kind run; a link to several functions is a link to each of them. */
static enum attach_kind runs_as(enum attach_kind kind)
{
	static const u8 as[NR_ATTACH_KINDS] = {
		[ATTACH_FENTRY_MULTI] = ATTACH_FENTRY,
		[ATTACH_FEXIT_MULTI] = ATTACH_FEXIT,
		[ATTACH_FSESSION_MULTI] = ATTACH_FSESSION,
	};

	return as[kind] ? as[kind] : kind;
}

/* The cookie with which @a is attached to @t as @kind, or NULL: it is not. */
static const u64 *attached(const struct bpf_machine *m, const struct case_attach *a,
			   enum attach_kind kind, const struct attach_target *t)
{
	if (runs_as(a->kind) != kind || a->stay == ATTACH_DETACHED ||
	    (a->stay == ATTACH_CHANGING && m->luck.apart))
		return NULL;
	if (a->kfunc == t->kfunc && (a->kfunc || (a->prog == t->prog && a->func == t->func)))
		return &a->cookie;
	for (u32 i = 0; i < a->nmore; i++)
		if (a->more[i].kfunc == t->kfunc)
			return &a->more[i].cookie;
	return NULL;
}

/* The first program from @from on that is attached as @kind; 0: none. */
static u32 next_attached(const struct bpf_machine *m, enum attach_kind kind,
			 const struct attach_target *t, u32 from)
{
	for (u32 i = from; m->c->attach && i < m->c->nprogs; i++)
		if (attached(m, &m->c->attach[i], kind, t))
			return i;
	return 0;
}

/* Run @prog, which is attached to @t as @kind; *@ret is its return value. */
static int run_attached(struct bpf_machine *m, u32 prog, enum attach_kind kind,
			const struct attach_target *t, struct traced *call, struct val *ret)
{
	struct val regs[NR_REGS];
	struct traced *outer = m->trace;
	u32 pc = m->pc, at = m->at;
	struct call_frame *f;
	int flow;

	for (u32 i = 0; i <= m->depth; i++)
		if (m->frames[i].prog_idx == prog)
			return machine_stop(
				m, MODEL_UNDEFINED,
				"a program is to run while it runs: the kernel leaves it out");
	if (m->depth + 1 >= MODEL_FRAMES)
		return machine_stop(m, MODEL_DEPTH, "more than %u frames", MODEL_FRAMES);
	memcpy(regs, m->r, sizeof(regs));
	f = &m->frames[++m->depth];
	memcpy(f->saved, &m->r[6], sizeof(f->saved));
	f->ret_pc = pc;
	f->traced = false;
	flow = machine_enter_prog(m, prog, false);
	if (flow)
		return flow;
	f->callback = true;
	f->own_stack = true;
	f->tail_called = false;
	m->r[1] = kind == ATTACH_BESIDE ? UNREADABLE : (struct val){ 0, PTR_TRACE };
	m->trace = call;
	call->cookie = *attached(m, &m->c->attach[prog], kind, t);
	flow = machine_run(m);
	if (flow != FLOW_RETURN)
		return flow;
	*ret = m->r[0];
	m->trace = outer;
	m->pc = pc;
	m->at = at;
	memcpy(m->r, regs, sizeof(regs));
	return MODEL_OK;
}

static int run_kind(struct bpf_machine *m, enum attach_kind kind, const struct attach_target *t,
		    struct traced *call)
{
	struct val ret = SCALAR(0);
	int err = MODEL_OK;

	for (u32 i = next_attached(m, kind, t, 1); i && !err && !ret.tag && !ret.v;
	     i = next_attached(m, kind, t, i + 1))
		err = run_attached(m, i, kind, t, call, &ret);
	if (!err && (ret.tag || ret.v))
		return machine_stop(m, MODEL_UNDEFINED, "an attached program did not return 0");
	return err;
}

int machine_trace_before(struct bpf_machine *m, const struct attach_target *t, struct traced *call)
{
	int err = run_kind(m, ATTACH_FENTRY, t, call);

	if (err)
		return err;
	/* a session that runs before the function finds 0 as its result */
	call->returned = true;
	call->ret = SCALAR(0);
	err = run_kind(m, ATTACH_FSESSION, t, call);
	call->returned = false;
	return err;
}

/* Is @v 0 in the bits that the type of a result with @tag has? */
static bool narrow_to_0(u64 v, tag_t tag)
{
	return tag_kind(tag) == PTR_NARROW && !(v & (((u64)1 << tag_bits(tag)) - 1));
}

/*
 * If a program returns a value other than 0, the function is skipped and the value is its result.
 * It is an int: a value whose low half only is 0 is undefined.
 */
int machine_trace_modify(struct bpf_machine *m, const struct attach_target *t, struct traced *call,
			 struct val *result)
{
	u32 prog = next_attached(m, ATTACH_FMOD_RET, t, 1);
	struct val ret;
	int err;

	if (!prog)
		return MODEL_OK;
	if (next_attached(m, ATTACH_FMOD_RET, t, prog + 1))
		return machine_stop(m, MODEL_UNDEFINED,
				    "which of two programs modifies the result is open");
	call->returned = true;
	call->ret = SCALAR(0);
	err = run_attached(m, prog, ATTACH_FMOD_RET, t, call, &ret);
	call->returned = false;
	if (err)
		return err;
	if (ret.tag || (ret.v && !(u32)ret.v))
		return machine_stop(m, MODEL_UNDEFINED,
				    "a program that modifies a result returned no int");
	if (ret.v && narrow_to_0(ret.v, result->tag) && quirk_here(m->st, QUIRK_FMOD_RET_NARROW))
		return MODEL_OK;
	if (ret.v)
		result->v = ret.v; /* the defined bits are still those of the function's type */
	return MODEL_OK;
}

bool machine_has_ops(const struct bpf_machine *m, const struct attach_target *t)
{
	return next_attached(m, ATTACH_STRUCT_OPS, t, 1);
}

int machine_call_ops(struct bpf_machine *m, const struct attach_target *t, struct traced *call,
		     struct val *ret)
{
	u32 prog = next_attached(m, ATTACH_STRUCT_OPS, t, 1);
	int err = run_attached(m, prog, ATTACH_STRUCT_OPS, t, call, ret);

	if (!err && ret->tag)
		return machine_stop(m, MODEL_UNDEFINED,
				    "a program of struct_ops returned no number");
	return err;
}

int machine_trace_behind(struct bpf_machine *m, const struct attach_target *t, struct val ret,
			 struct traced *call)
{
	call->returned = true;
	call->behind = true;
	call->ret = ret;
	return run_kind(m, ATTACH_FEXIT, t, call) ?: run_kind(m, ATTACH_FSESSION, t, call);
}

u32 machine_replaced(const struct bpf_machine *m, const struct attach_target *t)
{
	return next_attached(m, ATTACH_FREPLACE, t, 1);
}

int machine_beside(struct bpf_machine *m)
{
	static const struct attach_target main = { 0 };
	u32 prog = next_attached(m, ATTACH_BESIDE, &main, 1);
	struct traced call = { 0 };
	struct val ret;

	if (!prog)
		return MODEL_OK;
	m->open = true;
	return run_attached(m, prog, ATTACH_BESIDE, &main, &call, &ret);
}

bool machine_is_traced(const struct bpf_machine *m, const struct attach_target *t)
{
	return next_attached(m, ATTACH_FENTRY, t, 1) || next_attached(m, ATTACH_FEXIT, t, 1) ||
	       next_attached(m, ATTACH_FSESSION, t, 1);
}

/* Programs return an int, unless they replace a function. */
static bool is_main(const struct func *fn, u32 func)
{
	return !func && !(fn->flags & FUNC_GLOBAL);
}

/*
 * Pointers are unknown numbers. If a static function gets a pointer where its prototype has a
 * number, the verifier distrusts the prototype and the layout of the context is undefined.
 */
static void take_args(struct bpf_machine *m, const struct func *fn, struct call_frame *f,
		      struct traced *call)
{
	for (u32 k = 0; k < fn->nargs; k++) {
		call->arg[k] = k < 5			   ? m->r[k + 1]
			       : f->in_mask >> (k - 5) & 1 ? f->in[k - 5]
							   : UNREADABLE;
		if (!call->arg[k].tag)
			continue;
		if (!f->callback)
			call->open = true;
		call->arg[k] = UNREADABLE;
	}
	call->nargs = fn->nargs;
}

int trace_enter(struct bpf_machine *m)
{
	struct call_frame *f = machine_frame(m);
	struct attach_target t = { .prog = f->prog_idx, .func = f->func };
	const struct func *fn = &f->prog->funcs[f->func];

	f->traced = machine_is_traced(m, &t);
	if (!f->traced)
		return MODEL_OK;
	f->target = t;
	f->call = (struct traced){ .open = is_main(fn, t.func),
				   .entry = TAG_TRACED_FUNC(t.prog, t.func) };
	if (!f->call.open)
		take_args(m, fn, f, &f->call);
	return machine_trace_before(m, &t, &f->call);
}

int trace_leave(struct bpf_machine *m, struct val ret)
{
	struct call_frame *f = machine_frame(m);
	const struct func *fn;

	if (!f->traced)
		return MODEL_OK;
	fn = &m->c->progs[f->target.prog].funcs[f->target.func];
	f->traced = false;
	if (fn->flags & FUNC_VOID || (ret.tag && tag_kind(ret.tag) != PTR_NARROW))
		ret = UNREADABLE;
	else if (is_main(fn, f->target.func) && !ret.tag)
		ret.tag = TAG_NARROW(32);
	if (!ret.tag && ret.v != (u64)(s32)ret.v && quirk_here(m->st, QUIRK_FEXIT_SEXT32))
		ret.v = (u64)(s32)ret.v;
	return machine_trace_behind(m, &f->target, ret, &f->call);
}

int trace_load(struct bpf_machine *m, u64 at, u32 size, struct val *out)
{
	const struct traced *call = m->trace;
	u32 k = at / 8;

	if (call && attach_is_multi(m->c->attach[machine_frame(m)->prog_idx].kind))
		return machine_stop(m, MODEL_BAD_ACCESS,
				    "the context of a link to several functions has no fields "
				    "(expected bpf_get_func_arg)");
	if (!call || call->open)
		return machine_stop(m, MODEL_UNDEFINED,
				    "the layout of main's context depends on the verifier "
				    "(expected bpf_get_func_ret)");
	if (size != 8 || at % 8 || at >= 8 * MAX_SUBPROG_ARGS || k > call->nargs ||
	    (k == call->nargs && !call->returned))
		return machine_stop(m, MODEL_BAD_ACCESS,
				    "%u bytes at %lld of the context of a call with %u arguments",
				    size, (long long)at, call->nargs);
	*out = k < call->nargs ? call->arg[k] : call->ret;
	return MODEL_OK;
}

/* ---- helpers ---- */

static int get_call(struct bpf_machine *m, const struct val *args, const struct traced **call)
{
	if (tag_kind(args[0].tag) != PTR_TRACE || args[0].v || !m->trace)
		return machine_stop(m, MODEL_BAD_CALL,
				    "r1 is not the context of an attached program");
	*call = m->trace;
	return MODEL_OK;
}

/* The number of the argument is a u32. */
int help_get_func_arg(struct bpf_machine *m, const struct val *args, struct val *ret)
{
	const struct traced *call;
	u32 n;
	int err = get_call(m, args, &call);

	if (err)
		return err;
	if (call->open || args[1].tag)
		return machine_stop(m, MODEL_UNDEFINED,
				    "which argument is meant, or how many there are");
	n = args[1].v;
	*ret = SCALAR(n < call->nargs ? 0 : neg_errno(EINVAL));
	return n < call->nargs ? machine_put(m, args[2], call->arg[n]) : machine_poison(m, args[2]);
}

int help_get_func_ret(struct bpf_machine *m, const struct val *args, struct val *ret)
{
	const struct traced *call;
	int err = get_call(m, args, &call);

	if (err)
		return err;
	*ret = SCALAR(call->returned ? 0 : neg_errno(EOPNOTSUPP));
	return call->returned ? machine_put(m, args[1], call->ret) : machine_poison(m, args[1]);
}

int help_get_func_arg_cnt(struct bpf_machine *m, const struct val *args, struct val *ret)
{
	const struct traced *call;
	int err = get_call(m, args, &call);

	if (err)
		return err;
	if (call->open)
		return machine_stop(m, MODEL_UNDEFINED,
				    "the number of main's arguments depends on the verifier");
	*ret = SCALAR(call->nargs);
	return MODEL_OK;
}

int help_get_func_ip(struct bpf_machine *m, const struct val *args, struct val *ret)
{
	const struct traced *call;
	int err = get_call(m, args, &call);

	if (!err)
		*ret = (struct val){ 0, call->entry };
	return err;
}

int help_get_attach_cookie(struct bpf_machine *m, const struct val *args, struct val *ret)
{
	const struct traced *call;
	int err = get_call(m, args, &call);

	if (!err)
		*ret = SCALAR(call->cookie);
	return err;
}

/* ---- kfuncs of sessions ---- */

static int get_session(struct bpf_machine *m, struct traced **call)
{
	const struct call_frame *f = machine_frame(m);

	if (tag_kind(m->r[1].tag) != PTR_TRACE || m->r[1].v || !m->trace ||
	    runs_as(m->c->attach[f->prog_idx].kind) != ATTACH_FSESSION)
		return machine_stop(m, MODEL_BAD_CALL,
				    "this is not a session, or r1 is not its context");
	*call = m->trace;
	return MODEL_OK;
}

/* The result is a bool, of which 8 bits are defined. */
int kfunc_session_is_return(struct bpf_machine *m, struct val *ret)
{
	struct traced *call;
	int err = get_session(m, &call);

	if (!err)
		*ret = (struct val){ call->behind, TAG_NARROW(8) };
	return err;
}

/* The address of 8 bytes for the call: 0 before it, and after it what the program stored before. */
int kfunc_session_cookie(struct bpf_machine *m, struct val *ret)
{
	struct traced *call;
	int err = get_session(m, &call);

	if (err)
		return err;
	if (call->session && call->session != machine_frame(m)->prog_idx)
		return machine_stop(m, MODEL_BAD_CALL,
				    "a second session at one function (expected one that has words "
				    "of its own)");
	call->session = machine_frame(m)->prog_idx;
	*ret = (struct val){ 0, PTR_SESSION };
	return MODEL_OK;
}
