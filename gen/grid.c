// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include "gen/grid.h"
#include "lib/util.h"

/* The classes of values that one field of an insn has; a value may be in several. */
struct cell {
	const char *name;
	s64 from, to;
};

#define EDGE(n)                                            \
	{ "2^" #n, (1ll << n) - 1, (1ll << n) + 1 },       \
	{                                                  \
		"-2^" #n, -(1ll << n) - 1, -(1ll << n) + 1 \
	}

/* by register file: r0 is the result, r1-r5 are lost in calls, r6-r9 are saved, r10 is the frame */
static const struct cell reg_cells[] = { { "r0", 0, 0 }, { "r1-r5", 1, 5 }, { "r6-r9", 6, 9 } };
static const struct cell base_cells[] = {
	{ "r0", 0, 0 }, { "r1-r5", 1, 5 }, { "r6-r9", 6, 9 }, { "r10", 10, 10 }
};
static const struct cell slot_cells[] = { { "r11", 11, 11 } };

/* values where the immediate or displacement field of some machine ends */
static const struct cell imm_cells[] = {
	{ "0", 0, 0 },
	{ "1", 1, 1 },
	{ "-1", -1, -1 },
	EDGE(7),
	EDGE(8),
	EDGE(11),
	EDGE(12),
	EDGE(15),
	EDGE(16),
	EDGE(19),
	EDGE(20),
	EDGE(23),
	{ "2^31", 0x7ffffffe, 0x7fffffff },
	{ "-2^31", -0x80000000ll, -0x7fffffffll },
};
static const struct cell shift32_cells[] = {
	{ "0", 0, 0 }, { "1", 1, 1 }, { "15", 15, 15 }, { "16", 16, 16 }, { "31", 31, 31 }
};
static const struct cell shift64_cells[] = {
	{ "0", 0, 0 },	  { "1", 1, 1 },    { "31", 31, 31 },
	{ "32", 32, 32 }, { "33", 33, 33 }, { "63", 63, 63 },
};
static const struct cell off_cells[] = {
	{ "0", 0, 0 },
	{ "2^7", 120, 136 },
	{ "-2^7", -136, -120 },
	{ "2^8", 248, 264 },
	{ "-2^8", -264, -248 },
	{ "2^11", 2040, 2056 },
	{ "-2^11", -2056, -2040 },
	{ "2^12", 4088, 4104 },
	{ "-2^12", -4104, -4088 },
	{ "2^15", 32752, 32767 },
	{ "-2^15", -32768, -32752 },
};
static const struct cell jump_cells[] = {
	{ "forward", 1, 32767 },
	{ "backward", -32768, -2 },
	{ "beyond 16 slots", 17, 32767 },
	{ "16 slots back", -32768, -17 },
};
static const struct cell gotol_cells[] = { { "forward", 1, 1 << 30 },
					   { "backward", -(1 << 30), -2 },
					   { "beyond s16", 32768, 1 << 30 } };

struct field {
	const char *name;
	const struct cell *cells;
	u32 cnt;
};

enum { FIELD_DST, FIELD_SRC, FIELD_SAME, FIELD_IMM, FIELD_OFF, NR_FIELDS };

#define CELLS(array) (array), ARRAY_SIZE(array)

struct row {
	struct field fields[NR_FIELDS];
	u32 seen[NR_FIELDS]; /* bit by cell */
	u64 insns;
};

struct grid {
	struct row *rows; /* as insn_descs[] */
};

static bool is_shift(const struct insn_desc *d)
{
	u8 op = BPF_OP(d->code);

	return d->syntax == SYNTAX_ALU_K && (op == BPF_LSH || op == BPF_RSH || op == BPF_ARSH);
}

/* The base of an access by source register; of the others it is the destination. */
static bool base_is_src(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_LDX || d->syntax == SYNTAX_LOAD_ACQUIRE;
}

static struct field reg_field(const struct insn_desc *d, const char *name, bool base)
{
	/* stack arguments have a base of their own, in rows of their own */
	if (base && (strstr(d->name, "arg") || strstr(d->name, "r11")))
		return (struct field){ name, CELLS(slot_cells) };
	/* r0 is what cmpxchg compares with */
	if (base && d->syntax == SYNTAX_CMPXCHG)
		return (struct field){ name, base_cells + 1, ARRAY_SIZE(base_cells) - 1 };
	if (base)
		return (struct field){ name, CELLS(base_cells) };
	return (struct field){ name, CELLS(reg_cells) };
}

/* Why no case can have this row of the table, or NULL. */
static const char *beyond_reach(const struct insn_desc *d)
{
	switch (d->syntax) {
	case SYNTAX_ADDR_SPACE_CAST:
		return "everything: needs an arena, and a kernel with BTF of its own";
	case SYNTAX_LD_IMM64:
		if (d->src == BPF_PSEUDO_BTF_ID)
			return "everything: needs a kernel with BTF of its own";
		if (d->src == BPF_PSEUDO_MAP_FD || d->src == BPF_PSEUDO_MAP_VALUE)
			return "everything: maps are named by index, which the verifier turns into "
			       "the same address";
		return "everything";
	default:
		return "everything";
	}
}

static struct field imm_field(const struct insn_desc *d)
{
	bool divides = d->syntax == SYNTAX_ALU_K &&
		       (BPF_OP(d->code) == BPF_DIV || BPF_OP(d->code) == BPF_MOD);

	if (is_shift(d))
		return d->size == 8 ? (struct field){ "imm", CELLS(shift64_cells) }
				    : (struct field){ "imm", CELLS(shift32_cells) };
	/* the verifier refuses a division by a constant 0 */
	if (divides)
		return (struct field){ "imm", imm_cells + 1, ARRAY_SIZE(imm_cells) - 1 };
	return (struct field){ "imm", CELLS(imm_cells) };
}

static void set_fields(struct row *r, const struct insn_desc *d)
{
	static const struct cell same[] = { { "dst == src", 1, 1 } };
	bool mem = insn_accesses_memory(d), jumps = d->syntax == SYNTAX_JMP_X ||
						    d->syntax == SYNTAX_JMP_K ||
						    d->syntax == SYNTAX_JA;

	if (d->fields & F_DST)
		r->fields[FIELD_DST] = reg_field(d, "dst", mem && !base_is_src(d));
	if (d->fields & F_SRC && d->syntax != SYNTAX_CALL_KFUNC)
		r->fields[FIELD_SRC] = reg_field(d, "src", mem && base_is_src(d));
	/* a pointer is not a value for the memory that it points to */
	if (d->fields & F_DST && d->fields & F_SRC && (!mem || base_is_src(d)))
		r->fields[FIELD_SAME] = (struct field){ "", CELLS(same) };
	if (d->syntax == SYNTAX_GOTOL)
		r->fields[FIELD_IMM] = (struct field){ "distance", CELLS(gotol_cells) };
	else if (d->fields & F_IMM &&
		 (d->syntax == SYNTAX_ALU_K || d->syntax == SYNTAX_JMP_K || d->syntax == SYNTAX_ST))
		r->fields[FIELD_IMM] = imm_field(d);
	if (d->fields & F_OFF && mem)
		r->fields[FIELD_OFF] = (struct field){ "off", CELLS(off_cells) };
	else if (d->fields & F_OFF && jumps)
		r->fields[FIELD_OFF] = (struct field){ "distance", CELLS(jump_cells) };
}

struct grid *grid_new(void)
{
	struct grid *g = xcalloc(1, sizeof(*g));

	g->rows = xcalloc(nr_insn_descs, sizeof(*g->rows));
	for (u32 i = 0; i < nr_insn_descs; i++)
		set_fields(&g->rows[i], &insn_descs[i]);
	return g;
}

void grid_free(struct grid *g)
{
	free(g->rows);
	free(g);
}

static void see(struct row *r, int field, s64 value)
{
	const struct field *f = &r->fields[field];

	for (u32 i = 0; i < f->cnt; i++)
		if (value >= f->cells[i].from && value <= f->cells[i].to)
			r->seen[field] |= 1u << i;
}

static void add_code(struct grid *g, const struct code *code)
{
	for (u32 i = 0; i < code->cnt; i++) {
		const struct insn *insn = &code->insns[i];
		const struct insn_desc *d = insn_lookup(insn);
		struct row *r;

		i += insn_is_wide(insn);
		if (!d)
			continue;
		r = &g->rows[d - insn_descs];
		r->insns++;
		see(r, FIELD_DST, insn->dst);
		see(r, FIELD_SRC, insn->src);
		see(r, FIELD_SAME, insn->dst == insn->src);
		see(r, FIELD_IMM, insn->imm);
		see(r, FIELD_OFF, insn->off);
	}
}

void grid_add(struct grid *g, const struct bpf_case *c)
{
	/* classic codes would be taken for eBPF insns */
	if (c->type == CASE_TYPE_CLASSIC)
		return;
	for (u32 i = 0; i < c->nprogs; i++)
		add_code(g, &c->progs[i]);
}

/* ", imm: 2^19 -2^19" for the empty cells of a field; how many there are. */
static u32 print_empty(FILE *f, const struct row *r, int field)
{
	const struct field *fl = &r->fields[field];
	u32 empty = 0;

	for (u32 i = 0; i < fl->cnt; i++) {
		if (r->seen[field] & 1u << i)
			continue;
		if (!empty++)
			fprintf(f, "  %s%s", fl->name, *fl->name ? ":" : "");
		fprintf(f, " %s", fl->cells[i].name);
	}
	return empty;
}

static u32 count_cells(const struct row *r, u32 *seen)
{
	u32 n = 1; /* that it is there at all */

	*seen = r->insns != 0;
	for (int k = 0; k < NR_FIELDS; k++) {
		n += r->fields[k].cnt;
		*seen += __builtin_popcount(r->seen[k]);
	}
	return n;
}

u32 grid_print(FILE *f, const struct grid *g, bool all)
{
	u32 cells = 0, full = 0, complete = 0, absent = 0;

	fprintf(f, "%-20s %10s %9s  untested\n", "instruction", "instances", "cells");
	for (u32 i = 0; i < nr_insn_descs; i++) {
		const struct row *r = &g->rows[i];
		u32 seen, n = count_cells(r, &seen);

		cells += n;
		full += seen;
		complete += seen == n;
		absent += !r->insns;
		if (seen == n && !all)
			continue;
		fprintf(f, "%-20s %10llu %4u/%-4u", insn_descs[i].name,
			(unsigned long long)r->insns, seen, n);
		if (!r->insns)
			fprintf(f, "  %s", beyond_reach(&insn_descs[i]));
		else
			for (int k = 0; k < NR_FIELDS; k++)
				print_empty(f, r, k);
		fputc('\n', f);
	}
	fprintf(f,
		"%zu instructions: %u with every cell, %u in part, %u never; %u of %u cells (%.1f "
		"%%)\n",
		nr_insn_descs, complete, (u32)nr_insn_descs - complete - absent, absent, full,
		cells, 100.0 * full / cells);
	return cells - full;
}
