// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "proto/hash.h"
#include "lib/bytes.h"
#include "lib/util.h"
#include "session/warm.h"

#define ANSWER_SECONDS 10 /* the server may be booting its guest again */
#define GRANTED	       "granted"

/* ---- identity ---- */

static char *file_sum(const char *path)
{
	struct wire_hash h;
	size_t len;
	char *text = read_file(path, &len);

	if (!text)
		return NULL;
	wire_hash_init(&h);
	for (size_t i = 0; i + 4 <= len; i += 4)
		wire_hash_word(&h, bytes_word((u8 *)text + i, ORDER_LE));
	free(text);
	return xasprintf("%08x%08x.%zu", h.a, h.b, len);
}

char *warm_identity(const struct guest_conf *conf)
{
	char *sum = file_sum(conf->initrd), *text;

	if (!sum)
		return NULL;
	text = xasprintf("architecture: %s\nimage: %s\nagent: %s\nCPU model: %s\n%s", conf->arch,
			 conf->image, sum, conf->cpu ? conf->cpu : "",
			 conf->settings ? conf->settings : "");
	free(sum);
	return text;
}

char *warm_difference(const char *have, const char *want)
{
	while (*have && *want) {
		size_t n = strcspn(have, "\n"), m = strcspn(want, "\n"), name = strcspn(have, ":");

		if (n != m || memcmp(have, want, n)) {
			const char *value = want + (name + 2 < m ? name + 2 : m);

			return xasprintf("it has another %.*s than %.*s", (int)name, have,
					 (int)(want + m - value), value);
		}
		have += n + !!have[n];
		want += m + !!want[m];
	}
	return *have || *want ? xstrdup("it belongs to another version of checkjit") : NULL;
}

/* ---- the socket ---- */

/*
 * A unix address has only 107 bytes: name the directory by a descriptor, *@dir, which the caller
 * closes.
 */
static int address(const char *path, struct sockaddr_un *addr, int *dir)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	char *dirname = slash ? xstrndup(path, slash - path + 1) : xstrdup(".");

	*dir = open(dirname, O_PATH | O_DIRECTORY | O_CLOEXEC);
	free(dirname);
	if (*dir < 0)
		return -errno;
	*addr = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (snprintf(addr->sun_path, sizeof(addr->sun_path), "/proc/self/fd/%d/%s", *dir, base) <
	    (int)sizeof(addr->sun_path))
		return 0;
	close(*dir);
	return -ENAMETOOLONG;
}

/* The lock ends with the server, which a socket file does not. */
static int take_lock(const char *path)
{
	char *name = xasprintf("%s.lock", path);
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	free(name);
	if (fd < 0)
		return -errno;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return 0; /* never closed: it ends with the process */
	close(fd);
	return -EBUSY;
}

int warm_listen(const char *path)
{
	struct sockaddr_un addr;
	int fd, dir, ret = take_lock(path);

	if (ret)
		return ret;
	ret = address(path, &addr, &dir);
	if (ret)
		return ret;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		ret = -errno;
		close(dir);
		return ret;
	}
	unlink(path);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 16)) {
		ret = -errno;
		close(fd);
		fd = ret;
	}
	close(dir);
	return fd;
}

static int connect_to(const char *path)
{
	struct sockaddr_un addr;
	int fd, dir, ret = address(path, &addr, &dir);

	if (ret)
		return ret;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		ret = errno == ECONNREFUSED ? -ENOENT : -errno;
		close(fd);
		fd = -1;
	}
	close(dir);
	if (fd < 0)
		return ret ? ret : -errno;
	return fd;
}

/* ---- what is said on it ---- */

union fds {
	struct cmsghdr hdr;
	char room[CMSG_SPACE(2 * sizeof(int))];
};

static int send_request(int conn, const char *identity, int data, int console)
{
	struct iovec iov = { (void *)identity, strlen(identity) };
	union fds fds = {};
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (data >= 0) {
		msg.msg_control = &fds;
		msg.msg_controllen = sizeof(fds);
		fds.hdr.cmsg_level = SOL_SOCKET;
		fds.hdr.cmsg_type = SCM_RIGHTS;
		fds.hdr.cmsg_len = CMSG_LEN(2 * sizeof(int));
		memcpy(CMSG_DATA(&fds.hdr), (int[]){ data, console }, 2 * sizeof(int));
	}
	return sendmsg(conn, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int warm_ask(const char *path, const char *identity, int data, int console, char **why)
{
	struct timeval limit = { .tv_sec = ANSWER_SECONDS };
	int conn = connect_to(path), ret;
	char text[512];
	ssize_t n;

	*why = NULL;
	if (conn < 0)
		return conn;
	/* a client that hands over its stream must not time out and use it elsewhere */
	if (data < 0)
		setsockopt(conn, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	ret = send_request(conn, identity, data, console);
	if (ret) {
		close(conn);
		return ret;
	}
	n = recv(conn, text, sizeof(text) - 1, 0);
	if (n < 0) {
		ret = errno == EAGAIN ? -ETIMEDOUT : -errno;
		close(conn);
		return ret;
	}
	text[n] = '\0';
	if (!strcmp(text, GRANTED))
		return conn;
	*why = xstrdup(n ? text : "it is just ending");
	close(conn);
	return -ESRCH;
}

static int is_socket(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISSOCK(st.st_mode);
}

int warm_receive(int conn, struct warm_request *rq)
{
	char *text = xmalloc(WARM_MAX_TEXT);
	struct iovec iov = { text, WARM_MAX_TEXT - 1 };
	union fds fds = {};
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &fds, .msg_controllen = sizeof(fds)
	};
	ssize_t n = recvmsg(conn, &msg, MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = n < 0 ? NULL : CMSG_FIRSTHDR(&msg);
	int fd[2] = { -1, -1 };

	*rq = (struct warm_request){ .identity = text, .data = -1, .console = -1 };
	if (c && c->cmsg_type == SCM_RIGHTS && c->cmsg_len <= CMSG_LEN(sizeof(fd)))
		memcpy(fd, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
	rq->data = fd[0];
	rq->console = fd[1];
	if (n <= 0 || msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC) ||
	    (c && (fd[1] < 0 || !is_socket(fd[0])))) {
		warm_request_free(rq);
		return -EINVAL;
	}
	text[n] = '\0';
	return 0;
}

void warm_answer(int conn, const char *why)
{
	char text[511];

	snprintf(text, sizeof(text), "%s", why ? why : GRANTED);
	send(conn, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void warm_request_free(struct warm_request *rq)
{
	free(rq->identity);
	if (rq->data >= 0)
		close(rq->data);
	if (rq->console >= 0)
		close(rq->console);
	*rq = (struct warm_request){ .data = -1, .console = -1 };
}
