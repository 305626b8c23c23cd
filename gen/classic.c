// SPDX-License-Identifier: GPL-2.0
/*
 * Classic filters: what the kernel converts to eBPF by itself and hands to the JIT without a
 * verifier, which would have inserted zero extensions. A filter shows 32 bits of A; the others it
 * tells by a comparison that only a dirty upper half could pass, since the kernel converts
 * comparisons to those of whole registers.
 */
#include "bpf/classic.h"
#include "gen/dims.h"
#include "gen/families.h"

#define DIRTY 0xd1d1d1d1 /* what such a filter returns */

/* A and X: identities, extremes, counts, a few without any pattern */
static const u32 values[] = {
	0, 1, 7, 32, 0xffff, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff, 0x12345678,
};

static void put(struct gen *g, u8 code, u32 k)
{
	gen_insn(g, classic_insn(code, 0, 0, k));
}

static void put_jump(struct gen *g, u8 code, u8 jt, u8 jf, u32 k)
{
	gen_insn(g, classic_insn(code, jt, jf, k));
}

static void put_op(struct gen *g, const char *name, u32 k)
{
	put(g, classic_by_name(name)->code, k);
}

/* A and X from the packet's first two words; X below 32 where it is a count: what more means is
 * left open. */
static void put_operands(struct gen *g, bool count)
{
	put_op(g, "ld_abs", 4);
	if (count)
		put_op(g, "and_k", 31);
	put_op(g, "tax", 0);
	put_op(g, "ld_abs", 0);
}

static void put_return(struct gen *g)
{
	put_jump(g, BPF_JMP | BPF_JGT | BPF_K, 0, 1, 0xffffffff);
	put_op(g, "ret_k", DIRTY);
	put_op(g, "ret_a", 0);
}

static struct vectors *operands(void)
{
	return vecs_packets("operands", 8, 2, values, ARRAY_SIZE(values));
}

static bool takes_k(const struct gen_family *f, u32 op)
{
	u8 mode = classic_by_name(f->ops[op])->mode;

	return mode == CLASSIC_K || mode == CLASSIC_JMP_K;
}

/* ---- arithmetic ---- */

static const char *const alu_ops[] = {
	"add_k", "add_x", "sub_k", "sub_x", "mul_k", "mul_x", "div_k",
	"div_x", "mod_k", "mod_x", "and_k", "and_x", "or_k",  "or_x",
	"xor_k", "xor_x", "lsh_k", "lsh_x", "rsh_k", "rsh_x", "neg",
};

static u8 alu_op(const struct gen_family *f, u32 op)
{
	return BPF_OP(classic_by_name(f->ops[op])->code);
}

static bool is_shift(const struct gen_family *f, u32 op)
{
	return alu_op(f, op) == BPF_LSH || alu_op(f, op) == BPF_RSH;
}

/* The immediates are in the order of imm32, which begins with 0. */
static bool divides(const struct gen_family *f, u32 op)
{
	return alu_op(f, op) == BPF_DIV || alu_op(f, op) == BPF_MOD;
}

static u32 alu_k(const struct gen_family *f, u32 op, u32 i)
{
	return is_shift(f, op) ? i : (u32)imm_value(i + divides(f, op));
}

static u32 count_alu_k(const struct gen_family *f, u32 op)
{
	if (!takes_k(f, op))
		return 1;
	return is_shift(f, op) ? 32 : dim_imm.count(f, op) - divides(f, op);
}

static void print_alu_k(char *buf, size_t size, const struct gen_family *f, u32 op, u32 i)
{
	if (takes_k(f, op))
		snprintf(buf, size, "%d", (s32)alu_k(f, op, i));
	else
		snprintf(buf, size, "x");
}

static const struct gen_dim dim_alu_k = { count_alu_k, print_alu_k };

/* What is looked at afterwards: A, or X, which must be as it was */
static const char *const shown[] = { "a", "x" };
GEN_DIM(shown, ARRAY_SIZE(shown), "%s", shown[i]);

