// SPDX-License-Identifier: GPL-2.0
/* What this kernel can do: each capability is probed by loading a tiny program. */
#include <linux/btf.h>
#include <linux/filter.h>
#include "agent/arena.h"
#include "agent/attach.h"
#include "agent/base.h"
#include "agent/beside.h"
#include "agent/bpf.h"
#include "agent/caps.h"
#include "agent/classic.h"
#include "agent/errnum.h"
#include "agent/insns.h"
#include "agent/io.h"
#include "agent/kcov.h"
#include "agent/kfunc.h"
#include "agent/raw.h"
#include "agent/sysctl.h"
#include "agent/user.h"
#include "proto/checkjit_kfunc.h"

#define ST64(dst, off, imm)		INSN(BPF_ST | BPF_MEM | BPF_DW, dst, 0, off, imm)
#define LDX(size, dst, src, off)	INSN(BPF_LDX | BPF_MEM | (size), dst, src, off, 0)
#define ATOMIC(size, dst, src, off, op) INSN(BPF_STX | BPF_ATOMIC | (size), dst, src, off, op)
#define HELPER(id)			INSN(BPF_JMP | BPF_CALL, 0, 0, 0, id)

#define KFUNC(nr)	    INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, KFUNC_BASE + (nr))
#define LD64(dst, src, imm) INSN(BPF_LD | BPF_IMM | BPF_DW, dst, src, 0, imm), INSN(0, 0, 0, 0, 0)

#define PARAMS		11 /* r11, the base of stack arguments */
#define LOAD_ACQUIRE	0x100
#define JMP_JCOND	0xe0 /* may_goto */
#define RND_HI32	(1u << 2)
#define INSN_ARRAY_SLOT 5

#define MAY_GOTO MOV(0, 1), INSN(BPF_JMP | JMP_JCOND, 0, 0, 1, 0), MOV(0, 2), EXIT()

enum where {
	ANY, /* any engine accepts it */
	INTERP,
	JIT,
	UNPRIV,
};

enum shape {
	PLAIN,
	FUNCS = 1 << 0,	       /* BTF and func_info for main and one static function */
	VOID = 1 << 1,	       /* with FUNCS: that function is global and returns nothing */
	IO_MAP = 1 << 2,       /* fd_array[0] is the I/O map */
	PROG_ARRAY = 1 << 3,   /* fd_array[0] is an empty prog_array */
	INSN_ARRAY = 1 << 4,   /* fd_array[0] is an insn_array of one: slot INSN_ARRAY_SLOT */
	ARENA = 1 << 5,	       /* fd_array[0] is the arena */
	PERCPU_ARRAY = 1 << 6, /* fd_array[0] is a percpu_array of one value */
};

struct probe {
	enum cap cap;
	enum where where;
	enum shape shape;
	u32 type; /* BPF_PROG_TYPE_*, 0: SYSCALL */
	u32 flags;
	u32 func, nargs; /* FUNCS: where the function begins, and its arguments */
	struct bpf_insn insns[16];
};

