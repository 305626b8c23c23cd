// SPDX-License-Identifier: GPL-2.0
/* A guest's counters become files: of sound names only, whole, and each boot's in a directory of
 * its own. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/bytes.h"
#include "lib/util.h"
#include "session/gcov.h"
#include "tests/test.h"

static struct guest_conf conf = { .arch = "fake", .reply_timeout = 1 };
static struct guest g;
static int peer;
static char *boot_dir;
static char dir[] = "/tmp/checkjit-gcov.XXXXXX";

static void begin(enum byte_order order)
{
	int sv[2];

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, sv), "socketpair");
	g = (struct guest){
		.conf = &conf, .fd = sv[0], .order = order, .max_payload = WIRE_MAX_PAYLOAD
	};
	peer = sv[1];
}

static void end(void)
{
	close(g.fd);
	close(peer);
	free(boot_dir);
	boot_dir = NULL;
	free(g.in.data);
	free(g.out.data);
}

/* As the agent would: a message made by guest_send(), written to the host's end. */
static void answer(u32 type, const void *data, size_t len)
{
	struct guest tmp = { .conf = &conf, .order = g.order, .max_payload = WIRE_MAX_PAYLOAD };

	CHECK(!guest_send(&tmp, type, 0, data, len), "send");
	CHECK(write(peer, tmp.out.data, tmp.out.len) == (ssize_t)tmp.out.len, "write");
	free(tmp.out.data);
}

/* A file that says it has @size bytes and brings @len of them. */
static void answer_file(const char *name, u32 size, const char *data, size_t len)
{
	u8 buf[512] = {};

	bytes_put(buf, 4, size, g.order);
	strncpy((char *)buf + 8, name, sizeof(struct wire_file) - 8);
	memcpy(buf + sizeof(struct wire_file), data, len);
	answer(WIRE_GCOV, buf, sizeof(struct wire_file) + len);
}

static char *stored(int boot, const char *name, size_t *len)
{
	char *path = xasprintf("%s/%d/%s", dir, boot, name), *text = read_file(path, len);

	free(path);
	return text;
}

static void test_files(void)
{
	for (int order = 0; order < NR_ORDERS; order++) {
		char *text;
		size_t len;

		begin(order);
		answer_file("bpf_jit_comp.gcda", 5, "count", 5);
		answer_file("bpf_jit_core.gcda", 3, "abc", 3);
		answer(WIRE_GCOV, NULL, 0);
		CHECK(gcov_fetch(&g, dir, &boot_dir) == 2, "two files");
		text = stored(order + 1, "bpf_jit_comp.gcda", &len);
		CHECK(text && len == 5 && !memcmp(text, "count", 5),
		      "the first, without its padding");
		free(text);
		text = stored(order + 1, "bpf_jit_core.gcda", &len);
		CHECK(text && len == 3, "the second");
		free(text);
		end();
	}
}

static void test_nothing(void)
{
	begin(ORDER_LE);
	answer(WIRE_GCOV, NULL, 0);
	CHECK(gcov_fetch(&g, dir, &boot_dir) == -ENODATA, "a kernel without counters");
	end();
}

static void test_names(void)
{
	static const char *const bad[] = {
		"",
		".gcda",
		"../x.gcda",
		"a/b.gcda",
		"bpf_jit_comp.gcno",
		"bpf_jit_comp",
		"x.gcda.gcda",
		"x .gcda",
		"..gcda",
	};
	char longest[sizeof(struct wire_file)];

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		begin(ORDER_BE);
		answer_file(bad[i], 1, "x", 1);
		CHECK(gcov_fetch(&g, dir, &boot_dir) == -EBADMSG, "'%s'", bad[i]);
		end();
	}
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	begin(ORDER_LE);
	answer_file(longest, 1, "x", 1);
	CHECK(gcov_fetch(&g, dir, &boot_dir) == -EBADMSG, "a name without an end");
	end();
}

static void test_sizes(void)
{
	begin(ORDER_LE);
	answer_file("x.gcda", 9, "01234567", 8);
	CHECK(gcov_fetch(&g, dir, &boot_dir) == -EBADMSG, "more than came");
	end();
	begin(ORDER_LE);
	answer_file("x.gcda", 0xffffffff, "01234567", 8);
	CHECK(gcov_fetch(&g, dir, &boot_dir) == -EBADMSG, "far more");
	end();
	begin(ORDER_LE);
	answer(WIRE_GCOV, "01234567", 8);
	CHECK(gcov_fetch(&g, dir, &boot_dir) == -EBADMSG, "no room for a header");
	end();
}

static void test_stream(void)
{
	begin(ORDER_LE);
	answer(WIRE_RESULT, "01234567", 8);
	answer_file("x.gcda", 1, "x", 1);
	answer(WIRE_GCOV, NULL, 0);
	CHECK(gcov_fetch(&g, dir, &boot_dir) == 1, "an answer to something else comes first");
	end();
	begin(ORDER_LE);
	answer_file("x.gcda", 1, "x", 1);
	answer(WIRE_RESULT, "01234567", 8);
	CHECK(gcov_fetch(&g, dir, &boot_dir) == -EBADMSG, "an answer to something else");
	end();
	begin(ORDER_LE);
	answer_file("x.gcda", 1, "x", 1);
	CHECK(gcov_fetch(&g, dir, &boot_dir) == -ETIMEDOUT, "no end");
	end();
	begin(ORDER_LE);
	for (int i = 0; i < 64; i++)
		answer_file("x.gcda", 1, "x", 1);
	CHECK(gcov_fetch(&g, dir, &boot_dir) == -EBADMSG, "no end, and no silence");
	end();
}

static void test_disk(void)
{
	begin(ORDER_LE);
	answer_file("x.gcda", 1, "x", 1);
	CHECK(gcov_fetch(&g, "/dev/null/nowhere", &boot_dir) == -ENOTDIR, "no such directory");
	end();
}

static const struct test tests[] = {
	{ "files of several boots", test_files },
	{ "a kernel without counters", test_nothing },
	{ "names that are no file of ours", test_names },
	{ "sizes", test_sizes },
	{ "the stream", test_stream },
	{ "nowhere to write", test_disk },
};

int main(void)
{
	char *rm;
	int ret;

	if (!mkdtemp(dir))
		return 3;
	ret = test_main(tests, ARRAY_SIZE(tests));
	rm = xasprintf("rm -rf '%s'", dir);
	if (system(rm))
		ret = 3;
	free(rm);
	return ret;
}
