// SPDX-License-Identifier: GPL-2.0
/* Cases that failed and are no cases any more: deleted, or renamed. */
#include <stdlib.h>
#include "history/add.h"
#include "lib/util.h"

static const char why[] = "this checkjit has no such case";

struct failing {
	s64 name, target, engine;
};

struct gone {
	struct failing *list;
	u32 cnt, cap;
};

/* All failing states on @arch that are older than @run, of cases that do not exist. */
static int find_gone(struct history *h, const char *arch, s64 run,
		     bool (*exists)(void *arg, const char *id), void *arg, struct gone *out,
		     struct diag *diag)
{
	sqlite3_stmt *s;
	int ret = db_prepare(h, &s, diag,
			     "SELECT s.name, s.target, s.engine, n.text FROM state s "
			     "JOIN target t ON t.id = s.target JOIN name n ON n.id = s.name "
			     "JOIN change c ON c.id = s.change "
			     "WHERE s.since AND t.arch = ? AND c.run < ?",
			     "ti", arch, run);

	while (!ret && (ret = db_step(h, s, diag)) > 0) {
		ret = 0;
		if (exists(arg, db_text(s, 3)))
			continue;
		ARRAY_GROW(out->list, out->cnt, out->cap);
		out->list[out->cnt++] = (struct failing){ .name = sqlite3_column_int64(s, 0),
							  .target = sqlite3_column_int64(s, 1),
							  .engine = sqlite3_column_int64(s, 2) };
	}
	sqlite3_finalize(s);
	return ret;
}

static int forget(struct history *h, const struct failing *f, s64 run, struct diag *diag)
{
	const char *skip = verdicts[VERDICT_SKIP].name;
	s64 id = 0;
	int ret = db_number(h, &id, diag,
			    "INSERT INTO change(target, name, engine, run, verdict, raw, vector, "
			    "print, flaky, known, detail, rerun) "
			    "VALUES(?, ?, ?, ?, ?, ?, -1, 0, 0, '', ?, '') RETURNING id",
			    "iiiittt", f->target, f->name, f->engine, run, skip, skip, why);

	return ret ? ret
		   : db_run(h, diag,
			    "UPDATE state SET change = ?, since = 0 WHERE name = ? AND target = ? "
			    "AND engine = ?",
			    "iiii", id, f->name, f->target, f->engine);
}

int history_gone(struct history *h, const char *arch, s64 run,
		 bool (*exists)(void *arg, const char *id), void *arg, struct diag *diag)
{
	struct gone gone = {};
	int ret = db_begin(h, diag);

	if (ret)
		return ret;
	ret = find_gone(h, arch, run, exists, arg, &gone, diag);
	for (u32 i = 0; i < gone.cnt && !ret; i++)
		ret = forget(h, &gone.list[i], run, diag);
	free(gone.list);
	return db_end(h, !ret, diag) ? db_error(h, diag) : ret;
}
