// SPDX-License-Identifier: GPL-2.0
/* Prints templates as they were written, and single instances with literal inputs. */
#include <endian.h>
#include <inttypes.h>
#include <string.h>
#include "bpf/case_tmpl.h"
#include "lib/errname.h"
#include "lib/util.h"

static const char spdx[] = "# SPDX-License-Identifier: GPL-2.0\n";

void case_print_file(FILE *f, const struct case_file *file)
{
	fputs(spdx, f);
	for (u32 i = 0; i < file->cnt; i++) {
		const struct case_tmpl *t = file->tmpls[i];

		fprintf(f, "%scase %s\n", i ? "\n" : "", t->name);
		for (u32 k = 0; k < t->nlines; k++) {
			const struct tmpl_line *l = &t->lines[k];

			if (*l->text)
				fprintf(f, "\t%-7s %s\n", keyword_names[l->kw], l->text);
			else
				fprintf(f, "\t%s\n", keyword_names[l->kw]);
			if (l->body)
				fprintf(f, "%s\tend\n", l->body);
		}
	}
}

/* ---- one instance ---- */

/* Newlines become blanks, since the grammar has one line for it. */
static void print_text(FILE *f, const char *keyword, const char *text)
{
	if (!text)
		return;
	fprintf(f, "\t%-7s ", keyword);
	for (; *text; text++)
		fputc(*text == '\n' ? ' ' : *text, f);
	fputc('\n', f);
}

static u32 inner_size(const struct vectors *t, int region)
{
	u32 guards = guard_before(region) + guard_behind(region);

	return t->win_size[region] ? t->win_size[region] - guards : 0;
}

/* Does the pointer lie outside its window on purpose? */
static bool is_far(const struct bpf_case *c, int r)
{
	const struct reg_in *in = &c->regs[r];

	return in->region == REGION_MEM &&
	       (in->off < 0 || in->off > (s32)inner_size(c->vecs, REGION_MEM));
}

static void print_wrapper(FILE *f, const struct bpf_case *c)
{
	if (c->nneeds) {
		fprintf(f, "\tneeds  ");
		for (u32 i = 0; i < c->nneeds; i++)
			fprintf(f, " %s", c->needs[i]);
		fputc('\n', f);
	}
	if (c->type != CASE_TYPE_SYSCALL)
		fprintf(f, "\ttype    %s\n", case_type_name(c->type));
	if (c->wrapper == CASE_WRAPPER_LOW)
		fprintf(f, "\tframe   low\n");
	if (c->alone && !case_implied_alone(c))
		fprintf(f, "\talone\n");
	if (c->folds)
		fprintf(f, "\tfolds\n");
	if (c->raw && c->type != CASE_TYPE_CLASSIC)
		fprintf(f, "\traw\n");
	for (int r = REGION_MEM; r < NR_REGIONS; r++)
		if (c->vecs->win_size[r])
			fprintf(f, "\t%-7s %u\n", region_name(r), inner_size(c->vecs, r));
	for (int r = 0; r < CASE_REGS; r++)
		if (c->regs[r].region != REGION_NONE)
			fprintf(f, "\tptr     r%d = %s%s%+d\n", r, is_far(c, r) ? "far " : "",
				region_name(c->regs[r].region), c->regs[r].off);
}

static void print_maps(FILE *f, const struct bpf_case *c)
{
	for (u32 i = 0; i < c->nmaps; i++) {
		const struct case_map *map = &c->maps[i];

		fprintf(f, "\tmap     %s %s", map->name, map_kind_name(map->kind));
		if (map->kind == MAP_ARENA) {
			fprintf(f, " %u\n", map->entries);
			continue;
		}
		if (map->kind == MAP_INSN_ARRAY) {
			fputs(" =", f);
			for (u32 k = 0; k < map->entries; k++)
				fprintf(f, " %d", map->slots[k]);
			fputc('\n', f);
			continue;
		}
		if (map->kind != MAP_PROG_ARRAY) {
			fprintf(f, " %u %u %u\n", map->key_size, map->value_size, map->entries);
			continue;
		}
		fprintf(f, " %u =", map->entries);
		for (u32 k = 0; k < map->entries; k++)
			fprintf(f, " %s", map->slots[k] < 0 ? "_" : c->prog_names[map->slots[k]]);
		fputc('\n', f);
	}
}

static void print_out(FILE *f, const struct bpf_case *c)
{
	if (c->out_regs == case_default_out(c))
		return;
	fprintf(f, "\tout    ");
	for (int r = 0; r < CASE_REGS; r++)
		if (c->out_regs & (1 << r))
			fprintf(f, " r%d", r);
	fprintf(f, "%s\n", c->out_regs ? "" : " none");
}

static void print_progs(FILE *f, const struct bpf_case *c)
{
	for (u32 i = 0; i < c->nprogs; i++) {
		fprintf(f, i ? "\tprog    %s\n" : "\tprog\n", c->prog_names[i]);
		code_print(f, &c->progs[i], "\t\t");
		fprintf(f, "\tend\n");
	}
}

static void print_place(FILE *f, int region, const char *guard, u32 off, u32 size)
{
	if (region == REGION_STACK && !*guard)
		fprintf(f, " stack-%u=", size - off);
	else
		fprintf(f, " %s%s+%u=", region_name(region), guard, off);
}

