// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <unistd.h>
#include "fuzz/forkserver.h"

/* from include/types.h and config.h of AFL++ */
#define CTL_FD	     198
#define STATUS_FD    199
#define OPT_ENABLED  0x80000001u
#define OPT_MAPSIZE  0x40000000u
#define OPT_SHM_FUZZ 0x01000000u
#define OPT_SIZE(n)  (((n)-1) << 1)
#define MAX_SHARED   (1u << 20)

static int attach(const char *variable, int flags, void **at)
{
	const char *id = getenv(variable);

	if (!id)
		return -ENOENT;
	*at = shmat(atoi(id), NULL, flags);
	return *at == (void *)-1 ? -errno : 0;
}

static bool map_too_small(void)
{
	const char *size = getenv("AFL_MAP_SIZE");

	return size && strtoul(size, NULL, 0) < FUZZ_MAP_SIZE;
}

int forkserver_attach(struct forkserver *fs)
{
	void *at;
	int ret;

	ret = attach("__AFL_SHM_ID", 0, &at);
	if (ret)
		return ret;
	fs->map = at;
	if (map_too_small())
		return -ENOSPC;
	ret = attach("__AFL_SHM_FUZZ_ID", SHM_RDONLY, &at);
	fs->shm = at;
	return ret == -ENOENT ? -ENOTSUP : ret;
}

static int put_word(u32 word)
{
	ssize_t n;

	do {
		n = write(STATUS_FD, &word, sizeof(word));
	} while (n < 0 && errno == EINTR);
	return n == sizeof(word) ? 0 : -EPIPE;
}

static int get_word(u32 *word)
{
	ssize_t n;

	n = read(CTL_FD, word, sizeof(*word));
	return n == sizeof(*word) ? 0 : -EPIPE;
}

int forkserver_hello(struct forkserver *fs)
{
	u32 word;

	(void)fs;
	/* afl-fuzz echoes the options it uses */
	return put_word(OPT_ENABLED | OPT_MAPSIZE | OPT_SHM_FUZZ | OPT_SIZE(FUZZ_MAP_SIZE)) ||
			       get_word(&word)
		       ? -EPIPE
		       : 0;
}

int forkserver_next(struct forkserver *fs, const u8 **data, size_t *len)
{
	u32 was_killed, size;

	if (get_word(&was_killed))
		return 0;
	memcpy(&size, fs->shm, sizeof(size));
	*data = fs->shm + sizeof(size);
	*len = size < MAX_SHARED ? size : MAX_SHARED;
	return put_word(getpid()) ? 0 : 1;
}

int forkserver_answer(struct forkserver *fs, int signal)
{
	(void)fs;
	/* a wait status: the signal, or exit code 0 */
	return put_word(signal);
}
