// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>
#include "lib/lockfile.h"
#include "lib/util.h"

static int write_holder(int fd)
{
	char host[256] = "", since[32], text[512];
	time_t now = time(NULL);
	int len;

	gethostname(host, sizeof(host) - 1);
	strftime(since, sizeof(since), "%Y-%m-%d %H:%M:%S", gmtime(&now));
	len = snprintf(text, sizeof(text), "process %d on %s since %s UTC\n", getpid(), host,
		       since);
	if (ftruncate(fd, 0) || pwrite(fd, text, len, 0) != len)
		return -errno;
	return 0;
}

static char *read_holder(const char *path)
{
	char *text = read_file(path, NULL);

	if (!text || !*text) {
		free(text);
		return xstrdup("a process that has not said who it is");
	}
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static int make_parent(const char *path)
{
	char *dir = xstrdup(path), *end = strrchr(dir, '/');
	int ret = 0;

	if (end && end != dir) {
		*end = '\0';
		ret = make_dirs(dir);
	}
	free(dir);
	return ret;
}

int lockfile_take(const char *path, char **holder)
{
	int ret = make_parent(path), fd;

	*holder = NULL;
	if (ret)
		return ret;
	fd = open(path, O_RDWR | O_CREAT, 0644);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		ret = errno == EWOULDBLOCK ? -EBUSY : -errno;
		if (ret == -EBUSY)
			*holder = read_holder(path);
		close(fd);
		return ret;
	}
	ret = write_holder(fd);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}
