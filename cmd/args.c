// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "cmd/args.h"
#include "lib/util.h"

static void append(struct args *a, char *text)
{
	ARRAY_GROW(a->v, a->cnt, a->cap);
	a->v[a->cnt++] = text;
	ARRAY_GROW(a->v, a->cnt, a->cap);
	a->v[a->cnt] = NULL;
}

void args_add(struct args *a, const char *text)
{
	append(a, xstrdup(text));
}

void args_option(struct args *a, const char *option, const char *value)
{
	if (!value)
		return;
	args_add(a, option);
	args_add(a, value);
}

void args_words(struct args *a, const char *text)
{
	static const char blanks[] = " \t\n";
	size_t len;

	for (text = text ? text : ""; *(text += strspn(text, blanks)); text += len) {
		len = strcspn(text, blanks);
		append(a, xstrndup(text, len));
	}
}

void args_free(struct args *a)
{
	for (u32 i = 0; i < a->cnt; i++)
		free(a->v[i]);
	free(a->v);
	*a = (struct args){};
}
