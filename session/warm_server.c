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
#include "session/warm_server.h"
#include "session/warm.h"

#define CHUNK 65536
#define POLL_MS                                                                                \
	500 /* so late a signal just before poll() is seen, and console text without an answer \
	       travels */
#define BOOT_TRIES 3
#define HDR_SIZE   sizeof(struct wire_hdr)

/* One direction of the stream: bytes to write, and the position in the current message. */
struct flow {
	u8 out[CHUNK + HDR_SIZE];
	size_t len, pos;
	u8 hdr[HDR_SIZE];
	size_t have; /* bytes of the current header */
	size_t left; /* bytes still missing of the current payload */
	bool lost;   /* not the protocol: pass all on, the other side will complain */
	bool bye;
	u32 runs, results; /* number of messages of these types */
};

struct server {
	const struct guest_conf *conf;
	char *identity;
	struct guest guest;
	int listener;
	u32 boots, clients;
	/* the client */
	int conn; /* -1: there is none */
	struct warm_request client;
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

/*
 * Take @n bytes (at most CHUNK, into an empty flow). Everything but a BYE is passed on, headers
 * once they are complete.
 */
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

/* Returns false if the other side is gone. */
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

/* Forward new console output, before the client gets the answer that came after it. */
static void forward_console(struct server *srv)
{
	char chunk[4096];
	ssize_t n;
	int fd = open(srv->conf->console, O_RDONLY | O_CLOEXEC);

	while (fd >= 0 && (n = pread(fd, chunk, sizeof(chunk), srv->console_pos)) > 0) {
		if (write(srv->client.console, chunk, n) != n)
			break;
		srv->console_pos += n;
	}
	if (fd >= 0)
		close(fd);
}

static long console_end(const struct server *srv)
{
	int fd = open(srv->conf->console, O_RDONLY | O_CLOEXEC);
	long end = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);

	if (fd >= 0)
		close(fd);
	return end;
}

/* ---- the guest ---- */

static bool boot(struct server *srv)
{
	char *tail, *words;
	int ret = -EPIPE;

	for (int i = 0; i < BOOT_TRIES && ret && !guest_stop; i++)
		ret = guest_boot(&srv->guest, srv->conf);
	if (guest_stop)
		return false;
	if (ret) {
		tail = guest_console_tail(&srv->guest, 2000);
		pr_err("vm: %s: the guest does not come up: %s\nend of %s:\n%s", srv->conf->arch,
		       strerror(-ret), srv->conf->console, tail);
		free(tail);
		return false;
	}
	srv->died = false;
	srv->boots++;
	fprintf(stderr, "vm: %s: %s is up (%.1f s)\n", srv->conf->arch, srv->guest.release,
		srv->guest.hello_ms / 1e3);
	words = guest_splat(&srv->guest);
	if (words)
		pr_err("vm: %s: the kernel complains while it boots:\n%s", srv->conf->arch, words);
	free(words);
	return true;
}

/* ---- clients ---- */

static void say_hello(struct server *srv)
{
	struct flow *f = &srv->down;

	flow_feed(f, srv->guest.hello, srv->guest.hello_len, srv->guest.order);
	dprintf(srv->client.console, "vm: a guest that is kept warm: boot %u, client %u\n",
		srv->boots, srv->clients);
}

static void take_request(struct server *srv, int conn, struct warm_request *rq)
{
	char *why = srv->conn >= 0 ? xstrdup("another client has it")
				   : warm_difference(srv->identity, rq->identity);

	warm_answer(conn, why);
	if (why || rq->data < 0) {
		free(why);
		warm_request_free(rq);
		close(conn);
		return;
	}
	srv->conn = conn;
	srv->client = *rq;
	memset(&srv->up, 0, sizeof(srv->up));
	memset(&srv->down, 0, sizeof(srv->down));
	srv->lost = false;
	srv->clients++;
	srv->console_pos = console_end(srv);
	say_hello(srv);
}

