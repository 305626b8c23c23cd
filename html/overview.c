// SPDX-License-Identifier: GPL-2.0
/* index.html: which arch is red, and why. */
#include <string.h>
#include "html/page.h"
#include "lib/util.h"

#define LIST_MAX 20 /* findings of a kind; findings.html has all */

/* The states of an arch, the worst first. */
static const struct {
	const char *class, *word;
} states[] = {
	{ "bad", "findings" },
	{ "warn", "incomplete" },
	{ "good", "nothing new" },
};

static u32 state_of(const struct run *run)
{
	int code = verdict_exit(run->totals.count);

	if (code == EXIT_FINDINGS)
		return 0;
	return code || run->partial ? 1 : 2;
}

static u32 lost(const struct run_totals *t)
{
	return t->count[VERDICT_LOST] + t->count[VERDICT_NOTRUN] + t->count[VERDICT_ERROR];
}

static u32 not_run(const struct run_totals *t)
{
	return t->count[VERDICT_SKIP] + t->count[VERDICT_FALLBACK] + t->count[VERDICT_NOT_TESTED];
}

/* A count that is none draws no attention. */
static void count_cell(FILE *f, u32 n, const char *class)
{
	markup(f, "<td class=\"num %s\">%u</td>", n ? class : "none", n);
}

static void arch_row(FILE *f, const struct run *run)
{
	const struct run_totals *t = &run->totals;
	u32 state = state_of(run);

	markup(f, "<tr><th scope=\"row\"><a href=\"kernels.html#%s\">%s</a></th>", run->info.arch,
	       run->info.arch);
	markup(f, "<td><span class=\"state %s\">%s</span>", states[state].class,
	       states[state].word);
	if (run->partial)
		markup(f, " (%u of %u)", run->cases, run->info.planned);
	markup(f, "</td><td>%s</td>", run->info.kernel);
	count_cell(f, t->fresh, "fail");
	count_cell(f, t->changed, "fail");
	count_cell(f, t->fixed, "fail");
	count_cell(f, lost(t), "lost");
	count_cell(f, t->count[VERDICT_XFAIL], "xfail");
	count_cell(f, t->count[VERDICT_PASS], "pass");
	count_cell(f, not_run(t), "skip");
	fputs("</tr>\n", f);
}

static void arch_table(FILE *f, const struct html *h)
{
	static const char *const heads[] = { "Arch",  "State", "Kernel", "New",	   "Changed",
					     "Fixed", "Lost",  "Known",	 "Passed", "Not run" };

	table_open(f, "arches", "Architectures, and their verdicts: one case on one engine each");
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		table_head(f, heads[i]);
	table_body(f);
	for (u32 s = 0; s < ARRAY_SIZE(states); s++)
		for (u32 i = 0; i < h->set->cnt; i++)
			if (state_of(&h->set->runs[i]) == s)
				arch_row(f, &h->set->runs[i]);
	table_close(f);
}

/* "2 of 5 architectures are red: arm64, x86_64." */
static void verdict(FILE *f, const struct html *h)
{
	u32 n[ARRAY_SIZE(states)] = { 0 };
	const char *sep = ": ";

	for (u32 i = 0; i < h->set->cnt; i++)
		n[state_of(&h->set->runs[i])]++;
	if (!n[0] && !n[1]) {
		markup(f, "<p class=\"lead\">Nothing new on %u of %u architectures.</p>\n", n[2],
		       h->set->cnt);
		return;
	}
	markup(f, "<p class=\"lead\">Findings on %u of %u architectures", n[0], h->set->cnt);
	for (u32 i = 0; i < h->set->cnt; i++) {
		if (state_of(&h->set->runs[i]))
			continue;
		markup(f, "%s%s", sep, h->set->runs[i].info.arch);
		sep = ", ";
	}
	if (n[1])
		markup(f, "; %u incomplete", n[1]);
	fputs(".</p>\n", f);
}

int overview_page(const struct html *h)
{
	struct page p;
	int ret = page_open(&p, h, "index.html", "Overview");

	if (ret)
		return ret;
	verdict(p.f, h);
	arch_table(p.f, h);
	for (int kind = 0; kind < NR_FINDING_KINDS; kind++)
		finding_list(p.f, h, kind, LIST_MAX);
	return page_close(&p, h);
}
