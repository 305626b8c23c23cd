// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>
#include "history/db.h"
#include "lib/util.h"

#define APPLICATION_ID 0x636a6864 /* "cjhd" */
#define BUSY_MS	       30000	  /* patience with another program that writes */

/* ---- errors ---- */

static const struct {
	int code; /* primary result code of SQLite */
	int err;
	const char *words;
} errors[] = {
	{ SQLITE_FULL, ENOSPC, "no space left on the disk; the database is as it was before" },
	{ SQLITE_BUSY, EBUSY, "another program is writing to it (expected it to end in 30 s)" },
	{ SQLITE_CORRUPT, EUCLEAN,
	  "damaged (expected a database that passes PRAGMA integrity_check; move it away, or put "
	  "a copy in its place)" },
	{ SQLITE_NOTADB, EUCLEAN, "no database (expected one that `make nightly` wrote)" },
	{ SQLITE_READONLY, EACCES, "cannot be written (expected a file with write permission)" },
	{ SQLITE_CANTOPEN, EACCES, "cannot be opened" },
	{ SQLITE_IOERR, EIO, "input/output error; the database is as it was before" },
};

int db_error(struct history *h, struct diag *diag)
{
	int code = sqlite3_errcode(h->db) & 0xff;

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		if (errors[i].code != code)
			continue;
		diag_set(diag, h->path, 0, 0, "%s", errors[i].words);
		return -errors[i].err;
	}
	diag_set(diag, h->path, 0, 0, "%s", sqlite3_errmsg(h->db));
	return -EIO;
}

/* ---- statements ---- */

int db_exec(struct history *h, const char *sql, struct diag *diag)
{
	return sqlite3_exec(h->db, sql, NULL, NULL, NULL) ? db_error(h, diag) : 0;
}

static int bind(sqlite3_stmt *s, const char *types, va_list ap)
{
	int ret = SQLITE_OK;

	for (int i = 1; *types && !ret; types++, i++) {
		if (*types == 'i')
			ret = sqlite3_bind_int64(s, i, va_arg(ap, s64));
		else if (*types == 'd')
			ret = sqlite3_bind_double(s, i, va_arg(ap, double));
		else
			ret = sqlite3_bind_text(s, i, va_arg(ap, const char *), -1, SQLITE_STATIC);
	}
	return ret;
}

static int prepare(struct history *h, sqlite3_stmt **out, struct diag *diag, const char *sql,
		   const char *types, va_list ap)
{
	if (!sqlite3_prepare_v2(h->db, sql, -1, out, NULL) && !bind(*out, types, ap))
		return 0;
	sqlite3_finalize(*out);
	*out = NULL;
	return db_error(h, diag);
}

int db_prepare(struct history *h, sqlite3_stmt **out, struct diag *diag, const char *sql,
	       const char *types, ...)
{
	va_list ap;
	int ret;

	va_start(ap, types);
	ret = prepare(h, out, diag, sql, types, ap);
	va_end(ap);
	return ret;
}

int db_step(struct history *h, sqlite3_stmt *s, struct diag *diag)
{
	switch (sqlite3_step(s)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return db_error(h, diag);
	}
}

int db_run(struct history *h, struct diag *diag, const char *sql, const char *types, ...)
{
	sqlite3_stmt *s;
	va_list ap;
	int ret;

	va_start(ap, types);
	ret = prepare(h, &s, diag, sql, types, ap);
	va_end(ap);
	if (ret)
		return ret;
	while ((ret = db_step(h, s, diag)) > 0)
		;
	sqlite3_finalize(s);
	return ret;
}

int db_number(struct history *h, s64 *out, struct diag *diag, const char *sql, const char *types,
	      ...)
{
	sqlite3_stmt *s;
	va_list ap;
	int ret;

	va_start(ap, types);
	ret = prepare(h, &s, diag, sql, types, ap);
	va_end(ap);
	if (ret)
		return ret;
	ret = db_step(h, s, diag);
	if (ret > 0)
		*out = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return ret < 0 ? ret : 0;
}

