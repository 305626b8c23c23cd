/* SPDX-License-Identifier: GPL-2.0 */
/* SQLite, as the other files of this folder use it. Internal to history/. */
#ifndef CHECKJIT_HISTORY_DB_H
#define CHECKJIT_HISTORY_DB_H

#include <sqlite3.h>
#include "history/history.h"
#include "lib/strbuf.h"

struct history {
	sqlite3 *db;
	char *path;
};

/* Version of the tables, kept in PRAGMA user_version; history/schema.c has a step to each. */
extern const char *const history_steps[];
extern const u32 nr_history_steps;

/* Returns -errno of the last error of @h, with @diag filled. */
int db_error(struct history *h, struct diag *diag);

/* Run statements that return nothing. */
int db_exec(struct history *h, const char *sql, struct diag *diag);

/*
 * Prepare @sql and bind its parameters, one letter of @types each: 'i' s64, 'd' double, 't' const
 * char * (NULL binds NULL). Text must stay valid until the statement is done.
 */
int db_prepare(struct history *h, sqlite3_stmt **out, struct diag *diag, const char *sql,
	       const char *types, ...);
/* One step: 1 there is a row, 0 there is none, or -errno. */
int db_step(struct history *h, sqlite3_stmt *s, struct diag *diag);
/* db_prepare(), all steps, and the end of the statement. */
int db_run(struct history *h, struct diag *diag, const char *sql, const char *types, ...);
/* The same for a query of one number; *@out stays as it is if there is no row. */
int db_number(struct history *h, s64 *out, struct diag *diag, const char *sql, const char *types,
	      ...);

/* Column @i as text; "" for NULL. Valid until the next step. */
const char *db_text(sqlite3_stmt *s, int i);

/* Begin a transaction that writes; end it. With @keep false, or an error, nothing is kept. */
int db_begin(struct history *h, struct diag *diag);
int db_end(struct history *h, bool keep, struct diag *diag);

#endif
