/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A case: a program, its inputs and the expected outcome. The text form (cases/README.md) is parsed
 * into a struct case_tmpl; case_expand() makes one struct bpf_case for each instance of its sweeps.
 * gen/ makes struct bpf_case directly.
 *
 * The body of a case is not a whole program: bpf/wrapper.h adds code that fills r0-r9 before it and
 * spills them behind it.
 */
#ifndef CHECKJIT_CASE_H
#define CHECKJIT_CASE_H

#include <stdio.h>
#include "bpf/asm.h"

#define CASE_REGS	10	    /* r0-r9 */
#define CASE_GUARD	16	    /* bytes of noise beside a window, which are compared too */
#define CASE_MAX_WINDOW 1024	    /* bytes of one window, guards included */
#define CASE_SCRATCH	16	    /* bytes of stack below the window for the wrapper */
#define CASE_MAX_FAR	(36u << 10) /* distance of a pointer from its memory window */
#define CASE_MAX_VECS	65536
#define CASE_ID_MAX	128

/* The memory that pointers of a case point into. */
enum region {
	REGION_NONE,  /* a scalar */
	REGION_MEM,   /* bytes of the I/O map's value */
	REGION_STACK, /* bytes below r10 of main */
	REGION_CTX,   /* the context of the program; of a socket filter: its packet */
	NR_REGIONS,
};

/*
 * Bytes of guard on either side of a window. The stack ends at r10, so it has no guard behind. A
 * context begins with its window, since the verifier accepts only the unmodified pointer where a
 * context is passed on.
 */
static inline unsigned int guard_before(enum region region)
{
	return region == REGION_CTX ? 0 : CASE_GUARD;
}

static inline unsigned int guard_behind(enum region region)
{
	return region == REGION_STACK ? 0 : CASE_GUARD;
}

/*
 * The inputs of many vectors, shared between cases. A row has @ncols u64 columns (operands, then
 * noise for the registers that no vector names) and the bytes of the windows. Window sizes include
 * the guards: mem is [guard | window | guard], stack [guard | window], which ends at r10, and ctx
 * [window | guard].
 */
struct vectors {
	u32 refs;
	u32 nvecs;
	u32 ncols;
	u32 win_size[NR_REGIONS]; /* multiple of 8; [REGION_NONE] is 0 */
	u32 win_bytes;		  /* sum of them */
	u64 *cols;		  /* nvecs x ncols */
	u8 *bytes[NR_ORDERS];	  /* nvecs x win_bytes: mem, stack, ctx; both may be one array */
	u32 *lines;		  /* source line of each vector, or NULL */
	u64 key;		  /* hash of the content */
};

/* What a register holds when the body begins. */
struct reg_in {
	u8 region; /* REGION_NONE: column @col of the vectors; else a pointer */
	u8 col;
	u8 turn; /* the value is that of so many vectors further on, which wrap around */
	s32 off; /* pointer: from the window's first byte behind the guard; stack: from r10 */
};

/* A literal expectation, which is compared with the model before anything runs. */
struct expect_item {
	u32 vec;
	u8 what; /* enum expect_what */
	u8 reg;
	u8 region;
	u8 size; /* of a memory literal: 1 2 4 8 */
	s16 off; /* as in struct reg_in */
	u64 value;
};

enum expect_what {
	EXPECT_REG,
	EXPECT_MEM,
	EXPECT_RETVAL, /* the u32 that bpf(BPF_PROG_TEST_RUN) returns */
};

enum outcome {
	OUTCOME_VALUE,	/* the verifier accepts; the final state is the model's */
	OUTCOME_ACCEPT, /* the verifier accepts it; nothing runs */
	OUTCOME_REJECT, /* the verifier refuses it in one of the ways in refusals */
	OUTCOME_EITHER, /* refused like that, or accepted with the model's state */
};

/* A way in which the verifier may refuse a program. */
struct refusal {
	int err;   /* errno, positive, or 0: any */
	char *log; /* a part of the verifier's log, or NULL: any */
};

enum map_kind {
	MAP_ARRAY,
	MAP_HASH,
	MAP_RINGBUF,
	MAP_PROG_ARRAY,
	MAP_PERCPU_ARRAY, /* like an array to programs, since the agent stays on one CPU */
	MAP_ARENA,	  /* one value of entries pages; addresses in it are scalars */
	MAP_INSN_ARRAY,	  /* addresses of instructions of progs[0], for gotox */
};

struct case_map {
	char *name;
	u8 kind; /* enum map_kind */
	u32 key_size, value_size, entries;
	s16 *slots; /* MAP_PROG_ARRAY: entries x index into bpf_case.progs, or -1: empty */
		    /* MAP_INSN_ARRAY: entries x slot in progs[0] */
};