const char *db_text(sqlite3_stmt *s, int i)
{
	const char *text = (const char *)sqlite3_column_text(s, i);

	return text ? text : "";
}

/* ---- transactions ---- */

int db_begin(struct history *h, struct diag *diag)
{
	return db_exec(h, "BEGIN IMMEDIATE", diag);
}

int db_end(struct history *h, bool keep, struct diag *diag)
{
	int ret = keep ? db_exec(h, "COMMIT", diag) : 0;

	/* an error may have ended the transaction already */
	if ((ret || !keep) && !sqlite3_get_autocommit(h->db))
		sqlite3_exec(h->db, "ROLLBACK", NULL, NULL, NULL);
	return ret;
}

/* ---- opening ---- */

static int migrate(struct history *h, s64 from, struct diag *diag)
{
	char *sql;
	int ret = 0;

	for (u32 i = from; i < nr_history_steps && !ret; i++)
		ret = db_exec(h, history_steps[i], diag);
	sql = xasprintf("PRAGMA application_id = %d; PRAGMA user_version = %u", APPLICATION_ID,
			nr_history_steps);
	if (!ret)
		ret = db_exec(h, sql, diag);
	free(sql);
	return ret;
}

/* Is the database one of ours, and of which version? */
static int look(struct history *h, s64 *version, struct diag *diag)
{
	s64 application = 0, tables = 0;
	int ret = db_number(h, version, diag, "PRAGMA user_version", "");

	if (!ret)
		ret = db_number(h, &application, diag, "PRAGMA application_id", "");
	if (!ret)
		ret = db_number(h, &tables, diag, "SELECT count(*) FROM sqlite_schema", "");
	if (ret)
		return ret;
	if (application != APPLICATION_ID && (application || tables)) {
		diag_set(diag, h->path, 0, 0,
			 "a database of something else (expected one that `make nightly` wrote)");
		return -EUCLEAN;
	}
	if (*version > nr_history_steps) {
		diag_set(diag, h->path, 0, 0,
			 "a newer checkjit wrote it: its tables have version %lld (expected at "
			 "most %u; use that checkjit, or another HISTORY=)",
			 (long long)*version, nr_history_steps);
		return -ENOTSUP;
	}
	return 0;
}

/* Two programs may find an old database at once: the second one looks again. */
static int bring_up_to_date(struct history *h, struct diag *diag)
{
	s64 version = 0;
	int ret = look(h, &version, diag);

	if (ret || version == nr_history_steps)
		return ret;
	ret = db_begin(h, diag);
	if (ret)
		return ret;
	ret = look(h, &version, diag);
	if (!ret && version < nr_history_steps)
		ret = migrate(h, version, diag);
	return db_end(h, !ret, diag) ? -EIO : ret;
}

static int make_parent(const char *path, struct diag *diag)
{
	char *dir = xstrdup(path), *end = strrchr(dir, '/');
	int ret = 0;

	if (end && end != dir) {
		*end = '\0';
		ret = make_dirs(dir);
		if (ret)
			diag_set(diag, dir, 0, 0, "%s", strerror(-ret));
	}
	free(dir);
	return ret;
}

int history_open(const char *path, enum history_mode mode, struct history **out, struct diag *diag)
{
	struct history *h;
	int ret;

	*out = NULL;
	if (mode == HISTORY_READ && access(path, F_OK)) {
		diag_set(diag, path, 0, 0,
			 "no history there (expected a database that `make nightly` wrote)");
		return -ENOENT;
	}
	ret = make_parent(path, diag);
	if (ret)
		return ret;
	h = xcalloc(1, sizeof(*h));
	h->path = xstrdup(path);
	ret = sqlite3_open_v2(path, &h->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL)
		      ? db_error(h, diag)
		      : 0;
	if (!ret) {
		sqlite3_busy_timeout(h->db, BUSY_MS);
		ret = bring_up_to_date(h, diag);
	}
	if (ret)
		history_close(h);
	else
		*out = h;
	return ret;
}

void history_close(struct history *h)
{
	if (!h)
		return;
	sqlite3_close(h->db);
	free(h->path);
	free(h);
}
