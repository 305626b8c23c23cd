// SPDX-License-Identifier: GPL-2.0
/*
 * Distances of jumps (B): a JIT chooses the short or the long form of a branch by the distance in
 * bytes of native code. Fillers are therefore built of insns of known native length: 2 and 3 bytes
 * on x86-64, 2 and 4 on s390x, 4 on arm64 and riscv. L: 64-bit constants of two slots are among
 * them.
 */
#include <string.h>
#include "gen/dims.h"
#include "gen/families.h"
#include "gen/text.h"

#define MOVED	0 /* fillers change r0, r1, r3 and r4 */
#define OPERAND 6 /* and r7: the operands of the condition */
#define ROUND	2 /* counts the rounds of a backward jump */

static void put(struct gen *g, u8 code, u8 dst, u8 src, s16 off, s32 imm)
{
	gen_insn(g, (struct insn){ .code = code, .dst = dst, .src = src, .off = off, .imm = imm });
}

/* ---- fillers; sizes are those on x86-64 ---- */

static void put2(struct gen *g)
{
	put(g, BPF_ALU | BPF_ADD | BPF_X, MOVED, 1, 0, 0);
}

static void put3(struct gen *g)
{
	put(g, BPF_ALU64 | BPF_ADD | BPF_X, MOVED, 1, 0, 0);
}

#define MIXED_BYTES 32

static void put_mixed(struct gen *g)
{
	put2(g);
	put3(g);
	put(g, BPF_ALU64 | BPF_XOR | BPF_K, 3, 0, 0, 1);
	put(g, BPF_ALU64 | BPF_ADD | BPF_K, MOVED, 0, 0, 0x12345);
	put(g, BPF_ALU64 | BPF_SUB | BPF_K, 1, 0, 0, 0x12345);
	gen_imm64(g, 4, 0x1122334455667788);
}

/* F: only register forms, whose size constant blinding does not change; or every form. */
static const char *const fills[] = { "x", "mixed" };

static void fill_bytes(struct gen *g, u32 fill, u32 bytes)
{
	for (; fill && bytes >= MIXED_BYTES + 2; bytes -= MIXED_BYTES)
		put_mixed(g);
	if (bytes % 2) {
		put3(g);
		bytes -= 3;
	}
	for (; bytes; bytes -= 2)
		put2(g);
}

static void fill_words(struct gen *g, u32 fill, u32 words)
{
	(void)fill;
	while (words--)
		put2(g);
}

/* ---- the jump under test ---- */

static bool is_goto(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_JA || d->syntax == SYNTAX_GOTOL;
}

static void put_jump(struct gen *g, const struct insn_desc *d, s32 dist)
{
	if (is_goto(d))
		gen_row_insn(g, d, 0, 0, (s16)dist, dist);
	else
		gen_row_insn(g, d, OPERAND, OPERAND + 1, (s16)dist, 1);
}

typedef void (*fill_fn)(struct gen *g, u32 fill, u32 n);

/*
 * Over the filler, taken or not. A conditional jump before a goto keeps the filler from being
 * unreachable and removed.
 */
static void forward(struct gen *g, const struct insn_desc *d, fill_fn put_fill, u32 fill, u32 n)
{
	u32 at;

	if (is_goto(d))
		put(g, BPF_JMP | BPF_JSGT | BPF_X, OPERAND, OPERAND + 1, 1, 0);
	at = g->c->progs[0].cnt;
	put_jump(g, d, 0);
	put_fill(g, fill, n);
	if (is_goto(d) && d->syntax == SYNTAX_GOTOL)
		g->c->progs[0].insns[at].imm = g->c->progs[0].cnt - at - 1;
	else
		g->c->progs[0].insns[at].off = g->c->progs[0].cnt - at - 1;
}

/* Back to the beginning of the filler, at most once. */
static void backward(struct gen *g, const struct insn_desc *d, fill_fn put_fill, u32 fill, u32 n)
{
	u32 top;

	put(g, BPF_ALU64 | BPF_MOV | BPF_K, ROUND, 0, 0, 0);
	top = g->c->progs[0].cnt;
	put_fill(g, fill, n);
	put(g, BPF_JMP | BPF_JNE | BPF_K, ROUND, 0, is_goto(d) ? 3 : 2, 0);
	put(g, BPF_ALU64 | BPF_MOV | BPF_K, ROUND, 0, 0, 1);
	if (is_goto(d))
		put(g, BPF_JMP | BPF_JSGT | BPF_X, OPERAND, OPERAND + 1, 1, 0);
	put_jump(g, d, (s32)(top - g->c->progs[0].cnt - 1));
}

