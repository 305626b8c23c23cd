// SPDX-License-Identifier: GPL-2.0
/* What every C file may use: strings, patterns of ids, names of errnos, durations, locks. */
#include <stdlib.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/duration.h"
#include "lib/errname.h"
#include "lib/idmatch.h"
#include "lib/lockfile.h"
#include "lib/strbuf.h"
#include "lib/strset.h"
#include "lib/util.h"
#include "tests/test.h"

static void strings(void)
{
	struct strset set = { 0 };
	const char *first;
	char key[32];

	CHECK(!strset_find(&set, "a"), "an empty set");
	strset_free(&set);
	first = strset_add(&set, "", 7)->key;
	for (u32 i = 0; i < 5000; i++) {
		snprintf(key, sizeof(key), "alu/x/%u", i);
		CHECK(!strset_find(&set, key), "%s before it was added", key);
		CHECK(strset_add(&set, key, i)->value == i, "%s", key);
	}
	for (u32 i = 0; i < 5000; i++) {
		const struct strset_entry *e;

		snprintf(key, sizeof(key), "alu/x/%u", i);
		e = strset_find(&set, key);
		CHECK(e && e->value == i && !strcmp(e->key, key) && e->key != key, "%s", key);
	}
	CHECK(set.cnt == 5001, "%u", set.cnt);
	CHECK(strset_find(&set, "")->key == first, "keys stay where they are");
	CHECK(!strset_find(&set, "alu/x/5000") && !strset_find(&set, "alu/x/"), "not in it");
	strset_free(&set);
	CHECK(!strset_find(&set, "") && !set.cnt, "empty again");
}

static void check_text(struct strbuf *b, const char *want)
{
	char *s = strbuf_take(b);

	CHECK(!strcmp(s, want), "'%s'", s);
	free(s);
}

static void growing(void)
{
	static char *const words[] = { (char *)"interp", (char *)"jit", (char *)"raw_jit" };
	struct strbuf b = { 0 };
	char *s;

	check_text(&b, "");
	strbuf_add(&b, "%s", "");
	check_text(&b, "");
	strbuf_join(&b, ", ", "r%d", 1);
	strbuf_join(&b, ", ", "r%d=%s", 2, "x");
	strbuf_add(&b, ".");
	check_text(&b, "r1, r2=x.");
	for (int i = 0; i < 1000; i++)
		strbuf_add(&b, "%d,", i % 10);
	CHECK(b.len == 2000 && !strncmp(b.s + 1990, "5,6,7,8,9,", 10), "%zu", b.len);
	free(strbuf_take(&b));
	s = join_words(words, 3, " ");
	CHECK(!strcmp(s, "interp jit raw_jit"), "'%s'", s);
	free(s);
	s = join_words(words, 0, " ");
	CHECK(!*s, "'%s'", s);
	free(s);
}

/* A case has one id in all runs, so what selects it does, too. */
static const struct {
	const char *pattern, *id;
	bool match;
	long vec;
} patterns[] = {
	{ "alu/sdiv64/r3_r4", "alu/sdiv64/r3_r4", true, -1 },
	{ "alu/sdiv64", "alu/sdiv64/r3_r4", true, -1 },
	{ "alu", "alu/sdiv64/r3_r4", true, -1 },
	/* components are whole, and nothing follows them */
	{ "alu/sdiv6", "alu/sdiv64/r3_r4", false, 0 },
	{ "alu/sdiv64/", "alu/sdiv64/r3_r4", false, 0 },
	{ "sdiv64", "alu/sdiv64/r3_r4", false, 0 },
	{ "alu/sdiv64/r3_r4/x", "alu/sdiv64/r3_r4", false, 0 },
	{ "", "alu/sdiv64/r3_r4", false, 0 },
	/* vectors: decimal digits behind a whole id */
	{ "alu/sdiv64/r3_r4.0", "alu/sdiv64/r3_r4", true, 0 },
	{ "alu/sdiv64/r3_r4.211", "alu/sdiv64/r3_r4", true, 211 },
	{ "alu/sdiv64/r3_r4.999999999", "alu/sdiv64/r3_r4", true, 999999999 },
	{ "alu/sdiv64/r3_r4.9999999999", "alu/sdiv64/r3_r4", false, 0 },
	{ "alu/sdiv64/r3_r4.", "alu/sdiv64/r3_r4", false, 0 },
	{ "alu/sdiv64/r3_r4.-1", "alu/sdiv64/r3_r4", false, 0 },
	{ "alu/sdiv64/r3_r4.+1", "alu/sdiv64/r3_r4", false, 0 },
	{ "alu/sdiv64/r3_r4. 1", "alu/sdiv64/r3_r4", false, 0 },
	{ "alu/sdiv64/r3_r4.0x1", "alu/sdiv64/r3_r4", false, 0 },
	{ "alu/sdiv64/r3_r4.1x", "alu/sdiv64/r3_r4", false, 0 },
	{ "alu/sdiv64.1", "alu/sdiv64/r3_r4", false, 0 },
	/* globs over the id and over the group */
	{ "*", "alu/sdiv64/r3_r4", true, -1 },
	{ "alu/s*", "alu/sdiv64/r3_r4", true, -1 },
	{ "*/r3_r4", "alu/sdiv64/r3_r4", true, -1 },
	{ "alu/*64", "alu/sdiv64/r3_r4", true, -1 },
	{ "alu/sdiv??", "alu/sdiv64/r3_r4", true, -1 },
	{ "alu/sdiv[36]4", "alu/sdiv64/r3_r4", true, -1 },
	{ "alu/sdiv?", "alu/sdiv64/r3_r4", false, 0 },
	{ "alu/*32", "alu/sdiv64/r3_r4", false, 0 },
	{ "alu*.1", "alu/sdiv64/r3_r4", false, 0 },
	{ "a?u", "alu/sdiv64/r3_r4", false, 0 },
	/* "1" is a word of lists, not a pattern */
	{ "1", "alu/sdiv64/r3_r4", false, 0 },
	/* the id of a group's record */
	{ "gen/alu_x/add64_x", "gen/alu_x/add64_x/*", true, -1 },
	{ "gen/alu_x/add64_x/*", "gen/alu_x/add64_x/*", true, -1 },
	{ "gen/alu_?/add64_x", "gen/alu_x/add64_x/*", true, -1 },
	{ "gen/alu_x/add64_x/a_r1_r2", "gen/alu_x/add64_x/*", false, 0 },
	/* without a group */
	{ "a*", "alu", true, -1 },
	{ "alu.3", "alu", true, 3 },
};