static const struct probe probes[] = {
	{ CAP_BTF, ANY, FUNCS, .func = 3, .nargs = 1,
	  .insns = { MOV(1, 0), CALL(1), EXIT(), MOV(0, 0), EXIT() } },
	{ CAP_SDIV, ANY,
	  .insns = { MOV(0, 7), MOV(1, -2), INSN(BPF_ALU64 | BPF_DIV | BPF_X, 0, 1, 1, 0),
		     EXIT() } },
	{ CAP_MOVSX, ANY,
	  .insns = { MOV(1, 0x80), INSN(BPF_ALU64 | BPF_MOV | BPF_X, 0, 1, 8, 0), EXIT() } },
	{ CAP_MEMSX, ANY,
	  .insns = { ST64(10, -8, 0), INSN(BPF_LDX | 0x80 | BPF_B, 0, 10, -8, 0), EXIT() } },
	{ CAP_BSWAP, ANY,
	  .insns = { MOV(0, 1), INSN(BPF_ALU64 | BPF_END | BPF_TO_LE, 0, 0, 0, 32), EXIT() } },
	{ CAP_GOTOL, ANY, .insns = { MOV(0, 1), INSN(BPF_JMP32 | BPF_JA, 0, 0, 0, 0), EXIT() } },
	{ CAP_MAY_GOTO, ANY, .insns = { MAY_GOTO } },
	{ CAP_MAY_GOTO_LONG, JIT, .insns = { MAY_GOTO } },
	{ CAP_ATOMIC32, ANY,
	  .insns = { ST64(10, -8, 0), MOV(0, 1), ATOMIC(BPF_W, 10, 0, -8, BPF_ADD | BPF_FETCH),
		     EXIT() } },
	{ CAP_ATOMIC64, ANY,
	  .insns = { ST64(10, -8, 0), MOV(0, 1), ATOMIC(BPF_DW, 10, 0, -8, BPF_ADD | BPF_FETCH),
		     EXIT() } },
	{ CAP_LOAD_ACQ, ANY,
	  .insns = { ST64(10, -8, 0), ATOMIC(BPF_W, 0, 10, -8, LOAD_ACQUIRE), EXIT() } },
	{ CAP_LOAD_ACQ64, ANY,
	  .insns = { ST64(10, -8, 0), ATOMIC(BPF_DW, 0, 10, -8, LOAD_ACQUIRE), EXIT() } },
	{ CAP_CALLS, ANY, .insns = { MOV(1, 0), CALL(1), EXIT(), MOV(0, 0), EXIT() } },
	/* flags from the ctx keep the verifier from inlining the loop */
	{ CAP_CALLBACKS, JIT, FUNCS, .func = 8, .nargs = 2,
	  .insns = { LDX(BPF_DW, 4, 1, 0), MOV(1, 1), LD64(2, BPF_PSEUDO_FUNC, 5), MOV(3, 0),
		     HELPER(BPF_FUNC_loop), MOV(0, 0), EXIT(), MOV(0, 0), EXIT() } },
	{ CAP_INTERP_CALLBACKS, INTERP, FUNCS, .func = 8, .nargs = 2,
	  .insns = { LDX(BPF_DW, 4, 1, 0), MOV(1, 1), LD64(2, BPF_PSEUDO_FUNC, 5), MOV(3, 0),
		     HELPER(BPF_FUNC_loop), MOV(0, 0), EXIT(), MOV(0, 0), EXIT() } },
	{ CAP_STACK_ARGS, JIT, FUNCS, .func = 8, .nargs = 6,
	  .insns = { ST64(PARAMS, -8, 6), MOV(1, 1), MOV(2, 2), MOV(3, 3), MOV(4, 4), MOV(5, 5),
		     CALL(1), EXIT(), LDX(BPF_DW, 0, PARAMS, 8), EXIT() } },
	{ CAP_SUBPROG_TAILCALLS, JIT, FUNCS | PROG_ARRAY, .func = 2, .nargs = 1,
	  .insns = { CALL(1), EXIT(), LD64(2, BPF_PSEUDO_MAP_IDX, 0), MOV(3, 0),
		     HELPER(BPF_FUNC_tail_call), MOV(0, 0), EXIT() } },
	{ CAP_TAILCALLS, ANY, PROG_ARRAY,
	  .insns = { LD64(2, BPF_PSEUDO_MAP_IDX, 0), MOV(3, 0), HELPER(BPF_FUNC_tail_call),
		     MOV(0, 0), EXIT() } },
	{ CAP_EFFICIENT_UNALIGNED, ANY, IO_MAP,
	  .insns = { LD64(1, BPF_PSEUDO_MAP_IDX_VALUE, 0), LDX(BPF_W, 0, 1, 1), EXIT() } },
	{ CAP_CURRENT_TASK, ANY,
	  .insns = { HELPER(BPF_FUNC_get_current_task), MOV(0, 0), EXIT() } },
	{ CAP_RAW_TP, ANY, .type = BPF_PROG_TYPE_RAW_TRACEPOINT, .insns = { MOV(0, 1), EXIT() } },
	{ CAP_SOCKET, ANY, .type = BPF_PROG_TYPE_SOCKET_FILTER,
	  .insns = { INSN(BPF_ALU64 | BPF_MOV | BPF_X, 6, 1, 0, 0),
		     INSN(BPF_LD | BPF_ABS | BPF_B, 0, 0, 0, 0), EXIT() } },
	{ CAP_XDP, ANY, .type = BPF_PROG_TYPE_XDP, .insns = { LDX(BPF_W, 0, 1, 12), EXIT() } },
	{ CAP_KFUNC, JIT, .insns = { MOV(1, 1), KFUNC(KFUNC_checkjit_u64x1), EXIT() } },
	{ CAP_ITER_NUM, JIT,
	  .insns = { INSN(BPF_ALU64 | BPF_MOV | BPF_X, 6, 10, 0, 0),
		     INSN(BPF_ALU64 | BPF_ADD | BPF_K, 6, 0, 0, -8),
		     INSN(BPF_ALU64 | BPF_MOV | BPF_X, 1, 6, 0, 0), MOV(2, 0), MOV(3, 0),
		     KFUNC(KFUNC_bpf_iter_num_new), INSN(BPF_ALU64 | BPF_MOV | BPF_X, 1, 6, 0, 0),
		     KFUNC(KFUNC_bpf_iter_num_destroy), MOV(0, 0), EXIT() } },
	{ CAP_PROBE_MEM, JIT,
	  .insns = { MOV(1, 0), MOV(2, 0), KFUNC(KFUNC_bpf_rdonly_cast), LDX(BPF_DW, 0, 0, 0),
		     EXIT() } },
	{ CAP_EXCEPTIONS, JIT, .insns = { MOV(1, 0), KFUNC(KFUNC_bpf_throw), EXIT() } },
	{ CAP_PERCPU_ADDR, JIT, PERCPU_ARRAY,
	  .insns = { LD64(1, BPF_PSEUDO_MAP_IDX_VALUE, 0), LDX(BPF_DW, 0, 1, 0), EXIT() } },
	/* both paths lead to an exit */
	{ CAP_GOTOX, JIT, INSN_ARRAY,
	  .insns = { LD64(1, BPF_PSEUDO_MAP_IDX_VALUE, 0), LDX(BPF_DW, 1, 1, 0), MOV(0, 1),
		     INSN(BPF_JMP | BPF_JA | BPF_X, 1, 0, 0, 0), EXIT() } },
	{ CAP_NE_BOUNDS, ANY, IO_MAP,
	  .insns = { LD64(1, BPF_PSEUDO_MAP_IDX_VALUE, 0), LDX(BPF_DW, 2, 1, 0), MOV(0, 0),
		     INSN(BPF_ALU64 | BPF_AND | BPF_K, 2, 0, 0, 7),
		     INSN(BPF_JMP | BPF_JEQ | BPF_K, 2, 0, 2, 0),
		     INSN(BPF_ALU64 | BPF_ADD | BPF_X, 1, 2, 0, 0), LDX(BPF_B, 0, 1, -1),
		     EXIT() } },
	{ CAP_CTX_ST, ANY,
	  .insns = { INSN(BPF_ST | BPF_MEM | BPF_B, 1, 0, 0, 1), MOV(0, 0), EXIT() } },
	{ CAP_GLOBAL_VOID, ANY, FUNCS | VOID, .func = 4, .nargs = 1,
	  .insns = { MOV(1, 0), CALL(2), MOV(0, 0), EXIT(), EXIT() } },
	/* where r2 is 0, r1 is a number, but only a speculating machine loads from it */
	{ CAP_UNPRIV_NOSPEC, UNPRIV, IO_MAP, .type = BPF_PROG_TYPE_SOCKET_FILTER,
	  .insns = { LD64(1, BPF_PSEUDO_MAP_IDX_VALUE, 0), LDX(BPF_DW, 2, 1, 0), MOV(0, 0),
		     INSN(BPF_JMP | BPF_JNE | BPF_K, 2, 0, 1, 0), MOV(1, 0),
		     INSN(BPF_JMP | BPF_JEQ | BPF_K, 2, 0, 1, 0), LDX(BPF_B, 0, 1, 0), EXIT() } },
	/* a JIT may lack what makes the map useful */
	{ CAP_ARENA, JIT, ARENA,
	  .insns = { LD64(1, BPF_PSEUDO_MAP_IDX, 0), MOV(2, 0),
		     INSN(BPF_ALU64 | BPF_MOV | BPF_X, 2, 2, 1, 1), LDX(BPF_W, 0, 2, 0), EXIT() } },
	{ CAP_ARENA_MEMSX, JIT, ARENA,
	  .insns = { LD64(1, BPF_PSEUDO_MAP_IDX, 0), MOV(2, 0),
		     INSN(BPF_ALU64 | BPF_MOV | BPF_X, 2, 2, 1, 1),
		     INSN(BPF_LDX | 0x80 | BPF_B, 0, 2, 0, 0), EXIT() } },
	{ CAP_RND_HI32, ANY, .flags = RND_HI32, .insns = { MOV(0, 1), EXIT() } },
};

