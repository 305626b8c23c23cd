// SPDX-License-Identifier: GPL-2.0
/* news.html: what changed in a night since the last good one. */
#include "history/fold.h"
#include "html/page.h"
#include "lib/utc.h"
#include "lib/util.h"

static const struct {
	const char *anchor, *title, *caption;
} news_kinds[NR_HISTORY_KINDS] = {
	[HISTORY_NEW] = { "new", "New failures", "Operations whose cases fail, and did not" },
	[HISTORY_CHANGED] = { "changed", "Fail in another way",
			      "Operations whose cases fail otherwise than before" },
	[HISTORY_FIXED] = { "fixed", "Fixed", "Operations whose cases pass, and failed" },
	[HISTORY_FLAKY] = { "flaky", "Flaky",
			    "Operations with a verdict that changed while nothing else did" },
	[HISTORY_GONE] = { "gone", "Gone", "Operations whose cases failed, and do not run" },
	[HISTORY_KNOWN] = { "known", "Known",
			    "Operations whose cases fail as results/known says, and did not" },
};

static void news_row(FILE *f, const struct html *h, const struct fold *news, const struct folded *x)
{
	markup(f, "<tr><th scope=\"row\"><code>%s</code></th><td>%s%s%s</td><td>%s</td>",
	       x->operation, x->arch, *x->variant ? " " : "", x->variant, x->engines);
	markup(f, "<td>%s%s</td><td class=\"num\">%u</td><td>", verdicts[x->verdict].name,
	       fold_was(news, x), x->verdicts);
	case_link(f, h, x->id, "");
	markup(f, "</td><td>%s</td></tr>\n", x->kernel);
}

static void kind(FILE *f, const struct html *h, const struct fold *news, enum history_kind k)
{
	static const char *const heads[] = { "Operation", "Arch", "Engines", "Verdict",
					     "Verdicts",  "Case", "Kernel" };
	char *id;

	if (!news->kinds[k])
		return;
	markup(f, "<h2 id=\"%s\">%s</h2>\n", news_kinds[k].anchor, news_kinds[k].title);
	id = xasprintf("%s-table", news_kinds[k].anchor);
	table_open(f, id, news_kinds[k].caption);
	free(id);
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		table_head(f, heads[i]);
	table_body(f);
	for (u32 i = 0; i < news->cnt; i++)
		if (news->list[i].kind == k)
			news_row(f, h, news, &news->list[i]);
	table_close(f);
}

struct good {
	s64 id, start;
};

static int take_night(void *arg, const struct history_night *night)
{
	struct good *good = arg;

	if (night->id == good->id)
		good->start = night->start;
	return 0;
}

static int load(const struct html *h, struct good *good, struct fold *news, struct diag *diag)
{
	s64 since;
	int ret = history_night_good(h->history, h->night, &good->id, diag);

	if (!ret)
		ret = history_each_night(h->history, 0, take_night, good, diag);
	if (!ret)
		ret = history_night_since(h->history, h->night, &since, diag);
	return ret ? ret : fold_news(h->history, since, news, diag);
}

int news_page(const struct html *h)
{
	struct good good = {};
	struct fold news = {};
	struct diag diag;
	struct page p;
	int ret;

	if (!h->night)
		return 0;
	ret = page_open(&p, h, "news.html", "News");
	if (ret)
		return ret;
	ret = load(h, &good, &news, &diag);
	if (ret)
		diag_print(&diag);
	else if (good.id)
		markup(p.f, "<p>Compared with the night of %s UTC.</p>\n", utc_minute(good.start));
	else
		fputs("<p>The first night: all that fails is new.</p>\n", p.f);
	news.first = !good.id;
	if (!ret && !news.cnt)
		fputs("<p>Nothing changed.</p>\n", p.f);
	for (int k = 0; k < NR_HISTORY_KINDS && !ret; k++)
		kind(p.f, h, &news, k);
	fold_free(&news);
	return page_close(&p, h) ?: ret;
}
