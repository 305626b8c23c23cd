// SPDX-License-Identifier: GPL-2.0
/* findings.html: all findings, one row each. */
#include "html/page.h"
#include "lib/util.h"

static const struct {
	const char *anchor, *title, *table, *caption;
	const char *what, *text; /* heads of columns */
} kinds[NR_FINDING_KINDS] = {
	[FINDING_NEW] = { "new", "New failures", "new-table",
			  "Operations whose cases fail alike, and who differs from whom",
			  "Operation", "Who differs" },
	[FINDING_FIXED] = { "fixed", "Fixed", "fixed-table",
			    "Cases that pass, though results/known lists them as failures",
			    "Operation", "Who passes" },
	[FINDING_LOST] = { "lost", "Lost", "lost-table",
			   "Cases without a verdict on the kernel: the harness or the guest failed",
			   "Operation", "Why" },
	[FINDING_KNOWN] = { "known", "Known failures", "known-table",
			    "Rows of results/known that cases met", "Row", "Reason" },
};

static void row(FILE *f, const struct html *h, const struct finding *finding)
{
	markup(f, "<tr><th scope=\"row\"><code>%s</code></th><td>%s", finding->what, finding->text);
	if (finding->suspect)
		markup(f, "<br>Suspect: <strong>%s</strong>", finding->suspect);
	markup(f, "</td><td class=\"num\">%u</td><td>", finding->cases);
	for (u32 i = 0; i < finding->nshown; i++) {
		fputs(i ? "<br>" : "", f);
		case_link(f, h, finding->shown[i]->id, "");
	}
	fputs("</td></tr>\n", f);
}

void finding_list(FILE *f, const struct html *h, enum finding_kind kind, u32 max)
{
	u32 nr = 0;

	if (!h->findings.of_kind[kind])
		return;
	markup(f, "<h2 id=\"%s\">%s</h2>\n", kinds[kind].anchor, kinds[kind].title);
	table_open(f, kinds[kind].table, kinds[kind].caption);
	table_head(f, kinds[kind].what);
	table_head(f, kinds[kind].text);
	table_head(f, "Verdicts");
	table_head(f, "Cases shown");
	table_body(f);
	for (u32 i = 0; i < h->findings.cnt && nr < max; i++) {
		if (h->findings.list[i].kind != kind)
			continue;
		row(f, h, &h->findings.list[i]);
		nr++;
	}
	table_close(f);
	if (nr < h->findings.of_kind[kind])
		markup(f, "<p><a href=\"findings.html#%s\">%u more: %s</a></p>\n",
		       kinds[kind].anchor, h->findings.of_kind[kind] - nr, kinds[kind].title);
}

int findings_page(const struct html *h)
{
	struct page p;
	int ret = page_open(&p, h, "findings.html", "Findings");

	if (ret)
		return ret;
	if (!h->findings.cnt)
		fputs("<p>No case failed.</p>\n", p.f);
	for (int kind = 0; kind < NR_FINDING_KINDS; kind++)
		finding_list(p.f, h, kind, UINT32_MAX);
	return page_close(&p, h);
}
