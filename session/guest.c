// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "proto/hash.h"
#include "lib/bytes.h"
#include "lib/shipped.h"
#include "lib/util.h"
#include "session/guest.h"
#include "session/host_delay.h"

#define HDR_SIZE      sizeof(struct wire_hdr)
#define READ_CHUNK    65536
#define BYE_SECONDS   10
#define EXIT_SECONDS  5	  /* from the end of the stream to the end of QEMU */
#define POLL_MS	      500 /* a signal just before poll() is noticed that late */
#define PANIC_LOOK_MS 1000
#define PANIC_TAIL    4096	 /* bytes of the console */
#define MAX_CONSOLE   (1u << 20) /* bytes of one boot's console that are read */

volatile int guest_stop;

static void on_signal(int sig)
{
	(void)sig;
	guest_stop = 1;
}

void guest_catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static u64 now_ms(void)
{
	return clock_us() / 1000;
}

/* The guest's clock in milliseconds. It stops while the host does not let the guest run. */
static u64 guest_ms(const struct guest *g)
{
	return now_ms() - g->delay_ms;
}

/*
 * Called only after a long silence. At most @max_ms of the new delay belong to this wait: the
 * kernel counts a thread's delay when it ends.
 */
static void add_host_delay(struct guest *g, u64 max_ms)
{
	u64 all = g->pid ? host_delay_ms(g->pid) : 0,
	    new = all > g->delay_seen ? all - g->delay_seen : 0;

	g->delay_ms += new < max_ms ? new : max_ms;
	g->delay_seen = all;
}

/* ---- byte order ---- */

u32 guest_u32(const struct guest *g, const void *p)
{
	return bytes_word(p, g->order);
}

u64 guest_u64(const struct guest *g, const void *p)
{
	return bytes_get(p, 8, g->order);
}

static struct wire_hash msg_hash(const struct guest *g, const u8 *data, size_t len)
{
	struct wire_hash h;

	wire_hash_init(&h);
	for (size_t i = 0; i + 4 <= len; i += 4)
		wire_hash_word(&h, guest_u32(g, data + i));
	return h;
}

/* ---- buffers ---- */

static void *buf_reserve(struct guest_buf *b, size_t len)
{
	if (b->pos) {
		memmove(b->data, b->data + b->pos, b->len - b->pos);
		b->len -= b->pos;
		b->pos = 0;
	}
	if (b->len + len > b->cap) {
		b->cap = 2 * (b->len + len);
		b->data = xrealloc(b->data, b->cap);
	}
	return b->data + b->len;
}

static size_t buf_have(const struct guest_buf *b)
{
	return b->len - b->pos;
}

/* ---- the process ---- */

static void exec_boot(const struct guest_conf *conf, int fd)
{
	int log = open(conf->console, O_WRONLY | O_CREAT | O_APPEND, 0644);
	int null = open("/dev/null", O_RDONLY);
	int data = fcntl(fd, F_DUPFD, 10); /* above the descriptors that it replaces */

	if (log < 0 || null < 0 || data < 0)
		_exit(127);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0); /* Ctrl-C signals only the host process */
	dup2(null, 0);
	dup2(log, 1);
	dup2(log, 2);
	dup2(data, 3);
	for (int i = 4; i < 64; i++)
		close(i);
	if (conf->cpu)
		setenv("QEMU_CPU", conf->cpu, 1);
	execlp("sh", "sh", conf->boot ? conf->boot : shipped("runners/qemu/boot.sh"), conf->arch,
	       conf->image, conf->initrd, (char *)NULL);
	_exit(127);
}

/* The boot script may have QEMU as a child instead of becoming it. */
static void kill_all(pid_t pid)
{
	if (kill(-pid, SIGKILL))
		kill(pid, SIGKILL);
}

/* Wait until @until for the process to end. Returns its status, or -1 if it still runs. */
static int wait_exit(struct guest *g, u64 until)
{
	int status;

	do {
		if (waitpid(g->pid, &status, WNOHANG) == g->pid) {
			g->pid = 0;
			return status;
		}
		usleep(10000);
	} while (now_ms() < until);
	return -1;
}

static void reap(struct guest *g)
{
	if (g->pid)
		waitpid(g->pid, NULL, 0);
	if (g->fd >= 0)
		close(g->fd);
	free(g->in.data);
	free(g->out.data);
	free(g->hello);
	memset(&g->in, 0, sizeof(g->in));
	memset(&g->out, 0, sizeof(g->out));
	g->hello = NULL;
	g->pid = 0;
	g->fd = -1;
}