static void build(struct gen *g, u32 op, bool back, fill_fn put_fill, u32 fill, u32 n)
{
	const struct insn_desc *d = gen_row(g->family, op);

	gen_inputs(g, vecs_pairs(d->size, 0));
	if (back)
		backward(g, d, put_fill, fill, n);
	else
		forward(g, d, put_fill, fill, n);
}

static bool row_dist(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_JMP_X || d->syntax == SYNTAX_JMP_K || is_goto(d);
}

GEN_DIM(dir, 2, "%s", i ? "back" : "fwd");
GEN_DIM(fill, ARRAY_SIZE(fills), "%s", fills[i]);

/* ---- x86-64: 127 bytes, and the length of the jump itself when it goes back ---- */

#define FIRST_BYTES 100
#define LAST_BYTES  160

GEN_DIM(bytes, LAST_BYTES - FIRST_BYTES + 1, "%u", FIRST_BYTES + i);

static void build_dist(struct gen *g, u32 op, const u32 *at)
{
	build(g, op, at[0], fill_bytes, at[1], FIRST_BYTES + at[2]);
}

const struct gen_family family_dist = {
	.name = "dist",
	.doc = "every jump over every distance from 100 to 160 bytes of x86-64 code, forward and "
	       "back: short jumps end at 127",
	.row = row_dist,
	.dims = { &dim_dir, &dim_fill, &dim_bytes },
	.build = build_dist,
};

/* ---- riscv: 2 and 4 KiB, where immediates of 12 and 13 bits change their sign ---- */

static const u16 word_from[] = { 498, 1008 };
#define WORDS_EACH 20

static u32 words(u32 i)
{
	return word_from[i / WORDS_EACH] + i % WORDS_EACH;
}

GEN_DIM(words, ARRAY_SIZE(word_from) * WORDS_EACH, "%u", words(i));

static bool row_kib(const struct insn_desc *d)
{
	static const char *const rows[] = { "ja",	"gotol",    "jeq64_x", "jsgt64_x",
					    "jset64_x", "jset64_k", "jlt64_k", "jne32_x",
					    "jsle32_k", "jset32_x" };

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strcmp(d->name, rows[i]))
			return true;
	return false;
}

static void build_kib(struct gen *g, u32 op, const u32 *at)
{
	build(g, op, at[0], fill_words, 0, words(at[1]));
}

const struct gen_family family_dist_kib = {
	.name = "dist_kib",
	.doc = "jumps over 2 and 4 KiB of code whose instructions take 4 bytes, one more each "
	       "time: immediates of riscv branches end there",
	.quick = 24,
	.row = row_kib,
	.dims = { &dim_dir, &dim_words },
	.build = build_kib,
};

/* ---- out of and to the ends of a function ---- */

static const char *const end_ops[] = { "first_if", "first_goto", "first_gotol",
				       "last_if",  "last_goto",	 "last_gotol" };

static void emit_fill(struct gen *g, u32 fill, u32 bytes)
{
	for (; fill && bytes >= MIXED_BYTES + 2; bytes -= MIXED_BYTES) {
		emit(g, "w0 += w2; r0 += r2; r3 ^= 1; r0 += 0x12345; r2 -= 0x12345");
		emit(g, "r4 = 0x1122334455667788 ll");
	}
	if (bytes % 2) {
		emit(g, "r0 += r2");
		bytes -= 3;
	}
	if (bytes)
		emit(g, "repeat %u w0 += w2", bytes / 2);
}

