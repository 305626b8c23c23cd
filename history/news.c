// SPDX-License-Identifier: GPL-2.0
/* What changed since a run, case by case. */
#include "history/query.h"
#include "lib/util.h"

struct news_call {
	int (*fn)(void *arg, const struct history_news *news);
	void *arg;
};

/* A failure that results/known does not explain. */
static bool unexplained(enum verdict v)
{
	return history_fails(v) && v != VERDICT_XFAIL;
}

static enum history_kind kind_of(enum verdict was, enum verdict is, bool flaky)
{
	if (flaky)
		return HISTORY_FLAKY;
	if (unexplained(is))
		return unexplained(was) ? HISTORY_CHANGED : HISTORY_NEW;
	if (is == VERDICT_XFAIL)
		return HISTORY_KNOWN;
	if (!history_fails(was))
		return HISTORY_NOTHING;
	return is == VERDICT_PASS ? HISTORY_FIXED : HISTORY_GONE;
}

static int news_row(void *arg, sqlite3_stmt *s)
{
	const struct news_call *call = arg;
	int was = verdict_parse(db_text(s, VERDICT_COUNT + WHEN_COUNT));
	struct history_news news = {
		.now = verdict_of_row(s),
		.was = was < 0 ? VERDICT_PASS : was,
	};

	news.kind = kind_of(news.was, news.now.verdict,
			    sqlite3_column_int(s, VERDICT_COUNT + WHEN_COUNT + 1));
	return news.kind == HISTORY_NOTHING ? 0 : call->fn(call->arg, &news);
}

int history_each_news(struct history *h, s64 since,
		      int (*fn)(void *arg, const struct history_news *news), void *arg,
		      struct diag *diag)
{
	struct news_call call = { fn, arg };
	struct query q = {};

	query_add(&q, "SELECT " VERDICT_COLUMNS ", "
		      "(SELECT o.verdict FROM change o WHERE o.name = c.name AND "
		      "o.target = c.target AND o.engine = c.engine AND o.run <= ?1 "
		      "ORDER BY o.id DESC LIMIT 1), "
		      "EXISTS(SELECT 1 FROM change o WHERE o.name = c.name AND "
		      "o.target = c.target AND o.engine = c.engine AND o.run > ?1 AND o.flaky) "
		      "FROM change c" VERDICT_TABLES
		      " JOIN state s ON s.change = c.id AND s.name = c.name AND "
		      "s.target = c.target AND s.engine = c.engine "
		      "WHERE c.run > ?1 ORDER BY t.arch, t.variant, n.text, e.text");
	q.parameters[q.cnt++].number = since;
	return query_each(h, &q, news_row, &call, diag);
}