enum { ID_INT = 1, ID_PTR, ID_PROTO_MAIN, ID_PROTO_FUNC, ID_MAIN, ID_FUNC };

/*
 * BTF of "int main(void *a)" and "int func(long a, ...)" in this machine's byte order; @func_ret:
 * ID_INT, or 0 for void.
 */
static u32 make_btf(u8 *buf, u32 nargs, u32 linkage, u32 func_ret)
{
	static const char strings[] = "\0int\0main\0func\0a";
	enum { STR_INT = 1, STR_MAIN = 5, STR_FUNC = 10, STR_A = 15 };
	struct btf_header *h = (struct btf_header *)buf;
	u32 *t = (u32 *)(h + 1);

#define TYPE(name, kind, vlen, size) (*t++ = (name), *t++ = (kind) << 24 | (vlen), *t++ = (size))
	TYPE(STR_INT, BTF_KIND_INT, 0, 8);
	*t++ = BTF_INT_SIGNED << 24 | 64;
	TYPE(0, BTF_KIND_PTR, 0, 0);
	TYPE(0, BTF_KIND_FUNC_PROTO, 1, ID_INT);
	*t++ = STR_A, *t++ = ID_PTR;
	TYPE(0, BTF_KIND_FUNC_PROTO, nargs, func_ret);
	for (u32 i = 0; i < nargs; i++)
		*t++ = STR_A, *t++ = ID_INT;
	TYPE(STR_MAIN, BTF_KIND_FUNC, BTF_FUNC_STATIC, ID_PROTO_MAIN);
	TYPE(STR_FUNC, BTF_KIND_FUNC, linkage, ID_PROTO_FUNC);
#undef TYPE
	memset(h, 0, sizeof(*h));
	h->magic = BTF_MAGIC;
	h->version = BTF_VERSION;
	h->hdr_len = sizeof(*h);
	h->type_len = (u8 *)t - (u8 *)(h + 1);
	h->str_off = h->type_len;
	h->str_len = sizeof(strings);
	memcpy(t, strings, sizeof(strings));
	return (u8 *)t + sizeof(strings) - buf;
}

