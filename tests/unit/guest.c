// SPDX-License-Identifier: GPL-2.0
/* The byte stream: messages whole, in pieces, damaged, missing; and the console. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "lib/util.h"
#include "session/guest.h"
#include "tests/test.h"

static struct guest_conf conf = { .reply_timeout = 1 };
static struct guest g;
static int peer;

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
	if (peer >= 0)
		close(peer);
	free(g.in.data);
	free(g.out.data);
}

/* The bytes of a message of @len bytes, made by guest_send() itself; the caller frees. */
static u8 *bytes_of(u32 type, u32 seq, u32 len, size_t *size)
{
	struct guest tmp = { .conf = &conf, .order = g.order, .max_payload = WIRE_MAX_PAYLOAD };
	u8 *data = xmalloc(len + 1);

	for (u32 i = 0; i < len; i++)
		data[i] = 7 * i;
	CHECK(!guest_send(&tmp, type, seq, data, len), "send");
	free(data);
	*size = tmp.out.len;
	return tmp.out.data;
}

static void feed(const void *p, size_t len)
{
	CHECK(write(peer, p, len) == (ssize_t)len, "write");
}

static void test_whole(void)
{
	for (int order = 0; order < NR_ORDERS; order++) {
		struct guest_msg f;
		size_t size, size2;
		u8 *a, *b;

		begin(order);
		a = bytes_of(WIRE_RESULT, 5, 20, &size);
		b = bytes_of(WIRE_RESULT, 6, 0, &size2);
		CHECK(size == sizeof(struct wire_hdr) + 24 && size2 == sizeof(struct wire_hdr),
		      "%zu, %zu: padded to 8", size, size2);
		feed(a, size);
		feed(b, size2);
		CHECK(!guest_recv(&g, &f) && f.type == WIRE_RESULT && f.seq == 5 && f.len == 24 &&
			      f.data[3] == 21,
		      "first");
		CHECK(!guest_recv(&g, &f) && f.seq == 6 && !f.len, "second");
		free(a);
		free(b);
		end();
	}
}

static void test_send_limit(void)
{
	begin(ORDER_LE);
	g.max_payload = 16;
	CHECK(guest_send(&g, WIRE_RUN, 1, "0123456789abcdefg", 17) == -EMSGSIZE && !g.out.len,
	      "17 bytes");
	CHECK(!guest_send(&g, WIRE_RUN, 1, "0123456789abcdef", 16), "16 bytes");
	end();
}

/* Each byte damaged in turn: never a valid message with other contents. */
static void test_damaged(void)
{
	size_t size;
	u8 *a;

	begin(ORDER_BE);
	a = bytes_of(WIRE_RESULT, 5, 24, &size);
	end();
	for (size_t i = 0; i < size; i++) {
		struct guest_msg f;
		int ret;

		if (i >= 4 && i < 12)
			continue; /* type and sequence number: the caller looks at them */
		begin(ORDER_BE);
		a[i] ^= 0x40;
		feed(a, size);
		close(peer);
		peer = -1;
		ret = guest_recv(&g, &f);
		/* a length that is too large makes it wait for more, which does not come */
		CHECK(ret == -EBADMSG || (i >= 12 && i < 16 && ret == -EPIPE), "byte %zu: %d", i,
		      ret);
		a[i] ^= 0x40;
		end();
	}
	free(a);
}

static void test_truncated(void)
{
	struct guest_msg f;
	size_t size;
	u8 *a;

	begin(ORDER_LE);
	a = bytes_of(WIRE_RESULT, 5, 24, &size);
	feed(a, size - 1);
	CHECK(guest_recv(&g, &f) == -ETIMEDOUT, "silence");
	feed(a + size - 1, 1);
	CHECK(!guest_recv(&g, &f), "the rest");
	feed(a, size - 1);
	close(peer);
	peer = -1;
	CHECK(guest_recv(&g, &f) == -EPIPE, "end");
	free(a);
	end();
}

static void test_error_msg(void)
{
	struct guest_msg f;
	size_t size;
	u8 *a;

	begin(ORDER_LE);
	a = bytes_of(WIRE_ERROR, 0, 8, &size);
	feed(a, size);
	CHECK(guest_recv(&g, &f) == -EBADMSG, "the agent complains");
	free(a);
	end();
}

/* A byte now and then is no life sign. */
static void test_drip(void)
{
	time_t start = time(NULL);
	struct guest_msg f;
	size_t size;
	pid_t pid;
	u8 *a;

	begin(ORDER_LE);
	a = bytes_of(WIRE_RESULT, 5, 1000, &size);
	pid = fork();
	if (!pid) {
		for (size_t i = 0; i < size && write(peer, a + i, 1) == 1; i++)
			usleep(50000);
		_exit(0);
	}
	close(peer);
	peer = -1;
	CHECK(guest_recv(&g, &f) == -ETIMEDOUT, "it waits");
	CHECK(time(NULL) - start < 20, "too long");
	end();
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	free(a);
}

/* As a child on the first CPU that we may use: @ms of work, then @len bytes of @data if there are
 * any. */
static pid_t busy(int ms, const void *data, size_t len)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	while (clock() < ms * (CLOCKS_PER_SEC / 1000))
		;
	_exit(len && write(peer, data, len) != (ssize_t)len);
}

