// SPDX-License-Identifier: GPL-2.0
#include <fnmatch.h>
#include <string.h>
#include "lib/util.h"
#include "report/report.h"

static bool word_matches(const char *word, size_t len, const char *id)
{
	char *glob;
	bool match;

	if (!strncmp(word, "1", len) || !strncmp(word, "*", len))
		return true;
	if (!strncmp(id, word, len) && (!id[len] || id[len] == '/'))
		return true;
	glob = xstrndup(word, len);
	match = !fnmatch(glob, id, 0);
	free(glob);
	return match;
}

const char *idlist_next(const char *list, size_t *len)
{
	list += strspn(list, " ,\t");
	*len = strcspn(list, " ,\t");
	return *len ? list : NULL;
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