static int load_with(const struct probe *pr, enum wire_engine engine, int map, int btf)
{
	const struct bpf_func_info funcs[] = { { 0, ID_MAIN }, { pr->func, ID_FUNC } };
	const int fds[] = { map, kfunc_btf() };
	struct bpf_insn insns[ARRAY_SIZE(pr->insns)];
	struct prog p = {
		.insns = insns,
		.type = pr->type ? pr->type : BPF_PROG_TYPE_SYSCALL,
		.flags = (pr->type ? 0 : SLEEPABLE) | pr->flags |
			 ENGINE_LOAD_FLAGS(engine_flags(engine)),
		.fd_array = fds,
		.funcs = funcs,
		.nr_funcs = pr->shape & FUNCS ? 2 : 0,
		.btf_fd = btf,
		.unprivileged = is_unpriv(engine),
	};
	int err;

	err = engine_set(engine);
	if (err)
		return err;
	memcpy(insns, pr->insns, sizeof(insns));
	kfunc_resolve(insns, ARRAY_SIZE(insns), 1);
	/* the last insn of every probe is an exit */
	for (u32 i = 0; i < ARRAY_SIZE(pr->insns); i++)
		if (pr->insns[i].code == (BPF_JMP | BPF_EXIT))
			p.nr_insns = i + 1;
	return prog_load(&p, 0, NULL);
}

