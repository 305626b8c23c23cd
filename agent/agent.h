/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the files of the agent. Freestanding: build.sh has the compiler include nolibc.h.
 * Functions return 0 or a value, and -errno on failure, unless they say otherwise.
 */
#ifndef CHECKJIT_AGENT_H
#define CHECKJIT_AGENT_H

#include <linux/bpf.h>
#include <linux/btf.h>
#include "proto/caps.h"
#include "proto/hash.h"
#include "proto/wire.h"
#include "proto/checkjit_raw.h"

typedef wire_u8 u8;
typedef wire_u16 u16;
typedef wire_u32 u32;
typedef wire_u64 u64;

#define IO_SIZE		RAW_IO_SIZE	/* of the I/O map's value */
#define CTX_MAX		65528u		/* of a ctx: at most U16_MAX, and whole words */
#define RAW_TP_CTX	96u		/* of a raw tracepoint: MAX_BPF_FUNC_ARGS words */
#define PACKET_MAX	2048u		/* of a socket filter: linear on every page size */
#define MAC_HEADER	14u		/* what a test run takes off a packet; all zero here */
#define MAX_COLS	255u	/* 0xff means none */
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define ALIGN8(n)	(((n) + 7) & ~7u)
#define ptr_to_u64(p)	((u64)(unsigned long)(p))

#define __printf(a, b)	__attribute__((format(printf, a, b)))

/* ---- main.c ---- */

void __printf(1, 2) say(const char *fmt, ...);		/* a line on the console */
/* The end: of the guest, or of the program with @status once the machine is as it was. */
#define LEAVE_FAILED	3
__attribute__((noreturn)) void leave(int status);
const char *cmdline_param(const char *key);	/* what follows "@key" on the kernel's command line, or NULL */
u64 now_us(void);
void sleep_ms(u32 ms);

/* ---- transport.c: a byte stream that carries frames ---- */

/* Find the virtio port and open it, or take stdin and stdout; the error was said. */
int transport_open(void);

/* The next frame, checked; *@payload: 8-byte aligned, until the next call. At EOF: leave(). */
void frame_read(struct wire_hdr *hdr, const void **payload);

/* Where the next answer's payload is built (WIRE_MAX_PAYLOAD bytes, 8-byte aligned); send it. */
u8 *frame_buf(void);
void frame_send(u32 type, u32 seq, u32 len);

/* The request makes no sense: WIRE_ERROR and leave(). */
__attribute__((noreturn)) void __printf(1, 2) protocol_error(const char *fmt, ...);

/* ---- words.c: memory by whole words; sizes are multiples of 8 ---- */

void copy_words(void *dst, const void *src, u32 size);
void fill_words(void *dst, u32 byte, u32 size);
void hash_words(struct wire_hash *h, const void *p, u32 size);

/* ---- bpf.c: bpf(2) ---- */

struct prog {
	const struct bpf_insn *insns;
	u32 nr_insns;
	u32 type;		/* BPF_PROG_TYPE_* */
	u32 flags;
	const int *fd_array;
	const void *btf;
	u32 btf_size;
	const struct bpf_func_info *funcs;
	u32 nr_funcs;
	const struct bpf_line_info *lines;
	u32 nr_lines;
	int btf_fd;		/* of btf_load(), or -1 */
	u32 limit;		/* milliseconds for the load, or 0 */
	int unprivileged;	/* load it without capabilities */
	u32 attach, target, func;	/* struct wire_prog */
	u64 cookie;
	u32 attach_type;	/* of these, by attach_prepare(): what the kernel is asked for */
	int attach_fd, attach_id;
};

#define LOG_SIZE	(256u << 10)

