// SPDX-License-Identifier: GPL-2.0
/* Queries about runs: where their time went, what they counted, what kernels can do. */
#include "history/query.h"
#include "lib/util.h"

/* ---- runs ---- */

struct run_call {
	struct history *h;
	int (*fn)(void *arg, const struct history_run *run);
	void *arg;
	struct diag *diag;
};

static int total_row(void *arg, sqlite3_stmt *s)
{
	struct history_run *run = arg;
	int v = verdict_parse(db_text(s, 0));

	if (v >= 0)
		run->count[v] = sqlite3_column_int64(s, 1);
	return 0;
}

static int run_row(void *arg, sqlite3_stmt *s)
{
	const struct run_call *call = arg;
	struct history_run run = {
		.id = sqlite3_column_int64(s, 0),
		.night = sqlite3_column_int64(s, 1),
		.dir = db_text(s, 2),
		.arch = db_text(s, 3),
		.variant = db_text(s, 4),
		.unit = db_text(s, 5),
		.kernel = db_text(s, 6),
		.config_hash = db_text(s, 7),
		.compiler = db_text(s, 8),
		.image = db_text(s, 9),
		.image_bytes = sqlite3_column_int64(s, 10),
		.version = db_text(s, 11),
		.qemu = db_text(s, 12),
		.cpu = db_text(s, 13),
		.start = sqlite3_column_int64(s, 14),
		.seconds = sqlite3_column_double(s, 15),
		.hello_s = sqlite3_column_double(s, 16),
		.host_cpu_s = sqlite3_column_double(s, 17),
		.boots = sqlite3_column_int(s, 18),
		.cases = sqlite3_column_int64(s, 19),
		.checks = sqlite3_column_int64(s, 20),
		.planned = sqlite3_column_int64(s, 21),
		.fresh = sqlite3_column_int64(s, 22),
		.changed = sqlite3_column_int64(s, 23),
		.fixed = sqlite3_column_int64(s, 24),
		.partial = sqlite3_column_int(s, 25),
		.full = sqlite3_column_int(s, 26),
	};
	struct query totals = {};
	int ret;

	query_add(&totals, "SELECT verdict, sum(cases) FROM total");
	query_where_number(&totals, "run = ?", run.id);
	query_add(&totals, " GROUP BY verdict");
	ret = query_each(call->h, &totals, total_row, &run, call->diag);
	return ret ? ret : call->fn(call->arg, &run);
}

int history_each_run(struct history *h, const struct history_filter *filter,
		     int (*fn)(void *arg, const struct history_run *run), void *arg,
		     struct diag *diag)
{
	struct run_call call = { h, fn, arg, diag };
	struct query q = {};

	query_add(&q, "SELECT r.id, night, dir, arch, variant, u.text, release, config_hash, "
		      "compiler, image, image_bytes, version, qemu, cpu, start, seconds, hello_s, "
		      "host_cpu_s, boots, cases, checks, planned, fresh, changed, fixed, partial, "
		      "full FROM run r JOIN target t ON t.id = target JOIN name u ON u.id = unit "
		      "JOIN kernel k ON k.id = kernel");
	query_where_text(&q, "arch = ?", filter->arch);
	query_where_text(&q, "variant = ?", filter->variant);
	query_where_text(&q, "u.text = ?", filter->unit);
	query_where_number(&q, "night = ?", filter->night);
	query_where_number(&q, "r.id > ?", filter->after);
	query_add(&q, " ORDER BY r.id DESC");
	query_limit(&q, filter->limit);
	return query_each(h, &q, run_row, &call, diag);
}

/* ---- costs ---- */

struct cost_call {
	int (*fn)(void *arg, const struct history_cost *cost);
	void *arg;
};

static int cost_row(void *arg, sqlite3_stmt *s)
{
	const struct cost_call *call = arg;
	struct history_cost cost = {
		.run = sqlite3_column_int64(s, 0),
		.kind = db_text(s, 1),
		.name = db_text(s, 2),
		.seconds = sqlite3_column_double(s, 3),
		.cases = sqlite3_column_int64(s, 4),
		.checks = sqlite3_column_int64(s, 5),
	};

	return call->fn(call->arg, &cost);
}

int history_each_cost(struct history *h, s64 run,
		      int (*fn)(void *arg, const struct history_cost *cost), void *arg,
		      struct diag *diag)
{
	struct cost_call call = { fn, arg };
	struct query q = {};

	query_add(&q, "SELECT run, kind, text, seconds, cases, checks FROM cost "
		      "JOIN name ON name.id = cost.name WHERE run = ?");
	q.parameters[q.cnt++].number = run;
	return query_each(h, &q, cost_row, &call, diag);
}

/* ---- counts ---- */

struct count_call {
	int (*fn)(void *arg, const struct history_count *count);
	void *arg;
};

static int count_row(void *arg, sqlite3_stmt *s)
{
	const struct count_call *call = arg;
	int verdict = verdict_parse(db_text(s, 5));
	struct history_count count = {
		.arch = db_text(s, 0),
		.variant = db_text(s, 1),
		.unit = db_text(s, 2),
		.engine = db_text(s, 3),
		.name = db_text(s, 4),
		.verdict = verdict,
		.cases = sqlite3_column_int64(s, 6),
		.reason = db_text(s, 7),
		.run = sqlite3_column_int64(s, 8),
	};

	return count.cases && verdict >= 0 ? call->fn(call->arg, &count) : 0;
}

