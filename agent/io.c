// SPDX-License-Identifier: GPL-2.0
/* The I/O map. */
#include <sys/mman.h>
#include "agent/bpf.h"
#include "agent/io.h"

static int map = -1;
static u8 *value;

int io_init(void)
{
	struct wire_map m = {
		.type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4,
		.value_size = IO_SIZE,
		.max_entries = 1,
	};

	map = map_create(&m, BPF_F_MMAPABLE);
	if (map < 0)
		return map;
	value = mmap(NULL, IO_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
	return value == MAP_FAILED ? -errno : 0;
}

int io_fd(void)
{
	return map;
}

u8 *io_value(void)
{
	return value;
}
