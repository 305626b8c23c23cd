// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <getopt.h>
#include <string.h>
#include "cmd/stdin.h"
#include "lib/util.h"

bool no_arguments(int argc, char **argv)
{
	if (optind == argc)
		return true;
	pr_err("%s: unexpected argument '%s' (expected what --help shows)", argv[0], argv[optind]);
	return false;
}

char *read_stdin(int *ret)
{
	size_t cnt = 0, cap = 1 << 16, n;
	char *buf = xmalloc(cap);

	while ((n = fread(buf + cnt, 1, cap - cnt - 1, stdin)) > 0) {
		cnt += n;
		if (cap - cnt < 2)
			buf = xrealloc(buf, cap *= 2);
	}
	buf[cnt] = '\0';
	*ret = EXIT_OK;
	if (ferror(stdin)) {
		pr_err("reading stdin: %s", strerror(errno));
		*ret = EXIT_INFRA;
	} else if (strlen(buf) != cnt) {
		pr_err("<stdin>: NUL byte at offset %zu (expected text)", strlen(buf));
		*ret = EXIT_USAGE;
	}
	if (*ret == EXIT_OK)
		return buf;
	free(buf);
	return NULL;
}

int flush_stdout(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return EXIT_OK;
	pr_err("writing to stdout: %s", strerror(errno));
	return EXIT_INFRA;
}