void guest_kill(struct guest *g)
{
	if (!g->pid)
		return;
	kill_all(g->pid);
	reap(g);
}

/* ---- messages ---- */

int guest_send(struct guest *g, u32 type, u32 seq, const void *data, size_t len)
{
	size_t padded = (len + 7) & ~(size_t)7;
	struct wire_hash h;
	u8 *p;

	if (padded > g->max_payload)
		return -EMSGSIZE;
	p = buf_reserve(&g->out, HDR_SIZE + padded);
	memset(p, 0, HDR_SIZE + padded);
	if (len)
		memcpy(p + HDR_SIZE, data, len);
	h = msg_hash(g, p + HDR_SIZE, padded);
	bytes_put(p, 4, WIRE_MAGIC, g->order);
	bytes_put(p + 4, 4, type, g->order);
	bytes_put(p + 8, 4, seq, g->order);
	bytes_put(p + 12, 4, padded, g->order);
	bytes_put(p + 16, 4, h.a, g->order);
	bytes_put(p + 20, 4, h.b, g->order);
	g->out.len += HDR_SIZE + padded;
	return 0;
}

/* Take a message from the input buffer. Returns 1, 0 (more bytes are needed), or -EBADMSG. */
static int parse_msg(struct guest *g, struct guest_msg *f)
{
	const u8 *p = g->in.data + g->in.pos;
	struct wire_hash h;

	if (buf_have(&g->in) < 4)
		return 0;
	if (guest_u32(g, p) != WIRE_MAGIC)
		return -EBADMSG;
	if (buf_have(&g->in) < HDR_SIZE)
		return 0;
	f->type = guest_u32(g, p + 4);
	f->seq = guest_u32(g, p + 8);
	f->len = guest_u32(g, p + 12);
	if (f->len > WIRE_MAX_PAYLOAD || f->len % 8)
		return -EBADMSG;
	if (buf_have(&g->in) < HDR_SIZE + f->len)
		return 0;
	f->data = g->in.data + g->in.pos + HDR_SIZE;
	h = msg_hash(g, f->data, f->len);
	if (h.a != guest_u32(g, p + 16) || h.b != guest_u32(g, p + 20))
		return -EBADMSG;
	g->in.pos += HDR_SIZE + f->len;
	return 1;
}

/*
 * Has the kernel panicked on a machine that cannot restart? Where it can, QEMU ends, and the socket
 * closes.
 */
static bool has_panicked(struct guest *g)
{
	char *tail = guest_console_tail(g, PANIC_TAIL);
	bool found = strstr(tail, "---[ end Kernel panic");

	free(tail);
	return found;
}

/*
 * Move bytes both ways until something was read, or @timeout_ms passed without progress. Returns 0
 * or -errno.
 */
