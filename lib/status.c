// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>
#include "lib/status.h"
#include "lib/util.h"

/* The pipe, or -1. */
static int status_fd(void)
{
	const char *text = getenv(STATUS_ENV);
	char *end;
	long fd = text && *text ? strtol(text, &end, 10) : -1;

	return fd > STDERR_FILENO && fd <= INT_MAX && !*end && fcntl(fd, F_GETFD) >= 0 ? fd : -1;
}

bool status_painted(void)
{
	return status_fd() >= 0;
}

void status_set(const char *name, const char *text)
{
	const char *other = getenv(STATUS_NAME_ENV);
	int fd = status_fd(), ret = 0;

	name = other ? other : name;
	if (fd >= 0)
		/* one write of less than PIPE_BUF bytes stays in one piece */
		ret = dprintf(fd, "%c%.64s\t%.512s\n", STATUS_MARK, name, text ? text : "");
	(void)ret;
}
