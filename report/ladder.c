// SPDX-License-Identifier: GPL-2.0
#include <fnmatch.h>
#include <string.h>
#include "lib/strbuf.h"
#include "lib/util.h"
#include "report/compare.h"
#include "report/ladder.h"

/* What a release shows of a bug. Of several records, the last of these words counts. */
enum cell {
	CELL_UNTESTED,
	CELL_ABSENT,
	CELL_PRESENT,
	CELL_ABSENT_AGAINST, /* results/known says that it is present */
	CELL_PRESENT_AGAINST /* results/known does not say that it is present */
};

static const char *const cell_text[] = {
	[CELL_UNTESTED] = "-",
	[CELL_ABSENT] = "absent",
	[CELL_PRESENT] = "present",
	[CELL_ABSENT_AGAINST] = "ABSENT",
	[CELL_PRESENT_AGAINST] = "PRESENT",
};

/* A line of the table: a bug of results/known, or a case by itself. */
struct line {
	const struct known_row *row; /* or NULL */
	const char *glob;	     /* the cases that show it */
};

static const char *glob_of(const struct known_row *row)
{
	return row->verdicts ? row->name : quirk_descs[row->quirk].smallest;
}

/* ---- one cell ---- */

static bool has_quirk(const struct record *r, const char *name)
{
	size_t len = strlen(name);

	for (const char *s = r->quirks; s; s = strchr(s, '+')) {
		s += *s == '+';
		if (!strncmp(s, name, len) && (!s[len] || s[len] == '+'))
			return true;
	}
	return false;
}

static bool fails_unlisted(const struct record *r)
{
	return r->verdict != VERDICT_XPASS && verdicts[r->verdict].exit == EXIT_FINDINGS;
}

static enum cell cell_of_record(const struct line *line, const struct record *r)
{
	const struct known_row *row = line->row;

	if (fails_unlisted(r))
		return CELL_PRESENT_AGAINST;
	if (r->verdict == VERDICT_XFAIL)
		return row && !row->verdicts && !has_quirk(r, row->name) ? CELL_UNTESTED
									 : CELL_PRESENT;
	if (r->verdict == VERDICT_XPASS)
		return row && !row->verdicts && !has_quirk(r, row->name) ? CELL_ABSENT
									 : CELL_ABSENT_AGAINST;
	return r->verdict == VERDICT_PASS ? CELL_ABSENT : CELL_UNTESTED;
}

static bool concerns(const struct line *line, const struct record *r)
{
	return (!line->row || known_row_names(line->row, r->engine)) &&
	       (!fnmatch(line->glob, r->id, 0) || record_counts(r, line->glob));
}

static enum cell cell_of(const struct line *line, const struct ladder_rung *rung)
{
	enum cell cell = CELL_UNTESTED;

	for (u32 i = 0; rung->run && i < rung->run->cnt; i++) {
		const struct record *r = &rung->run->recs[i];
		enum cell c = concerns(line, r) ? cell_of_record(line, r) : CELL_UNTESTED;

		if (c > cell)
			cell = c;
	}
	return cell;
}

/* ---- lines ---- */

/* Returns whether a cell contradicts results/known. */
static bool print_line(FILE *f, const struct line *line, const struct ladder_rung *rungs, u32 n)
{
	const char *name = line->row ? line->row->name : line->glob;
	bool against = false;

	fprintf(f, "| %s |", name);
	for (u32 i = 0; i < n; i++) {
		enum cell cell = cell_of(line, &rungs[i]);

		fprintf(f, " %s |", cell_text[cell]);
		against |= cell >= CELL_ABSENT_AGAINST;
	}
	fprintf(f, " %s |\n", line->row ? line->row->reason : "");
	return against;
}

/* A bug may have several rows, for several ranges of releases. */
static bool is_first(const struct known *known, u32 row)
{
	for (u32 i = 0; i < row; i++)
		if (!strcmp(known->rows[i].name, known->rows[row].name))
			return false;
	return true;
}

static bool in_known(const struct known *known, const char *id)
{
	for (u32 i = 0; i < known->cnt; i++)
		if (!fnmatch(glob_of(&known->rows[i]), id, 0))
			return true;
	return false;
}

static bool seen(char **ids, u32 cnt, const char *id)
{
	while (cnt)
		if (!strcmp(ids[--cnt], id))
			return true;
	return false;
}

/* Cases that no row names and that fail somewhere. */
static bool print_others(FILE *f, const struct known *known, const struct ladder_rung *rungs, u32 n)
{
	char **ids = NULL;
	u32 cnt = 0, cap = 0;

	for (u32 i = 0; i < n; i++) {
		for (u32 k = 0; rungs[i].run && k < rungs[i].run->cnt; k++) {
			const struct record *r = &rungs[i].run->recs[k];

			if (verdicts[r->verdict].exit != EXIT_FINDINGS || in_known(known, r->id) ||
			    seen(ids, cnt, r->id))
				continue;
			ARRAY_GROW(ids, cnt, cap);
			ids[cnt++] = r->id;
			print_line(f, &(struct line){ .glob = r->id }, rungs, n);
		}
	}
	free(ids);
	return cnt > 0;
}

/* ---- below the table ---- */

static void print_untested(FILE *f, const struct ladder_rung *rungs, u32 n)
{
	for (u32 i = 0; i < n; i++)
		if (!rungs[i].run)
			fprintf(f, "%s is not testable: %s\n", rungs[i].release, rungs[i].why);
}

static void print_steps(FILE *f, const struct ladder_rung *rungs, u32 n)
{
	const struct ladder_rung *from = NULL;

	for (u32 i = 0; i < n; i++) {
		if (!rungs[i].run)
			continue;
		if (from) {
			const struct run_info *a = &from->run->info, *b = &rungs[i].run->info;
			u32 changed;

			fprintf(f, "%s to %s: ", from->release, rungs[i].release);
			changed = compare_caps(f, "gained ", a, b);
			changed += compare_caps(f, "lost ", b, a);
			fprintf(f, "%s\n", changed ? "" : "the same capabilities");
		}
		from = &rungs[i];
	}
}

int ladder_print(FILE *f, const struct known *known, const struct ladder_rung *rungs, u32 n)
{
	bool against = false;

	fprintf(f, "| bug |");
	for (u32 i = 0; i < n; i++)
		fprintf(f, " %s |", rungs[i].release);
	fprintf(f, " what it is |\n|---|");
	for (u32 i = 0; i < n; i++)
		fprintf(f, "---|");
	fprintf(f, "---|\n");
	for (u32 i = 0; i < known->cnt; i++) {
		const struct known_row *row = &known->rows[i];

		if (is_first(known, i))
			against |= print_line(f, &(struct line){ row, glob_of(row) }, rungs, n);
	}
	against |= print_others(f, known, rungs, n);
	fprintf(f, "\n");
	print_untested(f, rungs, n);
	print_steps(f, rungs, n);
	return against ? EXIT_FINDINGS : EXIT_OK;
}

char *ladder_cases(const struct known *known)
{
	struct strbuf text = { 0 };

	for (u32 i = 0; i < known->cnt; i++)
		if (is_first(known, i))
			strbuf_join(&text, " ", "%s", glob_of(&known->rows[i]));
	return strbuf_take(&text);
}