int map_create(const struct wire_map *m, u32 flags);
int map_create_at(const struct wire_map *m, u32 flags, u64 extra);
int map_update(int fd, const void *key, const void *value);
int map_freeze(int fd);
/* @log: LOG_SIZE bytes or NULL */
int btf_load(const void *btf, u32 size, char *log);
/* A descriptor of the BTF of the module called @module, or -ENOENT. */
int btf_of_module(const char *module);
int prog_load(const struct prog *p, u32 log_level, char *log);
int link_create(int fd, const struct prog *p);	/* attach what was loaded from @p; the link's descriptor */
int capabilities(int on);	/* off (0) and on again */
int prog_info(int fd, struct bpf_prog_info *info);
/*
 * @attr: of test_run_prepare(), for many runs; leaves the return value in attr->test.retval. A socket filter takes @ctx as its
 * packet, which has MAC_HEADER bytes before it.
 */
void test_run_prepare(union bpf_attr *attr, int fd, u32 prog_type, void *ctx, u32 ctx_bytes);
int test_run(union bpf_attr *attr);

/* ---- sysctl.c ---- */

int write_file(const char *path, const char *text);
int read_small_file(const char *path, char *buf, u32 size);	/* NUL-terminated; its length */
int sysctl_init(void);		/* an error only where nothing can be switched at all */
void sysctl_restore(void);	/* what they were before sysctl_init() */
int engine_set(enum wire_engine engine);

u32 engine_flags(enum wire_engine engine);	/* enum engine_flags */

static inline int is_raw(enum wire_engine engine)
{
	return !!(engine_flags(engine) & ENGINE_RAW);
}

static inline int is_unpriv(enum wire_engine engine)
{
	return !!(engine_flags(engine) & ENGINE_UNPRIV);
}

/* ---- caps.c ---- */

void caps_probe(struct wire_cap caps[NR_CAPS]);

/* ---- sets.c ---- */

struct set {
	u32 nvecs, ncols, win_bytes;
	const u64 *cols;
	const u8 *bytes;
};

void set_store(const void *payload, u32 len);
const struct set *set_get(u32 id);		/* NULL: there is none */

/* ---- request.c: a RUN, taken apart and checked ---- */

struct request {
	const struct wire_run *run;
	const struct set *set;
	const struct wire_map *maps;
	const struct wire_slot *slots;
	const struct wire_block *blocks;
	const struct wire_survivor *survivors;
	struct prog progs[WIRE_MAX_PROGS];
	u32 dump_size;		/* 0: none wanted */
	u32 answer_len;
};

/* A payload taken apart piece by piece. */
struct cursor {
	const u8 *p;
	u32 left;
};

/* @n x @size bytes and the padding to 8; protocol_error() where they are not there. */
const void *take(struct cursor *c, u32 n, u32 size, const char *what);

void request_parse(struct request *rq, const void *payload, u32 len);

/* ---- raw.c: programs without the verifier, one at a time ---- */

int module_insert(const char *path);
int raw_init(void);			/* again and again, if need be; -ENOENT: this guest has no such module */
u8 *raw_io(void);			/* IO_SIZE bytes, which the programs find as the value of fd_array[0] */
int raw_load(const struct bpf_insn *insns, u32 nr_insns, u32 *jited_len);
int raw_run(struct raw_run *run);
u32 raw_code(void *buf, u32 size);	/* of native code; 0 where it does not fit */
u32 raw_insns(void *buf, u32 size);	/* of the eBPF that the kernel has, likewise */
int raw_attach(int fd, u32 *nr_insns, u32 *jited_len);	/* the classic filter of a socket */
void raw_free(void);

/* ---- classic.c ---- */

/* The filter of struct sock_filter becomes raw.c's program. @unprivileged: attach it without capabilities. */
int classic_load(const struct bpf_insn *insns, u32 nr_insns, int unprivileged, u32 *nr_xlated, u32 *jited_len);

/* ---- load.c: maps and programs of a request ---- */

