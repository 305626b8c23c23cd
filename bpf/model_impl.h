/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The machine that bpf/model*.c implement. Nothing depends on the host's byte order or word size:
 * guest memory is bytes, and a guest pointer is a pair of provenance and offset, never an address
 * of the host.
 */
#ifndef CHECKJIT_MODEL_IMPL_H
#define CHECKJIT_MODEL_IMPL_H

#include "lib/bytes.h"
#include "bpf/model.h"

#define MODEL_FRAMES	 16  /* nested functions, main included */
#define MODEL_STACK	 512 /* bytes of stack over all of them */
#define MODEL_TAIL_CALLS 33  /* uapi linux/bpf.h, bpf_tail_call() */
#define MODEL_WHY	 128 /* size of the caller's why buffer */
#define NR_REGS		 11  /* r0-r10; r11 exists only as the base of stack arguments */
#define REG_FP		 10
#define REG_PARAMS	 11
#define STACK_ARGS	 (MAX_SUBPROG_ARGS - 5)

/* What a step returns besides enum model_stop: MODEL_OK goes on. */
enum flow {
	FLOW_END = 64, /* main reached the spill, or the program its exit */
	FLOW_RETURN,   /* a callback returned to the helper that called it */
};

/* The provenance of a value. The model knows no addresses: a value is a scalar or an offset. */
enum ptr_kind {
	PTR_SCALAR,
	PTR_UNREADABLE, /* never written, or clobbered by a call */
	PTR_MEM,	/* offset from the first byte behind the guard */
	PTR_CTX,	/* likewise */
	PTR_STACK,	/* offset from r10 of a call frame: depth, serial */
	PTR_MAP,	/* a map: index in fd_array */
	PTR_MAP_VALUE,	/* offset in one value: map, entry */
	PTR_MAP_KEY,	/* offset in the key of one array element: map, entry */
	PTR_FUNC,	/* the first slot of a subprogram: program */
	PTR_ANYWHERE,	/* a number cast to a pointer, for loads: model_anywhere.c */
	PTR_INSN,	/* an instruction: its slot; program */
	PTR_NARROW,	/* a number of which only the low bits are defined: bits */
	PTR_TRACE,	/* the context of an attached program: m->trace */
	PTR_SESSION,	/* the 8 bytes of a session for a call */
	PTR_TRACED,	/* the address of a function that programs are attached to: target */
	PTR_ITER,	/* the number at which an iterator is: its index */
};

/*
 * The kind in the low 4 bits, then depth (4) and serial (24), or map (8) and entry (20), or
 * program. A scalar is 0. Serials of call frames are never reused (MODEL_MAX_STEPS is below 2^24),
 * so that dangling pointers are detected.
 */
typedef u32 tag_t;

#define TAG(kind, a, b)		    ((tag_t)(kind) | (tag_t)(a) << 4 | (tag_t)(b))
#define TAG_STACK(depth, ser)	    TAG(PTR_STACK, depth, (tag_t)(ser) << 8)
#define TAG_MAP(map)		    TAG(PTR_MAP, map, 0)
#define TAG_VALUE(map, entry)	    TAG(PTR_MAP_VALUE, map, (tag_t)(entry) << 12)
#define TAG_KEY(map, entry)	    TAG(PTR_MAP_KEY, map, (tag_t)(entry) << 12)
#define TAG_FUNC(prog)		    TAG(PTR_FUNC, prog, 0)
#define TAG_INSN(prog)		    TAG(PTR_INSN, prog, 0)
#define TAG_NARROW(bits)	    TAG(PTR_NARROW, bits, 0)
#define TAG_ITER(i)		    TAG(PTR_ITER, i, 0)
#define TAG_TRACED(kfunc)	    TAG(PTR_TRACED, kfunc, 0)
#define TAG_TRACED_FUNC(prog, func) TAG(PTR_TRACED, (prog) + 1, (tag_t)((func) + 1) << 16)

static inline enum ptr_kind tag_kind(tag_t t)
{
	return t & 0xf;
}

static inline u32 tag_depth(tag_t t)
{
	return t >> 4 & 0xf;
}