static int make_insn_array(void)
{
	static const struct wire_map insn_array = { WIRE_INSN_ARRAY, 4, 16, 1, 0, 0 };
	static const u32 key, value[4] = { INSN_ARRAY_SLOT };
	int fd = map_create(&insn_array, 0), err;

	if (fd < 0)
		return fd;
	err = map_update(fd, &key, value);
	if (!err)
		err = map_freeze(fd);
	if (err)
		close(fd);
	return err ? err : fd;
}

static int probe_attach(u32 attach)
{
	static const struct probe_types types = { ID_MAIN, ID_FUNC };
	static u8 buf[512] __attribute__((aligned(8)));
	int btf = btf_load(buf, make_btf(buf, 1, BTF_FUNC_GLOBAL, ID_INT), NULL), err;

	if (btf < 0)
		return btf;
	err = attach_probe_prog(attach, btf, &types);
	close(btf);
	return err;
}

/* The map that fd_array[0] of a probe names, or -errno. *@own: the caller closes it. */
static int probe_map(const struct probe *pr, bool *own)
{
	static const struct wire_map prog_array = { BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 1, 0, 0 };
	static const struct wire_map percpu_array = { BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, 1, 0, 0 };

	*own = true;
	if (pr->shape & PROG_ARRAY)
		return map_create(&prog_array, 0);
	if (pr->shape & PERCPU_ARRAY)
		return map_create(&percpu_array, 0);
	if (pr->shape & INSN_ARRAY)
		return make_insn_array();
	if (pr->shape & ARENA)
		return arena_open();
	*own = false;
	return io_fd();
}

static int probe_btf(const struct probe *pr)
{
	static u8 buf[512] __attribute__((aligned(8)));
	u32 len = pr->shape & VOID ? make_btf(buf, pr->nargs, BTF_FUNC_GLOBAL, 0)
				   : make_btf(buf, pr->nargs, BTF_FUNC_STATIC, ID_INT);

	return btf_load(buf, len, NULL);
}

static int probe_shape(const struct probe *pr, enum wire_engine engine)
{
	int map, btf = -1, fd;
	bool own;

	map = probe_map(pr, &own);
	if (map < 0)
		return map;
	if (pr->shape & FUNCS)
		btf = probe_btf(pr);
	fd = pr->shape & FUNCS && btf < 0 ? btf : load_with(pr, engine, map, btf);
	if (fd >= 0)
		close(fd);
	if (btf >= 0)
		close(btf);
	if (own)
		close(map);
	return fd < 0 ? fd : 0;
}

static int probe(const struct probe *pr)
{
	int err, jit_err;

	if (pr->where == JIT)
		return probe_shape(pr, WIRE_JIT);
	if (pr->where == UNPRIV)
		return probe_shape(pr, WIRE_JIT_UNPRIV);
	err = probe_shape(pr, WIRE_INTERP);
	if (!err || pr->where == INTERP)
		return err;
	jit_err = probe_shape(pr, WIRE_JIT);
	return jit_err == -ENOENT ? err : jit_err;
}

/* Load and run a program with an immediate on @engine; @info has its sizes. */
static int probe_engine(enum wire_engine engine, struct bpf_prog_info *info)
{
	const struct probe pr = {
		.type = is_unpriv(engine) ? BPF_PROG_TYPE_SOCKET_FILTER : 0,
		.insns = { MOV(0, 0x1234), EXIT() },
	};
	union bpf_attr attr;
	static u8 packet[MAC_HEADER + 8];
	int fd, err;

	memset(info, 0, sizeof(*info));
	fd = load_with(&pr, engine, io_fd(), -1);
	if (fd < 0)
		return fd;
	err = prog_info(fd, info);
	if (!err) {
		test_run_prepare(&attr, fd, pr.type ? pr.type : BPF_PROG_TYPE_SYSCALL,
				 pr.type ? packet + MAC_HEADER : NULL, 0);
		err = test_run(&attr);
	}
	if (!err && attr.test.retval != 0x1234)
		err = -ERANGE;
	close(fd);
	return err;
}

