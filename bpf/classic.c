// SPDX-License-Identifier: GPL-2.0
/*
 * The reference model of classic BPF, from Documentation/networking/filter.rst and uapi
 * linux/filter.h: a 32-bit accumulator A, an index register X, M[0..15]. A and X are initially 0. A
 * load from outside the packet and a division by X = 0 end the filter with 0. Shift counts in X are
 * masked, as RFC 9669 requires for the converted filter.
 */
#include <stdarg.h>
#include <string.h>
#include "bpf/classic.h"
#include "lib/bytes.h"
#include "lib/util.h"

/* clang-format off */
#define ALU_ROWS(op, code) \
	{ op "_k", op, BPF_ALU | (code) | BPF_K, CLASSIC_K }, \
	{ op "_x", op, BPF_ALU | (code) | BPF_X, CLASSIC_X }
#define JMP_ROWS(op, code) \
	{ op "_k", op, BPF_JMP | (code) | BPF_K, CLASSIC_JMP_K }, \
	{ op "_x", op, BPF_JMP | (code) | BPF_X, CLASSIC_JMP_X }
/* clang-format on */

const struct classic_desc classic_descs[] = {
	{ "ld_abs", "ld", BPF_LD | BPF_W | BPF_ABS, CLASSIC_ABS },
	{ "ldh_abs", "ldh", BPF_LD | BPF_H | BPF_ABS, CLASSIC_ABS },
	{ "ldb_abs", "ldb", BPF_LD | BPF_B | BPF_ABS, CLASSIC_ABS },
	{ "ld_ind", "ld", BPF_LD | BPF_W | BPF_IND, CLASSIC_IND },
	{ "ldh_ind", "ldh", BPF_LD | BPF_H | BPF_IND, CLASSIC_IND },
	{ "ldb_ind", "ldb", BPF_LD | BPF_B | BPF_IND, CLASSIC_IND },
	{ "ld_imm", "ld", BPF_LD | BPF_IMM, CLASSIC_K },
	{ "ld_mem", "ld", BPF_LD | BPF_MEM, CLASSIC_MEM },
	{ "ld_len", "ld", BPF_LD | BPF_W | BPF_LEN, CLASSIC_LEN },
	{ "ldx_imm", "ldx", BPF_LDX | BPF_IMM, CLASSIC_K },
	{ "ldx_mem", "ldx", BPF_LDX | BPF_MEM, CLASSIC_MEM },
	{ "ldx_len", "ldx", BPF_LDX | BPF_W | BPF_LEN, CLASSIC_LEN },
	{ "ldx_msh", "ldx", BPF_LDX | BPF_B | BPF_MSH, CLASSIC_MSH },
	{ "st", "st", BPF_ST, CLASSIC_MEM },
	{ "stx", "stx", BPF_STX, CLASSIC_MEM },
	ALU_ROWS("add", BPF_ADD),
	ALU_ROWS("sub", BPF_SUB),
	ALU_ROWS("mul", BPF_MUL),
	ALU_ROWS("div", BPF_DIV),
	ALU_ROWS("mod", BPF_MOD),
	ALU_ROWS("and", BPF_AND),
	ALU_ROWS("or", BPF_OR),
	ALU_ROWS("xor", BPF_XOR),
	ALU_ROWS("lsh", BPF_LSH),
	ALU_ROWS("rsh", BPF_RSH),
	{ "neg", "neg", BPF_ALU | BPF_NEG, CLASSIC_NONE },
	{ "ja", "ja", BPF_JMP | BPF_JA, CLASSIC_JA },
	JMP_ROWS("jeq", BPF_JEQ),
	JMP_ROWS("jgt", BPF_JGT),
	JMP_ROWS("jge", BPF_JGE),
	JMP_ROWS("jset", BPF_JSET),
	{ "ret_k", "ret", BPF_RET | BPF_K, CLASSIC_K },
	{ "ret_a", "ret", BPF_RET | BPF_A, CLASSIC_A },
	{ "tax", "tax", BPF_MISC | BPF_TAX, CLASSIC_NONE },
	{ "txa", "txa", BPF_MISC | BPF_TXA, CLASSIC_NONE },
};

const u32 nr_classic_descs = ARRAY_SIZE(classic_descs);