static inline u32 tag_serial(tag_t t)
{
	return t >> 8;
}

static inline u32 tag_map(tag_t t)
{
	return t >> 4 & 0xff;
}

static inline u32 tag_entry(tag_t t)
{
	return t >> 12;
}

static inline u32 tag_prog(tag_t t)
{
	return t >> 4;
}

static inline u32 tag_bits(tag_t t)
{
	return t >> 4;
}

struct val {
	u64 v;
	tag_t tag;
};

#define SCALAR(x)  ((struct val){ .v = (x), .tag = PTR_SCALAR })
#define UNREADABLE ((struct val){ .v = 0, .tag = PTR_UNREADABLE })

/*
 * The provenance of stored values, one tag for 8 bytes. Valid if @used, so that runs need not clear
 * it.
 */
struct shadow {
	bool used;
	tag_t tag[CASE_MAX_WINDOW / 8];
};

/* A function that programs are attached to: a kfunc, or @func of a program of the case. */
struct attach_target {
	int kfunc;
	u32 prog, func;
};

/* A call of such a function. */
struct traced {
	struct val arg[MAX_SUBPROG_ARGS], ret;
	u32 nargs;
	bool returned; /* @ret is valid */
	bool open;     /* the layout of main's context is unknown */
	bool behind;   /* the function has returned */
	u32 session;   /* the program to which @bytes belong */
	u8 bytes[8];
	u64 cookie;
	tag_t entry; /* the function's address */
};

struct call_frame {
	const struct code *prog;
	u32 prog_idx;
	u32 func_start, func_end; /* slots of the function that runs */
	u32 func;		  /* its number in @prog */
	u32 nargs;
	u32 ret_pc;	     /* in the caller */
	struct val saved[4]; /* the caller's r6-r9 */
	u32 serial;
	u32 rounds;  /* of may_goto */
	u32 deepest; /* bytes of stack touched, a multiple of 8 */
	bool callback;
	bool own_stack;	  /* an attached program, which does not use its callers' stack */
	bool tail_called; /* it returns for the function that made the tail call */
	bool body;	  /* main of a wrapped case: its stack is the window */
	bool traced;	  /* a call of @target, which programs are attached to */
	struct attach_target target;
	struct traced call;
	u8 in_mask, out_mask; /* stack arguments that are set */
	struct val in[STACK_ARGS], out[STACK_ARGS];
	u8 *stack; /* the byte at offset @lo from r10 */
	s32 lo;
	u64 *init; /* bit per byte: it was written; NULL: all were */
	struct shadow shadow;
	u64 init_bits[MODEL_STACK / 64];
	u8 bytes[MODEL_STACK];
};

struct map_state;

/*
 * The rounds that may_goto grants a function. Kernels that count grant 8388608. Those that measure
 * look at the clock after each 65535, for the first time to begin the quarter of a second: every
 * kernel grants 131070.
 */
#define TIMED_ROUNDS	65535u
#define ROUNDS_FEW	130000u
#define ROUNDS_MANY	240000u
#define BUDGET_NS	250000000u
#define UNKNOWN_ADDRESS 0xfffffffffeedf00dull /* a case may only find out that it differs */

#define FIELDS_SIZE 72 /* bytes of a context of the kernel's that the model knows, at most */

struct luck {
	u32 rounds;
	u64 clock;	  /* ns at the start */
	bool beside_last; /* what runs beside main runs after it, not before */
	bool apart;	  /* programs that are changing are not attached */
};

#define MODEL_ITERS 4

/* An iterator over numbers (bpf/model_iter.c). */
struct num_iter {
	bool live;
	struct val at; /* its address */
	s64 next, end;
	u8 value[4]; /* target of PTR_ITER */
};

struct bpf_machine {
	const struct bpf_case *c;
	u32 vec;
	enum byte_order order;
	int word_bits;
	struct model_state *st;
	char *why;
	model_step_fn *step; /* or NULL */
	model_view_fn *view; /* or NULL */
	void *step_ctx;