/* Run the module's program. Returns 0 if it returns 0x1234. */
static int run_probe(void)
{
	static struct raw_run run;
	int err = raw_run(&run);

	raw_free();
	return err ? err : run.retval == 0x1234 ? 0 : -ERANGE;
}

/* The same by the raw route, which has no descriptor for prog_info(). */
static int probe_raw(enum wire_engine engine)
{
	static const struct bpf_insn insns[] = { MOV(0, 0x1234), EXIT() };
	u32 jited_len;
	int err;

	err = raw_init();
	if (!err)
		err = engine_set(engine);
	if (!err)
		err = raw_load(insns, ARRAY_SIZE(insns), &jited_len);
	if (err)
		return err;
	err = run_probe();
	if (!err && !jited_len == !!(engine_flags(engine) & ENGINE_NATIVE))
		err = -EOPNOTSUPP;
	return err;
}

/* Attach "ret #0x1234" to a socket. */
static int probe_classic(void)
{
	static const struct sock_filter insns[] = { { 0x06, 0, 0, 0x1234 } };
	u32 nr_xlated, jited_len;
	int err;

	err = raw_init();
	if (!err)
		err = classic_load((const struct bpf_insn *)insns, ARRAY_SIZE(insns), 0, &nr_xlated,
				   &jited_len);
	if (err)
		return err;
	return run_probe();
}

static void set_cap(struct wire_cap *caps, enum cap cap, int err)
{
	caps[cap].have = !err;
	caps[cap].err = errnum_wire(err);
}

/*
 * Run a program on each engine. A native one must show native code, the others none; a blinded one
 * must have changed the program.
 */
static void probe_engines(struct wire_cap *caps)
{
	static const enum cap cap_of[WIRE_NR_ENGINES] = {
#define X(name, ...) [WIRE_##name] = CAP_##name,
		CHECKJIT_ENGINES(X)
#undef X
	};
	u32 plain_len = 0; /* of the translated program on the plain JIT */

	for (enum wire_engine e = 0; e < WIRE_NR_ENGINES; e++) {
		u32 flags = engine_flags(e);
		struct bpf_prog_info info;
		int err;

		if (flags & ENGINE_RAW) {
			set_cap(caps, cap_of[e], probe_raw(e));
			continue;
		}
		err = probe_engine(e, &info);
		if (!err && !info.jited_prog_len == !!(flags & ENGINE_NATIVE))
			err = -EOPNOTSUPP;
		if (!err && flags & ENGINE_BLINDED && info.xlated_prog_len == plain_len)
			err = -EOPNOTSUPP;
		if (!err && flags == ENGINE_NATIVE)
			plain_len = info.xlated_prog_len;
		set_cap(caps, cap_of[e], err);
	}
}

/*
 * Is user space in the lower half of the addresses and the kernel in the upper half? The address of
 * a map value answers. Trying a load would kill this guest if the kernel lacks the check.
 */
static int probe_user(void)
{
	static const struct probe pr = { .insns = { LD64(1, BPF_PSEUDO_MAP_IDX_VALUE, 0), MOV(0, 1),
						    INSN(BPF_JMP | BPF_JSLT | BPF_K, 1, 0, 1, 0),
						    MOV(0, 0), EXIT() } };
	union bpf_attr attr;
	int fd = load_with(&pr, WIRE_JIT, io_fd(), -1), err;

	if (fd < 0)
		return fd;
	test_run_prepare(&attr, fd, BPF_PROG_TYPE_SYSCALL, NULL, 0);
	err = test_run(&attr);
	close(fd);
	if (err)
		return err;
	return attr.test.retval ? user_pages() : -EOPNOTSUPP;
}

