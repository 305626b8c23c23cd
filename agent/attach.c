// SPDX-License-Identifier: GPL-2.0
/* Programs attached to functions: of the kernel, or of other programs of the request. */
#include "agent/attach.h"
#include "agent/insns.h"
#include "agent/kfunc.h"
#include "agent/struct_ops.h"
#include "agent/sysctl.h"

static int is_multi(u32 attach)
{
	return attach >= WIRE_ATTACH_FENTRY_MULTI && attach <= WIRE_ATTACH_FSESSION_MULTI;
}

/* The kernel learns the functions from the link, not from the load. */
static void prepare_multi(struct prog *p)
{
	p->ids[0] = kfunc_id(p->func);
	p->cookies[0] = p->cookie;
	for (u32 i = 0; i < p->nr_more; i++) {
		p->ids[1 + i] = kfunc_id(p->more[i].func);
		p->cookies[1 + i] = p->more[i].cookie;
	}
	p->attach_id = 0;
}

void attach_prepare(struct prog *p, int target)
{
	int to_kernel = p->target == WIRE_TO_KERNEL, replaces = p->attach == WIRE_ATTACH_FREPLACE;

	p->type = replaces ? BPF_PROG_TYPE_EXT : BPF_PROG_TYPE_TRACING;
	p->attach_type = replaces ? 0 : p->attach;
	p->attach_id = to_kernel ? kfunc_id(p->func) : (int)p->func;
	if (is_multi(p->attach))
		prepare_multi(p);
	p->attach_fd = to_kernel ? kfunc_btf() : target;
	/* the function may be called where sleeping is not allowed */
	p->flags &= ~SLEEPABLE;
	if (p->attach == WIRE_ATTACH_STRUCT_OPS)
		ops_prepare(p);
}

int attach_link(int fd, const struct prog *p)
{
	return p->attach == WIRE_ATTACH_STRUCT_OPS ? ops_link(fd, p) : link_create(fd, p);
}

/* ---- what this kernel can attach ---- */

/* Attach @p to the function of a program, or replace it: 0 or -errno. */
static int attach_once(struct prog *p, int target)
{
	int fd, link;

	attach_prepare(p, target);
	fd = prog_load(p, 0, NULL);
	if (fd < 0)
		return fd;
	link = attach_link(fd, p);
	close(fd);
	if (link < 0)
		return link;
	close(link);
	return 0;
}

int attach_probe_kernel(u32 attach, u32 kfunc)
{
	const struct wire_more more = { .func = kfunc + 1 };
	static const struct bpf_insn insns[] = { MOV(0, 0), EXIT() };
	struct prog p = {
		.insns = insns,
		.nr_insns = ARRAY_SIZE(insns),
		.btf_fd = -1,
		.attach = attach,
		.target = WIRE_TO_KERNEL,
		.func = kfunc,
		.more = &more,
		.nr_more = is_multi(attach),
	};
	int err;

	if (kfunc_btf() < 0)
		return -ENOENT;
	err = engine_set(WIRE_JIT);
	return err ? err : attach_once(&p, -1);
}

int attach_probe_prog(u32 attach, int btf, const struct probe_types *t)
{
	static const struct bpf_insn target[] = { MOV(1, 0), CALL(1), EXIT(), MOV(0, 0), EXIT() };
	static const struct bpf_insn insns[] = { MOV(0, 0), EXIT() };
	const struct bpf_func_info funcs[] = { { 0, t->main }, { 3, t->func } };
	const struct bpf_func_info replacement[] = { { 0, t->func } };
	struct prog p = {
		.insns = target,
		.nr_insns = ARRAY_SIZE(target),
		.type = BPF_PROG_TYPE_SYSCALL,
		.flags = SLEEPABLE,
		.btf_fd = btf,
		.funcs = funcs,
		.nr_funcs = ARRAY_SIZE(funcs),
	};
	int fd, err;

	err = engine_set(WIRE_JIT);
	if (err)
		return err;
	fd = prog_load(&p, 0, NULL);
	if (fd < 0)
		return fd;
	p = (struct prog){
		.insns = insns,
		.nr_insns = ARRAY_SIZE(insns),
		.attach = attach,
		.func = t->func,
		.btf_fd = -1,
	};
	if (attach == WIRE_ATTACH_FREPLACE) {
		p.btf_fd = btf;
		p.funcs = replacement;
		p.nr_funcs = ARRAY_SIZE(replacement);
	}
	err = attach_once(&p, fd);
	close(fd);
	return err;
}
