// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "bpf/cap_names.h"

static const struct {
	const char *name, *doc;
	u32 flags;
} caps[NR_CAPS] = {
#define X(id, text, bits, what) [CAP_##id] = { text, what, bits },
	CHECKJIT_CAPS(X)
#undef X
};

int cap_by_name(const char *name)
{
	for (int i = 0; i < NR_CAPS; i++)
		if (!strcmp(caps[i].name, name))
			return i;
	return -ENOENT;
}

const char *cap_name(enum cap cap)
{
	return caps[cap].name;
}

const char *cap_doc(enum cap cap)
{
	return caps[cap].doc;
}

u32 cap_flags(int cap)
{
	return cap < 0 ? 0 : caps[cap].flags;
}
