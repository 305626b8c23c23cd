// SPDX-License-Identifier: GPL-2.0
/*
 * The failures of a run, folded so that a thousand failing instances of one operation are shown
 * once.
 */
#include <string.h>
#include "lib/util.h"
#include "report/report.h"

#define SHOWN_PER_GROUP 3

struct failure {
	const struct record *r;
	char *operation;
	u32 nr;	   /* its number in <arch>.ktap.gz */
	bool echo; /* another engine of the arch, shown before, fails in the same way */
};

static bool is_failure(const struct record *r)
{
	return !verdicts[r->verdict].ok;
}

/* Only the plainest of the engines that fail alike is shown: jit, jit_hardened, raw_jit. */
static bool echoes(const struct run_set *set, const struct record *r)
{
	u32 n;
	struct record **rec = run_set_find(set, r->id, &n);

	for (u32 i = 0; i < n; i++)
		if (!strcmp(rec[i]->arch, r->arch) && strcmp(rec[i]->engine, r->engine) < 0 &&
		    !by_interpreter(rec[i]) && is_failure(rec[i]) && same_failure(rec[i], r))
			return true;
	return false;
}

/* Groups by arch, operation, engine, verdict; within a group in the order of the run. */
static int failure_cmp(const void *pa, const void *pb)
{
	const struct failure *a = pa, *b = pb;
	int c = strcmp(a->r->arch, b->r->arch);

	if (!c)
		c = strcmp(a->operation, b->operation);
	if (!c)
		c = strcmp(a->r->engine, b->r->engine);
	if (!c)
		c = (int)a->r->verdict - (int)b->r->verdict;
	return c ? c : a->nr < b->nr ? -1 : a->nr > b->nr;
}

static bool same_group(const struct failure *a, const struct failure *b)
{
	return !strcmp(a->r->arch, b->r->arch) && !strcmp(a->operation, b->operation) &&
	       !strcmp(a->r->engine, b->r->engine) && a->r->verdict == b->r->verdict;
}

static void show(FILE *f, const struct run_set *set, const struct failure *fail)
{
	const struct record *r = fail->r;
	char *others = attribution_others(set, r), vec[16] = "";

	if (r->vector >= 0)
		snprintf(vec, sizeof(vec), ".%d", r->vector);
	fprintf(f, "not ok %u %s%s %s %s", fail->nr, r->id, vec, r->arch, r->engine);
	if (r->verdict != VERDICT_FAIL)
		fprintf(f, " # %s", verdicts[r->verdict].name);
	fputc('\n', f);
	failure_print(f, r, others, "#   ");
	free(others);
}

/* One group of @n failures. */
static void show_group(FILE *f, const struct run_set *set, const struct failure *g, u32 n, bool all)
{
	u32 shown = 0, echoed = 0, left;

	for (u32 i = 0; i < n; i++) {
		echoed += g[i].echo;
		if (!all && (g[i].echo || shown >= SHOWN_PER_GROUP))
			continue;
		show(f, set, &g[i]);
		shown++;
	}
	left = n - shown;
	if (!left)
		return;
	fprintf(f, "# %s%u more in %s (%s %s)%s", shown ? "and " : "", left, g->operation,
		g->r->arch, g->r->engine, echoed == n ? " that fail like the engine above" : "");
	if (g->r->verdict != VERDICT_FAIL)
		fprintf(f, " # %s", verdicts[g->r->verdict].name);
	fputc('\n', f);
}

/* "alu/sdiv64/r3_r4 and 97 more of alu/sdiv64: riscv32 jit differs from …", once for each differing
 * text. */
static void attribute_all(FILE *f, const struct run_set *set)
{
	struct said {
		char *text, *operation;
		const char *id; /* id of the first one */
		u32 ids;
	} *said = NULL;
	u32 cnt = 0, cap = 0, k;
	const char *last = NULL;

	for (u32 i = 0; i < set->nrecords; i++) {
		const struct record *r = set->by_id[i];
		char *text, *operation;

		if (!is_failure(r) || !verdicts[r->raw].executed || r->verdict == VERDICT_XPASS ||
		    (last && !strcmp(last, r->id)))
			continue;
		last = r->id;
		text = attribution(set, r->id);
		operation = id_operation(r->id);
		for (k = 0; text && k < cnt; k++)
			if (!strcmp(said[k].text, text) && !strcmp(said[k].operation, operation))
				break;
		if (text && k == cnt) {
			ARRAY_GROW(said, cnt, cap);
			said[cnt++] = (struct said){ text, operation, r->id, 1 };
			continue;
		}
		if (text)
			said[k].ids++;
		free(text);
		free(operation);
	}
	if (cnt)
		fprintf(f, "\n# attribution:\n");
	for (k = 0; k < cnt; k++) {
		fprintf(f, "#   %s", said[k].id);
		if (said[k].ids > 1)
			fprintf(f, " and %u more of %s", said[k].ids - 1, said[k].operation);
		fprintf(f, ": %s\n", said[k].text);
		free(said[k].text);
		free(said[k].operation);
	}
	free(said);
}

void failures_print(FILE *f, const struct run_set *set, bool all)
{
	struct failure *fails = NULL;
	u32 cnt = 0, cap = 0;

	for (u32 a = 0; a < set->cnt; a++)
		for (u32 i = 0; i < set->runs[a].cnt; i++) {
			const struct record *r = &set->runs[a].recs[i];

			if (!is_failure(r))
				continue;
			ARRAY_GROW(fails, cnt, cap);
			fails[cnt++] =
				(struct failure){ r, id_operation(r->id), i + 1, echoes(set, r) };
		}
	if (cnt)
		qsort(fails, cnt, sizeof(*fails), failure_cmp);
	for (u32 i = 0, n; i < cnt; i += n) {
		for (n = 1; i + n < cnt && same_group(&fails[i], &fails[i + n]);)
			n++;
		show_group(f, set, &fails[i], n, all);
	}
	attribute_all(f, set);
	for (u32 i = 0; i < cnt; i++)
		free(fails[i].operation);
	free(fails);
}
