// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "campaign/crashes.h"
#include "lib/util.h"
#include "report/report.h"

struct crash_count {
	char *family;
	const struct engine *engine;
	u32 cnt;
};

static struct crash_count *find(const struct crashes *c, const struct engine *e, const char *family)
{
	for (u32 i = 0; i < c->cnt; i++)
		if (c->counts[i].engine == e && !strcmp(c->counts[i].family, family))
			return &c->counts[i];
	return NULL;
}

void crashes_add(struct crashes *c, const struct engine *e, const char *id)
{
	char *family = id_family(id);
	struct crash_count *count = find(c, e, family);

	if (count) {
		count->cnt++;
		free(family);
		return;
	}
	ARRAY_GROW(c->counts, c->cnt, c->cap);
	c->counts[c->cnt++] = (struct crash_count){ family, e, 1 };
}

u32 crashes_of(const struct crashes *c, const struct engine *e, const char *id)
{
	const struct crash_count *count;
	char *family;

	if (!c->cnt)
		return 0;
	family = id_family(id);
	count = find(c, e, family);
	free(family);
	return count ? count->cnt : 0;
}

void crashes_free(struct crashes *c)
{
	for (u32 i = 0; i < c->cnt; i++)
		free(c->counts[i].family);
	free(c->counts);
	memset(c, 0, sizeof(*c));
}
