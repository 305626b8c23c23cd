// SPDX-License-Identifier: GPL-2.0
/* Free memory of the guest, once deferred frees are done. */
#include "agent/base.h"
#include "agent/memory.h"
#include "agent/transport.h"

#define WAIT_MS	   50
#define CALM	   3 /* readings in a row that hardly differ */
#define ROUGHLY_KB 64
#define MAX_WAITS  40

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

/* A worker frees programs and maps after a grace period: wait until the number settles. */
void memory_request(u32 seq)
{
	struct wire_memory *m = (struct wire_memory *)msg_buf();
	u64 now = free_kb(), last;
	u32 calm = 0;

	for (u32 i = 0; i < MAX_WAITS && calm < CALM; i++) {
		sleep_ms(WAIT_MS);
		last = now;
		now = free_kb();
		calm = now > last + ROUGHLY_KB || last > now + ROUGHLY_KB ? 0 : calm + 1;
	}
	m->free_kb = now;
	msg_send(WIRE_MEMORY, seq, sizeof(*m));
}
