// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "lib/shipped.h"
#include "lib/version.h"

/* Put the first line of @f into @to. Returns false if there is none. */
static bool first_line(FILE *f, char *to, size_t size)
{
	bool ok = f && fgets(to, size, f);

	if (ok)
		to[strcspn(to, "\n")] = '\0';
	return ok && *to;
}

static bool released_version(char *to, size_t size)
{
	FILE *f = fopen(shipped("version"), "re");
	bool ok = first_line(f, to, size);

	if (f)
		fclose(f);
	return ok;
}

static bool described_version(char *to, size_t size)
{
	FILE *p;
	bool ok;

	/* only in a checkout of this project, or git would describe another repository */
	if (access("proto/wire.h", F_OK) || access(".git", F_OK))
		return false;
	p = popen("git describe --always --tags --dirty 2>/dev/null", "re");
	ok = first_line(p, to, size);
	if (p)
		pclose(p);
	return ok;
}

const char *checkjit_version(void)
{
	static char version[128];

	if (!*version && !released_version(version, sizeof(version)) &&
	    !described_version(version, sizeof(version)))
		strcpy(version, "unknown");
	return version;
}
