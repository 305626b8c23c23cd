// SPDX-License-Identifier: GPL-2.0
/* The tables; docs/history.md describes them. A change of them is one more step at the end. */
#include "history/db.h"

static const char version_1[] =
	/* texts that occur often: ids, families, operations, engines, units, capabilities, reasons
	 */
	"CREATE TABLE name(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);"

	"CREATE TABLE kernel("
	"	id INTEGER PRIMARY KEY, release TEXT NOT NULL, config_hash TEXT NOT NULL,"
	"	compiler TEXT NOT NULL, image TEXT NOT NULL, image_bytes INTEGER NOT NULL,"
	"	UNIQUE(image, config_hash, release, compiler));"

	"CREATE TABLE target("
	"	id INTEGER PRIMARY KEY, arch TEXT NOT NULL, variant TEXT NOT NULL,"
	"	UNIQUE(arch, variant));"

	"CREATE TABLE night("
	"	id INTEGER PRIMARY KEY, dir TEXT NOT NULL UNIQUE, host TEXT NOT NULL,"
	"	start INTEGER NOT NULL, end INTEGER NOT NULL, budget INTEGER NOT NULL,"
	"	state INTEGER NOT NULL, exit INTEGER NOT NULL,"
	"	before INTEGER NOT NULL);" /* the newest run at its beginning */

	"CREATE TABLE run("
	"	id INTEGER PRIMARY KEY, dir TEXT NOT NULL, target INTEGER NOT NULL,"
	"	unit INTEGER NOT NULL, night INTEGER NOT NULL, kernel INTEGER NOT NULL,"
	"	version TEXT NOT NULL, qemu TEXT NOT NULL, cpu TEXT NOT NULL,"
	"	start INTEGER NOT NULL, seconds REAL NOT NULL, hello_s REAL NOT NULL,"
	"	host_cpu_s REAL NOT NULL, boots INTEGER NOT NULL, cases INTEGER NOT NULL,"
	"	checks INTEGER NOT NULL, planned INTEGER NOT NULL, fresh INTEGER NOT NULL,"
	"	changed INTEGER NOT NULL, fixed INTEGER NOT NULL, partial INTEGER NOT NULL,"
	"	full INTEGER NOT NULL,"
	"	UNIQUE(dir, target));"
	"CREATE INDEX run_of_target ON run(target, unit, id);"
	"CREATE INDEX run_of_night ON run(night, id);"

	"CREATE TABLE total("
	"	run INTEGER NOT NULL, engine INTEGER NOT NULL, verdict TEXT NOT NULL,"
	"	cases INTEGER NOT NULL,"
	"	PRIMARY KEY(run, engine, verdict)) WITHOUT ROWID;"

	"CREATE TABLE cost("
	"	run INTEGER NOT NULL, kind TEXT NOT NULL, name INTEGER NOT NULL,"
	"	seconds REAL NOT NULL, cases INTEGER NOT NULL, checks INTEGER NOT NULL,"
	"	PRIMARY KEY(run, kind, name)) WITHOUT ROWID;"

	"CREATE TABLE change("
	"	id INTEGER PRIMARY KEY, target INTEGER NOT NULL, name INTEGER NOT NULL,"
	"	engine INTEGER NOT NULL, run INTEGER NOT NULL, verdict TEXT NOT NULL,"
	"	raw TEXT NOT NULL, vector INTEGER NOT NULL,"
	"	print INTEGER NOT NULL," /* of the failure: history/add_verdicts.c */
	"	flaky INTEGER NOT NULL, known TEXT NOT NULL, detail TEXT NOT NULL,"
	"	rerun TEXT NOT NULL);"
	"CREATE INDEX change_of_case ON change(name, target, engine, id);"
	"CREATE INDEX change_of_run ON change(run);"
	"CREATE INDEX change_flaky ON change(name, target, engine) WHERE flaky;"

	/* the last change of each case, and the one with which it began to fail (0: it does not) */
	"CREATE TABLE state("
	"	name INTEGER NOT NULL, target INTEGER NOT NULL, engine INTEGER NOT NULL,"
	"	change INTEGER NOT NULL, since INTEGER NOT NULL,"
	"	PRIMARY KEY(name, target, engine)) WITHOUT ROWID;"
	"CREATE INDEX state_failing ON state(target) WHERE since;"

	/* counts of a unit as changes: a row where the number differs from that of the run before
	 */
	"CREATE TABLE tally("
	"	target INTEGER NOT NULL, unit INTEGER NOT NULL, level INTEGER NOT NULL,"
	"	engine INTEGER NOT NULL, name INTEGER NOT NULL, verdict TEXT NOT NULL,"
	"	run INTEGER NOT NULL, cases INTEGER NOT NULL, reason INTEGER NOT NULL,"
	"	PRIMARY KEY(level, unit, target, engine, name, verdict, run)) WITHOUT ROWID;"

	"CREATE TABLE cap("
	"	target INTEGER NOT NULL, name INTEGER NOT NULL, run INTEGER NOT NULL,"
	"	have INTEGER NOT NULL, err INTEGER NOT NULL,"
	"	PRIMARY KEY(target, name, run)) WITHOUT ROWID;"

	"CREATE TABLE cursor("
	"	target INTEGER NOT NULL, family INTEGER NOT NULL, version INTEGER NOT NULL,"
	"	next INTEGER NOT NULL, nshards INTEGER NOT NULL, round INTEGER NOT NULL,"
	"	failed INTEGER NOT NULL, skipped INTEGER NOT NULL, seconds REAL NOT NULL, cases "
	"INTEGER NOT NULL,"
	"	checks INTEGER NOT NULL,"
	"	PRIMARY KEY(target, family)) WITHOUT ROWID;";

static const char version_2[] =
	/* cases that no engine of a target runs, and why (0: one does, unlike on another target) */
	"CREATE TABLE idle("
	"	target INTEGER NOT NULL, name INTEGER NOT NULL, unit INTEGER NOT NULL,"
	"	run INTEGER NOT NULL, cases INTEGER NOT NULL, reason INTEGER NOT NULL,"
	"	PRIMARY KEY(target, name)) WITHOUT ROWID;";

const char *const history_steps[] = { version_1, version_2 };
const u32 nr_history_steps = ARRAY_SIZE(history_steps);
