// SPDX-License-Identifier: GPL-2.0
/* Around the fuzzer's target: names of buckets, what is kept of finds, memory that goes, the
 * protocol of afl-fuzz, and garbage. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fuzz/bucket.h"
#include "fuzz/finds.h"
#include "fuzz/forkserver.h"
#include "fuzz/judge.h"
#include "fuzz/memory.h"
#include "lib/util.h"
#include "tests/test.h"

static struct bucket of(const char *name, u8 dst, u8 src, s32 imm, s16 off, u64 source)
{
	const struct insn_desc *d = insn_by_name(name);
	struct insn insn[2] = { { .code = d->code,
				  .dst = dst,
				  .src = d->fields & F_SRC ? src : d->src,
				  .off = d->fields & F_OFF ? off : d->off,
				  .imm = d->fields & F_IMM ? imm : d->imm } };
	struct bucket b = { .engines = "jit" };

	bucket_insn(&b, insn, source);
	return b;
}

static void test_classes(void)
{
	static const struct {
		const char *name;
		u8 dst, src;
		s32 imm;
		s16 off;
		u64 source;
		const char *class;
	} rows[] = {
		{ "add64_x", 1, 2, 0, 0, 0, "regs" },
		{ "add64_x", 3, 3, 0, 0, 0, "same" },
		{ "lsh64_x", 1, 2, 0, 0, 64, "wide" },
		{ "lsh64_x", 1, 2, 0, 0, 63, "regs" },
		{ "lsh32_x", 1, 2, 0, 0, 0xffffffff00000005ull, "regs" },
		{ "lsh32_x", 1, 2, 0, 0, 32, "wide" },
		{ "and64_k", 1, 0, 0, 0, 0, "zero" },
		{ "and64_k", 1, 0, 1, 0, 0, "one" },
		{ "and64_k", 1, 0, -1, 0, 0, "minus1" },
		{ "and64_k", 1, 0, 127, 0, 0, "pos8" },
		{ "and64_k", 1, 0, -128, 0, 0, "neg8" },
		{ "and64_k", 1, 0, 128, 0, 0, "pos12" },
		{ "and64_k", 1, 0, -4096, 0, 0, "neg16" },
		{ "and64_k", 1, 0, (s32)0x80000000, 0, 0, "neg32" },
		{ "ldx64", 1, 2, 0, -8, 0, "neg8" },
		{ "stx8", 1, 2, 0, 32767, 0, "pos16" },
		{ "neg64", 1, 0, 0, 0, 0, "any" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bucket b = of(rows[i].name, rows[i].dst, rows[i].src, rows[i].imm,
				     rows[i].off, rows[i].source);

		CHECK(!strcmp(b.what, rows[i].name), "%s: %s", rows[i].name, b.what);
		CHECK(!strcmp(b.class, rows[i].class), "%s: %s, expected %s", rows[i].name, b.class,
		      rows[i].class);
	}
}

static void test_names(void)
{
	struct bucket b = of("add64_x", 1, 2, 0, 0, 0);
	char name[BUCKET_NAME], id[128], words[BUCKET_WORD];

	bucket_name(&b, name);
	CHECK(!strcmp(name, "state.jit.add64_x.regs"), "%s", name);
	bucket_id(&b, id, sizeof(id));
	CHECK(!strcmp(id, "fuzz/add64_x/regs"), "%s", id);
	bucket_words(words, "BUG: ../..//etc/passwd \x01 at kernel/bpf");
	CHECK(!strchr(words, '/') && !strchr(words, '.') && *words, "%s", words);
	bucket_words(words, " \n//..");
	CHECK(!strcmp(words, "no_words"), "%s", words);
	memset(id, 'x', sizeof(id));
	id[sizeof(id) - 1] = 0;
	bucket_words(words, id);
	CHECK(strlen(words) == BUCKET_WORD - 1, "%zu", strlen(words));
}

static void test_memory(void)
{
	struct fuzz_memory m;
	u64 kb = 100000;
	u32 looks;

	fuzz_memory_reset(&m);
	CHECK(!fuzz_memory_look(&m, kb), "the first look");
	/* caches that fill, and then are full */
	CHECK(!fuzz_memory_look(&m, kb -= 4096), "grows once");
	CHECK(!fuzz_memory_look(&m, kb -= 4096), "grows twice");
	CHECK(!fuzz_memory_look(&m, kb), "full");
	for (u32 i = 0; i < 20; i++)
		CHECK(!fuzz_memory_look(&m, kb + (i % 2 ? 400 : 0)), "up and down");
	for (looks = 1; looks < 20 && !fuzz_memory_look(&m, kb -= 1000); looks++)
		;
	CHECK(looks == FUZZ_LOOKS, "found after %u looks", looks);
	CHECK(m.lost_kb >= 1000 * (FUZZ_LOOKS - 1), "%llu KiB", (unsigned long long)m.lost_kb);
}

