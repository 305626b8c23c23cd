// SPDX-License-Identifier: GPL-2.0
#include <linux/fcntl.h>
#include "agent/base.h"
#include "agent/symbols.h"

/* "ffff800080010000 T _stext" */
static int parse_symbol(const char *line, struct symbol *s)
{
	u32 n = 0;

	s->addr = 0;
	for (; *line && *line != ' '; line++) {
		u32 digit = *line <= '9' ? *line - '0' : (*line | 0x20) - 'a' + 10;

		if (digit > 15)
			return -EINVAL;
		s->addr = s->addr << 4 | digit;
	}
	if (!line[0] || !line[1])
		return -EINVAL;
	s->type = line[1] | 0x20;
	line += 2;
	while (*line == ' ')
		line++;
	while (*line && *line != '\t' && *line != ' ' && n < sizeof(s->name) - 1)
		s->name[n++] = *line++;
	s->name[n] = 0;
	return n ? 0 : -EINVAL;
}

int symbols_each(void (*fn)(const struct symbol *s))
{
	static char buf[65536];
	static struct symbol sym;
	u32 have = 0;
	ssize_t n;
	int fd = open("/proc/kallsyms", O_RDONLY);

	if (fd < 0)
		return -errno;
	while ((n = read(fd, buf + have, sizeof(buf) - 1 - have)) > 0) {
		char *line = buf, *end;

		have += n;
		buf[have] = 0;
		while ((end = strchr(line, '\n'))) {
			*end = 0;
			if (!parse_symbol(line, &sym))
				fn(&sym);
			line = end + 1;
		}
		have -= line - buf;
		memmove(buf, line, have);
		if (have == sizeof(buf) - 1)
			have = 0; /* no line is that long */
	}
	close(fd);
	return 0;
}
