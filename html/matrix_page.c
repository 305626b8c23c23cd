// SPDX-License-Identifier: GPL-2.0
/* matrix.html: family and engine by arch. A script folds the engines of a family. */
#include <string.h>
#include "html/page.h"
#include "lib/util.h"

/* How a cell is coloured: by the worst that is in it. */
static const char *heat(const u32 counts[NR_MARKS])
{
	static const char *const worst[] = { "fail",	 "lost", "xfail", "untested",
					     "fallback", "pass", "skip" };

	for (size_t i = 0; i < ARRAY_SIZE(worst); i++)
		if (counts[matrix_mark(worst[i])])
			return worst[i];
	return "none";
}

/* How much of the cell is the worst: 1 to 4. */
static u32 degree(const u32 counts[NR_MARKS])
{
	u32 all = 0, worst = counts[matrix_mark(heat(counts))];

	for (int i = 0; i < NR_MARKS; i++)
		all += counts[i];
	if (!all)
		return 1;
	return 1 + (u32)((u64)worst * 1000 / all > 10) + (u32)((u64)worst * 1000 / all > 100) +
	       (u32)((u64)worst * 1000 / all > 500);
}

static void verdict_cell(FILE *f, const u32 counts[NR_MARKS], const char *arch, const char *family,
			 const char *engine)
{
	markup(f, "<td class=\"num heat-%s degree-%u\">", heat(counts), degree(counts));
	if (!strcmp(heat(counts), "none")) {
		fputs("<span class=\"none\">–</span></td>", f);
		return;
	}
	fputs("<a href=\"cases.html#arch=", f);
	markup_url(f, arch);
	fputs("&amp;family=", f);
	markup_url(f, family);
	fputs("&amp;engine=", f);
	markup_url(f, engine);
	fputs("\">", f);
	counts_print(f, counts);
	fputs("</a></td>", f);
}

/* One family: a row that sums its engines up, and a row for each of them. */
static void family_rows(FILE *f, const struct html *h, const struct matrix_row *rows, u32 n, u32 nr)
{
	u32 arches = h->set->cnt;
	u32(*sum)[NR_MARKS] = xcalloc(arches, sizeof(*sum));

	for (u32 i = 0; i < n; i++)
		for (u32 a = 0; a < arches; a++)
			for (int m = 0; m < NR_MARKS; m++)
				sum[a][m] += rows[i].cells[a][m];
	markup(f,
	       "<tbody class=\"family\" id=\"family-%u\">\n"
	       "<tr class=\"sum\"><th scope=\"rowgroup\">%s</th><td>all engines</td>",
	       nr, rows->family);
	for (u32 a = 0; a < arches; a++)
		verdict_cell(f, sum[a], h->set->runs[a].info.arch, rows->family, "");
	fputs("</tr>\n", f);
	for (u32 i = 0; i < n; i++) {
		markup(f, "<tr class=\"engine\"><td></td><th scope=\"row\">%s</th>",
		       rows[i].engine);
		for (u32 a = 0; a < arches; a++)
			verdict_cell(f, rows[i].cells[a], h->set->runs[a].info.arch, rows->family,
				     rows[i].engine);
		fputs("</tr>\n", f);
	}
	fputs("</tbody>\n", f);
	free(sum);
}

static void legend(FILE *f)
{
	fputs("<p>No letter: passed", f);
	for (int i = 1; i < NR_MARKS; i++)
		markup(f, ", <span class=\"%s\">%s</span> %s", matrix_marks[i].column,
		       matrix_marks[i].mark, matrix_marks[i].column);
	fputs(". The colour of a cell is that of the worst in it. A cell leads to its cases.</p>\n",
	      f);
}

int matrix_page(const struct html *h)
{
	const struct matrix *m = &h->matrix;
	struct page p;
	int ret = page_open(&p, h, "matrix.html", "Matrix");

	if (ret)
		return ret;
	legend(p.f);
	fputs("<p id=\"matrix-tools\"></p>\n", p.f);
	table_open(p.f, "matrix", "Cases by family and engine, and architecture");
	table_head(p.f, "Family");
	table_head(p.f, "Engine");
	for (u32 a = 0; a < h->set->cnt; a++)
		table_head(p.f, h->set->runs[a].info.arch);
	fputs("</tr>\n</thead>\n", p.f);
	for (u32 i = 0, n, nr = 0; i < m->cnt; i += n, nr++) {
		for (n = 1; i + n < m->cnt && !strcmp(m->rows[i].family, m->rows[i + n].family);)
			n++;
		family_rows(p.f, h, &m->rows[i], n, nr);
	}
	fputs("</table>\n</div>\n", p.f);
	return page_close(&p, h);
}
