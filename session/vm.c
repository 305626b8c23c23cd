// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include "lib/bytes.h"
#include "lib/util.h"
#include "session/vm.h"
#include "session/warm.h"

#define CHUNK 65536
#define POLL_MS                                                                                \
	500 /* so late a signal just before poll() is seen, and console text without an answer \
	       travels */
#define BOOT_TRIES 3
#define HDR_SIZE   sizeof(struct wire_hdr)

/* One direction of the stream: bytes to be written, and where in the messages it is. */
struct flow {
	u8 out[CHUNK + HDR_SIZE];
	size_t len, pos;
	u8 hdr[HDR_SIZE];
	size_t have; /* bytes of a header that has begun */
	size_t left; /* bytes of a payload that has */
	bool lost;   /* not the protocol: pass all on, the other side will complain */
	bool bye;
	u32 runs, results; /* messages of these types */
};

struct vm {
	const struct guest_conf *conf;
	char *identity;
	struct guest guest;
	int listener;
	u32 boots, clients;
	/* the client */
	int conn; /* -1: there is none */
	struct warm_wish client;
	struct flow up, down;
	long console_pos;
	bool lost; /* the client has gone */
	bool died; /* the guest has */
};

/* ---- messages ---- */

static void header_done(struct flow *f, enum byte_order order)
{
	u32 type = bytes_word(f->hdr + 4, order);

	f->left = bytes_word(f->hdr + 12, order);
	f->lost = bytes_word(f->hdr, order) != WIRE_MAGIC || f->left > WIRE_MAX_PAYLOAD;
	f->bye = !f->lost && type == WIRE_BYE;
	f->runs += type == WIRE_RUN;
	f->results += type == WIRE_RESULT;
	f->have = 0;
	if (f->bye)
		return;
	memcpy(f->out + f->len, f->hdr, HDR_SIZE);
	f->len += HDR_SIZE;
}

/* Take @n bytes in (at most CHUNK, into an empty flow): everything but a BYE goes out again,
 * headers once they are whole. */
static void flow_feed(struct flow *f, const u8 *in, size_t n, enum byte_order order)
{
	while (n && !f->bye) {
		size_t take = f->lost ? n : f->left < n ? f->left : n;

		if (take) {
			memcpy(f->out + f->len, in, take);
			f->len += take;
			f->left -= f->lost ? 0 : take;
		} else {
			take = HDR_SIZE - f->have < n ? HDR_SIZE - f->have : n;
			memcpy(f->hdr + f->have, in, take);
			f->have += take;
			if (f->have == HDR_SIZE)
				header_done(f, order);
		}
		in += take;
		n -= take;
	}
}

static bool flow_pending(const struct flow *f)
{
	return f->pos < f->len;
}

