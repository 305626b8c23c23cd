/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Classic BPF filters (Documentation/networking/filter.rst), which the kernel converts to eBPF and
 * passes to the JIT without the verifier. A struct insn holds an instruction: code, off = jt |
 * jf << 8, imm = k. A struct code with such instructions has .classic set.
 *
 * The text is that of bpf_asm and tcpdump -d: ld [14], ldh [x + 2], ldx 4*([14]&0xf), ld #len,
 * ld M[3], jeq #0x800, L1, L2, ret a and so on. A jump target is a label or +N, the number of
 * instructions to skip. A '#' and a blank begin a comment. ".insn CODE, JT, JF, K" is any
 * instruction.
 */
#ifndef CHECKJIT_CLASSIC_H
#define CHECKJIT_CLASSIC_H

#include "bpf/model.h"

#define CLASSIC_MAX_INSNS 4096 /* BPF_MAXINSNS */
#define CLASSIC_MEMWORDS  16   /* M[] */
#define CLASSIC_LINEAR	  64   /* linear bytes of a packet; the rest is in fragments */

/* Constants of uapi linux/bpf_common.h and linux/filter.h that bpf/isa.h lacks. */
#define BPF_RET	   0x06
#define BPF_MISC   0x07
#define BPF_LEN	   0x80 /* mode */
#define BPF_MSH	   0xa0 /* mode: 4 * ([k] & 0xf) */
#define BPF_A	   0x10 /* of BPF_RET */
#define BPF_TAX	   0x00
#define BPF_TXA	   0x80
#define SKF_AD_OFF (-0x1000) /* an absolute load from here on reads metadata of the packet */

/* The packet's metadata, which images/module sets in every run. */
enum classic_meta {
	CLASSIC_PROTOCOL = 0x88b5,
	CLASSIC_PKTTYPE = 3,
	CLASSIC_QUEUE = 0xb3d5,
	CLASSIC_VLAN_TCI = 0xe123,
	CLASSIC_VLAN_TPID = 0x88a8,
};
#define CLASSIC_MARK   0x80c3a5f1u
#define CLASSIC_RXHASH 0x9d2b6e07u

static inline u8 classic_jt(const struct insn *insn)
{
	return (u16)insn->off & 0xff;
}

static inline u8 classic_jf(const struct insn *insn)
{
	return (u16)insn->off >> 8;
}

static inline struct insn classic_insn(u8 code, u8 jt, u8 jf, u32 k)
{
	return (struct insn){ .code = code, .off = (s16)(jt | jf << 8), .imm = (s32)k };
}

/* Like asm_assemble(), insn_print() and insn_encode(), which makes a struct sock_filter. */
int classic_assemble(const char *text, const char *file, int line, struct code *out,
		     struct diag *diag);
int classic_print(char *buf, size_t size, const struct insn *insn);
void classic_encode(u8 buf[INSN_SIZE], const struct insn *insn, enum byte_order order);

/* Print a whole filter with labels. Each line begins with @indent. */
void classic_print_code(FILE *f, const struct code *code, const char *indent);

/* The addressing modes of the table of mnemonics. */
enum classic_mode {
	CLASSIC_NONE,  /* tax */
	CLASSIC_ABS,   /* ld [k] */
	CLASSIC_IND,   /* ld [x + k] */
	CLASSIC_MEM,   /* ld M[k] */
	CLASSIC_LEN,   /* ld #len */
	CLASSIC_MSH,   /* ldx 4*([k]&0xf) */
	CLASSIC_K,     /* add #k */
	CLASSIC_X,     /* add x */
	CLASSIC_A,     /* ret a */
	CLASSIC_JA,    /* ja L */
	CLASSIC_JMP_K, /* jeq #k, Lt, Lf */
	CLASSIC_JMP_X, /* jeq x, Lt, Lf */
};

struct classic_desc {
	const char *name; /* unique, for ids: "add_k" */
	const char *op;
	u8 code;
	u8 mode; /* enum classic_mode */
};

extern const struct classic_desc classic_descs[];
extern const u32 nr_classic_descs;
const struct classic_desc *classic_lookup(u8 code);
const struct classic_desc *classic_by_name(const char *name);

/*
 * Run @code on @packet as a machine with @st->quirks; sets @st->retval and met. Returns MODEL_OK,
 * or MODEL_BAD_INSN, MODEL_BAD_JUMP or MODEL_UNDEFINED with @why filled as by model_run() if the
 * kernel would reject the filter. Each instruction adds 1 to @st->steps and is passed to @step,
 * which may be NULL.
 */
enum model_stop classic_run(const struct code *code, const u8 *packet, u32 len,
			    struct model_state *st, char *why, model_step_fn *step, void *ctx);

/* ---- packets (bpf/model_packet.c) ---- */

/*
 * Read @size bytes in network byte order at @off of a packet, as packet loads of classic and
 * extended BPF do. Returns false if the packet lacks them.
 */
bool packet_read(const u8 *packet, u32 len, u32 off, u32 size, u32 *value);
u32 packet_load_size(u8 code);

#endif
