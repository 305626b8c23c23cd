// SPDX-License-Identifier: GPL-2.0
/*
 * Pages of this process that programs try to read and must not. If the pages were not mapped, a
 * load without the check would fault and give 0 as well.
 */
#include <sys/mman.h>
#include "agent/types.h"
#include "agent/user.h"

#define PAGE 4096u

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

static int map_page(u64 addr)
{
	void *at = (void *)(unsigned long)addr, *p;

	p = mmap(at, PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (p == MAP_FAILED)
		return -errno;
	if (p != at)
		return -EEXIST;
	memset(p, WIRE_USER_BYTE, PAGE);
	return 0;
}

int user_pages(void)
{
	static const u64 pages[] = { WIRE_USER_PAGE, WIRE_USER_PAGE_HIGH };
	int err = 0;

	if (sizeof(long) < 8)
		return -EOPNOTSUPP;
	for (u32 i = 0; !err && i < ARRAY_SIZE(pages); i++)
		err = map_page(pages[i]);
	return err;
}