/* False: the other side is gone. */
static bool flow_write(struct flow *f, int fd)
{
	ssize_t n = send(fd, f->out + f->pos, f->len - f->pos, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	f->pos += n;
	if (f->pos == f->len)
		f->pos = f->len = 0;
	return true;
}

static bool flow_read(struct flow *f, int fd, enum byte_order order)
{
	u8 chunk[CHUNK];
	ssize_t n = recv(fd, chunk, sizeof(chunk), MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	flow_feed(f, chunk, n, order);
	return n;
}

/* ---- the console ---- */

/* What the kernel said since the last time, before the client gets the answer that came after it.
 */
static void forward_console(struct vm *vm)
{
	char chunk[4096];
	ssize_t n;
	int fd = open(vm->conf->console, O_RDONLY | O_CLOEXEC);

	while (fd >= 0 && (n = pread(fd, chunk, sizeof(chunk), vm->console_pos)) > 0) {
		if (write(vm->client.console, chunk, n) != n)
			break;
		vm->console_pos += n;
	}
	if (fd >= 0)
		close(fd);
}

static long console_end(const struct vm *vm)
{
	int fd = open(vm->conf->console, O_RDONLY | O_CLOEXEC);
	long end = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);

	if (fd >= 0)
		close(fd);
	return end;
}

/* ---- the guest ---- */

static bool boot(struct vm *vm)
{
	char *tail, *words;
	int ret = -EPIPE;

	for (int i = 0; i < BOOT_TRIES && ret && !guest_stop; i++)
		ret = guest_boot(&vm->guest, vm->conf);
	if (guest_stop)
		return false;
	if (ret) {
		tail = guest_console_tail(&vm->guest, 2000);
		pr_err("vm: %s: the guest does not come up: %s\nlast words on %s:\n%s",
		       vm->conf->arch, strerror(-ret), vm->conf->console, tail);
		free(tail);
		return false;
	}
	vm->died = false;
	vm->boots++;
	fprintf(stderr, "vm: %s: %s is up (%.1f s)\n", vm->conf->arch, vm->guest.release,
		vm->guest.hello_ms / 1e3);
	words = guest_splat(&vm->guest);
	if (words)
		pr_err("vm: %s: the kernel complains while it boots:\n%s", vm->conf->arch, words);
	free(words);
	return true;
}

/* ---- clients ---- */

static void say_hello(struct vm *vm)
{
	struct flow *f = &vm->down;

	flow_feed(f, vm->guest.hello, vm->guest.hello_len, vm->guest.order);
	dprintf(vm->client.console, "vm: a guest that is kept warm: boot %u, client %u\n",
		vm->boots, vm->clients);
}

static void take_wish(struct vm *vm, int conn, struct warm_wish *wish)
{
	char *why = vm->conn >= 0 ? xstrdup("another client has it")
				  : warm_difference(vm->identity, wish->identity);

	warm_answer(conn, why);
	if (why || wish->data < 0) {
		free(why);
		warm_wish_free(wish);
		close(conn);
		return;
	}
	vm->conn = conn;
	vm->client = *wish;
	memset(&vm->up, 0, sizeof(vm->up));
	memset(&vm->down, 0, sizeof(vm->down));
	vm->lost = false;
	vm->clients++;
	vm->console_pos = console_end(vm);
	say_hello(vm);
}

static void take_client(struct vm *vm)
{
	struct timeval limit = { .tv_sec = 1 };
	struct warm_wish wish;
	int conn = accept4(vm->listener, NULL, NULL, SOCK_CLOEXEC);

	if (conn < 0)
		return;
	setsockopt(conn, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (!warm_receive(conn, &wish))
		take_wish(vm, conn, &wish);
	else
		close(conn);
}

/* Why the guest cannot be lent again as it is, or NULL. */
static const char *spoilt(struct vm *vm)
{
	const char *why = NULL;
	char *words;

	if (vm->died)
		return "the guest died";
	if (vm->conn < 0)
		return "the guest speaks unasked";
	words = guest_splat(&vm->guest);
	if (words)
		why = "its kernel complained";
	free(words);
	if (!why && vm->up.runs != vm->down.results)
		why = "a client left in the middle of a request";
	if (!why && !vm->up.bye)
		why = "a client left without goodbye";
	return why;
}

/* The client's service, or an idle guest's life, has ended. */
static void settle(struct vm *vm)
{
	const char *why = spoilt(vm);

	if (vm->conn >= 0) {
		forward_console(vm);
		warm_wish_free(&vm->client);
		close(vm->conn);
		vm->conn = -1;
		vm->up.len = vm->down.len = 0;
	}
	if (!why)
		return;
	fprintf(stderr, "vm: %s: %s: booting anew\n", vm->conf->arch, why);
	guest_kill(&vm->guest);
}

/* ---- the loop ---- */

enum { LISTEN, GUEST, DATA, CONN, NR_FDS };

static void wanted_events(struct vm *vm, struct pollfd *p)
{
	bool client = vm->conn >= 0;

	p[LISTEN] = (struct pollfd){ .fd = vm->listener, .events = POLLIN };
	p[GUEST] = (struct pollfd){ .fd = vm->guest.fd };
	p[DATA] = (struct pollfd){ .fd = client ? vm->client.data : -1 };
	p[CONN] = (struct pollfd){ .fd = vm->conn, .events = POLLIN };
	if (flow_pending(&vm->down))
		p[DATA].events |= POLLOUT;
	else
		p[GUEST].events |= POLLIN;
	if (flow_pending(&vm->up))
		p[GUEST].events |= POLLOUT;
	else
		p[DATA].events |= POLLIN;
}

static void serve_guest(struct vm *vm, const struct pollfd *p)
{
	if (p->revents & POLLOUT && !flow_write(&vm->up, vm->guest.fd))
		vm->died = true;
	if (!(p->revents & (POLLIN | POLLHUP | POLLERR)) || flow_pending(&vm->down))
		return;
	if (!flow_read(&vm->down, vm->guest.fd, vm->guest.order))
		vm->died = true;
	if (vm->conn >= 0)
		forward_console(vm);
}

static void serve_client(struct vm *vm, const struct pollfd *data, const struct pollfd *conn)
{
	if (data->revents & POLLOUT && !flow_write(&vm->down, vm->client.data))
		vm->lost = true;
	if (data->revents & (POLLIN | POLLHUP | POLLERR) && !flow_pending(&vm->up) &&
	    !flow_read(&vm->up, vm->client.data, vm->guest.order))
		vm->lost = true;
	if (conn->revents) /* nothing more is ever said on it */
		vm->lost = true;
}

static void serve_once(struct vm *vm)
{
	struct pollfd p[NR_FDS];
	int n;

	wanted_events(vm, p);
	n = poll(p, NR_FDS, POLL_MS);
	if (n < 0)
		return;
	if (vm->conn >= 0 && !n)
		forward_console(vm);
	if (p[GUEST].revents)
		serve_guest(vm, &p[GUEST]);
	if (vm->conn >= 0)
		serve_client(vm, &p[DATA], &p[CONN]);
	/* what a dead guest has still sent is delivered before the client is told */
	if (vm->conn >= 0 ? vm->lost || vm->up.bye || (vm->died && !flow_pending(&vm->down))
			  : vm->died || vm->down.len)
		settle(vm);
	if (p[LISTEN].revents && vm->guest.pid)
		take_client(vm);
}

int vm_serve(const struct guest_conf *conf, const char *path)
{
	struct vm vm = { .conf = conf, .conn = -1, .client = { .data = -1, .console = -1 } };
	int ret = EXIT_OK;

	vm.identity = warm_identity(conf);
	if (!vm.identity) {
		pr_err("vm: %s: %s", conf->initrd, strerror(errno));
		return EXIT_USAGE;
	}
	vm.listener = warm_listen(path);
	if (vm.listener == -EBUSY)
		pr_err("vm: %s: another one keeps a guest there", path);
	else if (vm.listener < 0)
		pr_err("vm: cannot listen at %s: %s", path, strerror(-vm.listener));
	if (vm.listener < 0) {
		free(vm.identity);
		return vm.listener == -EBUSY ? EXIT_USAGE : EXIT_INFRA;
	}
	while (!guest_stop && !ret) {
		if (vm.guest.pid)
			serve_once(&vm);
		else if (!boot(&vm) && !guest_stop)
			ret = EXIT_INFRA;
	}
	if (vm.conn >= 0)
		settle(&vm);
	guest_kill(&vm.guest);
	close(vm.listener);
	unlink(path);
	free(vm.identity);
	return ret;
}
