// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "html/page.h"
#include "lib/util.h"
#include "lib/version.h"

static const struct {
	const char *file, *title;
	enum { ALWAYS, WITH_HISTORY, WITH_NIGHT } when;
} nav[] = {
	{ "index.html", "Overview", ALWAYS },	 { "news.html", "News", WITH_NIGHT },
	{ "findings.html", "Findings", ALWAYS }, { "matrix.html", "Matrix", ALWAYS },
	{ "cases.html", "Cases", ALWAYS },	 { "capabilities.html", "Capabilities", ALWAYS },
	{ "kernels.html", "Kernels", ALWAYS },	 { "history.html", "History", WITH_HISTORY },
};

/* Only what lies beside the page is loaded, and no script in the page runs. */
#define POLICY "default-src 'none'; style-src 'self' file:; script-src 'self' file:; img-src data:"

int page_open(struct page *p, const struct html *h, const char *name, const char *title)
{
	char *path = xasprintf("%s/%s", h->dir, name);
	const char *up = strchr(name, '/') ? "../" : "";
	int ret = outfile_open(&p->out, path);

	free(path);
	if (ret)
		return ret;
	p->f = p->out.f;
	markup(p->f,
	       "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	       "<meta http-equiv=\"Content-Security-Policy\" content=\"" POLICY "\">\n"
	       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	       "<meta name=\"color-scheme\" content=\"light dark\">\n"
	       "<title>%s – checkjit %s</title>\n"
	       "<link rel=\"icon\" href=\"data:,\">\n"
	       "<link rel=\"stylesheet\" href=\"%sstyle.css\">\n"
	       "<script src=\"%sreport.js\" defer></script>\n</head>\n<body>\n"
	       "<a class=\"jump\" href=\"#main\">Skip to the content</a>\n"
	       "<header>\n<p class=\"run\">checkjit, run <b>%s</b></p>\n"
	       "<nav aria-label=\"Pages of the report\">\n<ul>\n",
	       title, h->name, up, up, h->name);
	for (size_t i = 0; i < ARRAY_SIZE(nav); i++) {
		if ((nav[i].when == WITH_HISTORY && !h->history) ||
		    (nav[i].when == WITH_NIGHT && !h->night))
			continue;
		markup(p->f, "<li><a href=\"%s%s\"", up, nav[i].file);
		if (!strcmp(name, nav[i].file))
			fputs(" aria-current=\"page\"", p->f);
		markup(p->f, ">%s</a></li>\n", nav[i].title);
	}
	markup(p->f, "</ul>\n</nav>\n</header>\n<main id=\"main\" tabindex=\"-1\">\n<h1>%s</h1>\n",
	       title);
	return 0;
}

int page_close(struct page *p, const struct html *h)
{
	const struct run_info *info = &h->set->runs[0].info;

	markup(p->f, "</main>\n<footer>\n<p>Made by checkjit %s", checkjit_version());
	if (info->version)
		markup(p->f, " from records of checkjit %s", info->version);
	fputs(".</p>\n</footer>\n</body>\n</html>\n", p->f);
	return outfile_close(&p->out, true);
}

void table_open(FILE *f, const char *id, const char *caption)
{
	markup(f,
	       "<div class=\"scroll\" role=\"region\" aria-labelledby=\"%s\" tabindex=\"0\">\n"
	       "<table>\n<caption id=\"%s\">%s</caption>\n<thead>\n<tr>",
	       id, id, caption);
}

void table_head(FILE *f, const char *text)
{
	markup(f, "<th scope=\"col\">%s</th>", text);
}

void table_body(FILE *f)
{
	fputs("</tr>\n</thead>\n<tbody>\n", f);
}

void table_close(FILE *f)
{
	fputs("</tbody>\n</table>\n</div>\n", f);
}

void list_item(FILE *f, const char *name, const char *value)
{
	if (value && *value)
		markup(f, "<dt>%s</dt><dd>%s</dd>\n", name, value);
}

/* Names of files have at most 255 bytes. */
#define NAME_BYTES 160

char *case_page(const char *id)
{
	char *name = id_dotted(id), *page;
	u32 sum = 0;

	for (const char *s = id; *s; s++)
		sum = sum * 31 + (u8)*s;
	/* what does not keep all its characters is told apart by a number */
	if (strlen(name) == strlen(id) && strlen(name) <= NAME_BYTES)
		page = xasprintf("finding/%s.html", name);
	else
		page = xasprintf("finding/%.*s-%08x.html", NAME_BYTES, name, sum);
	free(name);
	return page;
}

void case_link(FILE *f, const struct html *h, const char *id, const char *up)
{
	char *page;

	if (!strset_find(&h->findings.pages, id)) {
		markup(f, "<code>%s</code>", id);
		return;
	}
	page = case_page(id);
	markup(f, "<a href=\"%s%s\"><code>%s</code></a>", up, page, id);
	free(page);
}

void counts_print(FILE *f, const u32 counts[NR_MARKS])
{
	const char *sep = "";

	for (int i = 0; i < NR_MARKS; i++) {
		if (!counts[i])
			continue;
		markup(f, "%s<span class=\"%s\">%u", sep, matrix_marks[i].column, counts[i]);
		if (*matrix_marks[i].mark)
			markup(f,
			       "<span aria-hidden=\"true\">%s</span>"
			       "<span class=\"unseen\"> %s</span>",
			       matrix_marks[i].mark, matrix_marks[i].column);
		fputs("</span>", f);
		sep = " ";
	}
}
