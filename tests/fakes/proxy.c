// SPDX-License-Identifier: GPL-2.0
/*
 * Between checkjit and a real guest: usage: proxy MODE N MARK SCRIPT ARCH IMAGE INITRD. At the Nth
 * result does what MODE says; once, and leaves the file MARK. Under "poison" and "poison-stop" the
 * guest dies, or hangs, of each program with the instruction of opcode N & 0xff and destination N
 * >> 8 (0xff: any), all else 0.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include "tests/fakes/fake.h"

static const char *mode;
static pid_t guest;
static int port; /* to the guest */

static int is(const char *name)
{
	return !strcmp(mode, name);
}

static int spawn(char **argv)
{
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv))
		return -1;
	guest = fork();
	if (!guest) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(sv[1], PORT);
		execvp("sh", argv);
		_exit(127);
	}
	close(sv[1]);
	port = sv[0];
	return guest < 0 ? -1 : 0;
}

/* Is it the first time? */
static int mark(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void end_guest(int sig)
{
	kill(guest, sig);
	if (sig == SIGKILL)
		exit(0);
	for (;;)
		pause();
}

static int poisoned(const uint8_t *payload, uint32_t len, unsigned int insn)
{
	for (uint32_t i = 0; i + 8 <= len; i += 8) {
		static const uint8_t zero[6];

		if (payload[i] == (insn & 0xff) &&
		    (insn >> 8 == 0xff ? payload[i + 1] < 10 : payload[i + 1] == insn >> 8) &&
		    !memcmp(payload + i + 2, zero, 6))
			return 1;
	}
	return 0;
}

/* The result in @hdr and @payload, after the mode's treatment. */
static void treat(struct wire_hdr *hdr, uint8_t *payload)
{
	struct wire_result *r = (void *)payload;

	if (is("kill")) {
		end_guest(SIGKILL);
	} else if (is("stop")) {
		end_guest(SIGSTOP);
	} else if (is("interrupt")) {
		kill(getppid(), SIGINT);
	} else if (is("cut")) {
		write_all(PORT, hdr, sizeof(*hdr));
		write_all(PORT, payload, 8);
		exit(0);
	} else if (is("sum")) {
		hdr->check[0] ^= 0x100;
	} else if (is("flip")) {
		payload[sizeof(*r)] ^= 1; /* a bit of a state's hash, on the way */
	} else if (is("seq")) {
		hdr->seq++;
	} else if (is("log-len")) {
		r->log_len = 0xfffffff0;
		msg_sum(hdr, payload);
	} else if (is("splat")) {
		printf("WARNING: CPU: 0 PID: 1 at tests/fakes/proxy.c\n");
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	static uint8_t payload[WIRE_MAX_PAYLOAD] __attribute__((aligned(8)));
	struct pollfd fds[2] = { { .fd = PORT, .events = POLLIN } };
	struct wire_hdr hdr;
	int left, poison;

	if (argc < 8)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	mode = argv[1];
	left = strtol(argv[2], NULL, 0);
	poison = is("poison") || is("poison-stop");
	if (spawn(argv + 3))
		return 3;
	fds[1] = (struct pollfd){ .fd = port, .events = POLLIN };
	while (poll(fds, 2, -1) > 0) {
		if (fds[0].revents) {
			if (!read_all(PORT, &hdr, sizeof(hdr)) || !read_all(PORT, payload, hdr.len))
				break;
			if (poison && hdr.type == WIRE_RUN && poisoned(payload, hdr.len, left))
				end_guest(is("poison") ? SIGKILL : SIGSTOP);
			if (!write_all(port, &hdr, sizeof(hdr)) ||
			    !write_all(port, payload, hdr.len))
				break;
		}
		if (fds[1].revents) {
			if (!read_all(port, &hdr, sizeof(hdr)) || !read_all(port, payload, hdr.len))
				break;
			if (!poison && hdr.type == WIRE_RESULT && !--left && mark(argv[3]))
				treat(&hdr, payload);
			write_all(PORT, &hdr, sizeof(hdr));
			write_all(PORT, payload, hdr.len);
		}
	}
	return 0;
}