static void build_alu(struct gen *g, u32 op, const u32 *at)
{
	gen_classic(g, operands());
	put_operands(g, is_shift(g->family, op));
	put_op(g, g->family->ops[op], takes_k(g->family, op) ? alu_k(g->family, op, at[0]) : 0);
	if (at[1])
		put_op(g, "txa", 0);
	put_return(g);
}

const struct gen_family family_classic_alu = {
	.name = "classic_alu",
	.doc = "arithmetic of classic filters: every operation with every immediate, and with X",
	.verified = true,
	.ops = alu_ops,
	.nops = ARRAY_SIZE(alu_ops),
	.dims = { &dim_alu_k, &dim_shown },
	.build = build_alu,
};

/* ---- jumps ---- */

static const char *const jmp_ops[] = { "jeq_k", "jeq_x", "jgt_k",  "jgt_x",
				       "jge_k", "jge_x", "jset_k", "jset_x" };

static u32 count_jmp_k(const struct gen_family *f, u32 op)
{
	return takes_k(f, op) ? dim_imm.count(f, op) : 1;
}

static void print_jmp_k(char *buf, size_t size, const struct gen_family *f, u32 op, u32 i)
{
	if (takes_k(f, op))
		dim_imm.print(buf, size, f, op, i);
	else
		snprintf(buf, size, "x");
}

static const struct gen_dim dim_jmp_k = { count_jmp_k, print_jmp_k };

/* The targets; where one is the next instruction, the kernel makes do with one jump, some of them
 * the other way round. */
static const struct {
	const char *name;
	u8 jt, jf;
} targets[] = {
	{ "both", 1, 2 },
	{ "true", 2, 0 },
	{ "false", 0, 2 },
	{ "none", 0, 0 },
};
GEN_DIM(targets, ARRAY_SIZE(targets), "%s", targets[i].name);

/* What A went through: operations with a carry out of 32 bits, that together leave it as it was */
static const struct {
	const char *name, *op[2];
	u32 k[2];
} ways[] = {
	{ "ld", {}, {} },
	{ "add", { "sub_k", "add_k" }, { 0x9abcdef1, 0x9abcdef1 } },
	{ "mul", { "mul_k", "mul_k" }, { 0x01000193, 0x359c449b } },
	{ "neg", { "neg", "neg" }, {} },
};
GEN_DIM(ways, ARRAY_SIZE(ways), "%s", ways[i].name);

static struct vectors *around(u32 nr)
{
	u32 k = imm_value(nr),
	    near[] = { k, k - 1, k + 1,	     ~k,	 -k,	    k ^ 0x80000000,
		       0, 1,	 0x7fffffff, 0x80000000, 0xffffffff };
	char name[32];

	snprintf(name, sizeof(name), "around.%u", nr);
	return vecs_packets(name, 8, 1, near, ARRAY_SIZE(near));
}

static void build_jmp(struct gen *g, u32 op, const u32 *at)
{
	bool k = takes_k(g->family, op);

	gen_classic(g, k ? around(at[0]) : operands());
	put_operands(g, false);
	for (u32 i = 0; i < 2 && ways[at[2]].op[i]; i++)
		put_op(g, ways[at[2]].op[i], ways[at[2]].k[i]);
	put_jump(g, classic_by_name(g->family->ops[op])->code, targets[at[1]].jt, targets[at[1]].jf,
		 k ? (u32)imm_value(at[0]) : 0);
	put_op(g, "ret_k", 1);
	put_op(g, "ret_k", 2);
	put_op(g, "ret_k", 3);
}

const struct gen_family family_classic_jmp = {
	.name = "classic_jmp",
	.doc = "comparisons of classic filters around every immediate and with X, with either "
	       "target next to them, after a carry",
	.verified = true,
	.ops = jmp_ops,
	.nops = ARRAY_SIZE(jmp_ops),
	.dims = { &dim_jmp_k, &dim_targets, &dim_ways },
	.build = build_jmp,
};

