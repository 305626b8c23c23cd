// SPDX-License-Identifier: GPL-2.0
/* Coverage counters of a kernel built with COVERAGE=1: the .gcda files of gcov's debugfs. */
#include <dirent.h>
#include <sys/mount.h>
#include "agent/base.h"
#include "agent/gcov.h"
#include "agent/transport.h"

#define DEBUGFS	  "/sys/kernel/debug"
#define GCOV_DIR  DEBUGFS "/gcov"
#define SUFFIX	  ".gcda"
#define MAX_DEPTH 32 /* the tree mirrors the path of the object directory */
#define MAX_PATH  1024

static int has_suffix(const char *name)
{
	size_t len = strlen(name), suffix = strlen(SUFFIX);

	return len > suffix && !strcmp(name + len - suffix, SUFFIX);
}

/* Read the file into @to. Returns its size or -errno; -EFBIG if it does not fit. */
static int read_whole(const char *path, u8 *to, u32 room)
{
	int fd = open(path, O_RDONLY), err = 0;
	u32 len = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	while (len < room && (n = read(fd, to + len, room - len)) != 0) {
		if (n < 0 && errno != EINTR) {
			err = -errno;
			break;
		}
		len += n > 0 ? n : 0;
	}
	close(fd);
	return err ? err : len == room ? -EFBIG : (int)len;
}

static void send_file(const char *path, const char *name, u32 seq)
{
	struct wire_file *f = (struct wire_file *)msg_buf();
	u8 *data = (u8 *)(f + 1);
	int len;

	memset(f, 0, sizeof(*f));
	strlcpy(f->name, name, sizeof(f->name));
	len = read_whole(path, data, WIRE_MAX_PAYLOAD - sizeof(*f) - 8);
	if (len < 0) {
		say("checkjit-agent: cannot read %s: errno %d", path, -len);
		return;
	}
	f->size = len;
	memset(data + len, 0, 8);
	msg_send(WIRE_GCOV, seq, sizeof(*f) + ALIGN8((u32)len));
}

/* Send the .gcda files below @path, a buffer of MAX_PATH bytes that is unchanged on return. */
static void walk(char *path, u32 seq, int depth)
{
	struct dirent de, *d;
	size_t len = strlen(path);
	DIR *dir;

	dir = opendir(path);
	if (!dir)
		return;
	while (!readdir_r(dir, &de, &d) && d) {
		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, "..") ||
		    len + strlen(d->d_name) + 2 > MAX_PATH)
			continue;
		path[len] = '/';
		strlcpy(path + len + 1, d->d_name, MAX_PATH - len - 1);
		if (has_suffix(d->d_name))
			send_file(path, d->d_name, seq);
		else if (depth < MAX_DEPTH)
			walk(path, seq, depth + 1);
		path[len] = 0;
	}
	closedir(dir);
}

void gcov_request(u32 seq)
{
	char path[MAX_PATH] = GCOV_DIR;

	if (!as_program && mount("debugfs", DEBUGFS, "debugfs", 0, NULL) && errno != EBUSY)
		say("checkjit-agent: cannot mount debugfs: errno %d", errno);
	walk(path, seq, 0);
	msg_send(WIRE_GCOV, seq, 0);
}
