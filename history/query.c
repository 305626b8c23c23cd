// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "history/query.h"
#include "lib/util.h"

void query_add(struct query *q, const char *sql)
{
	strbuf_add(&q->sql, "%s", sql);
}

void query_where(struct query *q, const char *condition)
{
	strbuf_add(&q->sql, " %s %s", q->narrowed ? "AND" : "WHERE", condition);
	q->narrowed = true;
}

void query_where_text(struct query *q, const char *condition, const char *value)
{
	if (!value)
		return;
	query_where(q, condition);
	q->parameters[q->cnt++].text = value;
}

void query_where_number(struct query *q, const char *condition, s64 value)
{
	if (!value)
		return;
	query_where(q, condition);
	q->parameters[q->cnt++].number = value;
}

void query_limit(struct query *q, u32 limit)
{
	if (limit)
		strbuf_add(&q->sql, " LIMIT %u", limit);
}

int query_each(struct history *h, struct query *q, int (*row)(void *arg, sqlite3_stmt *s),
	       void *arg, struct diag *diag)
{
	char *sql = strbuf_take(&q->sql);
	sqlite3_stmt *s;
	int ret = db_prepare(h, &s, diag, sql, "");

	for (u32 i = 0; i < q->cnt && !ret; i++) {
		if (q->parameters[i].text)
			sqlite3_bind_text(s, i + 1, q->parameters[i].text, -1, SQLITE_STATIC);
		else
			sqlite3_bind_int64(s, i + 1, q->parameters[i].number);
	}
	while (!ret && (ret = db_step(h, s, diag)) > 0)
		ret = row(arg, s);
	sqlite3_finalize(s);
	free(sql);
	return ret;
}

struct history_when when_of(sqlite3_stmt *s, int i)
{
	return (struct history_when){
		.run = sqlite3_column_int64(s, i),
		.night = sqlite3_column_int64(s, i + 1),
		.time = sqlite3_column_int64(s, i + 2),
		.dir = db_text(s, i + 3),
		.unit = db_text(s, i + 4),
		.kernel = db_text(s, i + 5),
		.version = db_text(s, i + 6),
	};
}