static char dir[] = "/tmp/checkjit-finds.XXXXXX";

static void remove_dir(void)
{
	char *cmd = xasprintf("rm -r %s", dir);

	CHECK(!system(cmd), "%s", cmd);
	free(cmd);
}

static void test_finds(void)
{
	struct find find = { .bucket = of("add64_x", 1, 2, 0, 0, 0),
			     .text = "wrong",
			     .console = "BUG",
			     .input = "abc",
			     .len = 3 };
	struct finds f, other;
	char *path, *text;

	CHECK(mkdtemp(dir), "mkdtemp");
	CHECK(!finds_open(&f, dir, "one") && !finds_open(&other, dir, "two"), "open");
	CHECK(finds_add(&f, &find) == 1, "the first");
	CHECK(finds_add(&f, &find) == 0, "the second");
	CHECK(finds_add(&other, &find) == 0, "of another instance");
	CHECK(!finds_flush(&f), "flush");
	finds_later(&f, false, "abc", 3);
	finds_close(&f);
	finds_close(&other);

	/* it goes on */
	CHECK(!finds_open(&f, dir, "one"), "open again");
	CHECK(f.ncounts == 1 && f.counts[0].cnt == 2, "%u buckets", f.ncounts);
	finds_close(&f);
	path = xasprintf("%s/state.jit.add64_x.regs.console", dir);
	text = read_file(path, NULL);
	CHECK(text && !strcmp(text, "BUG\n"), "%s", path);
	free(text);
	free(path);

	/* damaged counts lose counts only */
	path = xasprintf("%s/one.counts", dir);
	FILE *out = fopen(path, "w");
	fprintf(out, "x\n5\n-1 \n7 a\n");
	for (int i = 0; i < 1000; i++)
		fputc('y', out);
	fclose(out);
	free(path);
	CHECK(!finds_open(&f, dir, "one"), "damaged counts");
	CHECK(f.ncounts >= 1, "%u", f.ncounts);
	finds_close(&f);
	remove_dir();
}

static void test_many_finds(void)
{
	struct finds f = { .dir = xstrdup("/nonexistent"), .instance = xstrdup("x") };
	struct find find = { .bucket = { .engines = "jit", .what = "w" }, .text = "t" };

	for (u32 i = 0; i < FINDS_MAX; i++) {
		ARRAY_GROW(f.counts, f.ncounts, f.cap);
		snprintf(f.counts[f.ncounts++].name, BUCKET_NAME, "%u", i);
	}
	/* it would fail to be written */
	CHECK(!finds_add(&f, &find), "beyond what there is room for");
	finds_close(&f);
}

/* ---- afl-fuzz ---- */

/* The target's side, as afl-fuzz starts it: answers each input with its first byte. */
static void target(void)
{
	struct forkserver fs;
	const u8 *data;
	size_t len;

	if (forkserver_attach(&fs) || forkserver_hello(&fs))
		_exit(10);
	while (forkserver_next(&fs, &data, &len)) {
		if (len > 1)
			fs.map[data[1]] = 1;
		if (forkserver_answer(&fs, len ? data[0] : 0))
			_exit(11);
	}
	_exit(0);
}

static u32 get(int fd)
{
	u32 word = 0xdead;

	CHECK(read(fd, &word, 4) == 4, "no word");
	return word;
}

static void put(int fd, u32 word)
{
	CHECK(write(fd, &word, 4) == 4, "write");
}

static void set_id(const char *name, int id)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", id);
	setenv(name, text, 1);
}