int history_each_count(struct history *h, enum history_level level,
		       const struct history_filter *filter,
		       int (*fn)(void *arg, const struct history_count *count), void *arg,
		       struct diag *diag)
{
	struct count_call call = { fn, arg };
	struct query q = {};

	/* the present rows first: names are joined to few of them */
	query_add(&q, "SELECT t.arch, t.variant, u.text, e.text, n.text, y.verdict, y.cases, "
		      "w.text, y.newest FROM (SELECT target, unit, engine, name, verdict, cases, "
		      "reason, max(run) AS newest FROM tally WHERE level = ?");
	q.parameters[q.cnt++].number = level;
	q.narrowed = true;
	query_where_text(&q, "target IN (SELECT id FROM target WHERE arch = ?)", filter->arch);
	query_where_text(&q, "target IN (SELECT id FROM target WHERE variant = ?)",
			 filter->variant);
	query_where_text(&q, "unit = (SELECT id FROM name WHERE text = ?)", filter->unit);
	query_where_text(&q, "engine = (SELECT id FROM name WHERE text = ?)", filter->engine);
	query_add(&q, " GROUP BY unit, target, engine, name, verdict) y "
		      "JOIN target t ON t.id = y.target JOIN name u ON u.id = y.unit "
		      "JOIN name e ON e.id = y.engine JOIN name n ON n.id = y.name "
		      "LEFT JOIN name w ON w.id = y.reason");
	query_limit(&q, filter->limit);
	return query_each(h, &q, count_row, &call, diag);
}

/* ---- what does not run ---- */

struct idle_call {
	int (*fn)(void *arg, const struct history_idle *idle);
	void *arg;
};

static int idle_row(void *arg, sqlite3_stmt *s)
{
	const struct idle_call *call = arg;
	struct history_idle idle = { .arch = db_text(s, 0),
				     .reason = db_text(s, 1),
				     .cases = sqlite3_column_int64(s, 2),
				     .example = db_text(s, 3) };

	return call->fn(call->arg, &idle);
}

int history_each_idle(struct history *h, const struct history_filter *filter,
		      int (*fn)(void *arg, const struct history_idle *idle), void *arg,
		      struct diag *diag)
{
	struct idle_call call = { fn, arg };
	struct query q = {};

	/* what has no row of the default target ran there: variants run some of its cases */
	query_add(&q,
		  "SELECT x.arch, w.text, sum(x.cases), min(n.text) FROM "
		  "(SELECT t.arch AS arch, i.name AS name, max(i.cases) AS cases, "
		  "max(i.reason) AS reason FROM idle i JOIN target t ON t.id = i.target "
		  "GROUP BY t.arch, i.name HAVING min(i.reason) AND (max(t.variant = '') OR "
		  "NOT EXISTS(SELECT 1 FROM target d WHERE d.arch = t.arch AND d.variant = ''))) x "
		  "JOIN name w ON w.id = x.reason JOIN name n ON n.id = x.name");
	query_where_text(&q, "x.arch = ?", filter->arch);
	query_add(&q, " GROUP BY x.arch, w.text ORDER BY x.arch, sum(x.cases) DESC, w.text");
	query_limit(&q, filter->limit);
	return query_each(h, &q, idle_row, &call, diag);
}

/* ---- capabilities ---- */

struct cap_call {
	int (*fn)(void *arg, const struct history_cap *cap);
	void *arg;
};

static int cap_row(void *arg, sqlite3_stmt *s)
{
	const struct cap_call *call = arg;
	struct history_cap cap = {
		.arch = db_text(s, 0),
		.variant = db_text(s, 1),
		.cap = db_text(s, 2),
		.have = sqlite3_column_int(s, 3),
		.err = sqlite3_column_int(s, 4),
		.changed = sqlite3_column_int(s, 5),
		.when = when_of(s, 6),
	};

	return call->fn(call->arg, &cap);
}

int history_each_cap(struct history *h, const struct history_filter *filter,
		     int (*fn)(void *arg, const struct history_cap *cap), void *arg,
		     struct diag *diag)
{
	struct cap_call call = { fn, arg };
	struct query q = {};

	query_add(&q, "SELECT t.arch, t.variant, n.text, c.have, c.err, "
		      "EXISTS(SELECT 1 FROM cap o WHERE o.target = c.target AND "
		      "o.name = c.name AND o.run < c.run), " WHEN_COLUMNS(
			      "r") " FROM cap c JOIN target t ON t.id = c.target JOIN name n ON "
				   "n.id = c.name "
				   "JOIN run r ON r.id = c.run" WHEN_TABLES("r"));
	query_where_text(&q, "t.arch = ?", filter->arch);
	query_where_text(&q, "t.variant = ?", filter->variant);
	query_where_number(&q, "r.night = ?", filter->night);
	query_where_number(&q, "c.run > ?", filter->after);
	query_add(&q, " ORDER BY c.run, c.target, n.text");
	query_limit(&q, filter->limit);
	return query_each(h, &q, cap_row, &call, diag);
}