/*
 * Where the JIT measures time, the verifier makes a call with a convention of the JIT's own of
 * may_goto. An interpreter cannot make it; it is reached after 65535 rounds.
 */
static int probe_interp_may_goto(void)
{
	static const struct probe pr = { .insns = { MAY_GOTO } };
	static struct bpf_insn xlated[32];
	static struct bpf_prog_info info;
	int fd = load_with(&pr, WIRE_INTERP, io_fd(), -1), err;

	if (fd < 0)
		return fd;
	memset(&info, 0, sizeof(info));
	info.xlated_prog_insns = ptr_to_u64(xlated);
	info.xlated_prog_len = sizeof(xlated);
	err = prog_info(fd, &info);
	close(fd);
	for (u32 i = 0; !err && i < info.xlated_prog_len / sizeof(*xlated); i++)
		if (xlated[i].code == (BPF_JMP | BPF_CALL))
			err = -EOPNOTSUPP;
	return err;
}

void caps_probe(struct wire_cap caps[NR_CAPS])
{
	memset(caps, 0, NR_CAPS * sizeof(*caps));
	for (u32 i = 0; i < NR_CAPS; i++) {
		caps[i].cap = i;
		caps[i].err = errnum_wire(-ENOSYS); /* this file has no probe for it */
	}
	probe_engines(caps);
	set_cap(caps, CAP_RAW_ROUTE, raw_init());
	set_cap(caps, CAP_RAW_ABI, raw_abi());
	set_cap(caps, CAP_RAW_UNGUARDED, cmdline_param("checkjit.unguarded=1") ? 0 : -EPERM);
	kfunc_init();
	for (u32 i = 0; i < ARRAY_SIZE(probes); i++)
		set_cap(caps, probes[i].cap, probe(&probes[i]));
	if (caps[CAP_PROBE_MEM].have)
		set_cap(caps, CAP_PROBE_USER, probe_user());
	else
		caps[CAP_PROBE_USER].err = caps[CAP_PROBE_MEM].err;
	set_cap(caps, CAP_TRACE_PROG,
		probe_attach(WIRE_ATTACH_FENTRY) ?: probe_attach(WIRE_ATTACH_FEXIT));
	set_cap(caps, CAP_TRACE_KERNEL,
		attach_probe_kernel(WIRE_ATTACH_FEXIT, KFUNC_BASE + KFUNC_checkjit_u64x1));
	set_cap(caps, CAP_FMOD_RET,
		attach_probe_kernel(WIRE_ATTACH_FMOD_RET, KFUNC_BASE + KFUNC_checkjit_u64x1));
	set_cap(caps, CAP_FSESSION, probe_attach(WIRE_ATTACH_FSESSION));
	set_cap(caps, CAP_TRACE_MULTI,
		attach_probe_kernel(WIRE_ATTACH_FEXIT_MULTI, KFUNC_BASE + KFUNC_checkjit_u64x1));
	set_cap(caps, CAP_TRACE_PAIR,
		attach_probe_kernel(WIRE_ATTACH_FEXIT, KFUNC_BASE + KFUNC_checkjit_in_up));
	set_cap(caps, CAP_TRACE_INT128,
		attach_probe_kernel(WIRE_ATTACH_FEXIT, KFUNC_BASE + KFUNC_checkjit_in_i));
	set_cap(caps, CAP_FREPLACE, probe_attach(WIRE_ATTACH_FREPLACE));
	set_cap(caps, CAP_STRUCT_OPS,
		attach_probe_kernel(WIRE_ATTACH_STRUCT_OPS, KFUNC_BASE + KFUNC_checkjit_in_u9));
	set_cap(caps, CAP_INTERP_MAY_GOTO, probe_interp_may_goto());
	set_cap(caps, CAP_SMP, beside_probe());
	set_cap(caps, CAP_SMP_TEXT, beside_probe_text());
	set_cap(caps, CAP_KCOV, kcov_probe());
	set_cap(caps, CAP_CLASSIC, probe_classic());
}
