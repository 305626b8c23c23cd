/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A case: what is run, on which inputs, and what must come out. The text form (cases/README.md) is parsed into a
 * struct case_tmpl; case_expand() makes one struct bpf_case for each instance of its sweeps. gen/ makes
 * struct bpf_case directly.
 *
 * The body of a case is not a whole program: bpf/wrapper.h puts the fill of r0-r9 before it and the spill behind.
 */
#ifndef CHECKJIT_CASE_H
#define CHECKJIT_CASE_H

#include <stdio.h>
#include "bpf/asm.h"

#define CASE_REGS	10	/* r0-r9 */
#define CASE_GUARD	16	/* bytes of noise beside a window, compared too: guard_before(), guard_behind() */
#define CASE_MAX_WINDOW	1024	/* bytes of one window, guards included */
#define CASE_SCRATCH	16	/* bytes of stack that the frame needs below the window */
#define CASE_MAX_FAR	(36u << 10)	/* of a pointer from its memory window: an offset of 16 bits leads back */
#define CASE_MAX_VECS	65536
#define CASE_ID_MAX	128

/* Places that pointers of a case point into. */
enum region {
	REGION_NONE,		/* a scalar */
	REGION_MEM,		/* bytes of the I/O map's value */
	REGION_STACK,		/* bytes below r10 of main */
	REGION_CTX,		/* the context of the program; of a socket filter: its packet */
	NR_REGIONS,
};

/*
 * Bytes of guard on either side of a window. Nothing lies behind the stack, whose end is r10; and a context begins with the
 * window, since the verifier takes only the unmodified pointer where a context is passed on.
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
 * The inputs of many vectors, shared between cases. A row has @ncols u64 columns (operands first, then noise for
 * the registers that no vector names) and the bytes of the windows. Window sizes include the guards:
 * mem is [guard | window | guard], stack [guard | window] and ends at r10, ctx [window | guard].
 */
struct vectors {
	u32 refs;
	u32 nvecs;
	u32 ncols;
	u32 win_size[NR_REGIONS];	/* multiple of 8; [REGION_NONE] is 0 */
	u32 win_bytes;			/* sum of them */
	u64 *cols;			/* nvecs x ncols */
	u8 *bytes[NR_ORDERS];		/* nvecs x win_bytes: mem, stack, ctx in this order; both may be one array */
	u32 *lines;			/* source line of each vector, or NULL */
	u64 key;			/* hash of all the content: equal tables have equal keys */
};

/* What a register holds when the body begins. */
struct reg_in {
	u8 region;		/* REGION_NONE: column @col of the vector table; else a pointer */
	u8 col;
	s32 off;		/* of a pointer: from the window's first byte (behind the guard); stack: from r10 (< 0) */
};

/* A literal expectation, beside the model's. Checked against the model before anything is run. */
struct expect_item {
	u32 vec;
	u8 what;		/* enum expect_what */
	u8 reg;
	u8 region;
	u8 size;		/* of a memory literal: 1 2 4 8 */
	s16 off;		/* as in struct reg_in */
	u64 value;
};

enum expect_what {
	EXPECT_REG,
	EXPECT_MEM,
	EXPECT_RETVAL,		/* the u32 that bpf(BPF_PROG_TEST_RUN) returns */
};

enum outcome {
	OUTCOME_VALUE,		/* the verifier accepts; the final state is the model's */
	OUTCOME_REJECT,		/* the verifier refuses, with this errno and this text in the log */
	OUTCOME_EITHER,		/* refused so, or accepted with the model's state */
};

enum map_kind {
	MAP_ARRAY,
	MAP_HASH,
	MAP_RINGBUF,
	MAP_PROG_ARRAY,
	MAP_PERCPU_ARRAY,	/* a guest has one CPU: to a program it is an array */
	MAP_ARENA,		/* one value of entries pages; addresses in it are scalars */
	MAP_INSN_ARRAY,		/* addresses of instructions of progs[0], for gotox */
};

struct case_map {
	char *name;
	u8 kind;		/* enum map_kind */
	u32 key_size, value_size, entries;
	s16 *slots;		/* MAP_PROG_ARRAY: entries x index into bpf_case.progs, or -1: empty */
				/* MAP_INSN_ARRAY: entries x slot in progs[0] */
};

#define CASE_INSN_ARRAY		1024u	/* entries at most */
#define CASE_PAGE		4096u
#define CASE_ARENA_UPPER	1u	/* upper half of an arena's user address; its lower half is 0 */
#define CASE_ARENA_PAGES	64u	/* at most */

static inline bool map_is_array(const struct case_map *m)
{
	return m->kind == MAP_ARRAY || m->kind == MAP_PERCPU_ARRAY;
}

/* What kind of program the kernel is told it is. JITs treat them differently: raw_tp gets private stacks. */
enum case_type {
	CASE_TYPE_SYSCALL,	/* sleepable; the context is memory to read and write */
	CASE_TYPE_RAW_TP,	/* raw tracepoint: the context is up to 12 words to read */
	CASE_TYPE_SOCKET,	/* socket filter: the context is a handle for packet loads */
	CASE_TYPE_CLASSIC,	/* a classic filter (bpf/classic.h), whose packet the context is */
	NR_CASE_TYPES,
};

#define CASE_RAW_TP_CTX	96u	/* bytes, guard included */

/* "syscall", "raw_tp", "socket", "classic": the keyword's argument; all but the first are also the capability it takes. */
const char *case_type_name(enum case_type type);

