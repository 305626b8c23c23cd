/* SPDX-License-Identifier: GPL-2.0 */
/* Queries that a filter narrows. Internal to history/. */
#ifndef CHECKJIT_HISTORY_QUERY_H
#define CHECKJIT_HISTORY_QUERY_H

#include "history/db.h"

#define QUERY_PARAMETERS 8

/* All zero is an empty one. */
struct query {
	struct strbuf sql;
	struct {
		const char *text; /* NULL: a number */
		s64 number;
	} parameters[QUERY_PARAMETERS];
	u32 cnt;
	bool narrowed; /* WHERE stands there */
};

/* Append text of the statement. */
void query_add(struct query *q, const char *sql);
/* Append a condition; the second and the third only if the value is not NULL or 0. */
void query_where(struct query *q, const char *condition);
void query_where_text(struct query *q, const char *condition, const char *value);
void query_where_number(struct query *q, const char *condition, s64 value);
/* Append LIMIT, unless @limit is 0. */
void query_limit(struct query *q, u32 limit);

/* Run the query, which is freed, and call @row for each row until it returns another value than 0.
 */
int query_each(struct history *h, struct query *q, int (*row)(void *arg, sqlite3_stmt *s),
	       void *arg, struct diag *diag);

/* What struct history_when takes, of the run with the alias @r, and the tables for it. */
#define WHEN_COLUMNS(r)                                                                         \
	r ".id, " r ".night, " r ".start, " r ".dir, " r "_unit.text, " r "_kernel.release, " r \
	  ".version"
#define WHEN_TABLES(r)                                                                       \
	" JOIN name " r "_unit ON " r "_unit.id = " r ".unit JOIN kernel " r "_kernel ON " r \
	"_kernel.id = " r ".kernel"
#define WHEN_COUNT 7
/* They begin at column @i. */
struct history_when when_of(sqlite3_stmt *s, int i);

/* The columns of struct history_verdict but since, of the change with the alias c, and their
 * tables. */
#define VERDICT_COLUMNS                                                                     \
	"n.text, t.arch, t.variant, e.text, c.verdict, c.raw, c.vector, c.flaky, c.known, " \
	"c.detail, c.rerun, " WHEN_COLUMNS("r")
#define VERDICT_COUNT 11 /* before those of the run */
#define VERDICT_TABLES                                                  \
	" JOIN name n ON n.id = c.name JOIN name e ON e.id = c.engine " \
	"JOIN target t ON t.id = c.target JOIN run r ON r.id = c.run" WHEN_TABLES("r")
/* They begin at column 0. */
struct history_verdict verdict_of_row(sqlite3_stmt *s);

#endif
