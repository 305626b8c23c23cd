// SPDX-License-Identifier: GPL-2.0
/* Queries about the verdicts of cases. */
#include "history/query.h"
#include "lib/util.h"

struct verdicts_call {
	int (*fn)(void *arg, const struct history_verdict *v);
	void *arg;
	bool since; /* the columns of history_verdict.since are there */
};

static enum verdict verdict_at(sqlite3_stmt *s, int i)
{
	int v = verdict_parse(db_text(s, i));

	return v < 0 ? VERDICT_ERROR : v;
}

struct history_verdict verdict_of_row(sqlite3_stmt *s)
{
	return (struct history_verdict){
		.id = db_text(s, 0),
		.arch = db_text(s, 1),
		.variant = db_text(s, 2),
		.engine = db_text(s, 3),
		.verdict = verdict_at(s, 4),
		.raw = verdict_at(s, 5),
		.vector = sqlite3_column_int(s, 6),
		.flaky = sqlite3_column_int(s, 7),
		.known = db_text(s, 8),
		.detail = db_text(s, 9),
		.rerun = db_text(s, 10),
		.when = when_of(s, VERDICT_COUNT),
	};
}

static int verdict_row(void *arg, sqlite3_stmt *s)
{
	const struct verdicts_call *call = arg;
	struct history_verdict v = verdict_of_row(s);

	if (call->since)
		v.since = when_of(s, VERDICT_COUNT + WHEN_COUNT);
	return call->fn(call->arg, &v);
}

static void narrow(struct query *q, const struct history_filter *f)
{
	query_where_text(q, "c.name = (SELECT id FROM name WHERE text = ?)", f->id);
	query_where_text(q, "t.arch = ?", f->arch);
	query_where_text(q, "t.variant = ?", f->variant);
	query_where_text(q, "e.text = ?", f->engine);
	query_where_text(q, "r_unit.text = ?", f->unit);
	query_where_number(q, "r.night = ?", f->night);
	query_where_number(q, "c.run > ?", f->after);
	if (f->flaky)
		query_where(q, "c.flaky");
}

int history_each_change(struct history *h, const struct history_filter *filter,
			int (*fn)(void *arg, const struct history_verdict *v), void *arg,
			struct diag *diag)
{
	struct verdicts_call call = { .fn = fn, .arg = arg };
	struct query q = {};

	query_add(&q, "SELECT " VERDICT_COLUMNS " FROM change c" VERDICT_TABLES);
	narrow(&q, filter);
	query_add(&q, " ORDER BY c.id");
	query_limit(&q, filter->limit);
	return query_each(h, &q, verdict_row, &call, diag);
}

/* "'FAIL', 'REJECT', …"; the caller frees it. */
static char *failing_words(void)
{
	struct strbuf words = {};

	for (int v = 0; v < NR_VERDICTS; v++)
		if (history_fails(v))
			strbuf_join(&words, ", ", "'%s'", verdicts[v].name);
	return strbuf_take(&words);
}

int history_each_first_failure(struct history *h, const char *id,
			       int (*fn)(void *arg, const struct history_verdict *v), void *arg,
			       struct diag *diag)
{
	struct verdicts_call call = { .fn = fn, .arg = arg };
	char *words = failing_words();
	struct query q = {};

	strbuf_add(&q.sql,
		   "SELECT " VERDICT_COLUMNS " FROM "
		   "(SELECT min(id) AS first FROM change WHERE verdict IN (%s) AND "
		   "name = (SELECT id FROM name WHERE text = ?) GROUP BY target, engine) "
		   "JOIN change c ON c.id = first" VERDICT_TABLES " ORDER BY c.id",
		   words);
	q.parameters[q.cnt++].text = id;
	free(words);
	return query_each(h, &q, verdict_row, &call, diag);
}

int history_each_finding(struct history *h, const struct history_filter *filter,
			 int (*fn)(void *arg, const struct history_verdict *v), void *arg,
			 struct diag *diag)
{
	struct verdicts_call call = { .fn = fn, .arg = arg, .since = true };
	struct query q = {};

	query_add(&q, "SELECT " VERDICT_COLUMNS ", " WHEN_COLUMNS(
			      "b") " FROM state s JOIN change c ON c.id = s.change" VERDICT_TABLES
				   " JOIN change began ON began.id = s.since JOIN run b ON b.id = "
				   "began.run" WHEN_TABLES("b"));
	query_where(&q, "s.since");
	narrow(&q, filter);
	query_add(&q, " ORDER BY t.arch, t.variant, n.text, e.text");
	query_limit(&q, filter->limit);
	return query_each(h, &q, verdict_row, &call, diag);
}

/* ---- flaky ---- */

struct flaky_call {
	int (*fn)(void *arg, const struct history_flaky *flaky);
	void *arg;
};

static int flaky_row(void *arg, sqlite3_stmt *s)
{
	const struct flaky_call *call = arg;
	struct history_flaky flaky = {
		.id = db_text(s, 0),
		.arch = db_text(s, 1),
		.variant = db_text(s, 2),
		.engine = db_text(s, 3),
		.times = sqlite3_column_int(s, 4),
		.last = when_of(s, 5),
	};

	return call->fn(call->arg, &flaky);
}

int history_each_flaky(struct history *h, const struct history_filter *filter,
		       int (*fn)(void *arg, const struct history_flaky *flaky), void *arg,
		       struct diag *diag)
{
	struct flaky_call call = { fn, arg };
	struct query q = {};

	query_add(&q, "SELECT n.text, t.arch, t.variant, e.text, times, " WHEN_COLUMNS(
			      "r") " FROM (SELECT count(*) AS times, max(id) AS last FROM change "
				   "WHERE flaky "
				   "GROUP BY name, target, engine) JOIN change c ON c.id = "
				   "last" VERDICT_TABLES);
	narrow(&q, filter);
	query_add(&q, " ORDER BY times DESC, c.id DESC");
	query_limit(&q, filter->limit);
	return query_each(h, &q, flaky_row, &call, diag);
}
