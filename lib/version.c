// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "lib/version.h"

const char *checkjit_version(void)
{
	static char version[128];
	FILE *p;

	if (*version)
		return version;
	strcpy(version, "unknown");
	/* only in a checkout of this project, or git would describe another repository */
	if (access("proto/wire.h", F_OK) || access(".git", F_OK))
		return version;
	p = popen("git describe --always --tags --dirty 2>/dev/null", "re");
	if (!p)
		return version;
	if (!fgets(version, sizeof(version), p) || *version == '\n')
		strcpy(version, "unknown");
	version[strcspn(version, "\n")] = '\0';
	pclose(p);
	return version;
}
