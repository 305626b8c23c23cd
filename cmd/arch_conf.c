// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "cmd/arch_conf.h"
#include "lib/shipped.h"
#include "lib/util.h"

/* Returns the value after '=', without its quotes. */
static char *unquote(char *value)
{
	char quote = *value == '"' || *value == '\'' ? *value : 0;
	size_t len;

	if (quote)
		value++;
	len = quote ? strcspn(value, (char[]){ quote, '\0' }) : strcspn(value, " \t#");
	value[len] = '\0';
	return value;
}

void arch_conf_parse(struct arch_conf *conf, char *text)
{
	char *save = NULL;

	*conf = (struct arch_conf){ .text = text };
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *value = strchr(line, '=');

		if (*line == '#' || !value)
			continue;
		*value++ = '\0';
		ARRAY_GROW(conf->rows, conf->cnt, conf->cap);
		conf->rows[conf->cnt++] = (struct arch_conf_row){ line, unquote(value) };
	}
}

int arch_conf_load(struct arch_conf *conf, const char *arch)
{
	char *path = xasprintf("%s/%s.conf", shipped("runners/qemu/arch"), arch),
	     *text = read_file(path, NULL);

	free(path);
	if (!text)
		return -errno;
	arch_conf_parse(conf, text);
	return 0;
}

const char *arch_conf_get(const struct arch_conf *conf, const char *name)
{
	for (u32 i = 0; i < conf->cnt; i++)
		if (!strcmp(conf->rows[i].name, name))
			return *conf->rows[i].value ? conf->rows[i].value : NULL;
	return NULL;
}

void arch_conf_free(struct arch_conf *conf)
{
	free(conf->rows);
	free(conf->text);
	*conf = (struct arch_conf){};
}