#define CASE_INSN_ARRAY	 1024u /* maximum number of entries */
#define CASE_PAGE	 4096u
#define CASE_ARENA_UPPER 1u  /* upper half of an arena's user address; its lower half is 0 */
#define CASE_ARENA_PAGES 64u /* maximum */

static inline bool map_is_array(const struct case_map *m)
{
	return m->kind == MAP_ARRAY || m->kind == MAP_PERCPU_ARRAY;
}

/* The program type. JITs treat types differently: raw_tp programs get private stacks. */
enum case_type {
	CASE_TYPE_SYSCALL, /* sleepable; the context is writable memory */
	CASE_TYPE_RAW_TP,  /* raw tracepoint; the context has up to 12 read-only words */
	CASE_TYPE_SOCKET,  /* socket filter; the context is a handle for packet loads */
	CASE_TYPE_CLASSIC, /* classic filter (bpf/classic.h); the context is its packet */
	CASE_TYPE_XDP,	   /* the context is a handle for fields of struct xdp_md */
	NR_CASE_TYPES,
};

#define CASE_RAW_TP_CTX 96u /* bytes, guard included */

/*
 * "syscall", "raw_tp", "socket", "classic", "xdp": the argument of the type line and, except for
 * the first, the capability that the type needs.
 */
const char *case_type_name(enum case_type type);

/* Is the context a struct of the kernel's, whose fields the verifier translates? The window ctx is
 * the packet then. */
static inline bool case_type_has_fields(enum case_type type)
{
	return type == CASE_TYPE_SOCKET || type == CASE_TYPE_XDP;
}

/* Is the window ctx a packet? Then it may not be empty. */
static inline bool case_type_has_packet(enum case_type type)
{
	return case_type_has_fields(type) || type == CASE_TYPE_CLASSIC;
}

/*
 * How a program is attached to a function. Its context has the call's arguments and return value.
 */
enum attach_kind {
	ATTACH_NONE,	     /* main, or a program for tail calls */
	ATTACH_FENTRY,	     /* runs before the function */
	ATTACH_FEXIT,	     /* runs after it */
	ATTACH_FMOD_RET,     /* runs before it and may skip it; for functions of the kernel only */
	ATTACH_FSESSION,     /* runs before and after it */
	ATTACH_FREPLACE,     /* replaces it, with its arguments in r1-r5 */
	ATTACH_FENTRY_MULTI, /* the first three by one link to several functions of the kernel */
	ATTACH_FEXIT_MULTI,
	ATTACH_FSESSION_MULTI,
	ATTACH_BESIDE,	   /* not attached: runs on another CPU while main runs */
	ATTACH_STRUCT_OPS, /* called instead of it, with its arguments; for functions that kfuncs
			      call */
	NR_ATTACH_KINDS,
};

/* How long a program stays attached. */
enum attach_stay {
	ATTACH_STAYS,
	ATTACH_DETACHED, /* until the first vector */
	ATTACH_CHANGING, /* attached and detached again and again while main runs */
	NR_ATTACH_STAYS,
};

#define ATTACH_MAX_MORE 15

struct case_attach {
	u8 kind;	/* enum attach_kind */
	u8 stay;	/* enum attach_stay */
	int kfunc;	/* the target: KFUNC_BASE + index, or 0: a function of the case */
	u32 prog, func; /* progs[@prog].funcs[@func] */
	u64 cookie;	/* the result of bpf_get_attach_cookie() */
	u32 nmore;
	struct {
		int kfunc;
		u64 cookie;
	} more[ATTACH_MAX_MORE]; /* further targets of ATTACH_*_MULTI */
};

static inline bool attach_is_multi(enum attach_kind kind)
{
	return kind >= ATTACH_FENTRY_MULTI && kind <= ATTACH_FSESSION_MULTI;
}

/* "none", "fentry", … */
const char *attach_name(enum attach_kind kind);

/* The wrapper that the case asks for; a confirmation may use another (enum wrapper_kind). */
enum case_wrapper {
	CASE_WRAPPER_WIDE, /* whole registers */
	CASE_WRAPPER_LOW,  /* low halves only, for which the verifier inserts no zero extension */
};

struct bpf_case {
	char id[CASE_ID_MAX]; /* family/operation/operands, e.g. "alu/sdiv64/r3_r4" */
	const char *file;     /* of the text, or the generator's name; interned */
	u32 line;
	const char *group; /* family/operation: cases of a group may share a program */

	struct code
		*progs; /* [0]: body of main, which falls through to the spill, and its subprograms;
			 * others: whole programs for tail calls (r1 = ctx), or attached ones */
	char **prog_names;	    /* "main", … */
	struct case_attach *attach; /* for each of progs; NULL: none is attached */
	u32 nprogs;
	struct case_map
		*maps; /* fd_array[1 + i]; fd_array[0] is the I/O map, whose name is "mem" */
	u32 nmaps;