/* Are the @n bytes one value, laid out in either order? */
static bool is_mirrored(const u8 *le, const u8 *be, u32 n)
{
	for (u32 i = 0; i < n; i++)
		if (le[i] != be[n - 1 - i])
			return false;
	return memcmp(le, be, n);
}

/*
 * Print @n bytes as literals. Bytes that differ between the byte orders were typed values: find a
 * partition into mirrored values and equal bytes. It starts from the end, so that an early choice
 * never leaves a rest without a partition.
 */
static void print_bytes(FILE *f, int region, const char *guard, const u8 *le, const u8 *be, u32 n)
{
	u8 pick[CASE_MAX_WINDOW + 1]; /* 1: a byte; 2 4 8: a value; 0: no partition from here */
	u32 i;

	pick[n] = 1;
	for (i = n; i-- > 0;) {
		pick[i] = le[i] == be[i] && pick[i + 1] ? 1 : 0;
		for (u32 size = 2; size <= 8; size *= 2)
			if (i + size <= n && pick[i + size] && is_mirrored(le + i, be + i, size))
				pick[i] = size;
	}
	for (i = 0; i < n;) {
		print_place(f, region, guard, i, n);
		if (pick[i] > 1) {
			u64 v = 0;

			memcpy(&v, le + i, pick[i]);
			fprintf(f, "u%d 0x%" PRIx64, 8 * pick[i], (u64)le64toh(v));
			i += pick[i];
			continue;
		}
		fprintf(f, "bytes ");
		do
			fprintf(f, "%02x", le[i++]);
		while (i < n && pick[i] <= 1);
	}
}

static void print_windows(FILE *f, const struct vectors *t, u32 vec)
{
	for (int r = REGION_MEM; r < NR_REGIONS; r++) {
		const u8 *le = vec_window(t, vec, r, ORDER_LE),
			 *be = vec_window(t, vec, r, ORDER_BE);
		u32 size = inner_size(t, r), before = guard_before(r);

		if (!size)
			continue;
		print_bytes(f, r, "", le + before, be + before, size);
		print_bytes(f, r, ".lo", le, be, before);
		print_bytes(f, r, ".hi", le + before + size, be + before + size, guard_behind(r));
	}
}

static void print_expects(FILE *f, const struct bpf_case *c, u32 vec)
{
	const char *arrow = " ->";

	for (u32 i = 0; i < c->nexpects; i++) {
		const struct expect_item *e = &c->expects[i];

		if (e->vec != vec)
			continue;
		fputs(arrow, f);
		arrow = "";
		if (e->what == EXPECT_REG)
			fprintf(f, " r%d=0x%" PRIx64, e->reg, e->value);
		else if (e->what == EXPECT_RETVAL)
			fprintf(f, " retval=0x%" PRIx64, e->value);
		else
			fprintf(f, " %s%+d=u%d 0x%" PRIx64, region_name(e->region), e->off,
				8 * e->size, e->value);
	}
}

static void print_vec(FILE *f, const struct bpf_case *c, u32 vec)
{
	fprintf(f, "\tvec    ");
	for (int r = 0; r < CASE_REGS && !c->raw; r++)
		if (c->regs[r].region == REGION_NONE)
			fprintf(f, " r%d=0x%" PRIx64, r, case_reg_in(c, vec, r));
	print_windows(f, c->vecs, vec);
	print_expects(f, c, vec);
	fputc('\n', f);
}

static void print_refusal(FILE *f, const char *line, const struct refusal *r)
{
	fprintf(f, "\t%s", line);
	if (errno_name(r->err))
		fprintf(f, "  %s", errno_name(r->err));
	else if (r->err)
		fprintf(f, "  %d", r->err);
	/* a string cannot contain quotes; the part before one is a substring of the log, too */
	if (r->log && strcspn(r->log, "\"\n"))
		fprintf(f, " \"%.*s\"", (int)strcspn(r->log, "\"\n"), r->log);
	fputc('\n', f);
}

static void print_outcome(FILE *f, const struct bpf_case *c)
{
	static const char *const lines[] = {
		[OUTCOME_ACCEPT] = "accept",
		[OUTCOME_REJECT] = "reject",
		[OUTCOME_EITHER] = "either",
	};
	const char *line = lines[c->outcome];

	if (line && !c->nrefusals)
		fprintf(f, "\t%s\n", line);
	for (u32 i = 0; i < c->nrefusals; i++)
		print_refusal(f, line, &c->refusals[i]);
}

void bpf_case_print(FILE *f, const struct bpf_case *c, long vec)
{
	const char *name = strrchr(c->group, '/');

	fputs(spdx, f);
	fprintf(f, "case %s\n", name ? name + 1 : c->group);
	print_text(f, "doc", c->doc);
	print_text(f, "guards", c->guards);
	fprintf(f, "\tid      %s\n", c->id);
	print_wrapper(f, c);
	print_maps(f, c);
	print_out(f, c);
	print_progs(f, c);
	attach_print(f, c);
	for (u32 i = 0; i < c->vecs->nvecs; i++)
		if (vec < 0 || (u32)vec == i)
			print_vec(f, c, i);
	print_outcome(f, c);
}