/* ---- loads ---- */

static const char *const ld_ops[] = { "ld_abs", "ldh_abs", "ldb_abs", "ldx_msh",
				      "ld_ind", "ldh_ind", "ldb_ind" };

/* Packets, without their 16 guard bytes; 64 bytes are linear */
static const u32 packets[] = { 8, 48, 56, 128, 1000 };
GEN_DIM(packet, ARRAY_SIZE(packets), "%u", packets[i]);

/* Offsets where the linear part ends, where an offset field of some machine does; and those that
 * stand for a header, or nothing */
static const s32 offsets[] = {
	0,	   1,	      2,	 3,	     4,		  5,	    7,	      8,
	15,	   16,	      59,	 60,	     61,	  62,	    63,	      64,
	65,	   127,	      128,	 255,	     256,	  1011,	    4095,     4096,
	32764,	   32767,     32768,	 0x7fffffff, -0x100000,	  -0xffffd, -0xfffc1, -0xfff80,
	-0x200000, -0x1ffff4, -0x1ffff1, -0x200001,  -0x80000000,
};

#define NEAR_END 6 /* and offsets from so many bytes before the packet's end on */

static s32 offset(u32 packet, u32 i)
{
	if (i < ARRAY_SIZE(offsets))
		return offsets[i];
	return packets[packet] + CASE_GUARD + (i - ARRAY_SIZE(offsets)) - NEAR_END;
}

GEN_DIM(offset, ARRAY_SIZE(offsets) + NEAR_END + 1, "%s%d", i < ARRAY_SIZE(offsets) ? "" : "end-",
	i < ARRAY_SIZE(offsets) ? offsets[i] : (int)(ARRAY_SIZE(offsets) + NEAR_END - i));

/* X of an indirect load */
static const u32 indices[] = {
	0,    1,	  4,	      56,	  60,	      64,	  140,
	1000, 0xfffffffc, 0x7fffffff, 0x80000000, 0xfff00004, 0xffe00004, 0x8000003c,
};

static void build_ld(struct gen *g, u32 op, const u32 *at)
{
	const struct classic_desc *d = classic_by_name(g->family->ops[op]);
	u32 packet = packets[at[0]];

	if (d->mode == CLASSIC_IND)
		gen_classic(g, vecs_packets("indices", packet, 1, indices, ARRAY_SIZE(indices)));
	else
		gen_classic(g, vecs_packets("noise", packet, 1, values, 4));
	/* A, X and M[] must survive what may be a call */
	put_op(g, "ld_imm", 0x1badb002);
	put_op(g, "st", 5);
	put_op(g, "ld_abs", 0);
	put_op(g, "tax", 0);
	put(g, d->code, offset(at[0], at[1]));
	put_op(g, "xor_x", 0);
	put_op(g, "ldx_mem", 5);
	put_op(g, "add_x", 0);
	put_return(g);
}

const struct gen_family family_classic_ld = {
	.name = "classic_ld",
	.doc = "loads of classic filters: sizes and offsets around the ends of the packet, of its "
	       "linear part, of offset fields; by X, too",
	.verified = true,
	.ops = ld_ops,
	.nops = ARRAY_SIZE(ld_ops),
	.dims = { &dim_packet, &dim_offset },
	.build = build_ld,
};

/* ---- M[] ---- */

static const char *const mem_ops[] = { "st", "stx" };

GEN_DIM(word, CLASSIC_MEMWORDS, "%u", i);

static const char *const readers[] = { "ld_mem", "ldx_mem" };
GEN_DIM(reader, ARRAY_SIZE(readers), "%s", i ? "ldx" : "ld");

/* Each word has a value of its own, one is stored to, and a sum over all in which they count
 * differently says which. */
