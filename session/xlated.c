// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <string.h>
#include "lib/util.h"
#include "session/xlated.h"

/*
 * BPF_REG_AX of include/linux/filter.h, the kernel's scratch register; 11 before kernels had stack
 * arguments.
 */
#define REG_AX	   12
#define REG_AX_OLD 11

/* Insns that only the kernel makes, recognised by all fields but the registers. */
static const struct {
	u8 code;
	s16 off;
	s32 imm;
	bool same;	  /* dst and src are equal */
	const char *text; /* %u: dst, %u: src */
} internal[] = {
	{ BPF_ALU | BPF_MOV | BPF_X, 0, 1, true, "w%u = w%u (zero extension)" },
	{ BPF_ALU64 | BPF_MOV | BPF_X, -1, 0, false, "r%u = this_cpu(r%u)" },
	{ BPF_ST | 0xc0, 0, 0, true, "nospec" },
};

static bool params_access(const struct insn *insn)
{
	u8 class = insn_class(insn), base = class == BPF_LDX ? insn->src : insn->dst;

	return base == BPF_REG_PARAMS && BPF_SIZE(insn->code) == BPF_DW &&
	       BPF_MODE(insn->code) == BPF_MEM &&
	       (class == BPF_LDX || class == BPF_ST || class == BPF_STX);
}

static bool is_ax(u8 reg)
{
	return reg == REG_AX || reg == REG_AX_OLD;
}

static bool print_internal(char *buf, size_t size, const struct insn *insn)
{
	for (size_t i = 0; i < ARRAY_SIZE(internal); i++) {
		if (insn->code != internal[i].code || insn->off != internal[i].off ||
		    insn->imm != internal[i].imm || (internal[i].same && insn->dst != insn->src))
			continue;
		if (strchr(internal[i].text, '%'))
			snprintf(buf, size, internal[i].text, insn->dst, insn->src);
		else
			snprintf(buf, size, "%s", internal[i].text);
		return true;
	}
	return false;
}

/* Loads and stores whose faults the kernel handles: in arenas, and through untrusted pointers. */
static const struct {
	u8 class, mode, plain;
} probes[] = {
	{ BPF_LDX, 0x20, BPF_MEM },    { BPF_LDX, 0x40, BPF_MEMSX }, { BPF_LDX, 0xa0, BPF_MEM },
	{ BPF_ST, 0xa0, BPF_MEM },     { BPF_STX, 0xa0, BPF_MEM },   { BPF_LDX, 0xc0, BPF_MEMSX },
	{ BPF_STX, 0xe0, BPF_ATOMIC },
};

static bool print_probe(char *buf, size_t size, const struct insn *insn)
{
	struct insn plain = *insn;
	char text[200];

	for (size_t i = 0; i < ARRAY_SIZE(probes); i++) {
		if (insn_class(insn) != probes[i].class || BPF_MODE(insn->code) != probes[i].mode)
			continue;
		plain.code = probes[i].class | probes[i].plain | BPF_SIZE(insn->code);
		if (!insn_lookup(&plain))
			return false;
		insn_print(text, sizeof(text), &plain);
		snprintf(buf, size, "%s (probe)", text);
		return true;
	}
	return false;
}

/* Rename the registers called "r9" in @text, where 9 is @digit, to "ax", and "w9" to "ax32". */
static void name_ax(char *buf, size_t size, const char *text, char digit)
{
	size_t n = 0;

	for (const char *p = text; *p && n + 5 < size; p++) {
		bool name = (*p == 'r' || *p == 'w') && p[1] == digit &&
			    !isdigit((unsigned char)p[2]) &&
			    (p == text || !isalnum((unsigned char)p[-1]));

		if (!name) {
			buf[n++] = *p;
			continue;
		}
		n += snprintf(buf + n, size - n, "%s", *p == 'w' ? "ax32" : "ax");
		p++;
	}
	buf[n] = 0;
}

/* Print @insn with an unused register in place of AX, then rename it. */
static void print_with_ax(char *buf, size_t size, const struct insn *insn)
{
	struct insn copy[2] = { insn[0] };
	char text[256];
	u8 stand_in = 9;

	while (stand_in == insn->dst || stand_in == insn->src)
		stand_in--;
	if (insn_is_wide(insn))
		copy[1] = insn[1];
	if (is_ax(insn->dst))
		copy->dst = stand_in;
	if (is_ax(insn->src) && !insn_is_wide(insn))
		copy->src = stand_in;
	insn_print(text, sizeof(text), copy);
	name_ax(buf, size, text, '0' + stand_in);
}

/* The function that slot @slot calls or takes the address of. */
static const char *called(const struct code *sent, u32 slot)
{
	s64 to = (s64)slot + 1 + sent->insns[slot].imm;

	for (u32 i = 0; i < sent->nfuncs; i++)
		if (sent->funcs[i].start == to)
			return sent->funcs[i].name;
	return "a subprogram";
}

/* Print the map's name, not the kernel's number. False: @insn is no address of a map. */
static bool print_map(char *buf, size_t size, const struct insn *insn, const struct insn *was,
		      const struct wrapper_prog *p)
{
	const struct bpf_case *c = p->blocks[0].c;
	const char *name = "mem";
	s64 off = 0;

	if (!insn_is_wide(insn) || !insn_names_map(was) ||
	    (insn->src != BPF_PSEUDO_MAP_FD && insn->src != BPF_PSEUDO_MAP_VALUE &&
	     insn->src != was->src) ||
	    was->imm < 0 || (u32)was->imm > c->nmaps)
		return false;
	if (was->imm)
		name = c->maps[was->imm - 1].name;
	if (was->src == BPF_PSEUDO_MAP_IDX_VALUE)
		off = was[1].imm;
	/* the wrapper chose where the window is */
	if (!was->imm)
		off -= p->blocks[0].win + guard_before(REGION_MEM);
	if (off)
		snprintf(buf, size, "r%u = &%s %c %lld ll", insn->dst, name, off < 0 ? '-' : '+',
			 off < 0 ? -(long long)off : (long long)off);
	else
		snprintf(buf, size, "r%u = &%s ll", insn->dst, name);
	return true;
}

void xlated_print(char *buf, size_t size, const struct insn *insn, const struct wrapper_prog *p,
		  u32 slot)
{
	const struct code *sent = &p->progs[0];
	const struct insn *was = slot < sent->cnt ? &sent->insns[slot] : NULL;
	bool call = insn_is_call(insn) && was && was->code == insn->code;

	if (was && print_map(buf, size, insn, was, p))
		return;
	if (was && insn_is_func_addr(was) && insn_is_wide(insn)) {
		snprintf(buf, size, "r%u = func[%s] ll", insn->dst, called(sent, slot));
		return;
	}
	/* the kernel puts its own numbers and addresses into calls */
	if (call && insn_is_subprog_call(was))
		snprintf(buf, size, "call %s", called(sent, slot));
	else if (call)
		insn_print(buf, size, was);
	else if (insn_is_subprog_call(insn))
		snprintf(buf, size, "call a subprogram");
	else if (print_internal(buf, size, insn) || print_probe(buf, size, insn))
		return;
	else if (!params_access(insn) && (is_ax(insn->dst) || is_ax(insn->src)))
		print_with_ax(buf, size, insn);
	else
		insn_print(buf, size, insn);
}
