// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>
#include "lib/shipped.h"
#include "lib/util.h"

const char *self_path(void)
{
	static char path[PATH_MAX];
	ssize_t n;

	if (*path)
		return path;
	n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (n < 0) {
		pr_err("/proc/self/exe: %s", strerror(errno));
		exit(EXIT_INFRA);
	}
	path[n] = '\0';
	return path;
}

/* Returns PREFIX/share/checkjit of the program PREFIX/bin/checkjit, or NULL if there is none. */
static const char *data_dir(void)
{
	static char *dir;
	static bool looked;
	const char *self;
	char *protocol;

	if (looked)
		return dir;
	looked = true;
	self = self_path();
	dir = xasprintf("%.*s/../share/checkjit", (int)(strrchr(self, '/') - self), self);
	protocol = xasprintf("%s/proto/wire.h", dir);
	if (access(protocol, F_OK)) {
		free(dir);
		dir = NULL;
	} else {
		char *real = realpath(dir, NULL);

		free(dir);
		dir = real;
	}
	free(protocol);
	return dir;
}

bool is_installed(void)
{
	return data_dir();
}

const char *shipped(const char *path)
{
	return is_installed() ? xasprintf("%s/%s", data_dir(), path) : path;
}

const char *front_door(void)
{
	return is_installed() ? "checkjit job" : "make";
}
