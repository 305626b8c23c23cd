// SPDX-License-Identifier: GPL-2.0
/*
 * cases.html: all records, which a script searches. There may be a million of them, so each family
 * of each arch is a file of its own, data/ARCH-FAMILY.js by their numbers. A page on a disk may
 * load scripts, but not data. data/index.js lists them.
 */
#include <string.h>
#include "html/page.h"
#include "lib/util.h"

struct families {
	struct strset index;
	const char **names;
	u32 cnt, cap;
};

static u32 family_of(struct families *fam, const struct record *r)
{
	const struct strset_entry *e = strset_find(&fam->index, r->family);

	if (e)
		return e->value;
	ARRAY_GROW(fam->names, fam->cnt, fam->cap);
	fam->names[fam->cnt] = r->family;
	strset_add(&fam->index, r->family, fam->cnt);
	return fam->cnt++;
}

static u32 engine_of(const struct html *h, const struct record *r)
{
	u32 i = 0;

	while (i < h->nengines && strcmp(h->engines[i], r->engine))
		i++;
	return i;
}

/* [id, engine, verdict, cases, page] */
static void put_case(FILE *f, const struct html *h, const struct record *r)
{
	char *page;

	fputc('[', f);
	markup_script(f, r->id);
	fprintf(f, ",%u,%d,%u", engine_of(h, r), r->verdict, record_cases(r));
	if (strset_find(&h->findings.pages, r->id)) {
		page = case_page(r->id);
		fputc(',', f);
		markup_script(f, page);
		free(page);
	}
	fputs("],\n", f);
}

/* The records of run @a in family @family. *@n: how many. */
static int chunk(const struct html *h, u32 a, u32 family, const u32 *families, u32 *n)
{
	const struct run *run = &h->set->runs[a];
	char *path = xasprintf("%s/data/%u-%u.js", h->dir, a, family);
	struct outfile out;
	int ret;

	*n = 0;
	for (u32 i = 0; i < run->cnt; i++)
		*n += families[i] == family;
	ret = *n ? outfile_open(&out, path) : 0;
	free(path);
	if (!*n || ret)
		return ret;
	fprintf(out.f, "checkjit.chunk(%u, %u, [\n", a, family);
	for (u32 i = 0; i < run->cnt; i++)
		if (families[i] == family)
			put_case(out.f, h, &run->recs[i]);
	fputs("]);\n", out.f);
	return outfile_close(&out, true);
}

static void names(FILE *f, const char *member, const char *const *list, u32 n)
{
	fprintf(f, "%s: [", member);
	for (u32 i = 0; i < n; i++) {
		fputs(i ? ", " : "", f);
		markup_script(f, list[i]);
	}
	fputs("],\n", f);
}

static int chunks(const struct html *h, struct families *fam, FILE *f)
{
	int ret = 0;

	fputs("chunks: [\n", f);
	for (u32 a = 0; a < h->set->cnt && !ret; a++) {
		const struct run *run = &h->set->runs[a];
		u32 *families = xcalloc(run->cnt + 1, sizeof(*families)), n;

		for (u32 i = 0; i < run->cnt; i++)
			families[i] = family_of(fam, &run->recs[i]);
		for (u32 k = 0; k < fam->cnt && !ret; k++) {
			ret = chunk(h, a, k, families, &n);
			if (n)
				fprintf(f, "[%u, %u, %u],\n", a, k, n);
		}
		free(families);
	}
	fputs("],\n", f);
	return ret;
}

static int write_data(const struct html *h)
{
	char *path = xasprintf("%s/data/index.js", h->dir);
	struct families fam = { 0 };
	struct outfile out;
	int ret = outfile_open(&out, path), failed;

	free(path);
	if (ret)
		return ret;
	fputs("checkjit.index({\n", out.f);
	failed = chunks(h, &fam, out.f);
	names(out.f, "families", fam.names, fam.cnt);
	names(out.f, "engines", h->engines, h->nengines);
	fputs("arches: [", out.f);
	for (u32 a = 0; a < h->set->cnt; a++) {
		fputs(a ? ", " : "", out.f);
		markup_script(out.f, h->set->runs[a].info.arch);
	}
	fputs("],\nverdicts: [", out.f);
	for (int v = 0; v < NR_VERDICTS; v++)
		fprintf(out.f, "%s[\"%s\", \"%s\"]", v ? ", " : "", verdicts[v].name,
			verdicts[v].column);
	fputs("],\n});\n", out.f);
	strset_free(&fam.index);
	free(fam.names);
	ret = outfile_close(&out, !failed);
	return failed ? failed : ret;
}

static void field(FILE *f, const char *name, const char *label)
{
	markup(f, "<p><label for=\"%s\">%s</label> <select id=\"%s\" name=\"%s\"></select></p>\n",
	       name, label, name, name);
}

int cases_page(const struct html *h)
{
	struct page p;
	int ret = write_data(h);

	if (!ret)
		ret = page_open(&p, h, "cases.html", "Cases");
	if (ret)
		return ret;
	fputs("<noscript><p>This page needs JavaScript: it searches the files in data/.</p>"
	      "</noscript>\n<form id=\"search\">\n",
	      p.f);
	field(p.f, "arch", "Arch");
	field(p.f, "family", "Family");
	field(p.f, "engine", "Engine");
	field(p.f, "verdict", "Verdict");
	fputs("<p><label for=\"text\">Part of the id</label> <input id=\"text\" name=\"text\" "
	      "type=\"search\" autocomplete=\"off\" spellcheck=\"false\"></p>\n</form>\n"
	      "<p id=\"found\" role=\"status\"></p>\n",
	      p.f);
	table_open(p.f, "records",
		   "Records: one case, or a group of generated ones, on one engine");
	table_head(p.f, "Id");
	table_head(p.f, "Engine");
	table_head(p.f, "Verdict");
	table_head(p.f, "Cases");
	fputs("</tr>\n</thead>\n<tbody id=\"rows\">\n", p.f);
	table_close(p.f);
	fputs("<p id=\"pager\"></p>\n<script src=\"data/index.js\" defer></script>\n", p.f);
	return page_close(&p, h);
}