struct loaded {
	int fds[2 + WIRE_MAX_MAPS];		/* fd_array: the I/O map, the request's maps, kfunc_btf() */
	int progs[WIRE_MAX_PROGS];
	int links[WIRE_MAX_PROGS];		/* -1: the program is not attached */
	u32 nr_fds, nr_progs;
	int raw;			/* raw.c holds the program, fds and progs are empty */
	u32 log_len;
	const u8 *xlated;		/* of progs[0] */
	u32 xlated_len;
};

extern char load_log[LOG_SIZE];		/* the first log_len bytes */

int io_init(void);
int io_fd(void);
u8 *io_mem(void);			/* of the request that is loaded */
void load_request(struct request *rq, struct loaded *ld, struct wire_result *res);
void unload(struct loaded *ld);
void keep_pack(void);			/* once: later loads are faster */
u32 line_dump(int fd, struct wire_line *lines, u32 max);	/* records written; 0 where they do not fit */
u32 func_dump(int fd, struct wire_func *funcs, u32 max);
u32 jited_dump(const struct loaded *ld, void *buf, u32 size);	/* bytes written; 0 where they do not fit */

/* ---- kfunc.c ---- */

int kfunc_init(void);		/* -ENOENT: this guest has no such module (BTF=1) */
int kfunc_btf(void);			/* a descriptor of its BTF, or -1 */
int kfunc_id(u32 nr);			/* BTF id of KFUNC_BASE + index, or -errno */
/* Put this kernel's BTF ids into the calls of kfuncs; fd_array[@btf_index] is kfunc_btf(). Calls that were resolved stay. */
void kfunc_resolve(struct bpf_insn *insns, u32 nr_insns, u32 btf_index);

/* ---- attach.c ---- */

/* What @p->attach and so on mean to prog_load(); @target: the program whose function is meant, if one is. */
void attach_prepare(struct prog *p, int target);

/* BTF ids of a program and of its function of one argument, which is global. */
struct probe_types {
	u32 main, func;
};

/* Can programs be attached so (enum wire_attach), to KFUNC_BASE + index, to a function of a program? 0 or -errno. */
int attach_probe_kernel(u32 attach, u32 kfunc);
int attach_probe_prog(u32 attach, int btf, const struct probe_types *t);

/* ---- arena.c ---- */

/* A descriptor of the arena, all pages of which are there. */
int arena_open(void);

/* ---- user.c ---- */

/* From here on there are the pages WIRE_USER_PAGE and WIRE_USER_PAGE_HIGH. 0 or -errno. */
int user_pages(void);

/* ---- run.c ---- */

void run_request(const void *payload, u32 len, u32 seq);

/* ---- gcov.c ---- */

void gcov_request(u32 seq);

/* ---- kcov.c ---- */

int kcov_probe(void);			/* 0, or why this kernel has no KCOV */
int kcov_begin(void);			/* forget what was seen */
void kcov_on(void);			/* watch this process from here … */
void kcov_off(void);			/* … to here */
/* What was seen since kcov_begin(): @edges has room for WIRE_MAX_EDGES. Returns how many; *@nr_pcs: the places they were made of. */
u32 kcov_edges(u16 *edges, u32 *nr_pcs);

/* ---- limit.c ---- */

void limit_begin(u32 ms);		/* from here on a load ends with -EAGAIN, that many milliseconds later … */
int limit_expired(void);		/* has it been so long? */
void limit_end(void);			/* … until here */

/* ---- memory.c ---- */

void memory_request(u32 seq);

/* ---- program.c: not /init, but a program on somebody's machine (--stdio) ---- */

struct pollfd;

extern int as_program;

/* From here on in a process of its own; the other one sets the machine right when this one ends, in whatever way. */
void program_begin(void);
void program_before_answer(void);	/* the kernel's new words to stderr */
int program_poll(struct pollfd *p, int ms);	/* poll() of one, with an eye on them */
int program_stdio(void);		/* stdin and stdout become the byte stream */

/* ---- bench.c: checkjit=test_bpf on the kernel command line ---- */

void bench(void);		/* returns only where none was asked for */

#endif
