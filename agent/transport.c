// SPDX-License-Identifier: GPL-2.0
/* The byte stream to the host, a virtio-serial port or stdin and stdout, and the messages on it. */
#include <dirent.h>
#include <poll.h>
#include "agent/base.h"
#include "agent/program.h"
#include "agent/transport.h"
#include "agent/turn.h"
#include "agent/words.h"

#define PORT_NAME    "org.checkjit.0"
#define PORT_DIR     "/sys/class/virtio-ports"
#define PORT_WAIT_MS 10000 /* the host names its ports after the driver is up */
#define MSG_WAIT_MS  10000 /* for the rest of a message */

static int port_in = -1, port_out = -1; /* the same descriptor, except for a program */
static u32 current_seq;

static u8 rx[2 * (WIRE_MAX_PAYLOAD + sizeof(struct wire_hdr))] __attribute__((aligned(8)));
static u32 rx_begin, rx_end;

static struct {
	struct wire_hdr hdr;
	u8 payload[WIRE_MAX_PAYLOAD];
} tx __attribute__((aligned(8)));

static int open_named(const char *dev)
{
	char path[64], name[64];
	int n;

	snprintf(path, sizeof(path), PORT_DIR "/%s/name", dev);
	n = read_small_file(path, name, sizeof(name));
	if (n <= 0)
		return -ENOENT;
	if (name[n - 1] == '\n')
		name[n - 1] = 0;
	if (strcmp(name, PORT_NAME))
		return -ENOENT;
	snprintf(path, sizeof(path), "/dev/%s", dev);
	n = open(path, O_RDWR | O_NONBLOCK);
	return n < 0 ? -errno : n;
}

static int find_port(void)
{
	struct dirent de, *d;
	int fd = -ENOENT;
	DIR *dir;

	dir = opendir(PORT_DIR);
	if (!dir)
		return -ENOTDIR;
	while (fd < 0 && !readdir_r(dir, &de, &d) && d)
		if (d->d_name[0] != '.' && strlen(d->d_name) < 32)
			fd = open_named(d->d_name);
	closedir(dir);
	return fd;
}

/*
 * Open DEVICE of checkjit.port=DEVICE on the kernel command line; its reads block. The device of
 * images/module_um needs its module first.
 */
static int open_given(const char *value)
{
	char path[64];
	u32 n = 0;
	int fd;

	while (n < sizeof(path) - 1 && value[n] && value[n] != ' ' && value[n] != '\n') {
		path[n] = value[n];
		n++;
	}
	path[n] = 0;
	module_insert("/checkjit_fd.ko");
	fd = open(path, O_RDWR);
	if (fd >= 0) {
		turn_open(fd);
		return fd;
	}
	say("checkjit-agent: %s: errno %d", path, errno);
	return -errno;
}

int transport_open(void)
{
	u64 end = now_us() + PORT_WAIT_MS * 1000;
	const char *given = as_program ? NULL : cmdline_param("checkjit.port=");

	if (as_program) {
		port_in = 0;
		port_out = 1;
		return program_stdio();
	}
	if (given) {
		port_in = port_out = open_given(given);
		return port_in < 0 ? port_in : 0;
	}
	while (now_us() < end) {
		port_in = port_out = find_port();
		if (port_in >= 0)
			return 0;
		if (port_in == -ENOTDIR) /* there is no driver */
			break;
		sleep_ms(5);
	}
	say("checkjit-agent: no virtio port (CONFIG_VIRTIO_CONSOLE=y and its transport are "
	    "needed)");
	return -ENOENT;
}

/* Wait until @fd is ready for @events. Returns 0 after @ms milliseconds (-1: no limit). */
static int wait_port(int fd, short events, int ms)
{
	struct pollfd p = { .fd = fd, .events = events };
	int ret;

	if (as_program)
		return program_poll(&p, ms);
	do {
		ret = poll(&p, 1, ms);
	} while (ret < 0 && errno == EINTR);
	if (ret > 0 && p.revents & POLLHUP && !(p.revents & events))
		sleep_ms(1); /* poll() does not wait for the host to open its end */
	return ret;
}