static int pump(struct guest *g, int timeout_ms)
{
	u64 start = now_ms(), until = guest_ms(g) + timeout_ms, delay = g->delay_ms;
	u64 look = start + PANIC_LOOK_MS;

	for (;;) {
		struct pollfd pfd = { .fd = g->fd, .events = POLLIN };
		u64 now = guest_ms(g), wait = until - now < POLL_MS ? until - now : POLL_MS;
		ssize_t n;
		int ready;

		if (guest_stop)
			return -EINTR;
		if (now >= until)
			return -ETIMEDOUT;
		if (buf_have(&g->out))
			pfd.events |= POLLOUT;
		ready = poll(&pfd, 1, wait);
		if (ready < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (!ready)
			add_host_delay(g, now_ms() - start - (g->delay_ms - delay));
		if (!ready && now_ms() >= look) {
			if (has_panicked(g))
				return -EPIPE;
			look = now_ms() + PANIC_LOOK_MS;
		}
		if (pfd.revents & POLLOUT) {
			n = send(g->fd, g->out.data + g->out.pos, buf_have(&g->out),
				 MSG_NOSIGNAL | MSG_DONTWAIT);
			if (n < 0 && errno != EAGAIN && errno != EINTR)
				return -EPIPE;
			if (n > 0) {
				g->out.pos += n;
				until = guest_ms(g) + timeout_ms;
			}
		}
		if (pfd.revents & (POLLIN | POLLHUP | POLLERR)) {
			u8 *p = buf_reserve(&g->in, READ_CHUNK);

			n = recv(g->fd, p, READ_CHUNK, MSG_DONTWAIT);
			if (n > 0) {
				g->in.len += n;
				return 0;
			}
			if (!n || (errno != EAGAIN && errno != EINTR))
				return -EPIPE;
		}
	}
}

/* A message that has begun must end within @timeout_ms, so a trickle of bytes still times out. */
static int recv_msg(struct guest *g, struct guest_msg *f, int timeout_ms)
{
	u64 until = 0;

	for (;;) {
		int ret = parse_msg(g, f), left = timeout_ms;

		if (ret < 0)
			return ret;
		if (ret)
			return f->type == WIRE_ERROR ? -EBADMSG : 0;
		if (buf_have(&g->in)) {
			u64 now = guest_ms(g);

			if (!until)
				until = now + timeout_ms;
			if (now >= until)
				return -ETIMEDOUT;
			left = until - now;
		}
		ret = pump(g, left);
		if (ret)
			return ret;
	}
}

int guest_recv(struct guest *g, struct guest_msg *f)
{
	return recv_msg(g, f, (g->conf->reply_timeout + g->patience) * 1000);
}

void guest_bye(struct guest *g)
{
	struct guest_msg f;
	u64 until, now;

	if (!g->pid)
		return;
	until = now_ms() + BYE_SECONDS * 1000;
	guest_send(g, WIRE_BYE, 0, NULL, 0);
	/* the agent powers off, QEMU ends, the socket closes */
	while (!guest_stop && (now = now_ms()) < until && !recv_msg(g, &f, until - now))
		;
	if (guest_stop || wait_exit(g, until) < 0)
		kill_all(g->pid);
	reap(g);
}

/* ---- boot ---- */

static int parse_hello(struct guest *g, const struct guest_msg *f)
{
	const struct wire_hello *h = (const void *)f->data;
	const u8 *caps = f->data + sizeof(*h);
	u32 nr;

	if (f->type != WIRE_HELLO || f->len < sizeof(*h) ||
	    guest_u32(g, &h->version) != WIRE_VERSION)
		return -EBADMSG;
	nr = guest_u32(g, &h->nr_caps);
	if (nr > 1024 || f->len < sizeof(*h) + nr * sizeof(struct wire_cap))
		return -EBADMSG;
	g->word_bits = guest_u32(g, &h->word_bits);
	g->max_payload = guest_u32(g, &h->max_payload);
	g->io_size = guest_u32(g, &h->io_size);
	if ((g->word_bits != 32 && g->word_bits != 64) || g->max_payload > WIRE_MAX_PAYLOAD ||
	    !g->max_payload || g->io_size < 4096 || g->io_size > WIRE_MAX_PAYLOAD)
		return -EBADMSG;
	memcpy(g->release, h->release, sizeof(g->release) - 1);
	memcpy(g->machine, h->machine, sizeof(g->machine) - 1);
	for (u32 i = 0; i < nr; i++) {
		const u8 *c = caps + i * sizeof(struct wire_cap);
		u32 cap = guest_u32(g, c);

		if (cap >= NR_CAPS)
			return -EBADMSG;
		g->have[cap] = guest_u32(g, c + 4) == 1;
		g->cap_err[cap] = guest_u32(g, c + 8) & 0xfff;
	}
	g->hello_len = HDR_SIZE + f->len;
	g->hello = xmemdup(f->data - HDR_SIZE, g->hello_len);
	return 0;
}

static int wait_hello(struct guest *g)
{
	static const u8 magic_le[4] = { 0x54, 0x49, 0x4a, 0x43 };
	u64 until = guest_ms(g) + g->conf->boot_timeout * 1000, now;
	struct guest_msg f;
	int ret;

	while (buf_have(&g->in) < 4) {
		now = guest_ms(g);
		ret = now < until ? pump(g, until - now) : -ETIMEDOUT;
		if (ret)
			return ret;
	}
	g->order = memcmp(g->in.data, magic_le, 4) ? ORDER_BE : ORDER_LE;
	now = guest_ms(g);
	ret = recv_msg(g, &f, now < until ? until - now : 0);
	return ret ? ret : parse_hello(g, &f);
}

/* Does the console say that the kernel cannot run the agent? */
static bool lacks_config(struct guest *g)
{
	char *tail = guest_console_tail(g, 16384);
	bool lacks = strstr(tail, "no virtio port") || strstr(tail, "Unable to mount root") ||
		     strstr(tail, "No working init found");

	free(tail);
	return lacks;
}

int guest_boot(struct guest *g, const struct guest_conf *conf)
{
	u64 start = now_ms();
	struct stat st;
	int sv[2], ret;

	memset(g, 0, sizeof(*g));
	g->conf = conf;
	g->console_from = stat(conf->console, &st) ? 0 : st.st_size;
	g->console_seen = g->console_from;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv))
		return -errno;
	g->pid = fork();
	if (g->pid < 0) {
		ret = -errno;
		close(sv[0]);
		close(sv[1]);
		g->pid = 0;
		return ret;
	}
	if (!g->pid)
		exec_boot(conf, sv[1]);
	setpgid(g->pid, 0); /* the child does it, too: either may be first */
	close(sv[1]);
	g->fd = sv[0];
	ret = wait_hello(g);
	g->hello_ms = now_ms() - start;
	if (!ret)
		return 0;
	if (ret == -EPIPE) {
		int status = wait_exit(g, now_ms() + EXIT_SECONDS * 1000);

		if (status >= 0 && WIFEXITED(status) &&
		    (WEXITSTATUS(status) == 127 || WEXITSTATUS(status) == EXIT_USAGE ||
		     WEXITSTATUS(status) == EXIT_INFRA))
			ret = -ENOENT;
	}
	if ((ret == -EPIPE || ret == -ETIMEDOUT) && lacks_config(g))
		ret = -ENODEV;
	if (g->pid)
		kill_all(g->pid);
	reap(g);
	return ret;
}

