// SPDX-License-Identifier: GPL-2.0
/* How much memory the guest has left, once what was freed is really free. */
#include "agent.h"

#define WAIT_MS		50
#define CALM		3	/* equal answers in a row, roughly */
#define ROUGHLY_KB	64
#define MAX_WAITS	40

/* The number in the line "@name:   123 kB" of /proc/meminfo, or 0. */
static u64 field_kb(const char *text, const char *name)
{
	const char *p = strstr(text, name);
	u64 kb = 0;

	if (!p)
		return 0;
	p += strlen(name);
	while (*p == ':' || *p == ' ')
		p++;
	while (*p >= '0' && *p <= '9')
		kb = kb * 10 + (*p++ - '0');
	return kb;
}

static u64 free_kb(void)
{
	static char text[4096];

	if (read_small_file("/proc/meminfo", text, sizeof(text)) < 0)
		return 0;
	return field_kb(text, "MemFree");
}

/* Programs and maps are freed after a grace period, by a worker: wait until nothing comes back any more. */
void memory_request(u32 seq)
{
	struct wire_memory *m = (struct wire_memory *)frame_buf();
	u64 now = free_kb(), last;
	u32 calm = 0;

	for (u32 i = 0; i < MAX_WAITS && calm < CALM; i++) {
		sleep_ms(WAIT_MS);
		last = now;
		now = free_kb();
		calm = now > last + ROUGHLY_KB || last > now + ROUGHLY_KB ? 0 : calm + 1;
	}
	m->free_kb = now;
	frame_send(WIRE_MEMORY, seq, sizeof(*m));
}
