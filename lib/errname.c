// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "lib/errname.h"

const char *errno_name(int err)
{
	if (err == ENOTSUPP)
		return "ENOTSUPP";
	return err ? strerrorname_np(err) : NULL;
}

int errno_by_name(const char *name)
{
	for (int err = 1; err <= ENOTSUPP; err++)
		if (errno_name(err) && !strcmp(errno_name(err), name))
			return err;
	return -ENOENT;
}