	struct val r[NR_REGS];
	u32 pc; /* of the next instruction */
	u32 at; /* of the current one, for messages */
	u32 steps, max_steps;
	u32 depth; /* frames in use - 1 */
	u32 serials;
	u32 tail_calls;
	struct val r0_before; /* r0 of the program before a tail call: for quirks */
	struct luck luck;
	bool open; /* model_state.open */
	bool early_exit;
	struct map_state *maps; /* c->nmaps, or NULL: none touched yet */
	struct shadow mem, ctx;
	struct traced *trace; /* target of PTR_TRACE */
	u8 key[8];	      /* target of PTR_MAP_KEY */
	struct num_iter iters[MODEL_ITERS];
	u8 fields[FIELDS_SIZE]; /* case_type_has_fields() */
	u64 fields_init[(FIELDS_SIZE + 63) / 64];
	struct call_frame frames[MODEL_FRAMES];
};

/*
 * Note where and why the model stops. machine_stop() returns @stop, which the compiler sees is not
 * 0.
 */
void machine_note(struct bpf_machine *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
#define machine_stop(m, stop, ...) (machine_note(m, __VA_ARGS__), (int)(stop))

static inline struct call_frame *machine_frame(struct bpf_machine *m)
{
	return &m->frames[m->depth];
}

/* ---- model.c ---- */
int machine_read(struct bpf_machine *m, u8 reg, struct val *out);
int machine_read_scalar(struct bpf_machine *m, u8 reg, u64 *out);
int machine_write(struct bpf_machine *m, u8 reg, struct val val);
int machine_jump(struct bpf_machine *m, s64 delta); /* in slots, from the following instruction */
int machine_run(struct bpf_machine *m);		    /* until a stop or an enum flow */

/* ---- model_alu.c ---- */
int exec_alu(struct bpf_machine *m, const struct insn *insn);
int exec_addr_space_cast(struct bpf_machine *m, const struct insn *insn);
int exec_movsx(struct bpf_machine *m, const struct insn *insn);
int exec_end(struct bpf_machine *m, const struct insn *insn);
int exec_cond_jump(struct bpf_machine *m, const struct insn *insn);

/* ---- model_mem.c ---- */
int exec_ldx(struct bpf_machine *m, const struct insn *insn);
int exec_st(struct bpf_machine *m, const struct insn *insn);
int exec_stx(struct bpf_machine *m, const struct insn *insn);
int exec_atomic(struct bpf_machine *m, const struct insn *insn);
int exec_load_acquire(struct bpf_machine *m, const struct insn *insn);
int exec_store_release(struct bpf_machine *m, const struct insn *insn);

/* Copy @size bytes at @ptr for helpers. Bytes that are read must be initialized and no pointers. */
int machine_copy_in(struct bpf_machine *m, struct val ptr, u32 size, u8 *buf);
int machine_copy_out(struct bpf_machine *m, struct val ptr, u32 size, const u8 *buf);
/* A helper wrote 8 bytes of undocumented value at @ptr. */
int machine_poison(struct bpf_machine *m, struct val ptr);
/* A helper wrote @val, 8 bytes, at @ptr. */
int machine_put(struct bpf_machine *m, struct val ptr, struct val val);

/* Returns how many bytes @insn loads or stores. */
u32 access_size(const struct insn *insn);
/* Returns @v, just loaded by @insn, as its register holds it. */
u64 load_extend(const struct insn *insn, u64 v);

/* ---- model_anywhere.c ---- */
int load_anywhere(struct bpf_machine *m, const struct insn *insn,
		  u64 addr); /* @addr was cast to a pointer */

/* ---- model_packet.c ---- */
int exec_packet_load(struct bpf_machine *m, const struct insn *insn);

/* ---- model_fields.c: case_type_has_fields() ---- */
void fields_begin(struct bpf_machine *m); /* fill the context in */
/* Sets *@data to the @size bytes at @off of the context. Returns MODEL_OK or MODEL_BAD_ACCESS. */
int fields_locate(struct bpf_machine *m, s64 off, u32 size, bool write, u8 **data);

/* ---- model_call.c ---- */
int exec_call(struct bpf_machine *m, const struct insn *insn);
int exec_call_subprog(struct bpf_machine *m, const struct insn *insn);
int exec_exit(struct bpf_machine *m, const struct insn *insn);
int machine_enter_prog(struct bpf_machine *m, u32 prog, bool body); /* in the current call frame */
void machine_clobber(struct bpf_machine *m); /* r1-r5 and outgoing arguments, as calls do */
int machine_throw(struct bpf_machine *m);    /* bpf_throw(r1) */
int machine_callback(struct bpf_machine *m, struct val func, const struct val *args, int nargs,
		     u64 *ret);
int stack_arg_load(struct bpf_machine *m, const struct insn *insn);
int stack_arg_store(struct bpf_machine *m, const struct insn *insn, struct val val);

/* ---- model_trace.c ---- */
/* Run the programs attached to @t before @call, and after it returned @ret. */
int machine_trace_before(struct bpf_machine *m, const struct attach_target *t, struct traced *call);
/* Does a program of struct_ops take the place of @t? Call it, with the arguments of @call. */
bool machine_has_ops(const struct bpf_machine *m, const struct attach_target *t);
int machine_call_ops(struct bpf_machine *m, const struct attach_target *t, struct traced *call,
		     struct val *ret);
int machine_trace_modify(struct bpf_machine *m, const struct attach_target *t, struct traced *call,
			 struct val *result);
int machine_trace_behind(struct bpf_machine *m, const struct attach_target *t, struct val ret,
			 struct traced *call);
bool machine_is_traced(const struct bpf_machine *m, const struct attach_target *t);
u32 machine_replaced(const struct bpf_machine *m,
		     const struct attach_target *t); /* the program that replaces it, or 0 */
int machine_beside(struct bpf_machine *m);	     /* run the program that runs beside main */
int trace_enter(struct bpf_machine *m); /* the function of the current call frame was called */
int trace_leave(struct bpf_machine *m, struct val ret); /* and returns */
int trace_load(struct bpf_machine *m, u64 at, u32 size, struct val *out);

/* ---- model_kfunc.c ---- */
int exec_kfunc(struct bpf_machine *m, const struct insn *insn);

/* ---- model_map.c, model_helper.c ---- */
static inline u64 neg_errno(int err)
{
	return (u64)0 - err;
}

typedef int helper_fn(struct bpf_machine *m, const struct val *args, struct val *ret);
helper_fn help_lookup, help_update, help_delete, help_for_each, help_ringbuf_query;
int kfunc_session_is_return(struct bpf_machine *m, struct val *ret);
int kfunc_session_cookie(struct bpf_machine *m, struct val *ret);

/* ---- model_iter.c ---- */
int kfunc_iter_num_new(struct bpf_machine *m, struct val *ret);
int kfunc_iter_num_next(struct bpf_machine *m, struct val *ret);
int kfunc_iter_num_destroy(struct bpf_machine *m);
helper_fn help_get_func_arg, help_get_func_ret, help_get_func_arg_cnt, help_get_func_ip,
	help_get_attach_cookie;

/*
 * Find the map of the case that @ptr refers to. Anything else, like the I/O map, is MODEL_BAD_CALL.
 */
int machine_map(struct bpf_machine *m, struct val ptr, const struct case_map **map);
/* The bytes of the case's arena, or MODEL_BAD_ACCESS without one; the bytes of one map value. */
int map_arena(struct bpf_machine *m, u8 **data, u64 **init, u32 *size);
int map_value(struct bpf_machine *m, tag_t tag, u8 **data, u64 **init, u32 *first_bit, u32 *size);
int maps_end(struct bpf_machine *m); /* fails if the next run would see something that is left */
void maps_free(struct bpf_machine *m);

int call_helper(struct bpf_machine *m, u32 nr);

/* The bits of a struct call_frame.init. */
static inline bool bits_all(const u64 *bits, u32 at, u32 n)
{
	for (u32 i = at; i < at + n; i++)
		if (!(bits[i / 64] >> (i % 64) & 1))
			return false;
	return true;
}

static inline void bits_set(u64 *bits, u32 at, u32 n)
{
	for (u32 i = at; i < at + n; i++)
		bits[i / 64] |= (u64)1 << (i % 64);
}

#endif
