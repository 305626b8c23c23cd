// SPDX-License-Identifier: GPL-2.0
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include "bpf/case_select.h"

static bool is_prefix(const char *id, const char *pattern)
{
	size_t len = strlen(pattern);

	return !strncmp(id, pattern, len) && (!id[len] || id[len] == '/');
}

bool case_selected(const struct bpf_case *c, const char *pattern, long *vec)
{
	size_t len = strlen(c->id);
	char *end;

	*vec = -1;
	if (is_prefix(c->id, pattern))
		return true;
	if (!strncmp(c->id, pattern, len) && pattern[len] == '.' && pattern[len + 1]) {
		*vec = strtol(pattern + len + 1, &end, 10);
		return !*end && *vec >= 0 && *vec < (long)c->vecs->nvecs;
	}
	return !fnmatch(pattern, c->id, 0) || !fnmatch(pattern, c->group, 0);
}