/* A guest that the host lets work a fifth of the time answers later than the limit, and in time. */
static void test_host_delay(void)
{
	enum { HOGS = 4, WORK = 500 };
	cpu_set_t all, one;
	struct guest_msg f;
	pid_t hogs[HOGS];
	u64 start;
	size_t size;
	int cpu = 0;
	u8 *a;

	if (access("/proc/self/schedstat", R_OK)) {
		SKIP("this kernel does not say how long a process waited (CONFIG_SCHED_INFO)");
		return;
	}
	CHECK(!sched_getaffinity(0, sizeof(all), &all), "sched_getaffinity");
	while (!CPU_ISSET(cpu, &all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	begin(ORDER_LE);
	a = bytes_of(WIRE_RESULT, 5, 1000, &size);
	CHECK(!sched_setaffinity(0, sizeof(one), &one), "sched_setaffinity");
	for (int i = 0; i < HOGS; i++)
		hogs[i] = busy(100000, NULL, 0);
	g.pid = busy(WORK, a, size);
	CHECK(!sched_setaffinity(0, sizeof(all), &all), "sched_setaffinity");
	start = clock_us();
	CHECK(!guest_recv(&g, &f) && f.len == 1000, "no answer");
	CHECK(clock_us() - start > 1000000ul * conf.reply_timeout,
	      "it did not even last as long as the limit");
	waitpid(g.pid, NULL, 0);
	for (int i = 0; i < HOGS; i++) {
		kill(hogs[i], SIGKILL);
		waitpid(hogs[i], NULL, 0);
	}
	free(a);
	end();
}

static void test_stop(void)
{
	struct guest_msg f;

	begin(ORDER_LE);
	guest_stop = 1;
	CHECK(guest_recv(&g, &f) == -EINTR, "stopped");
	guest_stop = 0;
	end();
}

static void say(const char *text)
{
	FILE *f = fopen(conf.console, "a");

	CHECK(f && fputs(text, f) >= 0, "%s", conf.console);
	if (f)
		fclose(f);
}

static void test_console(void)
{
	char path[] = "/tmp/checkjit-console.XXXXXX";
	int fd = mkstemp(path);
	char *p;

	CHECK(fd >= 0, "%s", path);
	close(fd);
	conf.console = path;
	g = (struct guest){ .conf = &conf };
	CHECK(!guest_splat(&g), "nothing yet");
	say("[    1.0] all is well\r\n");
	CHECK(!guest_splat(&g), "all is well");
	say("[    1.1] WARNING: Unprivileged eBPF is enabled, data leaks possible via Spectre v2 "
	    "BHB attacks!\n[    1.2] hm\n");
	CHECK(!guest_splat(&g), "the mitigation that is off");
	say("[    1.3] WARNING: data leaks possible\n[    1.4] WARNING: real\n");
	p = guest_splat(&g);
	CHECK(p && strstr(p, "real"), "%s", p);
	free(p);
	CHECK(!guest_splat(&g), "all is well");
	say("[    2.0] hm\n[    3.0] WARNING: CPU: 0 PID: 1\n[    4.0] more\n");
	p = guest_splat(&g);
	CHECK(p && !strncmp(p, "[    3.0] WARNING:", 18) && strstr(p, "more"), "%s", p);
	free(p);
	CHECK(!guest_splat(&g), "said once");
	CHECK(!guest_console_more(&g), "nothing more");
	say("[    4.1] verifier bug: stack slot 0\n");
	p = guest_console_more(&g);
	CHECK(p && !strcmp(p, "[    4.1] verifier bug: stack slot 0\n"), "%s", p);
	free(p);
	CHECK(!guest_splat(&g), "it was read");
	p = guest_console_tail(&g, 7);
	CHECK(!strcmp(p, "slot 0\n"), "%s", p);
	free(p);
	unlink(path);
	p = guest_console_tail(&g, 5);
	CHECK(!*p, "no console at all");
	free(p);
}

/* A script that is no guest: each end has its name, and nothing is left behind. */
static void test_boot(void)
{
	static const struct {
		const char *script;
		int err;
	} rows[] = {
		{ "exit 0", -EPIPE },
		{ "exit 1", -EPIPE },
		{ "exit 2", -ENOENT },
		{ "exit 3", -ENOENT },
		{ "kill -9 $$", -EPIPE },
		{ "echo 'checkjit-agent: no virtio port'", -ENODEV },
		{ "echo garbage and more of it >&3; sleep 100", -EBADMSG },
		{ "sleep 100; exit 0", -ETIMEDOUT },
	};
	char path[] = "/tmp/checkjit-boot.XXXXXX", console[] = "/tmp/checkjit-boot.XXXXXX";
	int fd = mkstemp(path);

	close(mkstemp(console));
	conf = (struct guest_conf){ .arch = "a",
				    .image = "i",
				    .initrd = "r",
				    .boot = path,
				    .console = console,
				    .boot_timeout = 1,
				    .reply_timeout = 1 };
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int ret;

		CHECK(!ftruncate(fd, 0) &&
			      pwrite(fd, rows[i].script, strlen(rows[i].script), 0) > 0,
		      "%s", path);
		ret = guest_boot(&g, &conf);
		CHECK(ret == rows[i].err, "%s: %d", rows[i].script, ret);
		CHECK(!g.pid && g.fd == -1 && waitpid(-1, NULL, WNOHANG) == -1,
		      "%s: something is left", rows[i].script);
	}
	close(fd);
	unlink(path);
	unlink(console);
}

static const struct test tests[] = {
	{ "messages, whole", test_whole },
	{ "too large to send", test_send_limit },
	{ "damaged in each byte", test_damaged },
	{ "truncated", test_truncated },
	{ "the agent's complaint", test_error_msg },
	{ "a byte now and then", test_drip },
	{ "host delay", test_host_delay },
	{ "a signal", test_stop },
	{ "console", test_console },
	{ "scripts that are no guest", test_boot },
};

TEST_MAIN(tests)
