// SPDX-License-Identifier: GPL-2.0
/* finding/ID.html: all that is known of a case that fails. */
#include <string.h>
#include "convert/export.h"
#include "html/page.h"
#include "lib/errname.h"
#include "lib/util.h"

/* The records of one case, and the ways in which it fails. */
struct subject {
	const char *id;
	struct record **recs;
	u32 cnt;
	const struct record *ways[FAILURE_WAYS + 1];
	u32 nways;
};

static bool fails(const struct record *r)
{
	return !verdicts[r->verdict].ok || r->verdict == VERDICT_XFAIL;
}

/* ---- who fails ---- */

static const struct record *opinion(const struct subject *s, const char *arch, const char *engine)
{
	for (u32 i = 0; i < s->cnt; i++)
		if (!strcmp(s->recs[i]->arch, arch) && !strcmp(s->recs[i]->engine, engine))
			return s->recs[i];
	return NULL;
}

static void opinion_cell(FILE *f, struct subject *s, const struct record *r)
{
	if (!r) {
		fputs("<td class=\"none\">–</td>", f);
		return;
	}
	markup(f, "<td class=\"%s\">", verdicts[r->verdict].column);
	if (fails(r))
		markup(f, "<a href=\"#%s-%s\">%s</a> %s", r->arch, r->engine,
		       verdicts[r->verdict].name,
		       (char[]){ 'a' + failure_way(s->ways, &s->nways, r), 0 });
	else
		markup(f, "%s", verdicts[r->verdict].name);
	fputs("</td>", f);
}

static void attribution_section(FILE *f, const struct html *h, struct subject *s)
{
	char *who = attribution(h->set, s->id), *suspect = attribution_suspect(h->set, s->id);

	if (who)
		markup(f, "<p class=\"lead\">%s.</p>\n", who);
	if (suspect)
		markup(f, "<p>Suspect: <strong>%s</strong></p>\n", suspect);
	free(who);
	free(suspect);
	fputs("<h2>Attribution</h2>\n", f);
	table_open(f, "attribution",
		   "The verdicts of all engines; failures with the same letter have the same wrong "
		   "values");
	table_head(f, "Arch");
	for (u32 e = 0; e < h->nengines; e++)
		table_head(f, h->engines[e]);
	table_head(f, "Kernel");
	table_body(f);
	for (u32 a = 0; a < h->set->cnt; a++) {
		const struct run_info *info = &h->set->runs[a].info;

		markup(f, "<tr><th scope=\"row\">%s</th>", info->arch);
		for (u32 e = 0; e < h->nengines; e++)
			opinion_cell(f, s, opinion(s, info->arch, h->engines[e]));
		markup(f, "<td>%s</td></tr>\n", info->kernel);
	}
	table_close(f);
}

/* ---- what differs ---- */

/* Mark the characters of @s that differ from @standard's. */
static void value_cell(FILE *f, const char *s, const char *standard)
{
	bool same_size = s && strlen(s) == strlen(standard);

	fputs("<td><code>", f);
	for (u32 i = 0; s && s[i]; i++) {
		bool differs = !same_size || s[i] != standard[i],
		     before = i && (!same_size || s[i - 1] != standard[i - 1]);

		if (differs != before)
			fputs(differs ? "<mark>" : "</mark>", f);
		markup_text(f, (char[]){ s[i], 0 });
		if (differs && !s[i + 1])
			fputs("</mark>", f);
	}
	fputs("</code></td>", f);
}

static void state_table(FILE *f, const struct record *r)
{
	bool predicted = false;
	char *id = xasprintf("state-%s-%s", r->arch, r->engine);

	for (u32 i = 0; i < r->ndiffs; i++)
		predicted |= r->diffs[i].predicted != NULL;
	table_open(f, id, "What differs");
	free(id);
	table_head(f, "Where");
	table_head(f, "Standard");
	if (predicted)
		table_head(f, "Predicted by quirks");
	table_head(f, "Observed");
	table_body(f);
	for (u32 i = 0; i < r->ndiffs; i++) {
		const struct record_diff *d = &r->diffs[i];

		markup(f, "<tr><th scope=\"row\">%s</th><td><code>%s</code></td>", d->what,
		       d->expected);
		if (predicted)
			value_cell(f, d->predicted, d->expected);
		value_cell(f, d->observed, d->expected);
		fputs("</tr>\n", f);
	}
	table_close(f);
}

static void code_item(FILE *f, const char *name, const char *value)
{
	if (value && *value)
		markup(f, "<dt>%s</dt><dd><code>%s</code></dd>\n", name, value);
}