const struct classic_desc *classic_lookup(u8 code)
{
	for (u32 i = 0; i < nr_classic_descs; i++)
		if (classic_descs[i].code == code)
			return &classic_descs[i];
	return NULL;
}

const struct classic_desc *classic_by_name(const char *name)
{
	for (u32 i = 0; i < nr_classic_descs; i++)
		if (!strcmp(classic_descs[i].name, name))
			return &classic_descs[i];
	return NULL;
}

void classic_encode(u8 buf[INSN_SIZE], const struct insn *insn, enum byte_order order)
{
	bytes_put(buf, 2, insn->code, order);
	buf[2] = classic_jt(insn);
	buf[3] = classic_jf(insn);
	bytes_put(buf + 4, 4, (u32)insn->imm, order);
}

/* ---- the machine ---- */

struct machine {
	u32 a, x, m[CLASSIC_MEMWORDS];
	u16 stored; /* bit k: M[k] was written */
	struct model_state *st;
	const u8 *packet;
	u32 len;
	char *why;
};

enum classic_flow {
	NEXT,
	RETURN, /* with m->a */
	STOP,	/* a fault of the filter */
};

static enum classic_flow __attribute__((format(printf, 2, 3)))
stop(struct machine *m, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (m->why)
		vsnprintf(m->why, 128, fmt, ap);
	va_end(ap);
	return STOP;
}

static enum classic_flow end_with(struct machine *m, u32 value)
{
	m->a = value;
	return RETURN;
}

/* SKF_AD_*. The model lacks those whose result depends on the machine or the time. */
static enum classic_flow load_meta(struct machine *m, u32 what)
{
	enum {
		PROTOCOL = 0,
		PKTTYPE = 4,
		IFINDEX = 8,
		MARK = 20,
		QUEUE = 24,
		HATYPE = 28,
		RXHASH = 32,
		CPU = 36,
		ALU_XOR_X = 40,
		VLAN_TAG = 44,
		VLAN_TAG_PRESENT = 48,
		VLAN_TPID = 60
	};

	switch (what) {
	case PROTOCOL:
		m->a = CLASSIC_PROTOCOL;
		return NEXT;
	case PKTTYPE:
		m->a = CLASSIC_PKTTYPE;
		return NEXT;
	case IFINDEX:
	case HATYPE:
		return end_with(m, 0); /* the packet came from no interface */
	case MARK:
		m->a = CLASSIC_MARK;
		return NEXT;
	case QUEUE:
		m->a = CLASSIC_QUEUE;
		return NEXT;
	case RXHASH:
		m->a = CLASSIC_RXHASH;
		return NEXT;
	case CPU:
		m->a = 0; /* guests have one CPU */
		return NEXT;
	case ALU_XOR_X:
		m->a ^= m->x;
		return NEXT;
	case VLAN_TAG:
		m->a = CLASSIC_VLAN_TCI;
		return NEXT;
	case VLAN_TAG_PRESENT:
		m->a = 1;
		return NEXT;
	case VLAN_TPID:
		m->a = CLASSIC_VLAN_TPID;
		return NEXT;
	default:
		return stop(m, "extension SKF_AD_OFF + %u is not modelled", what);
	}
}

static enum classic_flow load_packet(struct machine *m, u8 code, u32 off, u32 *to)
{
	return packet_read(m->packet, m->len, off, packet_load_size(code), to) ? NEXT
									       : end_with(m, 0);
}

static enum classic_flow load_word(struct machine *m, u32 k, u32 *to)
{
	if (k >= CLASSIC_MEMWORDS || !(m->stored >> k & 1))
		return stop(m, "M[%u] is loaded before anything was stored there", k);
	*to = m->m[k];
	return NEXT;
}

static enum classic_flow store_word(struct machine *m, u32 k, u32 value)
{
	if (k >= CLASSIC_MEMWORDS)
		return stop(m, "there is no M[%u]", k);
	m->m[k] = value;
	m->stored |= 1 << k;
	return NEXT;
}

static enum classic_flow load(struct machine *m, const struct insn *insn, u32 *to)
{
	u32 k = insn->imm;

