// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "bpf/asm.h"
#include "bpf/helpers.h"

static const char *const names[] = {
#define X(name, nr) [nr] = "bpf_" #name,
	BPF_HELPERS(X)
#undef X
};

int helper_by_name(const char *name)
{
	size_t skip = strncmp(name, "bpf_", 4) ? 4 : 0;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i] && !strcmp(names[i] + skip, name))
			return i;
	return -ENOENT;
}

const char *helper_name(int nr)
{
	return nr >= 0 && (size_t)nr < ARRAY_SIZE(names) ? names[nr] : NULL;
}