	u8 type;      /* enum case_type */
	u8 outcome;   /* enum outcome */
	u8 wrapper;   /* enum case_wrapper */
	bool alone;   /* shares no program with other cases */
	bool folds;   /* the verifier decides branches of it: insns need not survive */
	bool raw;     /* progs[0] is a whole program with its own exit, and has no wrapper */
	u16 out_regs; /* bit k: rk is spilled and compared; derived unless given */
	struct refusal *refusals; /* REJECT, EITHER: any of these; none listed: any refusal */
	u32 nrefusals;
	char **needs; /* capability names (proto/caps.h) */
	u32 nneeds;
	char *guards; /* the bug that the case detects, or NULL */
	char *doc;

	struct reg_in regs[CASE_REGS];
	struct vectors *vecs;
	struct expect_item *expects; /* ascending by vec */
	u32 nexpects;
};

/* Returns "mem", "stack" or "ctx". */
const char *region_name(enum region region);

/*
 * Give @to copies of @from's refusals. @to's own are not freed: they may still be @from's.
 */
void case_copy_refusals(struct bpf_case *to, const struct bpf_case *from);

void bpf_case_free(struct bpf_case *c);

/* Does @c run if the verifier accepts it, to the state of the model? */
static inline bool case_runs(const struct bpf_case *c)
{
	return c->outcome == OUTCOME_VALUE || c->outcome == OUTCOME_EITHER;
}

/* Is each refusal of @c wrong? */
static inline bool case_must_load(const struct bpf_case *c)
{
	return c->outcome == OUTCOME_VALUE || c->outcome == OUTCOME_ACCEPT;
}

/* Has @c the word @need in a needs line? */
bool case_needs(const struct bpf_case *c, const char *need);

/* Is a program of @c attached and detached while main runs? */
bool attach_changes(const struct bpf_case *c);
void vectors_put(struct vectors *t); /* drop one reference; @t may be NULL */
struct vectors *vectors_get(struct vectors *t);
void vectors_seal(struct vectors *t); /* the content is complete: compute its key */

/* Returns the one copy of @s that lives as long as the process, for bpf_case.file and .group. */
const char *case_intern(const char *s);

/*
 * Return the inputs of vector @vec: the value of register @reg (of a pointer, its reg_in.off), and
 * the win_size[region] bytes of a window with its guards, in byte order @order.
 */
u64 case_reg_in(const struct bpf_case *c, u32 vec, int reg);
const u8 *vec_window(const struct vectors *t, u32 vec, enum region region, enum byte_order order);

/* ---- the text form ---- */

struct case_tmpl; /* bpf/case_tmpl.h, for parser, printer and expansion only */

struct case_file {
	char *path;
	char *family; /* the path below cases/ without the last component: "alu" */
	struct case_tmpl **tmpls;
	u32 cnt;
};

/*
 * Parse one file. Without @family, it follows from @path.
 * Returns 0, or with @diag filled -EINVAL for bad input and -errno if the file cannot be read.
 */
int case_parse_file(const char *path, const char *family, struct case_file *out, struct diag *diag);
int case_parse_text(const char *text, const char *path, const char *family, struct case_file *out,
		    struct diag *diag);
void case_print_file(FILE *f, const struct case_file *file);
void case_file_free(struct case_file *file);

/*
 * Pass each instance of each template of @file to @emit, in a fixed order. @emit owns the case; if
 * it returns a value other than 0, expansion stops and returns it. Errors that only expansion finds
 * (a register out of range, an assembler error in one instance, a duplicate id) are -EINVAL with
 * @diag filled.
 */
int case_expand(const struct case_file *file, int (*emit)(void *ctx, struct bpf_case *c), void *ctx,
		struct diag *diag);

/*
 * Returns the only case of @text, or NULL with @diag filled if it is malformed or there are
 * several.
 */
struct bpf_case *case_parse_one(const char *text, const char *path, const char *family,
				struct diag *diag);

/* Call case_expand() for each file below @dir. */
int case_expand_all(const char *dir, int (*emit)(void *ctx, struct bpf_case *c), void *ctx,
		    struct diag *diag);

/*
 * Returns all *.case files below @dir, sorted by path: an array that ends with NULL, for
 * case_paths_free().
 */
char **case_paths(const char *dir, struct diag *diag);
void case_paths_free(char **paths);

/*
 * Returns the family of the file @path below @dir, which the caller frees: its folders ("alu"), or
 * "local" without any. If @dir is NULL, it is the last component "cases" of @path.
 */
char *case_family(const char *dir, const char *path);

/*
 * Print the case as a .case file of its own that parses back to the same id, instructions and
 * inputs: no sweeps, and all vectors, or only @vec if it is >= 0. Reproducers and finds of the
 * fuzzer are written like this.
 */
void bpf_case_print(FILE *f, const struct bpf_case *c, long vec);

#endif