static void ids(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		long vec = -2;
		bool match = id_matches(patterns[i].pattern, patterns[i].id, &vec);

		CHECK(match == patterns[i].match, "'%s' %s", patterns[i].pattern, patterns[i].id);
		if (match)
			CHECK(vec == patterns[i].vec, "'%s' %s: %ld", patterns[i].pattern,
			      patterns[i].id, vec);
	}
}

static const struct {
	const char *list;
	bool match;
} lists[] = {
	{ NULL, false },
	{ "", false },
	{ " ,\t", false },
	{ "1", true },
	{ "*", true },
	{ "atomics 1", true },
	{ "11", false },
	{ "atomics", false },
	{ "atomics alu", true },
	{ "atomics,alu/sdiv64", true },
	{ "alu/sdiv64/r3_r4, atomics", true },
	{ "alu/sdiv64/r3_r4.2", true }, /* the record of a case is that of its vectors, too */
	{ "alu/*64\tatomics", true },
	{ "alu/sdiv6", false },
};

static void id_lists(void)
{
	const char *word;
	size_t len;

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		CHECK(idlist_has(lists[i].list, "alu/sdiv64/r3_r4") == lists[i].match, "'%s'",
		      lists[i].list ? lists[i].list : "(none)");
	word = idlist_next(" \t,alu,, b", &len);
	CHECK(word && len == 3 && !strncmp(word, "alu", 3), "the first word");
	word = idlist_next(word + len, &len);
	CHECK(word && len == 1 && *word == 'b', "the second word");
	CHECK(!idlist_next(word + len, &len), "and no third");
}

static void errnos(void)
{
	CHECK(!strcmp(errno_name(EINVAL), "EINVAL") && !strcmp(errno_name(EACCES), "EACCES"),
	      "names");
	CHECK(!strcmp(errno_name(524), "ENOTSUPP"), "the kernel's own");
	CHECK(!errno_name(0) && !errno_name(4000) && !errno_name(-1), "numbers without a name");
	CHECK(errno_by_name("EINVAL") == EINVAL && errno_by_name("ENOTSUPP") == 524, "and back");
	CHECK(errno_by_name("EOPNOTSUPP") == EOPNOTSUPP, "the name of 95 that the kernel uses");
	CHECK(errno_by_name("EINVALID") == -ENOENT && errno_by_name("") == -ENOENT, "no such name");
	for (int err = 1; err < 4096; err++)
		CHECK(!errno_name(err) || errno_by_name(errno_name(err)) == err, "%d", err);
}

static void durations(void)
{
	static const struct {
		const char *text;
		u32 seconds; /* 0: refused */
	} rows[] = {
		{ "1", 1 },
		{ "90s", 90 },
		{ "10m", 600 },
		{ "8h", 28800 },
		{ "365d", 31536000 },
		{ "0", 0 },
		{ "", 0 },
		{ "-1", 0 },
		{ "366d", 0 },
		{ "8 h", 0 },
		{ "8hours", 0 },
		{ "1.5h", 0 },
		{ "h", 0 },
		{ "99999999999999999999", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		u32 seconds = 0;
		int ret = duration_parse(rows[i].text, &seconds);

		CHECK(!ret == !!rows[i].seconds && seconds == rows[i].seconds, "'%s': %d, %u",
		      rows[i].text, ret, seconds);
	}
	CHECK(!strcmp(duration_text(38), "38 s") && !strcmp(duration_text(720), "12 min") &&
		      !strcmp(duration_text(27000), "7.5 h"),
	      "texts");
}

/* A lock is held until the last child that has it ends, and says who took it. */
static void locks(void)
{
	char path[] = "/tmp/checkjit-lock-XXXXXX", *holder, *mine;
	int made = mkstemp(path), fd = lockfile_take(path, &holder), again;
	pid_t pid;

	mine = xasprintf("process %d on ", getpid());
	CHECK(made >= 0 && fd >= 0 && !holder, "%d", fd);
	again = lockfile_take(path, &holder);
	CHECK(again == -EBUSY && holder && !strncmp(holder, mine, strlen(mine)), "%d: %s", again,
	      holder);
	free(holder);
	pid = fork();
	if (!pid) {
		pause();
		_exit(0);
	}
	close(fd);
	CHECK(lockfile_take(path, &holder) == -EBUSY, "the child lost it");
	free(holder);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	fd = lockfile_take(path, &holder);
	CHECK(fd >= 0 && !holder, "%d", fd);
	close(fd);
	close(made);
	unlink(path);
	free(mine);
	CHECK(lockfile_take("/proc/nowhere/lock", &holder) < 0 && !holder, "in /proc");
}

static const struct test tests[] = {
	{ "sets of strings", strings },
	{ "growing strings", growing },
	{ "patterns of ids", ids },
	{ "lists of patterns", id_lists },
	{ "names of errnos", errnos },
	{ "durations", durations },
	{ "locks", locks },
};

TEST_MAIN(tests)