/* The jump goes to the function's first insn. r1 counts its rounds. */
static void build_ends(struct gen *g, u32 op, const u32 *at)
{
	static const char *const jumps[] = {
		"if r1 s> 0 goto top",
		"if r1 s<= 0 goto out; goto top",
		"if r1 s<= 0 goto out; gotol top",
		"if r1 s> r3 goto out",
		"if r1 s> r3 goto over; goto out; over:",
		"if r1 s> r3 goto over; gotol out; over:",
	};
	bool first = op < 3;

	emit(g, "needs calls; prog; r1 &= 3; call sub");
	emit(g, "func sub args 5:");
	/* r0 is not an argument: r5 replaces it */
	if (first) {
		emit(g, "top:; r1 -= 1; r0 = r5");
		emit_fill(g, at[0], FIRST_BYTES + at[1]);
		emit(g, "r5 = r0");
		emit(g, "%s", jumps[op]);
	} else {
		emit(g, "r0 = r5");
		emit(g, "%s", jumps[op]);
		emit_fill(g, at[0], FIRST_BYTES + at[1]);
	}
	emit(g, "out:; exit; end");
	emit(g, "vec r1 in (0 1 2 3), r3 in few64; vec r1 in (0 2), r5 in few64");
}

const struct gen_family family_dist_ends = {
	.name = "dist_ends",
	.doc = "jumps to the first and to the last instruction of a function over the same "
	       "distances",
	.verified = true,
	.ops = end_ops,
	.nops = ARRAY_SIZE(end_ops),
	.dims = { &dim_fill, &dim_bytes },
	.build = build_ends,
};

/* ---- jumps over each other: one that grows makes the next one grow ---- */

static const char *const chain_ops[] = { "fwd", "back", "cross" };

#define MIN_SPAN 2
#define SPANS	 3
GEN_DIM(span, SPANS, "%u", MIN_SPAN + i);
#define LINKS_MIN 4
GEN_DIM(links, 2, "%u", LINKS_MIN << 2 * i);

/* The limit is among these, however long a link is. */
#define CHAIN_FROM  70
#define CHAIN_SIZES 60
GEN_DIM(reach, CHAIN_SIZES, "%u", CHAIN_FROM + i);

/*
 * Links of equal size: link i jumps over the fillers of the next @span ones, or back over those
 * before it. Together these fillers have @reach bytes, so each case exceeds the limit at another
 * byte. r2 counts the jumps back: at most two are taken.
 */
static void build_chain(struct gen *g, u32 op, const u32 *at)
{
	u32 span = MIN_SPAN + at[0], links = LINKS_MIN << 2 * at[1], reach = CHAIN_FROM + at[2];

	emit(g, "prog; r2 = 2");
	for (u32 i = 0; i < links + span; i++) {
		bool back = op == 1 || (op == 2 && i % 2);
		/* the first fillers of each @span get the remainder: any @span neighbours have
		 * @reach */
		u32 bytes = reach / span + (i % span < reach % span), reg = i % 3 + 7;

		emit(g, "l%u:", i);
		if (i < links && !back)
			emit(g, "if r6 s> r%u goto l%u", reg, i + span);
		emit_fill(g, 0, bytes < 2 ? 2 : bytes);
		if (back && i >= span && i < links) {
			emit(g, "r2 -= 1; if r2 s< 0 goto l%u", i + 1);
			emit(g, "if r6 s> r%u goto l%u", reg, i - span);
		}
	}
	emit(g, "l%u:; end", links + span);
	emit(g, "vec r6 in few64, r7 in (0 -1 0x7fffffffffffffff), r9 in (1 -0x80000000)");
}

const struct gen_family family_dist_chain = {
	.name = "dist_chain",
	.quick = 12,
	.doc = "chains of jumps over each other's code at the limit of short jumps: sizes that "
	       "grow in turn",
	.ops = chain_ops,
	.nops = ARRAY_SIZE(chain_ops),
	.dims = { &dim_span, &dim_links, &dim_reach },
	.build = build_chain,
};

/* ---- far jumps: few cases, because each takes a second to load ---- */

static const char *const far_ops[] = { "gotol", "ja", "jeq64_x" };

/* For gotol: insns, more than 16 bits can count. */
static const u16 far_slots[] = { 32767, 32768, 40000 };
/*
 * For the others: around 32 KiB where an insn takes 4 bytes, then bytes on s390x, where branches of
 * 16 bits reach 64 KiB.
 */
static const u16 far_kib[] = { 8191, 8192 };
#define S390_FROM  65508
#define S390_SIZES 13