	switch (BPF_MODE(insn->code)) {
	case BPF_IMM:
		*to = k;
		return NEXT;
	case BPF_LEN:
		*to = m->len;
		return NEXT;
	case BPF_MEM:
		return load_word(m, k, to);
	case BPF_ABS:
		return k >= (u32)SKF_AD_OFF ? load_meta(m, k - SKF_AD_OFF)
					    : load_packet(m, insn->code, k, to);
	case BPF_IND:
		return load_packet(m, insn->code, m->x + k, to);
	default: { /* BPF_MSH */
		u32 v;
		enum classic_flow flow = load_packet(m, insn->code, k, &v);

		if (flow == NEXT)
			*to = 4 * (v & 0xf);
		return flow;
	}
	}
}

static enum classic_flow alu(struct machine *m, const struct insn *insn)
{
	u32 v = BPF_SRC(insn->code) == BPF_X ? m->x : (u32)insn->imm;

	switch (BPF_OP(insn->code)) {
	case BPF_ADD:
		m->a += v;
		return NEXT;
	case BPF_SUB:
		m->a -= v;
		return NEXT;
	case BPF_MUL:
		m->a *= v;
		return NEXT;
	case BPF_DIV:
		if (!v)
			return end_with(m, 0);
		m->a /= v;
		return NEXT;
	case BPF_MOD:
		if (!v)
			return end_with(m, 0);
		m->a %= v;
		return NEXT;
	case BPF_AND:
		m->a &= v;
		return NEXT;
	case BPF_OR:
		m->a |= v;
		return NEXT;
	case BPF_XOR:
		m->a ^= v;
		return NEXT;
	case BPF_LSH:
		m->a = quirk_alu(m->st, insn, m->a, v, m->a << (v & 31));
		return NEXT;
	case BPF_RSH:
		m->a = quirk_alu(m->st, insn, m->a, v, m->a >> (v & 31));
		return NEXT;
	default: /* BPF_NEG */
		m->a = -m->a;
		return NEXT;
	}
}

static bool holds(const struct machine *m, const struct insn *insn)
{
	u32 v = BPF_SRC(insn->code) == BPF_X ? m->x : (u32)insn->imm;

	switch (BPF_OP(insn->code)) {
	case BPF_JEQ:
		return m->a == v;
	case BPF_JGT:
		return m->a > v;
	case BPF_JGE:
		return m->a >= v;
	default: /* BPF_JSET */
		return m->a & v;
	}
}

/* Execute one instruction; *@pc is that of the next one. */
static enum classic_flow execute(struct machine *m, const struct insn *insn, u64 *pc)
{
	if (!classic_lookup(insn->code))
		return stop(m, "0x%02x is not an instruction", insn->code);
	switch (insn_class(insn)) {
	case BPF_LD:
		return load(m, insn, &m->a);
	case BPF_LDX:
		return load(m, insn, &m->x);
	case BPF_ST:
		return store_word(m, insn->imm, m->a);
	case BPF_STX:
		return store_word(m, insn->imm, m->x);
	case BPF_ALU:
		return alu(m, insn);
	case BPF_JMP:
		*pc += insn->code == (BPF_JMP | BPF_JA) ? (u32)insn->imm
		       : holds(m, insn)			? classic_jt(insn)
							: classic_jf(insn);
		return NEXT;
	case BPF_RET:
		return end_with(m, insn->code == (BPF_RET | BPF_A) ? m->a : (u32)insn->imm);
	default: /* BPF_MISC */
		if (insn->code == (BPF_MISC | BPF_TXA))
			m->a = m->x;
		else
			m->x = m->a;
		return NEXT;
	}
}

enum model_stop classic_run(const struct code *code, const u8 *packet, u32 len,
			    struct model_state *st, char *why, model_step_fn *step, void *ctx)
{
	struct machine m = { .st = st, .packet = packet, .len = len, .why = why };
	enum classic_flow flow = NEXT;
	u64 pc = 0;

	while (flow == NEXT) {
		const struct insn *insn;

		if (pc >= code->cnt) {
			stop(&m, "instruction %llu of %u", (unsigned long long)pc, code->cnt);
			return MODEL_BAD_JUMP;
		}
		insn = &code->insns[pc];
		if (step)
			step(ctx, 0, pc, 0);
		st->steps++;
		pc++;
		flow = execute(&m, insn, &pc);
	}
	st->retval = m.a;
	return flow == RETURN ? MODEL_OK : MODEL_BAD_INSN;
}