static void take_client(struct server *srv)
{
	struct timeval limit = { .tv_sec = 1 };
	struct warm_request rq;
	int conn = accept4(srv->listener, NULL, NULL, SOCK_CLOEXEC);

	if (conn < 0)
		return;
	setsockopt(conn, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (!warm_receive(conn, &rq))
		take_request(srv, conn, &rq);
	else
		close(conn);
}

/* Why the guest must be booted again before another client gets it, or NULL. */
static const char *spoilt(struct server *srv)
{
	const char *why = NULL;
	char *words;

	if (srv->died)
		return "the guest died";
	if (srv->conn < 0)
		return "the guest sent an unexpected message";
	words = guest_splat(&srv->guest);
	if (words)
		why = "its kernel complained";
	free(words);
	if (!why && srv->up.runs != srv->down.results)
		why = "a client left in the middle of a request";
	if (!why && !srv->up.bye)
		why = "a client left without goodbye";
	return why;
}

/* Called when a client's service, or an idle guest, has ended. */
static void settle(struct server *srv)
{
	const char *why = spoilt(srv);

	if (srv->conn >= 0) {
		forward_console(srv);
		warm_request_free(&srv->client);
		close(srv->conn);
		srv->conn = -1;
		srv->up.len = srv->down.len = 0;
	}
	if (!why)
		return;
	fprintf(stderr, "vm: %s: %s: booting again\n", srv->conf->arch, why);
	guest_kill(&srv->guest);
}

/* ---- the loop ---- */

enum { LISTEN, GUEST, DATA, CONN, NR_FDS };

static void wanted_events(struct server *srv, struct pollfd *p)
{
	bool client = srv->conn >= 0;

	p[LISTEN] = (struct pollfd){ .fd = srv->listener, .events = POLLIN };
	p[GUEST] = (struct pollfd){ .fd = srv->guest.fd };
	p[DATA] = (struct pollfd){ .fd = client ? srv->client.data : -1 };
	p[CONN] = (struct pollfd){ .fd = srv->conn, .events = POLLIN };
	if (flow_pending(&srv->down))
		p[DATA].events |= POLLOUT;
	else
		p[GUEST].events |= POLLIN;
	if (flow_pending(&srv->up))
		p[GUEST].events |= POLLOUT;
	else
		p[DATA].events |= POLLIN;
}

static void serve_guest(struct server *srv, const struct pollfd *p)
{
	if (p->revents & POLLOUT && !flow_write(&srv->up, srv->guest.fd))
		srv->died = true;
	if (!(p->revents & (POLLIN | POLLHUP | POLLERR)) || flow_pending(&srv->down))
		return;
	if (!flow_read(&srv->down, srv->guest.fd, srv->guest.order))
		srv->died = true;
	if (srv->conn >= 0)
		forward_console(srv);
}

static void serve_client(struct server *srv, const struct pollfd *data, const struct pollfd *conn)
{
	if (data->revents & POLLOUT && !flow_write(&srv->down, srv->client.data))
		srv->lost = true;
	if (data->revents & (POLLIN | POLLHUP | POLLERR) && !flow_pending(&srv->up) &&
	    !flow_read(&srv->up, srv->client.data, srv->guest.order))
		srv->lost = true;
	if (conn->revents) /* nothing more is sent on it */
		srv->lost = true;
}

static void serve_once(struct server *srv)
{
	struct pollfd p[NR_FDS];
	int n;

	wanted_events(srv, p);
	n = poll(p, NR_FDS, POLL_MS);
	if (n < 0)
		return;
	if (srv->conn >= 0 && !n)
		forward_console(srv);
	if (p[GUEST].revents)
		serve_guest(srv, &p[GUEST]);
	if (srv->conn >= 0)
		serve_client(srv, &p[DATA], &p[CONN]);
	/* deliver what a dead guest has sent before the client is told */
	if (srv->conn >= 0 ? srv->lost || srv->up.bye || (srv->died && !flow_pending(&srv->down))
			   : srv->died || srv->down.len)
		settle(srv);
	if (p[LISTEN].revents && srv->guest.pid)
		take_client(srv);
}

int warm_serve(const struct guest_conf *conf, const char *path)
{
	struct server srv = { .conf = conf, .conn = -1, .client = { .data = -1, .console = -1 } };
	int ret = EXIT_OK;

	srv.identity = warm_identity(conf);
	if (!srv.identity) {
		pr_err("vm: %s: %s", conf->initrd, strerror(errno));
		return EXIT_USAGE;
	}
	srv.listener = warm_listen(path);
	if (srv.listener == -EBUSY)
		pr_err("vm: %s: another one keeps a guest there", path);
	else if (srv.listener < 0)
		pr_err("vm: cannot listen at %s: %s", path, strerror(-srv.listener));
	if (srv.listener < 0) {
		free(srv.identity);
		return srv.listener == -EBUSY ? EXIT_USAGE : EXIT_INFRA;
	}
	while (!guest_stop && !ret) {
		if (srv.guest.pid)
			serve_once(&srv);
		else if (!boot(&srv) && !guest_stop)
			ret = EXIT_INFRA;
	}
	if (srv.conn >= 0)
		settle(&srv);
	guest_kill(&srv.guest);
	close(srv.listener);
	unlink(path);
	free(srv.identity);
	return ret;
}
