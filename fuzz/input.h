/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What AFL++ mutates and keeps: programs with their inputs in a bounded binary form, little-endian on every machine. There is one
 * form of each input: whatever fuzz_input_parse() takes, fuzz_input_write() gives back byte for byte.
 *
 *	offset 0	u32 magic, u8 version, u8 type (enum case_type), u8 flags, u8 nprogs
 *	8		u8 nfuncs, u8 nmaps, u8 nvecs, u8 0, u16 ninsns, u16 hidden
 *	16		u16 win[mem, stack, ctx], u16 0
 *	24		10 x { u8 region, s24 off }: what r0-r9 hold
 *	64		nprogs x { u16 insns, u8 funcs, u8 0 }
 *			nfuncs x { u16 start, u8 nargs, u8 flags }
 *			nmaps x { u8 shape, u8 0 0 0, s8 slots[8] }
 *			ninsns x 8 bytes, struct bpf_insn
 *			nvecs x { u64 r0-r9, bytes of the windows mem, stack, ctx }
 *
 * What it holds may be refused by the verifier, and mostly that is all right; but it can always be printed as a case, and
 * it does nothing to the guest beyond the program itself: helpers that signal, close, print or write elsewhere are no input.
 */
#ifndef CHECKJIT_FUZZ_INPUT_H
#define CHECKJIT_FUZZ_INPUT_H

#include "bpf/case.h"

#define FUZZ_INPUT_MAX	(16u << 10)	/* bytes */
#define FUZZ_MAGIC	0x315a4a43	/* "CJZ1" */
#define FUZZ_VERSION	1
#define FUZZ_HEAD	64		/* bytes before the first table */

#define FUZZ_MAX_INSNS	1024		/* slots of all programs */
#define FUZZ_MAX_PROGS	6
#define FUZZ_MAX_FUNCS	32		/* of all programs */
#define FUZZ_MAX_MAPS	4
#define FUZZ_MAX_SLOTS	8		/* of a prog_array */
#define FUZZ_MAX_VECS	6
#define FUZZ_MAX_WINDOWS	1024		/* bytes of all windows, without guards */

#define FUZZ_TYPES	(CASE_TYPE_SOCKET + 1)	/* classic filters are programs of another machine */

enum fuzz_flags {
	FUZZ_LOW = 1 << 0,	/* CASE_WRAPPER_LOW */
	FUZZ_RAW = 1 << 1,	/* bpf_case.raw */
	FUZZ_RND_HI32 = 1 << 2,	/* needs rnd_hi32: loaded with BPF_F_TEST_RND_HI32 */
	FUZZ_FLAGS = 7,
};

struct fuzz_prog {
	u16 first, cnt;		/* slots in insns[]; jumps and calls are distances within */
	u8 first_func, nfuncs;	/* at least main */
};

struct fuzz_func {
	u16 start;		/* slot of its program */
	u8 nargs;
	u8 flags;		/* enum func_flags */
};

struct fuzz_map {
	u8 shape;		/* in fuzz_shapes[] */
	s8 slots[FUZZ_MAX_SLOTS];	/* of a prog_array: index of the program, -1: empty; what the shape lacks is -1 */
};

struct fuzz_vec {
	u64 r[CASE_REGS];	/* 0 where the register holds a pointer */
	u8 win[FUZZ_MAX_WINDOWS];	/* mem, stack, ctx, one behind the other */
};

/* No part is allocated: inputs are copied as they are. What lies behind the counts is undefined. */
struct fuzz_input {
	u8 type;		/* enum case_type */
	u8 flags;		/* enum fuzz_flags */
	u8 nprogs, nfuncs, nmaps, nvecs;
	u16 ninsns;
	u16 hidden;		/* registers that are not compared though they could be */
	u16 win[NR_REGIONS];	/* bytes without guards, multiples of 8; [REGION_NONE] is 0 */
	struct {
		u8 region;	/* enum region */
		s32 off;	/* as in struct reg_in */
	} regs[CASE_REGS];
	struct fuzz_prog progs[FUZZ_MAX_PROGS];
	struct fuzz_func funcs[FUZZ_MAX_FUNCS];
	struct fuzz_map maps[FUZZ_MAX_MAPS];
	struct insn insns[FUZZ_MAX_INSNS];
	struct fuzz_vec vecs[FUZZ_MAX_VECS];
};

/* The maps there are. A guest can keep one of each. */
struct fuzz_shape {
	u8 kind;		/* enum map_kind */
	u16 key_size, value_size, entries;
};

extern const struct fuzz_shape fuzz_shapes[];
extern const u32 nr_fuzz_shapes;

/* 0, or -EINVAL with *@why (may be NULL) a static text. @in is then undefined. No byte of @data is trusted. */
int fuzz_input_parse(struct fuzz_input *in, const void *data, size_t len, const char **why);

/* How many bytes were written to @buf; 0: they would be more than @cap. FUZZ_INPUT_MAX is always enough. */
size_t fuzz_input_write(const struct fuzz_input *in, void *buf, size_t cap);

/* Is what was put together something that fuzz_input_parse() takes? 0 or -EINVAL with *@why. */
int fuzz_input_check(const struct fuzz_input *in, const char **why);

/*
 * Window @region, of @bytes (a multiple of 8); the new ones are 0, the lowest of a stack. Where in .vecs[].win they
 * begin, or -EINVAL: it has as many, or that is too much.
 */
int fuzz_input_widen(struct fuzz_input *in, enum region region, u32 bytes);

/*
 * The case, which the caller frees. @outcome: OUTCOME_EITHER where it is not known what the verifier says. Its needs are what its
 * instructions take. @id is FAMILY/NAME/OPERANDS and is interned: use one for all that is not kept.
 */
struct bpf_case *fuzz_input_to_case(const struct fuzz_input *in, const char *id, enum outcome outcome);

/*
 * 0; or -ENOTSUP with *@why (may be NULL): the case has what the form has not. Of more than FUZZ_MAX_VECS vectors it takes some from
 * everywhere. Guards, expectations, names and texts are left behind.
 */
int fuzz_input_from_case(struct fuzz_input *in, const struct bpf_case *c, const char **why);

/* Bytes of window @region in front of those in a fuzz_vec.win. */
static inline u32 fuzz_win_at(const struct fuzz_input *in, enum region region)
{
	u32 at = 0;

	for (int r = REGION_MEM; r < (int)region; r++)
		at += in->win[r];
	return at;
}

/* May a program of this form call helper @nr? */
bool fuzz_helper_ok(s32 nr);

#endif