static void build_mem(struct gen *g, u32 op, const u32 *at)
{
	gen_classic(g, operands());
	for (u32 i = 0; i < CLASSIC_MEMWORDS; i++) {
		put_op(g, "ld_imm", 0x01010101 * i + 0x80);
		put_op(g, "st", i);
	}
	put_operands(g, false);
	put_op(g, mem_ops[op], at[0]);
	for (u32 i = 0; i < CLASSIC_MEMWORDS; i++) {
		put_op(g, "mul_k", 0x01000193);
		if (at[1]) {
			put_op(g, "ldx_mem", i);
			put_op(g, "xor_x", 0);
			continue;
		}
		put_op(g, "tax", 0);
		put_op(g, "ld_mem", i);
		put_op(g, "xor_x", 0);
	}
	put_return(g);
}

const struct gen_family family_classic_mem = {
	.name = "classic_mem",
	.doc = "the 16 words that a classic filter has for itself, stored to and loaded from A and "
	       "X",
	.verified = true,
	.ops = mem_ops,
	.nops = ARRAY_SIZE(mem_ops),
	.dims = { &dim_word, &dim_reader },
	.build = build_mem,
};

/* ---- distances ---- */

static const char *const far_ops[] = { "ja", "true", "false" };

enum { FAR_JA, FAR_TRUE, FAR_FALSE };

/* What is jumped over; the kernel makes 1 to 25 instructions of each */
static const char *const fills[] = { "add_k", "ld_mem", "ldb_abs", "ldx_msh", "div_x" };
GEN_DIM(fill, ARRAY_SIZE(fills), "%s",
	i == 2	 ? "ldb"
	: i == 3 ? "msh"
	: i == 4 ? "div"
	: i == 1 ? "ld"
		 : "add");

/* Conditional jumps go over 255 instructions at most; ja over all there may be, but no further than
 * 32767 after conversion */
static const u32 counts[] = { 0,   1,	2,   10,  31,  32,  63,	  64,	126,  127,  128,  254,
			      255, 256, 257, 300, 511, 600, 1000, 1023, 1200, 2000, 3000, 4080 };

static u32 count_count(const struct gen_family *f, u32 op)
{
	(void)f;
	return op == FAR_JA ? ARRAY_SIZE(counts) : 256;
}

static void print_count(char *buf, size_t size, const struct gen_family *f, u32 op, u32 i)
{
	(void)f;
	snprintf(buf, size, "%u", op == FAR_JA ? counts[i] : i);
}

static const struct gen_dim dim_count = { count_count, print_count };

/* Loads become about 18 instructions. */
#define FAR_LOADS 1200

static void build_far(struct gen *g, u32 op, const u32 *at)
{
	bool load = at[0] == 2 || at[0] == 3;
	u32 n = op == FAR_JA ? counts[at[1]] : at[1];

	if (load && n > FAR_LOADS)
		n = FAR_LOADS + n % 64;
	gen_classic(g, operands());
	put_operands(g, false);
	put_op(g, "st", 1);
	if (op == FAR_JA) {
		/* around it when A is odd */
		put_jump(g, BPF_JMP | BPF_JSET | BPF_K, 1, 0, 1);
		put(g, BPF_JMP | BPF_JA, n);
	} else {
		put_jump(g, BPF_JMP | BPF_JSET | BPF_K, op == FAR_TRUE ? n : 0,
			 op == FAR_FALSE ? n : 0, 1);
	}
	for (u32 i = 0; i < n; i++)
		put_op(g, fills[at[0]], load ? i % 24 : at[0] == 1 ? 1 : i);
	put_op(g, "add_x", 0);
	put_return(g);
}

const struct gen_family family_classic_far = {
	.name = "classic_far",
	.doc = "jumps of classic filters over every number of instructions that become long: up to "
	       "the largest filters",
	.verified = true,
	.ops = far_ops,
	.nops = ARRAY_SIZE(far_ops),
	.dims = { &dim_fill, &dim_count },
	.build = build_far,
};