/* What a program is to a function that it is attached to. Its context is the call: arguments, and what was returned. */
enum attach_kind {
	ATTACH_NONE,		/* main, or a program for tail calls */
	ATTACH_FENTRY,		/* runs before the function */
	ATTACH_FEXIT,		/* runs behind it */
	ATTACH_FMOD_RET,	/* runs before it and may have it left out: one of the kernel only */
	ATTACH_FSESSION,	/* runs before and behind it */
	ATTACH_FREPLACE,	/* runs in its place, with its arguments in r1-r5 */
	NR_ATTACH_KINDS,
};

struct case_attach {
	u8 kind;		/* enum attach_kind */
	int kfunc;		/* the target: KFUNC_BASE + index, or 0: a function of a program of the case */
	u32 prog, func;		/* progs[@prog].funcs[@func] */
	u64 cookie;		/* what bpf_get_attach_cookie() gives it */
};

/* "none", "fentry", … */
const char *attach_name(enum attach_kind kind);

/* Which frame the case asks for; enum wrapper_kind of bpf/wrapper.h may override it for a confirmation. */
enum case_wrapper {
	CASE_WRAPPER_WIDE,	/* whole registers */
	CASE_WRAPPER_LOW,		/* low halves only: no zero extension is inserted for their sake */
};

struct bpf_case {
	char id[CASE_ID_MAX];	/* family/operation/operands, e.g. "alu/sdiv64/r3_r4" */
	const char *file;	/* of the text, or the generator's name; outlives the case */
	u32 line;
	const char *group;	/* cases of one group may share a program: family/operation */

	struct code *progs;	/* progs[0]: body of main (falls off its end into the spill) + its subprograms;
				 * others: whole programs, for tail calls (r1 = ctx), or attached */
	char **prog_names;	/* "main", … */
	struct case_attach *attach;	/* of each of progs; NULL: none is attached */
	u32 nprogs;
	struct case_map *maps;	/* fd_array[1 + i]; fd_array[0] is the I/O map, whose name is "mem" */
	u32 nmaps;

	u8 type;		/* enum case_type */
	u8 outcome;		/* enum outcome */
	u8 wrapper;		/* enum case_wrapper */
	bool alone;		/* shares no program with other cases */
	bool raw;		/* progs[0] is a whole program: no frame, ends with its own exit */
	u16 out_regs;		/* bit k: rk is spilled and compared; derived unless the case says so */
	int err;		/* REJECT, EITHER: the errno (positive), 0: any */
	char *log;		/* REJECT, EITHER: substring of the verifier's log, or NULL */
	char **needs;		/* capability names (proto/caps.h) */
	u32 nneeds;
	char *guards;		/* the bug that the case guards against, or NULL */
	char *doc;

	struct reg_in regs[CASE_REGS];
	struct vectors *vecs;
	struct expect_item *expects;	/* ascending by vec */
	u32 nexpects;
};

/* "mem", "stack", "ctx". */
const char *region_name(enum region region);

void bpf_case_free(struct bpf_case *c);
void vectors_put(struct vectors *t);	/* drop one reference; NULL is fine */
struct vectors *vectors_get(struct vectors *t);
void vectors_seal(struct vectors *t);	/* the content is complete: compute its key */

/* One copy of @s for the life of the process: what bpf_case.file and .group point to. */
const char *case_intern(const char *s);

/* Inputs of vector @vec: registers as values (a pointer register: its reg_in.off), windows in @order.
 * vec_window() points into the table: win_size[region] bytes, guards included. */
u64 case_reg_in(const struct bpf_case *c, u32 vec, int reg);
const u8 *vec_window(const struct vectors *t, u32 vec, enum region region, enum byte_order order);

/* ---- the text form ---- */

struct case_tmpl;		/* bpf/case_tmpl.h, for parser, printer and expansion only */

struct case_file {
	char *path;
	char *family;		/* the path below cases/ without the last component: "alu" */
	struct case_tmpl **tmpls;
	u32 cnt;
};

/* Parse one file. @family NULL: derived from @path. 0, -EINVAL with @diag, or -errno of reading it (@diag filled too). */
int case_parse_file(const char *path, const char *family, struct case_file *out, struct diag *diag);
int case_parse_text(const char *text, const char *path, const char *family, struct case_file *out,
		    struct diag *diag);
void case_print_file(FILE *f, const struct case_file *file);
void case_file_free(struct case_file *file);

/*
 * Every instance of the sweeps of every template of @file, in a fixed order. @emit takes ownership of the case;
 * a return other than 0 stops and is returned. Errors found only in expansion (a register out of range, an
 * assembler error in one instance, a duplicate id) are -EINVAL with @diag.
 */
int case_expand(const struct case_file *file, int (*emit)(void *ctx, struct bpf_case *c), void *ctx,
		struct diag *diag);

/* The only case of @text. NULL with @diag: malformed, or not one. */
struct bpf_case *case_parse_one(const char *text, const char *path, const char *family, struct diag *diag);

/* case_expand() of every file below @dir, one after the other. */
int case_expand_all(const char *dir, int (*emit)(void *ctx, struct bpf_case *c), void *ctx, struct diag *diag);

/* All *.case files below @dir, sorted by path; NULL-terminated array, caller frees with case_paths_free(). */
char **case_paths(const char *dir, struct diag *diag);
void case_paths_free(char **paths);

/* The family of the file @path below @dir: its folders ("alu"), "local" where there are none. @dir NULL: the last
 * component "cases" of @path. The caller frees. */
char *case_family(const char *dir, const char *path);

/* A instance as a .case file of its own (no sweeps; all vectors, or only @vec if >= 0) that parses back to the same
 * id, instructions and inputs. This is how reproducers and finds of the fuzzer are written. */
void bpf_case_print(FILE *f, const struct bpf_case *c, long vec);

#endif
