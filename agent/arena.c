// SPDX-License-Identifier: GPL-2.0
/*
 * The arena: a map shared by programs and this process, at a user address whose low half is 0. The
 * kernel needs long to create one, so all programs share it. Cases must not depend on what earlier
 * ones left in it.
 */
#include <sys/mman.h>
#include "agent/arena.h"
#include "agent/bpf.h"

#define BYTES (WIRE_ARENA_PAGES * 4096u)

static int arena = -1;

static int create(void)
{
	const u32 page = getpagesize();
	const struct wire_map m = { .type = BPF_MAP_TYPE_ARENA, .max_entries = BYTES / page };
	volatile u8 *p;
	int fd, err;

	if (sizeof(long) < 8)
		return -EOPNOTSUPP;
	fd = map_create_at(&m, BPF_F_MMAPABLE, (u64)WIRE_ARENA_UPPER << 32);
	if (fd < 0)
		return fd;
	p = mmap((void *)(unsigned long)((u64)WIRE_ARENA_UPPER << 32), BYTES,
		 PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	if (p == MAP_FAILED) {
		err = -errno;
		close(fd);
		return err;
	}
	/* the first access allocates a page */
	for (u32 i = 0; i < BYTES; i += page)
		p[i] = 0;
	return fd;
}

int arena_open(void)
{
	int fd;

	if (arena < 0)
		arena = create();
	if (arena < 0)
		return arena;
	fd = syscall(__NR_dup, arena);
	return fd < 0 ? -errno : fd;
}
