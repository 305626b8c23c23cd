// SPDX-License-Identifier: GPL-2.0
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include "lib/idmatch.h"
#include "lib/util.h"

#define MAX_ID	   256
#define VEC_DIGITS 9 /* what fits in a long everywhere */

/* Of "ID.N": N, or -1 where @pattern is something else. */
static long vector_of(const char *pattern, const char *id)
{
	size_t len = strlen(id), digits;

	if (strncmp(pattern, id, len) || pattern[len] != '.')
		return -1;
	pattern += len + 1;
	digits = strspn(pattern, "0123456789");
	return digits && digits <= VEC_DIGITS && !pattern[digits] ? strtol(pattern, NULL, 10) : -1;
}

static bool glob_matches(const char *pattern, const char *id)
{
	const char *slash = strrchr(id, '/');
	char group[MAX_ID];

	if (!fnmatch(pattern, id, 0))
		return true;
	if (!slash || slash - id >= MAX_ID)
		return false;
	memcpy(group, id, slash - id);
	group[slash - id] = '\0';
	return !fnmatch(pattern, group, 0);
}

bool id_matches(const char *pattern, const char *id, long *vec)
{
	size_t len = strlen(pattern);

	*vec = -1;
	if (!strncmp(id, pattern, len) && (!id[len] || id[len] == '/'))
		return len > 0;
	*vec = vector_of(pattern, id);
	return *vec >= 0 || glob_matches(pattern, id);
}

const char *idlist_next(const char *list, size_t *len)
{
	list += strspn(list, " ,\t");
	*len = strcspn(list, " ,\t");
	return *len ? list : NULL;
}

static bool word_matches(const char *word, size_t len, const char *id)
{
	char *pattern = xstrndup(word, len);
	long vec;
	bool match = !strcmp(pattern, "1") || id_matches(pattern, id, &vec);

	free(pattern);
	return match;
}

bool idlist_has(const char *list, const char *id)
{
	const char *word;
	size_t len;

	if (!list)
		return false;
	for (word = idlist_next(list, &len); word; word = idlist_next(word + len, &len))
		if (word_matches(word, len, id))
			return true;
	return false;
}