static ssize_t read_port(void *to, u32 n)
{
	long got;

	if (!turn_ready())
		return read(port_in, to, n);
	turn_read(to, n);
	got = turn_make();
	if (got >= 0)
		return got;
	errno = -got;
	return -1;
}

/* Read until @n bytes are at rx_begin. @started: part of the message has been read before. */
static void fill(u32 n, int started)
{
	ssize_t r;

	if (rx_begin == rx_end)
		rx_begin = rx_end = 0;
	if (rx_begin + n > sizeof(rx)) {
		/* copies upwards to a lower address, so overlap is safe; messages are 8-byte
		 * aligned */
		copy_words(rx, rx + rx_begin, ALIGN8(rx_end - rx_begin));
		rx_end -= rx_begin;
		rx_begin = 0;
	}
	while (rx_end - rx_begin < n) {
		r = read_port(rx + rx_end, sizeof(rx) - rx_end);
		if (r > 0) {
			rx_end += r;
		} else if (!r) {
			say("checkjit-agent: the host has closed the stream");
			leave(0);
		} else if (errno == EAGAIN) {
			started |= rx_end != rx_begin;
			if (!wait_port(port_in, POLLIN, started ? MSG_WAIT_MS : -1))
				protocol_error("truncated message: %u of %u bytes came",
					       rx_end - rx_begin, n);
		} else if (errno != EINTR) {
			say("checkjit-agent: reading the stream: errno %d", errno);
			leave(LEAVE_FAILED);
		}
	}
}

void msg_read(struct wire_hdr *hdr, const void **payload)
{
	struct wire_hash h;

	current_seq = 0;
	fill(sizeof(*hdr), 0);
	copy_words(hdr, rx + rx_begin, sizeof(*hdr));
	if (hdr->magic != WIRE_MAGIC)
		protocol_error("bad magic 0x%x", hdr->magic);
	current_seq = hdr->seq;
	if (hdr->len > WIRE_MAX_PAYLOAD || hdr->len % 8)
		protocol_error("bad payload length %u", hdr->len);
	rx_begin += sizeof(*hdr);
	fill(hdr->len, 1);
	*payload = rx + rx_begin;
	rx_begin += hdr->len;

	wire_hash_init(&h);
	hash_words(&h, *payload, hdr->len);
	if (h.a != hdr->check[0] || h.b != hdr->check[1])
		protocol_error("bad checksum of a message of type %u and %u bytes", hdr->type,
			       hdr->len);
}

static void write_all(const u8 *p, u32 n)
{
	while (n) {
		ssize_t r = write(port_out, p, n);

		if (r > 0) {
			p += r;
			n -= r;
		} else if (r < 0 && errno == EAGAIN) {
			wait_port(port_out, POLLOUT, -1);
		} else if (r < 0 && errno != EINTR) {
			say("checkjit-agent: writing the stream: errno %d", errno);
			leave(LEAVE_FAILED);
		}
	}
}

u8 *msg_buf(void)
{
	/* the answer before may still be in it */
	if (turn_ready())
		turn_make();
	return tx.payload;
}

void msg_send(u32 type, u32 seq, u32 len)
{
	struct wire_hash h;

	if (as_program)
		program_before_answer();
	wire_hash_init(&h);
	hash_words(&h, tx.payload, len);
	tx.hdr = (struct wire_hdr){
		.magic = WIRE_MAGIC,
		.type = type,
		.seq = seq,
		.len = len,
		.check = { h.a, h.b },
	};
	if (!turn_ready()) {
		write_all((u8 *)&tx, sizeof(tx.hdr) + len);
		return;
	}
	turn_write(&tx, sizeof(tx.hdr) + len);
	/* what follows a RESULT is the next request */
	if (type != WIRE_RESULT)
		turn_make();
}

void protocol_error(const char *fmt, ...)
{
	va_list ap;
	int n;

	memset(tx.payload, 0, 512);
	va_start(ap, fmt);
	n = vsnprintf((char *)tx.payload, 504, fmt, ap);
	va_end(ap);
	say("checkjit-agent: %s", (char *)tx.payload);
	msg_send(WIRE_ERROR, current_seq, ALIGN8((u32)(n < 504 ? n : 504)));
	sleep_ms(100); /* a restart may overtake what the host has not read from the queue yet */
	leave(LEAVE_FAILED);
}
