/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The wire between the host and the agent in the guest: versioned, length-prefixed, checksummed
 * messages over a byte stream. All integers are in the guest's byte order: the host swaps, and the
 * magic of the hello shows the order. Structures have no holes: members are naturally aligned and
 * sizes are multiples of 8. Both sides include this file.
 *
 *	guest -> host	HELLO
 *	host -> guest	VECTORS (a table of vectors, kept under its id), RUN, GCOV, MEMORY, BYE
 *	guest -> host	one RESULT for each RUN, in order; nothing for VECTORS; one GCOV for each
 *			coverage file of the kernel, then an empty GCOV
 *
 * The host may send several RUNs before it reads an answer. The hello tells the agent's limits.
 * On a malformed message the agent sends ERROR and ends the guest.
 */
#ifndef CHECKJIT_WIRE_H
#define CHECKJIT_WIRE_H

#include "proto/engines.h"

/* Fixed-width types: stdint.h on the host, nolibc in the guest. */
typedef unsigned char wire_u8;
typedef unsigned short wire_u16;
typedef unsigned int wire_u32;
typedef unsigned long long wire_u64;

#define WIRE_VERSION	 10
#define WIRE_MAGIC	 0x434a4954 /* "CJIT" */
#define WIRE_MAX_PAYLOAD (4u << 20) /* bytes */
#define WIRE_POISON	 0xa5	    /* each byte of a spill area before a vector runs */

enum wire_type {
	WIRE_HELLO = 1,
	WIRE_VECTORS = 2,
	WIRE_RUN = 3,
	WIRE_RESULT = 4,
	WIRE_BYE = 5,	/* no payload; the guest powers off */
	WIRE_ERROR = 6, /* payload: text */
	WIRE_GCOV = 7,	/* request: no payload; answers: a struct wire_file each, then no payload */
	WIRE_MEMORY = 8, /* request: no payload; answer: struct wire_memory */
};

struct wire_hdr {
	wire_u32 magic;
	wire_u32 type;
	wire_u32 seq;	   /* of the request; its answer carries the same */
	wire_u32 len;	   /* payload bytes, a multiple of 8 */
	wire_u32 check[2]; /* wire_hash of the payload */
};

/* The agent keeps this many tables of vectors, ids 0..63; a new table replaces the old one. */
#define WIRE_MAX_VEC_TABLES 64
#define WIRE_MAX_PROGS	    64	   /* of one run */
#define WIRE_MAX_MAPS	    63	   /* beside the I/O map */
#define WIRE_ARENA_UPPER    1u	   /* upper half of an arena's user address; its lower half is 0 */
#define WIRE_ARENA_PAGES    64u	   /* of 4 KiB, whatever the page size of the kernel is */
#define WIRE_MAX_FUNCS	    512	   /* of the native code: BPF_MAX_SUBPROGS is 256 */
#define WIRE_MAX_ABI	    32	   /* of one answer */
#define WIRE_MAX_EDGES	    65536u /* an edge is 16 bits */
#define WIRE_INSN_ARRAY	    34	   /* BPF_MAP_TYPE_INSN_ARRAY, missing in older headers */

/* Two pages of the agent on 64-bit machines, which cases try to read, and each of their bytes. */
#define WIRE_USER_PAGE	    0x7ead0000u
#define WIRE_USER_PAGE_HIGH 0x1234567000u
#define WIRE_USER_BYTE	    0xa5

struct wire_hello {
	wire_u32 version;
	wire_u32 word_bits;
	wire_u32 max_payload;
	wire_u32 io_size; /* bytes of the I/O map's value */
	wire_u32 nr_caps; /* of enum cap */
	wire_u32 uptime_ms;
	char release[64];
	char machine[64]; /* uname -m */
			  /* followed by struct wire_cap[nr_caps] */
};

struct wire_cap {
	wire_u32 cap;  /* enum cap of proto/caps.h */
	wire_u32 have; /* 1 yes, 0 no */
	wire_u32 err;  /* errno of the probe if not, as in asm-generic/errno.h */
	wire_u32 pad;
};

/* Vectors: nvecs rows of ncols u64, then nvecs x win_bytes window bytes (struct vectors). */
struct wire_vectors {
	wire_u32 id;
	wire_u32 nvecs;
	wire_u32 ncols;
	wire_u32 win_bytes;
	/* followed by u64 cols[nvecs][ncols]; u8 bytes[nvecs][win_bytes] */
};

/* A .gcda file of the kernel. */
struct wire_file {
	wire_u32 size;
	wire_u32 pad;
	char name[120]; /* the last part of its path */
			/* followed by size bytes and the padding to 8 */
};

/* Memory that is free in the guest after the kernel has finished all deferred frees. */
struct wire_memory {
	wire_u64 free_kb; /* 0: not known */
};

/* In place of a BPF_PROG_TYPE: one program of struct sock_filter; the ctx is its packet. */
#define WIRE_PROG_CLASSIC 0