static void items(FILE *f, const struct record *r)
{
	char *where = r->file ? xasprintf("%s:%u", r->file, r->line) : NULL,
	     *vectors = r->failed_vectors ? xasprintf("%u of %u fail, the first is %d",
						      r->failed_vectors, r->vectors, r->vector)
					  : NULL;

	fputs("<dl>\n", f);
	code_item(f, "Place", where);
	code_item(f, "Instruction", r->insn);
	code_item(f, "Inputs", r->inputs);
	list_item(f, "Vectors", vectors);
	list_item(f, "Reason", r->reason);
	if (r->err)
		list_item(f, "errno", errno_name(r->err) ? errno_name(r->err) : strerror(r->err));
	list_item(f, "Quirks", r->quirks);
	list_item(f, "Recheck", r->note);
	if (r->known.row) {
		code_item(f, "Known as", r->known.row);
		list_item(f, "Kind", r->known.kind);
		list_item(f, "Because", r->known.reason);
		list_item(f, "Evidence", r->known.evidence);
	}
	fputs("</dl>\n", f);
	free(where);
	free(vectors);
}

static void block(FILE *f, const char *title, const char *text)
{
	if (text && *text)
		markup(f, "<h4>%s</h4>\n<pre tabindex=\"0\">%s</pre>\n", title, text);
}

static void record_section(FILE *f, const struct html *h, struct subject *s, const struct record *r)
{
	u32 before = s->nways, way = failure_way(s->ways, &s->nways, r);
	char *others = attribution_others(h->set, r);

	markup(f, "<section id=\"%s-%s\">\n<h3>%s %s: %s</h3>\n", r->arch, r->engine, r->arch,
	       r->engine, verdicts[r->verdict].name);
	if (way < before)
		markup(f, "<p>Fails in the same way as <a href=\"#%s-%s\">%s %s</a>.</p>\n",
		       s->ways[way]->arch, s->ways[way]->engine, s->ways[way]->arch,
		       s->ways[way]->engine);
	else if (r->ndiffs)
		state_table(f, r);
	items(f, r);
	if (way == before)
		block(f, "BPF beside native code", r->code);
	block(f, "End of the verifier's log", r->log);
	block(f, "What the kernel said", r->console);
	markup(f, "<p>Others: %s.</p>\n", others);
	free(others);
	if (r->rerun)
		markup(f, "<h4>Run it again</h4>\n<pre class=\"copy\" tabindex=\"0\">%s</pre>\n",
		       r->rerun);
	fputs("</section>\n", f);
}

/* ---- the case ---- */

/* What @fn prints of vector @vec of @c, or in *@text why it prints nothing. Returns whether it
 * does. */
static bool exported(export_fn *fn, const struct bpf_case *c, u32 vec, char **text)
{
	const struct export_ask ask = { .c = c, .vec = vec, .reg = -1 };
	char why[EXPORT_WHY] = "";
	size_t len;
	FILE *f = open_memstream(text, &len);
	int ret = fn(f, &ask, why);

	fclose(f);
	if (!ret)
		return true;
	free(*text);
	*text = xstrdup(why);
	return false;
}

static void code_section(FILE *f, const char *title, const char *id, export_fn *fn,
			 const struct bpf_case *c, u32 vec)
{
	char *text;

	markup(f, "<h2 id=\"%s\">%s</h2>\n", id, title);
	if (exported(fn, c, vec, &text))
		markup(f, "<pre class=\"copy\" tabindex=\"0\" aria-labelledby=\"%s\">%s</pre>\n",
		       id, text);
	else
		markup(f, "<p>None: %s.</p>\n", text);
	free(text);
}

static void case_sections(FILE *f, const struct html *h, const struct record *r)
{
	const struct bpf_case *c = texts_get(&h->texts, r->id);
	u32 vec = c && r->vector >= 0 && r->vector < (s32)c->vecs->nvecs ? r->vector : 0;

	if (!c) {
		markup(f, "<h2>Case</h2>\n<p>%s</p>\n",
		       r->cases ? "Of these generated cases only the number was kept."
				: "This checkjit has no case of that name.");
		return;
	}
	code_section(f, "Case", "case", export_case, c, vec);
	code_section(f, "C reproducer", "reproducer", export_c, c, vec);
}

static int finding_page(const struct html *h, const char *id)
{
	struct subject s = { .id = id };
	const struct record *first = NULL;
	char *name = case_page(id);
	struct page p;
	int ret = page_open(&p, h, name, id);

	free(name);
	if (ret)
		return ret;
	s.recs = run_set_opinions(h->set, id, &s.cnt);
	attribution_section(p.f, h, &s);
	s.nways = 0;
	fputs("<h2>Failures</h2>\n", p.f);
	for (u32 i = 0; i < s.cnt; i++) {
		if (!fails(s.recs[i]) || strcmp(s.recs[i]->id, id))
			continue;
		first = first ? first : s.recs[i];
		record_section(p.f, h, &s, s.recs[i]);
	}
	if (first)
		case_sections(p.f, h, first);
	free(s.recs);
	return page_close(&p, h);
}

int finding_pages(const struct html *h)
{
	const struct strset *pages = &h->findings.pages;
	int ret = 0;

	for (u32 i = 0; i < pages->cap && !ret; i++)
		if (pages->slots[i].key)
			ret = finding_page(h, pages->slots[i].key);
	return ret;
}