static u32 far_size(u32 op, u32 i)
{
	if (!op)
		return far_slots[i];
	return i < ARRAY_SIZE(far_kib) ? 4u * far_kib[i]
				       : S390_FROM + 2 * (i - ARRAY_SIZE(far_kib));
}

GEN_DIM(far, op ? ARRAY_SIZE(far_kib) + S390_SIZES : ARRAY_SIZE(far_slots), "%u", far_size(op, i));

/* Loads take 6 bytes on s390x. They have no constants, so blinding does not slow them down. */
static void fill_far(struct gen *g, u32 op, u32 i)
{
	u32 size = far_size(op, i);

	if (!op || i < ARRAY_SIZE(far_kib)) {
		fill_words(g, 0, op ? size / 4 : size);
		return;
	}
	for (; size >= 6; size -= 6)
		put(g, BPF_LDX | BPF_MEM | BPF_DW, 3, BPF_REG_FP, -8, 0);
	fill_words(g, 0, size / 2);
}

static void build_far(struct gen *g, u32 op, const u32 *at)
{
	const struct insn_desc *d = insn_by_name(far_ops[op]);

	gen_inputs(g, vecs_memory(8, 8));
	g->c->alone = true;
	if (at[0])
		backward(g, d, fill_far, op, at[1]);
	else
		forward(g, d, fill_far, op, at[1]);
}

const struct gen_family family_dist_far = {
	.name = "dist_far",
	.doc = "jumps over 32 and 64 KiB of code, and over more instructions than an offset of 16 "
	       "bits counts",
	.quick = 1,
	.ops = far_ops,
	.nops = ARRAY_SIZE(far_ops),
	.dims = { &dim_dir, &dim_far },
	.build = build_far,
};

static const char *const far_call_ops[] = { "call", "func" };
enum { FAR_CALL, FAR_CALLBACK };

static const u16 far_calls[] = { 32767, 32768 };

GEN_DIM(far_call, ARRAY_SIZE(far_calls), "%u", far_calls[i]);

static void emit_caller(struct gen *g)
{
	emit(g, "func caller args 3:; r6 = r2; r7 = r3; r1 = 0; call callee; r2 = r0");
	emit(g, "if r6 s<= r7 goto skip; call between; r0 += 1; skip:; r0 ^= r7; exit");
}

static void emit_callee(struct gen *g, u32 op)
{
	if (op == FAR_CALLBACK)
		emit(g, "func callee args 2 callback:; r0 = 0; exit");
	else
		emit(g, "func callee args 2:; r0 = r2; r0 *= 3; exit");
}

/*
 * A function and its caller with so many insns between them. Those are the body of a third
 * function, which is called in some runs.
 */
static void build_far_call(struct gen *g, u32 op, const u32 *at)
{
	bool back = at[0];
	/* forward, the distance includes the end of the caller */
	u32 between = far_calls[at[1]] - (back ? 0 : 6);

	emit(g, "needs calls%s; prog; r1 = 0", op == FAR_CALLBACK ? " callbacks" : "");
	if (op == FAR_CALLBACK) {
		emit(g, "r3 = 0; r1 = r6; r1 &= 7; r4 = r7; r2 = func[callee] ll; call bpf_loop; "
			"r8 = r0");
		emit(g, "r1 = 0; r2 = r6; r3 = r7");
	}
	emit(g, "call caller");
	if (back)
		emit_callee(g, op);
	else
		emit_caller(g);
	emit(g, "func between args 2:; r0 = r2; repeat %u w0 += w2; exit", between - 2);
	if (back)
		emit_caller(g);
	else
		emit_callee(g, op);
	emit(g, "end; vec r2 in few64, r3 in few64");
	if (op == FAR_CALLBACK)
		emit(g, "vec r6 in (0 1 7), r7=0");
}

const struct gen_family family_call_far = {
	.name = "call_far",
	.doc = "calls of a function, and callbacks, over more instructions than 16 bits count, "
	       "forward and back",
	.quick = 1,
	.verified = true,
	.ops = far_call_ops,
	.nops = ARRAY_SIZE(far_call_ops),
	.dims = { &dim_dir, &dim_far_call },
	.build = build_far_call,
};