enum wire_run_flags {
	WIRE_DUMP = 1 << 0,   /* full state of every block and vector, not only hashes */
	WIRE_XLATED = 1 << 1, /* the translated program of progs[0] */
	WIRE_JITED = 1 << 2,  /* the native code of progs[0] */
	WIRE_LOG = 1 << 3,    /* the verifier's log even on success (level 1) */
	WIRE_LINFO = 1 << 4,  /* address of each insn of progs[0]: struct wire_line, wire_func */
	WIRE_LOG2 = 1 << 5,   /* the log at level 2 for progs[0], from its beginning */
	WIRE_COVER = 1 << 6,  /* KCOV edges of the loads */
	WIRE_QUIET = 1 << 7,  /* do not load a refused program again for its log */
	/* Refuse without trying if the last RUN without this flag was refused. */
	WIRE_IF_LOADED = 1 << 8,
	/* The verifier looks at WIRE_SHALLOW_INSNS insns at most, where the kernel can do that. */
	WIRE_SHALLOW = 1 << 9,
};

#define WIRE_SHALLOW_INSNS 2000
#define WIRE_DEEP_INSNS	   1000000 /* BPF_COMPLEXITY_LIMIT_INSNS of include/linux/bpf.h */

/*
 * In the flags: a load that takes longer than this many milliseconds, up to WIRE_MAX_LIMIT, fails
 * with EAGAIN. 0: no limit.
 */
#define WIRE_LIMIT(ms)	     ((wire_u32)(ms) << 16)
#define WIRE_LIMIT_MS(flags) ((flags) >> 16)
#define WIRE_MAX_LIMIT	     0xffff

struct wire_run {
	wire_u32 engine;
	wire_u32 flags;	    /* enum wire_run_flags, and WIRE_LIMIT() */
	wire_u32 vectors;   /* id of the table */
	wire_u32 first_vec; /* vectors first_vec .. first_vec + nr_vecs - 1 of the table */
	wire_u32 nr_vecs;
	wire_u32 prog_type;  /* of all programs: BPF_PROG_TYPE_SYSCALL, RAW_TRACEPOINT,
			      * SOCKET_FILTER or WIRE_PROG_CLASSIC */
	wire_u32 load_flags; /* BPF_F_SLEEPABLE, BPF_F_TEST_RND_HI32, ... */
	wire_u32 nr_progs;   /* progs[0] is run; the others fill prog_arrays */
	wire_u32 nr_maps;    /* beside the I/O map */
	wire_u32 nr_blocks;
	wire_u32 nr_survivors; /* insns that must be in the translated program, in order */
	wire_u32 ctx_bytes;    /* size of the ctx: the last ctx_bytes of each row's window bytes;
				* the packet of a SOCKET_FILTER, behind a MAC header of zeros */
	/* followed by: struct wire_map[nr_maps], struct wire_slot[sum of nr_slots] (padded to 8),
	 * struct wire_block[nr_blocks], struct wire_survivor[nr_survivors],
	 * then for each program: struct wire_prog, insns (8 x nr_insns), BTF padded to 8,
	 * struct wire_func_info[nr_funcs], struct wire_line_info[nr_lines] */
};

struct wire_map {
	wire_u32 type; /* BPF_MAP_TYPE_* */
	wire_u32 key_size;
	wire_u32 value_size;
	wire_u32 max_entries;
	wire_u32 nr_slots; /* BPF_MAP_TYPE_PROG_ARRAY, WIRE_INSN_ARRAY: filled slots */
	wire_u32 pad;
};

struct wire_slot {
	wire_u32 key;
	wire_u32 prog; /* index of the program that goes there; insn_array: slot of progs[0] */
};

/*
 * Where a block's data lies in the I/O map's value, and what is written there before each vector.
 * All offsets are bytes from the start of the value, in multiples of 8. After the run the whole
 * slot [start, start + size) is hashed.
 */
struct wire_block {
	wire_u32 start, size;
	wire_u32 regs; /* 10 u64: initial r0-r9, from columns cols[k]; 0xff: zero */
	wire_u32 win;  /* win_bytes - ctx_bytes of the vector's row are copied here */
	wire_u32 out;  /* spill area: out_size bytes, WIRE_POISON before the run */
	wire_u32 out_size;
	wire_u8 cols[16];  /* [0..9] */
	wire_u8 turns[16]; /* [0..9]: rK comes from so many vectors further on, which wrap around */
};

/* An insn that must be found in the translated program: (insn & mask) == value. */
struct wire_survivor {
	wire_u8 insn[8]; /* in the guest's layout */
	wire_u8 mask[8];
};

/* How the kernel attaches programs: enum bpf_attach_type, incomplete in older headers. */
enum wire_attach {
	WIRE_ATTACH_NONE = 0, /* run, or put into prog_arrays */
	WIRE_ATTACH_FENTRY = 24,
	WIRE_ATTACH_FEXIT = 25,
	WIRE_ATTACH_FMOD_RET = 26,
	WIRE_ATTACH_FSESSION = 58,
	WIRE_ATTACH_FENTRY_MULTI = 59, /* of 7.3: one link to several functions of the kernel */
	WIRE_ATTACH_FEXIT_MULTI = 60,
	WIRE_ATTACH_FSESSION_MULTI = 61,
	WIRE_ATTACH_FREPLACE = 1000, /* a program type in the kernel, not an attach type */
	WIRE_ATTACH_BESIDE = 1001,   /* not attached: it runs on another CPU while progs[0] runs */
	WIRE_ATTACH_STRUCT_OPS = 1002, /* takes the place of a function of the module */
};

