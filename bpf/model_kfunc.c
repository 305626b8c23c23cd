// SPDX-License-Identifier: GPL-2.0
/*
 * Kfuncs: C functions of the kernel, called as Documentation/bpf/kfuncs.rst describes. An argument
 * is the register converted to the C type, whatever its upper bits are. Only the bits of its C type
 * are defined in a result.
 */
#include "bpf/kfunc.h"
#include "bpf/model_impl.h"

static u64 convert(u64 v, struct ctype t)
{
	u64 sign = (u64)1 << (t.bits - 1);

	if (t.bits == 64)
		return v;
	v &= sign | (sign - 1);
	return t.is_signed ? (v ^ sign) - sign : v;
}

/* The value that the callee finds. Quirk: a JIT need not cut what its ABI says is cut. */
static u64 passed(struct bpf_machine *m, struct val arg, struct ctype t)
{
	u64 v = convert(arg.v, t);

	if (t.bits <= 16 && !t.is_signed && !arg.tag && arg.v != v &&
	    quirk_here(m->st, QUIRK_KFUNC_NARROW_DIRTY))
		return arg.v;
	return v;
}

static struct val narrow(u64 v, u32 bits)
{
	return (struct val){ v, bits == 64 ? PTR_SCALAR : TAG_NARROW(bits) };
}

/* Argument @k from 0: r1-r5, then the stack arguments. */
static int argument(struct bpf_machine *m, u32 k, struct val *out)
{
	const struct call_frame *f = machine_frame(m);

	if (k < 5)
		return machine_read(m, k + 1, out);
	if (!(f->out_mask >> (k - 5) & 1))
		return machine_stop(m, MODEL_UNDEFINED, "argument %u was not passed", k + 1);
	*out = f->out[k - 5];
	return MODEL_OK;
}

static int mix(struct bpf_machine *m, const struct kfunc *kf, struct traced *call)
{
	u64 sum = KFUNC_SEED;

	for (u32 k = 0; k < kf->nargs; k++) {
		struct val arg;
		int err = argument(m, k, &arg);

		if (err)
			return err;
		if (arg.tag &&
		    (tag_kind(arg.tag) != PTR_NARROW || tag_bits(arg.tag) < kf->args[k].bits))
			return machine_stop(m, MODEL_UNDEFINED, "argument %u is not a number",
					    k + 1);
		sum = KFUNC_STEP(sum, passed(m, arg, kf->args[k]));
		call->arg[k] = narrow(arg.v, kf->args[k].bits);
	}
	call->nargs = kf->nargs;
	call->ret = kf->ret.bits ? narrow(sum, kf->ret.bits) : UNREADABLE;
	return MODEL_OK;
}

/*
 * Quirk: the first of the eight words of checkjit_in_u7i that lie on the stack is followed by 8
 * bytes that nobody wrote, for alignment. A trampoline that does not know it takes them for the low
 * word of the integer, and passes on no high word. @sum is the function's result.
 */
#define NOBODY_WROTE 0x6e6f626f64792e2eull

static void misalign(struct bpf_machine *m, const struct attach_target *t, struct traced *call,
		     u64 *sum)
{
	enum { LOW = 7, HIGH };

	if (t->kfunc != KFUNC_BASE + KFUNC_checkjit_in_u7i || !machine_is_traced(m, t) ||
	    !quirk_here(m->st, QUIRK_TRAMP_INT128_STACK))
		return;
	*sum += NOBODY_WROTE - call->arg[HIGH].v;
	call->arg[HIGH] = call->arg[LOW];
	call->arg[LOW] = SCALAR(NOBODY_WROTE);
}

/* The call that kfunc @kf, called as @outer says, makes: of a function with other arguments. */
static int pass_on(struct bpf_machine *m, const struct kfunc *kf, const struct traced *outer,
		   struct val *ret)
{
	struct traced call = { .entry = TAG_TRACED(kf->passes - KFUNC_BASE) };
	struct attach_target t = { .kfunc = kf->passes };
	struct kfunc inner;
	u64 sum = KFUNC_SEED;

	if (!kfunc_get(kf->passes, &inner))
		return machine_stop(m, MODEL_BAD_CALL, "%s calls nothing", kf->name);
	call.nargs = inner.nargs;
	for (u32 k = 0; k < call.nargs; k++) {
		call.arg[k] =
			SCALAR(outer->arg[k % KFUNC_WIDE_ARGS].v + (k < KFUNC_WIDE_ARGS ? 0 : k));
		sum = KFUNC_STEP(sum, call.arg[k].v);
	}
	if (machine_has_ops(m, &t))
		return machine_call_ops(m, &t, &call, ret);
	misalign(m, &t, &call, &sum);
	*ret = SCALAR(sum);
	return machine_trace_before(m, &t, &call) ?: machine_trace_behind(m, &t, *ret, &call);
}

/* A call of one of our kfuncs, with the programs attached to it. */
static int call_own(struct bpf_machine *m, const struct kfunc *kf, int nr, struct val *ret)
{
	struct traced call = { .entry = TAG_TRACED(nr - KFUNC_BASE) };
	struct attach_target t = { .kfunc = nr };
	int err = mix(m, kf, &call);

	*ret = call.ret;
	return err ?: machine_trace_before(m, &t, &call) ?:
	       machine_trace_modify(m, &t, &call, ret) ?:
	       (kf->passes ? pass_on(m, kf, &call, ret) : MODEL_OK) ?:
	       machine_trace_behind(m, &t, *ret, &call);
}

/*
 * bpf_rdonly_cast(obj, 0): the same address, but any load through it is allowed. The contents of
 * the case's windows are known. Nothing is mapped at the kernel's poison (include/linux/poison.h),
 * where a load returns 0.
 */
static int rdonly_cast(struct bpf_machine *m, struct val *ret)
{
	struct val obj;
	u64 type;
	int err = machine_read(m, 1, &obj) ?: machine_read_scalar(m, 2, &type);

	if (err)
		return err;
	if (type)
		return machine_stop(m, MODEL_BAD_CALL,
				    "bpf_rdonly_cast() to a type is not modelled");
	*ret = obj;
	if (!obj.tag)
		ret->tag = PTR_ANYWHERE;
	return MODEL_OK;
}

int exec_kfunc(struct bpf_machine *m, const struct insn *insn)
{
	struct val ret = UNREADABLE;
	struct kfunc kf;
	int err;

	if (insn->off || !kfunc_get(insn->imm, &kf) || kf.inner)
		return machine_stop(m, MODEL_BAD_CALL, "kfunc %d is not modelled", insn->imm);
	if (insn->imm == KFUNC_BASE + KFUNC_bpf_throw)
		return machine_throw(m);
	switch (insn->imm - KFUNC_BASE) {
	case KFUNC_bpf_rdonly_cast:
		err = rdonly_cast(m, &ret);
		break;
	case KFUNC_bpf_session_is_return:
		err = kfunc_session_is_return(m, &ret);
		break;
	case KFUNC_bpf_iter_num_new:
		err = kfunc_iter_num_new(m, &ret);
		break;
	case KFUNC_bpf_iter_num_next:
		err = kfunc_iter_num_next(m, &ret);
		break;
	case KFUNC_bpf_iter_num_destroy:
		err = kfunc_iter_num_destroy(m);
		break;
	case KFUNC_bpf_session_cookie:
		err = kfunc_session_cookie(m, &ret);
		break;
	default:
		err = call_own(m, &kf, insn->imm, &ret);
	}
	if (err)
		return err;
	m->r[0] = ret;
	machine_clobber(m);
	return MODEL_OK;
}
