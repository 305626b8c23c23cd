// SPDX-License-Identifier: GPL-2.0
/* Nights, and how far the enumeration is. */
#include <time.h>
#include "history/add.h"
#include "history/query.h"
#include "lib/util.h"

/* ---- nights ---- */

int history_night_begin(struct history *h, const char *dir, const char *host, u32 budget, s64 *id,
			struct diag *diag)
{
	s64 now = time(NULL);

	*id = 0;
	return db_number(h, id, diag,
			 "INSERT INTO night(dir, host, start, end, budget, state, exit, before) "
			 "VALUES(?, ?, ?, 0, ?, ?, 0, (SELECT ifnull(max(id), 0) FROM run)) "
			 "ON CONFLICT(dir) DO UPDATE SET host = excluded.host, end = 0, "
			 "budget = excluded.budget, state = excluded.state RETURNING id",
			 "ttiii", dir, host, now, (s64)budget, (s64)NIGHT_RUNNING);
}

int history_night_end(struct history *h, s64 id, enum night_state state, int exit,
		      struct diag *diag)
{
	return db_run(h, diag, "UPDATE night SET end = ?, state = ?, exit = ? WHERE id = ?", "iiii",
		      (s64)time(NULL), (s64)state, (s64)exit, id);
}

struct night_call {
	int (*fn)(void *arg, const struct history_night *night);
	void *arg;
};

static int night_row(void *arg, sqlite3_stmt *s)
{
	const struct night_call *call = arg;
	struct history_night night = {
		.id = sqlite3_column_int64(s, 0),
		.dir = db_text(s, 1),
		.host = db_text(s, 2),
		.start = sqlite3_column_int64(s, 3),
		.end = sqlite3_column_int64(s, 4),
		.budget = sqlite3_column_int(s, 5),
		.state = sqlite3_column_int(s, 6),
		.exit = sqlite3_column_int(s, 7),
	};

	return call->fn(call->arg, &night);
}

int history_each_night(struct history *h, u32 limit,
		       int (*fn)(void *arg, const struct history_night *night), void *arg,
		       struct diag *diag)
{
	struct night_call call = { fn, arg };
	struct query q = {};

	query_add(&q, "SELECT id, dir, host, start, end, budget, state, exit FROM night "
		      "ORDER BY id DESC");
	query_limit(&q, limit);
	return query_each(h, &q, night_row, &call, diag);
}

int history_night_first(struct history *h, s64 id, s64 *run, struct diag *diag)
{
	*run = 0;
	return db_number(h, run, diag, "SELECT before FROM night WHERE id = ?", "i", id);
}

int history_night_last(struct history *h, s64 id, s64 *run, struct diag *diag)
{
	*run = 0;
	return db_number(
		h, run, diag,
		"SELECT ifnull((SELECT before FROM night WHERE id > ? ORDER BY id LIMIT 1), "
		"(SELECT ifnull(max(id), 0) FROM run))",
		"i", id);
}

int history_night_good(struct history *h, s64 id, s64 *good, struct diag *diag)
{
	*good = 0;
	return db_number(h, good, diag,
			 "SELECT id FROM night WHERE id < ? AND state = ? ORDER BY id DESC LIMIT 1",
			 "ii", id, (s64)NIGHT_ENDED);
}

int history_night_since(struct history *h, s64 id, s64 *run, struct diag *diag)
{
	s64 good;
	int ret = history_night_good(h, id, &good, diag);

	*run = 0;
	return ret || !good ? ret : history_night_last(h, good, run, diag);
}

/* ---- cursors ---- */

struct cursor_call {
	int (*fn)(void *arg, const struct history_cursor *cursor);
	void *arg;
};

static int cursor_row(void *arg, sqlite3_stmt *s)
{
	const struct cursor_call *call = arg;
	struct history_cursor cursor = {
		.arch = db_text(s, 0),
		.variant = db_text(s, 1),
		.family = db_text(s, 2),
		.version = sqlite3_column_int64(s, 3),
		.next = sqlite3_column_int(s, 4),
		.nshards = sqlite3_column_int(s, 5),
		.round = sqlite3_column_int(s, 6),
		.failed = sqlite3_column_int(s, 7),
		.skipped = sqlite3_column_int(s, 8),
		.seconds = sqlite3_column_double(s, 9),
		.cases = sqlite3_column_int64(s, 10),
		.checks = sqlite3_column_int64(s, 11),
	};

	return call->fn(call->arg, &cursor);
}

int history_each_cursor(struct history *h, const struct history_filter *filter,
			int (*fn)(void *arg, const struct history_cursor *cursor), void *arg,
			struct diag *diag)
{
	struct cursor_call call = { fn, arg };
	struct query q = {};

	query_add(&q, "SELECT arch, variant, text, version, next, nshards, round, failed, skipped, "
		      "seconds, cases, checks FROM cursor JOIN target ON target.id = target "
		      "JOIN name ON name.id = family");
	query_where_text(&q, "arch = ?", filter->arch);
	query_where_text(&q, "variant = ?", filter->variant);
	query_add(&q, " ORDER BY arch, variant, text");
	query_limit(&q, filter->limit);
	return query_each(h, &q, cursor_row, &call, diag);
}

/* The rows that a cursor points to, made where they are not there. */
static int find_cursor(struct history *h, const struct history_cursor *c, s64 *target, s64 *family,
		       struct diag *diag)
{
	int ret = target_id(h, c->arch, c->variant, target, diag);

	return ret ? ret : name_id(h, c->family, family, diag);
}

int history_cursor_set(struct history *h, const struct history_cursor *cursor, struct diag *diag)
{
	s64 target, family;
	int ret = db_begin(h, diag);

	if (ret)
		return ret;
	ret = find_cursor(h, cursor, &target, &family, diag);
	if (!ret)
		ret = db_run(
			h, diag,
			"INSERT OR REPLACE INTO cursor VALUES(?, ?, ?, 1, ?, ?, 0, 0, 0, 0, 0)",
			"iiiii", target, family, (s64)cursor->version, (s64)cursor->nshards,
			(s64)cursor->round);
	return db_end(h, !ret, diag) ? db_error(h, diag) : ret;
}

int history_cursor_failed(struct history *h, const struct history_cursor *cursor, bool skip,
			  struct diag *diag)
{
	s64 target, family;
	int ret = db_begin(h, diag);

	if (ret)
		return ret;
	ret = find_cursor(h, cursor, &target, &family, diag);
	if (!ret)
		ret = db_run(h, diag,
			     "UPDATE cursor SET failed = iif(?1, 0, failed + 1), next = next + ?1, "
			     "skipped = skipped + ?1 "
			     "WHERE target = ?2 AND family = ?3 AND next = ?4",
			     "iiii", (s64)skip, target, family, (s64)cursor->next);
	return db_end(h, !ret, diag) ? db_error(h, diag) : ret;
}