#define WIRE_TO_KERNEL 0xffffffffu

enum wire_stay {
	WIRE_STAYS,
	WIRE_DETACHED, /* until the first vector */
	WIRE_CHANGING, /* and attached again, over and over, by another CPU while progs[0] runs */
};

struct wire_prog {
	wire_u32 nr_insns;
	wire_u32 btf_size;
	wire_u32 nr_funcs; /* func_info records; 0: none */
	wire_u32 nr_lines; /* line_info records; they need func_info for every function */
	wire_u32 attach;   /* enum wire_attach, of all but progs[0] */
	wire_u32 target; /* the program whose function it is attached to; WIRE_TO_KERNEL: a kfunc */
	wire_u32 func;	 /* the function: type id in the target's BTF, or KFUNC_BASE + index */
	wire_u32 stay;	 /* enum wire_stay */
	wire_u64 cookie;
	wire_u32 nr_more; /* WIRE_ATTACH_*_MULTI: further functions */
	wire_u32 pad;
	/* followed by struct wire_more[nr_more] */
};

#define WIRE_MAX_MORE 15u

/* A further function of the kernel to which a program is attached. */
struct wire_more {
	wire_u32 func; /* KFUNC_BASE + index */
	wire_u32 pad;
	wire_u64 cookie;
};

struct wire_func_info {
	wire_u32 insn_off;
	wire_u32 type_id;
};

/* struct bpf_line_info: WIRE_LINFO answers with the line (line_col >> 10); names may be 0. */
struct wire_line_info {
	wire_u32 insn_off;
	wire_u32 file_name_off;
	wire_u32 line_off;
	wire_u32 line_col;
};

enum wire_stage {
	WIRE_STAGE_OK,
	WIRE_STAGE_MAP, /* creating or filling a map failed */
	WIRE_STAGE_BTF,
	WIRE_STAGE_LOAD,       /* of progs[0]; err and log say why */
	WIRE_STAGE_LOAD_OTHER, /* of another program */
	WIRE_STAGE_INFO,
	WIRE_STAGE_RUN,	   /* BPF_PROG_TEST_RUN itself failed */
	WIRE_STAGE_ENGINE, /* the sysctl could not be set */
	WIRE_STAGE_ABI,	   /* native code violated the calling convention: struct wire_abi */
	WIRE_STAGE_ATTACH, /* of a loaded program; err says why */
	WIRE_STAGE_MIXED,  /* native and interpreted programs may not share a prog_array */
};

struct wire_result {
	wire_u32 stage; /* where it stopped; WIRE_STAGE_OK: ran to the end */
	wire_u32 err;	/* errno, as in asm-generic/errno.h */
	wire_u32 engine;
	wire_u32 jited_len;  /* bytes of native code of progs[0], all functions */
	wire_u32 xlated_len; /* bytes */
	wire_u32 survived;   /* survivors found; the next one, if any, is missing */
	wire_u32 nr_blocks;
	wire_u32 nr_vecs;
	wire_u32 load_us;
	wire_u32 run_us;
	wire_u32 log_len; /* each of the following is padded to 8 */
	wire_u32 dump_len;
	wire_u32 xlated_dump;
	wire_u32 jited_dump;
	wire_u32 nr_lines;
	wire_u32 nr_funcs;
	wire_u32 nr_abi;
	wire_u32 abi_vec; /* the table's vector whose run violated the convention */
	wire_u32 nr_edges;
	wire_u32 nr_pcs; /* KCOV places that the edges were made of */
	/* followed by struct wire_block_hash[nr_blocks], the log (its last bytes if it is too
	 * long), struct wire_abi[nr_abi], the dump, the translated program, the native code,
	 * struct wire_line[nr_lines], struct wire_func[nr_funcs], u16 edges[nr_edges].
	 * The dump: for each vector u32 retval, u32 0, then the slots of all blocks in order,
	 * then ctx_bytes of ctx. */
};

/* Over all vectors of the run, for each: retval (block 0), the slot, the ctx (block 0). */
struct wire_block_hash {
	wire_u32 h[2];
};

/* Where the insn of one line_info record is now. None if the kernel has no line_info. */
struct wire_line {
	wire_u32 insn; /* slot of the translated program */
	wire_u32 line; /* of the record: line_col >> 10 */
	wire_u64 addr; /* of its native code; 0: not known */
};

/* The functions of the native code, in the order of the dump. */
struct wire_func {
	wire_u64 addr;
	wire_u32 len;
	wire_u32 pad;
};

/* A value that native code must preserve and did not (WIRE_RAW_JIT, WIRE_RAW_INTERP). */
struct wire_abi {
	char name[8]; /* register, NUL-terminated; "sp+N": a word of the caller's stack frame */
	wire_u64 want, got;
};

#endif
