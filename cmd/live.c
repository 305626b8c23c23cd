// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cmd/live.h"
#include "cmd/live_lines.h"
#include "lib/status.h"
#include "lib/util.h"

#define LIVE_FD_MIN 10 /* scripts use smaller numbers */

static struct {
	bool on;
	int err, out; /* the terminal; out: -1 if stdout is none */
	int pipe;     /* to the painter */
	int over;     /* its end shows here */
} live;

/* ---- the painter ---- */

static void write_all(int fd, const char *s, size_t len)
{
	ssize_t n;

	/* a terminal that is gone must not end the run */
	while (len && ((n = write(fd, s, len)) > 0 || (n < 0 && errno == EINTR))) {
		s += n > 0 ? n : 0;
		len -= n > 0 ? n : 0;
	}
}

static void paint_until_over(int from, int tty)
{
	struct live_lines lines = {};
	char bytes[4096];
	ssize_t n;

	while (!lines.over &&
	       ((n = read(from, bytes, sizeof(bytes))) > 0 || (n < 0 && errno == EINTR))) {
		struct winsize size = {};
		struct strbuf to = {};

		if (n <= 0)
			continue;
		ioctl(tty, TIOCGWINSZ, &size);
		live_take(&lines, bytes, n, size.ws_col ? size.ws_col : 80,
			  size.ws_row ? size.ws_row : 24, &to);
		write_all(tty, to.s, to.len);
		free(strbuf_take(&to));
	}
	live_free(&lines);
}

/*
 * Start the painter as a child of init: whoever waits for all children of this process does not
 * wait for it. It keeps the other descriptors open until it ends. 0, or -errno.
 */
static int start_painter(int from, int to)
{
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid) {
		waitpid(pid, NULL, 0);
		return 0;
	}
	if (fork())
		_exit(0);
	close(to);
	/* Ctrl-C ends the guests, and what they say then is painted, too */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	paint_until_over(from, STDERR_FILENO);
	_exit(0);
}

/* ---- this process ---- */

static bool wanted(void)
{
	const char *term = getenv("TERM");

	return !live.on && !status_painted() && isatty(STDERR_FILENO) && term && *term &&
	       strcmp(term, "dumb");
}

static int saved(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, LIVE_FD_MIN);
}

static void redirect(int to)
{
	char number[16];

	live.err = saved(STDERR_FILENO);
	live.out = isatty(STDOUT_FILENO) ? saved(STDOUT_FILENO) : -1;
	/* programs inherit this one */
	live.pipe = fcntl(to, F_DUPFD, LIVE_FD_MIN);
	fflush(stdout);
	dup2(live.pipe, STDERR_FILENO);
	if (live.out >= 0)
		dup2(live.pipe, STDOUT_FILENO);
	snprintf(number, sizeof(number), "%d", live.pipe);
	setenv(STATUS_ENV, number, 1);
	live.on = true;
}

void live_begin(void)
{
	int lines[2], over[2];

	if (!wanted() || pipe2(lines, O_CLOEXEC))
		return;
	if (!pipe2(over, O_CLOEXEC)) {
		if (!start_painter(lines[0], lines[1])) {
			live.over = over[0];
			redirect(lines[1]);
		} else {
			close(over[0]);
		}
		close(over[1]);
	}
	close(lines[0]);
	close(lines[1]);
}

static void restore(int from, int fd)
{
	if (from < 0)
		return;
	dup2(from, fd);
	close(from);
}

void live_end(void)
{
	char none;

	if (!live.on)
		return;
	fflush(stdout);
	write_all(live.pipe, LIVE_OVER, strlen(LIVE_OVER));
	restore(live.err, STDERR_FILENO);
	restore(live.out, STDOUT_FILENO);
	close(live.pipe);
	unsetenv(STATUS_ENV);
	while (read(live.over, &none, 1) < 0 && errno == EINTR)
		;
	close(live.over);
	live.on = false;
}
