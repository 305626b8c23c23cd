/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What AFL++ mutates and keeps: programs with their inputs in a bounded binary form, little-endian
 *on every machine. There is one form of each input: whatever fuzz_input_parse() takes,
 *fuzz_input_write() gives back byte for byte.
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
 * What it holds may be refused by the verifier, and mostly that is all right; but it can always be
 *printed as a case, and it does nothing to the guest beyond the program itself: helpers that
 *signal, close, print or write elsewhere are no input.
 */
#ifndef CHECKJIT_FUZZ_INPUT_H
#define CHECKJIT_FUZZ_INPUT_H

#include "bpf/case.h"

#define FUZZ_INPUT_MAX (16u << 10) /* bytes */
#define FUZZ_MAGIC     0x315a4a43  /* "CJZ1" */
#define FUZZ_VERSION   1
#define FUZZ_HEAD      64 /* bytes before the first table */

#define FUZZ_MAX_INSNS	 1024 /* slots of all programs */
#define FUZZ_MAX_PROGS	 6
#define FUZZ_MAX_FUNCS	 32 /* of all programs */
#define FUZZ_MAX_MAPS	 4
#define FUZZ_MAX_SLOTS	 8 /* of a prog_array */
#define FUZZ_MAX_VECS	 6
#define FUZZ_MAX_WINDOWS 1024 /* bytes of all windows, without guards */

#define FUZZ_TYPES (CASE_TYPE_SOCKET + 1) /* classic filters are programs for another machine */

enum fuzz_flags {
	FUZZ_LOW = 1 << 0,	/* CASE_WRAPPER_LOW */
	FUZZ_RAW = 1 << 1,	/* bpf_case.raw */
	FUZZ_RND_HI32 = 1 << 2, /* needs rnd_hi32: loaded with BPF_F_TEST_RND_HI32 */
	FUZZ_FLAGS = 7,
};

struct fuzz_prog {
	u16 first, cnt;	       /* slots in insns[]; jumps and calls are relative */
	u8 first_func, nfuncs; /* at least main */
};

struct fuzz_func {
	u16 start; /* slot of its program */
	u8 nargs;
	u8 flags; /* enum func_flags */
};

struct fuzz_map {
	u8 shape;		  /* in fuzz_shapes[] */
	s8 slots[FUZZ_MAX_SLOTS]; /* of a prog_array: index of the program, -1: empty; -1 beyond the
				     shape's size */
};

struct fuzz_vec {
	u64 r[CASE_REGS];	  /* 0 if the register holds a pointer */
	u8 win[FUZZ_MAX_WINDOWS]; /* mem, stack, ctx, back to back */
};

/*
 * Nothing is allocated, so that an input can be copied by assignment. Data beyond the counts is
 * undefined.
 */
struct fuzz_input {
	u8 type;  /* enum case_type */
	u8 flags; /* enum fuzz_flags */
	u8 nprogs, nfuncs, nmaps, nvecs;
	u16 ninsns;
	u16 hidden;	     /* registers excluded from comparison */
	u16 win[NR_REGIONS]; /* bytes without guards, multiples of 8; [REGION_NONE] is 0 */
	struct {
		u8 region; /* enum region */
		s32 off;   /* as in struct reg_in */
	} regs[CASE_REGS];
	struct fuzz_prog progs[FUZZ_MAX_PROGS];
	struct fuzz_func funcs[FUZZ_MAX_FUNCS];
	struct fuzz_map maps[FUZZ_MAX_MAPS];
	struct insn insns[FUZZ_MAX_INSNS];
	struct fuzz_vec vecs[FUZZ_MAX_VECS];
};

/* The available maps. A guest can keep one of each. */
struct fuzz_shape {
	u8 kind; /* enum map_kind */
	u16 key_size, value_size;
	u32 entries;
};

extern const struct fuzz_shape fuzz_shapes[];
extern const u32 nr_fuzz_shapes;

/* An input as bytes. */
struct fuzz_bytes {
	const u8 *data;
	size_t len;
};

/*
 * Parse untrusted bytes. Returns 0, or -EINVAL with a static text in *@why (may be NULL); @in is
 * then undefined.
 */
int fuzz_input_parse(struct fuzz_input *in, const void *data, size_t len, const char **why);

/*
 * Returns the bytes written to @buf, 0 if they would exceed @cap. FUZZ_INPUT_MAX is always enough.
 */
size_t fuzz_input_write(const struct fuzz_input *in, void *buf, size_t cap);

/* Would fuzz_input_parse() accept @in? Returns 0, or -EINVAL with *@why. */
int fuzz_input_check(const struct fuzz_input *in, const char **why);

/*
 * Resize window @region to @bytes (a multiple of 8). New bytes are 0, and of a stack the lowest.
 * Returns where they begin in .vecs[].win, or -EINVAL if it has as many bytes already, or if that
 * is too much.
 */
int fuzz_input_widen(struct fuzz_input *in, enum region region, u32 bytes);

/*
 * Returns the case, to be freed by the caller. @outcome: OUTCOME_EITHER if the verifier's decision
 * is unknown. Its needs follow from its insns. @id is FAMILY/NAME/OPERANDS and is interned: use the
 * same one for all cases that are not kept.
 */
struct bpf_case *fuzz_input_to_case(const struct fuzz_input *in, const char *id,
				    enum outcome outcome);

/*
 * Returns 0, or -ENOTSUP with *@why (may be NULL) if the form cannot express the case. Of more than
 * FUZZ_MAX_VECS vectors, evenly spaced ones are taken. Guards, expectations, names and texts are
 * dropped.
 */
int fuzz_input_from_case(struct fuzz_input *in, const struct bpf_case *c, const char **why);

/* Bytes in front of window @region in a fuzz_vec.win. */
static inline u32 fuzz_win_at(const struct fuzz_input *in, enum region region)
{
	u32 at = 0;

	for (int r = REGION_MEM; r < (int)region; r++)
		at += in->win[r];
	return at;
}

/* Returns a hash of the bytes of an input that is never 0. */
u64 fuzz_input_hash(const void *data, size_t len);

/* May an input call helper @nr? */
bool fuzz_helper_ok(s32 nr);

#endif
