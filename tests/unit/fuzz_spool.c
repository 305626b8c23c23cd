// SPDX-License-Identifier: GPL-2.0
/* The spool: what is put in comes out, the newest chunk first; it is bounded, and survives. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fuzz/spool.h"
#include "lib/util.h"
#include "tests/test.h"

#define RAW   (1u << SPOOL_RAW)
#define FRESH (1u << SPOOL_FRESH)

static char top[] = "/tmp/checkjit-spool.XXXXXX";
static char *dirs[2];
static struct spool spool, *s = &spool;

static void put(u32 classes, u32 from, u32 cnt)
{
	char text[16];

	for (u32 i = from; i < from + cnt; i++)
		spool_put(s, classes, text, snprintf(text, sizeof(text), "program %u", i));
}

/* The number of programs in the next chunk of @class; *@first: the number of the first one. */
static u32 take(struct spool_reader *r, enum spool_class class, u32 *first, bool again)
{
	const u8 *data;
	size_t len;
	u32 n = 0;

	if (spool_take(r, class) != 1)
		return 0;
	for (; spool_next(r, &data, &len); n++)
		if (!n && len > 8)
			*first = atoi((const char *)data + 8);
	spool_done(r, again);
	return n;
}

static void test_both_readers(void)
{
	struct spool_reader a = { .dir = dirs[0], .instance = "main" },
			    b = { .dir = dirs[1], .instance = "main" };
	u32 first = 0;

	put(RAW | FRESH, 0, SPOOL_CHUNK);
	CHECK(!spool_flush(s, false), "flush");
	put(RAW, 1000, 3);
	CHECK(!spool_flush(s, false), "flush");
	CHECK(take(&b, SPOOL_RAW, &first, false) == SPOOL_CHUNK, "the young chunk is not written");
	CHECK(!spool_flush(s, true), "flush");
	CHECK(take(&a, SPOOL_RAW, &first, false) == 3 && first == 1000, "newest: %u", first);
	CHECK(take(&a, SPOOL_RAW, &first, false) == SPOOL_CHUNK && first == 0, "oldest: %u", first);
	CHECK(!take(&a, SPOOL_RAW, &first, false), "empty");
	CHECK(take(&a, SPOOL_FRESH, &first, false) == SPOOL_CHUNK, "another class");
	CHECK(!take(&a, SPOOL_REST, &first, false), "nothing was put there");
	CHECK(take(&b, SPOOL_RAW, &first, false) == 3, "each reader has all");
	CHECK(s->cnt[SPOOL_RAW] == SPOOL_CHUNK + 3, "%llu", (unsigned long long)s->cnt[SPOOL_RAW]);
}

static void test_again(void)
{
	struct spool_reader r = { .dir = dirs[0], .instance = "main" };
	u32 first = 0;

	put(RAW, 2000, 2);
	spool_flush(s, true);
	CHECK(take(&r, SPOOL_RAW, &first, true) == 2, "interrupted");
	put(RAW, 3000, 2);
	spool_flush(s, true);
	CHECK(take(&r, SPOOL_RAW, &first, false) == 2 && first == 2000, "again: %u", first);
	CHECK(take(&r, SPOOL_RAW, &first, false) == 2 && first == 3000, "then: %u", first);
}

static void test_twice(void)
{
	u64 before = s->cnt[SPOOL_RAW];

	put(RAW, 4000, 1);
	put(RAW, 4000, 1);
	CHECK(s->cnt[SPOOL_RAW] == before + 1, "the same program twice");
}

static void test_bound(void)
{
	struct spool_reader r = { .dir = dirs[0], .instance = "main" };
	u32 n = 0, first = 0, oldest = 0;

	for (u32 i = 0; i < SPOOL_CHUNKS + 10; i++) {
		put(RAW, 10000 + i, 1);
		spool_flush(s, true);
		usleep(10);
	}
	for (; take(&r, SPOOL_RAW, &first, false); n++)
		oldest = first;
	CHECK(n == SPOOL_CHUNKS, "%u chunks", n);
	CHECK(oldest == 10010, "the oldest are gone: %u", oldest);
}

static void write_file(const char *name, const char *data, size_t len)
{
	char *path = xasprintf("%s/%s", dirs[0], name);
	FILE *f = fopen(path, "w");

	CHECK(f && fwrite(data, 1, len, f) == len && !fclose(f), "%s", path);
	free(path);
}

static void test_opened(void)
{
	CHECK(mkdtemp(top), "%s", top);
	dirs[0] = xasprintf("%s/a/spool", top);
	dirs[1] = xasprintf("%s/b/spool", top);
	CHECK(!spool_open(s, (const char *const *)dirs, 2, "main"), "open");
}

static void test_closed(void)
{
	char *cmd = xasprintf("rm -r %s", top);

	spool_close(s);
	CHECK(!system(cmd), "%s", cmd);
	free(cmd);
	free(dirs[0]);
	free(dirs[1]);
}

static void test_damaged(void)
{
	struct spool_reader r = { .dir = dirs[0], .instance = "main" };
	u32 first;

	write_file("raw.0000000000000001.main", "\x02\0\0\0ab\xff\xff\xff\xff", 10);
	write_file("raw.0000000000000002.main.tmp123", "\x01\0\0\0a", 5);
	write_file("raw.2.main", "\x01\0\0\0a", 5);
	CHECK(take(&r, SPOOL_RAW, &first, false) == 1, "as far as it is whole");
	CHECK(!take(&r, SPOOL_RAW, &first, false), "other files are none");
}

static const struct test tests[] = {
	{ "opened", test_opened },
	{ "every reader gets all, the newest first", test_both_readers },
	{ "an interrupted reader", test_again },
	{ "the same program twice", test_twice },
	{ "bounded", test_bound },
	{ "damaged and strange files", test_damaged },
	{ "closed", test_closed },
};

TEST_MAIN(tests)
