// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "fuzz/memory.h"

void fuzz_memory_reset(struct fuzz_memory *m)
{
	memset(m, 0, sizeof(*m));
}

bool fuzz_memory_look(struct fuzz_memory *m, u64 free_kb)
{
	u64 lost = m->last_kb > free_kb ? m->last_kb - free_kb : 0;
	bool first = !m->last_kb;

	m->loads = 0;
	m->last_kb = free_kb;
	if (first || lost < FUZZ_LEAK_KB) {
		m->shrunk = 0;
		m->lost_kb = 0;
		return false;
	}
	m->lost_kb += lost;
	return ++m->shrunk >= FUZZ_LOOKS;
}