/* ---- console ---- */

static char *console_read(struct guest *g, long from)
{
	FILE *f = fopen(g->conf->console, "re");
	char *buf = xcalloc(1, MAX_CONSOLE + 1);
	size_t n = 0;

	if (f && !fseek(f, from, SEEK_SET))
		n = fread(buf, 1, MAX_CONSOLE, f);
	if (f)
		fclose(f);
	for (size_t i = 0; i < n; i++)
		if (!buf[i] || buf[i] == '\r')
			buf[i] = ' ';
	return buf;
}

char *guest_console_tail(struct guest *g, size_t max)
{
	char *all = console_read(g, g->console_from), *tail;
	size_t len = strlen(all);

	tail = xstrdup(len > max ? all + len - max : all);
	free(all);
	return tail;
}

/* Kernel messages about errors that a test may have caused. */
static const char *const splats[] = {
	"BUG:",
	"verifier bug:", /* what the next line warns of */
	"WARNING:",
	"BPF private stack",
	"Oops",
	"Kernel panic",
	"KASAN:",
	"UBSAN:",
	"general protection fault",
	"Unable to handle kernel",
	"Internal error",
	"invalid opcode",
	"stack segment",
	"specification exception",
	"operation exception",
	"addressing exception",
	"kernel BUG at",
	"INFO: rcu",
	"soft lockup",
	"hard LOCKUP",
	"BUG at",
	"Bad page",
	"illegal instruction",
	"illegal operation",
	"*** ILLEGAL INSTRUCTION",
	"*** FORMAT ERROR",
	"Unexpected kernel BRK",
	"Unhandled kernel unaligned",
	"Kernel unaligned instruction",
	"Kernel ade access",
};

/* Warnings about unprivileged BPF and mitigations are expected. */
#define NO_SPLAT "data leaks possible"

/* The first @word in @text that is not on such a line, or NULL. */
static char *find_splat(char *text, const char *word)
{
	for (char *p = text; (p = strstr(p, word)); p++) {
		const char *harmless = strstr(p, NO_SPLAT), *end = strchr(p, '\n');

		if (!harmless || (end && harmless > end))
			return p;
	}
	return NULL;
}

char *guest_console_more(struct guest *g)
{
	struct stat st;
	char *text;

	if (stat(g->conf->console, &st) || st.st_size == g->console_seen)
		return NULL;
	text = console_read(g, g->console_seen);
	g->console_seen = st.st_size;
	return text;
}

char *guest_splat(struct guest *g)
{
	char *found = NULL, *text = guest_console_more(g), *p;

	if (!text)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(splats); i++) {
		p = find_splat(text, splats[i]);
		if (p && (!found || p < found))
			found = p;
	}
	if (found) {
		while (found > text && found[-1] != '\n')
			found--;
		found = xstrdup(found);
	}
	free(text);
	return found;
}