static void test_protocol(void)
{
	int map_id = shmget(IPC_PRIVATE, FUZZ_MAP_SIZE, IPC_CREAT | 0600),
	    in_id = shmget(IPC_PRIVATE, 4 + (1 << 20), IPC_CREAT | 0600);
	int ctl[2], st[2], status;
	u8 *map, *in;
	pid_t pid;

	if (map_id < 0 || in_id < 0)
		SKIP("no shared memory here");
	map = shmat(map_id, NULL, 0);
	in = shmat(in_id, NULL, 0);
	CHECK(!pipe(ctl) && !pipe(st), "pipe");
	set_id("__AFL_SHM_ID", map_id);
	set_id("__AFL_SHM_FUZZ_ID", in_id);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		dup2(ctl[0], 198);
		dup2(st[1], 199);
		close(ctl[1]);
		close(st[0]);
		target();
	}
	close(ctl[0]);
	close(st[1]);
	status = get(st[0]);
	CHECK(((u32)status & 0x80000001) == 0x80000001, "%x: not enabled", status);
	CHECK(status & 0x40000000 && ((status & 0x00fffffe) >> 1) + 1 == (int)FUZZ_MAP_SIZE,
	      "%x: map size", status);
	CHECK(status & 0x01000000, "%x: shared memory", status);
	put(ctl[1], 0x81000001);
	for (int sig = 0; sig < 3; sig++) {
		memcpy(in, &(u32){ 2 }, 4);
		in[4] = sig ? SIGABRT : 0;
		in[5] = 40 + sig;
		put(ctl[1], 0);
		CHECK(get(st[0]) == (u32)pid, "pid");
		CHECK(get(st[0]) == (u32)(sig ? SIGABRT : 0), "status");
		CHECK(map[40 + sig] == 1, "map");
	}
	/* an empty one, and a length that lies */
	memcpy(in, &(u32){ 0 }, 4);
	put(ctl[1], 0);
	CHECK(get(st[0]) == (u32)pid && !get(st[0]), "empty");
	memcpy(in, &(u32){ 0xffffffff }, 4);
	in[4] = 0;
	put(ctl[1], 0);
	CHECK(get(st[0]) == (u32)pid && !get(st[0]), "too long");
	close(ctl[1]);
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status),
	      "status %x", status);
	close(st[0]);
	shmdt(map);
	shmdt(in);
	shmctl(map_id, IPC_RMID, NULL);
	shmctl(in_id, IPC_RMID, NULL);
	unsetenv("__AFL_SHM_ID");
	unsetenv("__AFL_SHM_FUZZ_ID");
}

static void test_no_afl(void)
{
	struct forkserver fs = {};

	unsetenv("__AFL_SHM_ID");
	CHECK(forkserver_attach(&fs) == -ENOENT, "without afl-fuzz");
	setenv("__AFL_SHM_ID", "-5", 1);
	CHECK(forkserver_attach(&fs) < 0, "shared memory that is not there");
	unsetenv("__AFL_SHM_ID");
}

/* Garbage never gets as far as the guest: there is none here. */
static void test_garbage(void)
{
	static u8 data[FUZZ_INPUT_MAX + 64];
	struct judge j = {};
	u32 n = 0;

	srand(1);
	for (u32 i = 0; i < 2000; i++) {
		size_t len = rand() % (i % 10 ? 300 : sizeof(data));

		for (size_t k = 0; k < len; k++)
			data[k] = rand();
		if (i % 3 == 0 && len >= 8)
			memcpy(data, &(u32){ FUZZ_MAGIC }, 4);
		n += judge_input(&j, data, len) == JUDGED_GARBAGE;
	}
	CHECK(n == 2000 && j.counts[JUDGED_GARBAGE] == 2000, "%u", n);
}

/* A guest's loads so far say how long the next may take; nothing does before the first. */
static void test_patience(void)
{
	static struct fuzz_target t;

	CHECK(fuzz_target_patience(&t) == 5000, "%u", fuzz_target_patience(&t));
	for (u32 i = 0; i < 500; i++)
		fuzz_target_took(&t, 15000);
	CHECK(fuzz_target_patience(&t) == 1500, "emulated: %u", fuzz_target_patience(&t));
	for (u32 i = 0; i < 1000; i++)
		fuzz_target_took(&t, i % 10 ? 300 : 5000000);
	CHECK(fuzz_target_patience(&t) == 100, "native, and one in ten is given up: %u",
	      fuzz_target_patience(&t));
	for (u32 i = 0; i < 1000; i++)
		fuzz_target_took(&t, 900000);
	CHECK(fuzz_target_patience(&t) == 5000 && fuzz_target_patience(&t) <= WIRE_MAX_LIMIT,
	      "slow: %u", fuzz_target_patience(&t));
}

static const struct test tests[] = {
	{ "classes of operands", test_classes },
	{ "names", test_names },
	{ "memory", test_memory },
	{ "finds", test_finds },
	{ "more finds than there is room for", test_many_finds },
	{ "the protocol of afl-fuzz", test_protocol },
	{ "no afl-fuzz", test_no_afl },
	{ "garbage", test_garbage },
	{ "patience", test_patience },
};

TEST_MAIN(tests)
